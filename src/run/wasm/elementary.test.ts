import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { i32, v128 } from './assembler.ts';
import { createContext, link } from './context.ts';
import type { WasmContext } from './context.ts';
import { elementary } from './elementary.ts';
import type { OfOneName } from './elementary.ts';
import * as exact from './exact-for-tests.ts';

type Unary = Exclude<OfOneName, 'abs' | 'expNegAbs' | 'expNegAbsNormal' | 'exp2NegRough'>;

/** The function as a loop over two arrays, `width` vectors a turn. */
function onArrays(
  context: WasmContext,
  name: OfOneName | 'pow',
  width: number,
): (x: Float64Array, y?: Float64Array) => Float64Array {
  const { memory } = context;
  const { run } = link<'run'>(context, (module, host) => {
    module.function('run', { turns: 'i32', x: 'i32', y: 'i32', to: 'i32' }, 'none', (body, { turns, x, y, to }) => {
      const i = body.local('i32');
      body.range(i, 0, turns, 1, () => {
        const { pow, ...functions } = elementary({ body, host, ...context });
        const [a, b] = [x, y].map((at) => Array.from({ length: width }, (_, j) => v128.load(at, j * 16)));
        const results = name === 'pow' ? pow(a!, b!) : functions[name](a!);
        results.forEach((result, j) => body.do(v128.store(to, result, j * 16)));
        for (const pointer of [x, y, to]) body.set(pointer, i32.add(pointer, width * 16));
      });
    });
  });
  return (x, y = x) => {
    const turns = Math.ceil(x.length / (2 * width));
    const size = turns * width * 16;
    return memory.temporary(3 * size, (at) => {
      memory.doubles(at, x.length).set(x);
      memory.doubles(at + size, y.length).set(y);
      run(turns, at, at + size, at + 2 * size);
      return memory.doubles(at + 2 * size, x.length).slice();
    });
  };
}

const functions: readonly [name: Unary, reference: (x: exact.Big) => exact.Big, from: number, to: number][] = [
  ['exp', exact.exp, -750, 712],
  ['expm1', exact.expm1, -40, 712],
  ['log', exact.log, 0, 4],
  ['log1p', exact.log1p, -1, 4],
  ['tanh', exact.tanh, -22, 22],
  ['sinh', exact.sinh, -712, 712],
  ['cosh', exact.cosh, -712, 712],
  ['sigmoid', exact.sigmoid, -750, 40],
  ['softplus', exact.softplus, -750, 40],
  ['sin', exact.sin, -100, 100],
  ['cos', exact.cos, -100, 100],
  ['tan', exact.tan, -100, 100],
  ['asin', exact.asin, -0.999, 0.999],
  ['acos', exact.acos, -0.999, 0.999],
  ['atan', exact.atan, -10, 10],
  ['erf', exact.erf, -6.5, 6.5],
  ['sqrt', exact.sqrt, 0, 4],
];

const positive = new Set<Unary>(['log', 'sqrt']);

/** Dense in the interesting range, around its centre, and over all exponents. */
function grid(name: Unary, from: number, to: number, count: number): Float64Array {
  const source = random(count);
  const uniform = (): number => source.uniform();
  const points: number[] = [];
  for (let i = 0; i < count; i++) {
    points.push(from + ((to - from) * (i + uniform())) / count);
    points.push((positive.has(name) ? 1 : uniform() < 0.5 ? -1 : 1) * 2 ** (-20 + 24 * uniform()));
    if (i % 4 === 0) {
      const exponent = -1074 + 2097 * uniform();
      points.push((positive.has(name) || uniform() < 0.5 ? 1 : -1) * 2 ** Math.max(-1074, exponent));
    }
  }
  return Float64Array.from(points.filter((x) => inDomain(name, x)));
}

function inDomain(name: Unary, x: number): boolean {
  if (name === 'log1p') return x > -1;
  if (positive.has(name)) return x > 0;
  // The reference takes the exponential in full.
  if (name === 'asin' || name === 'acos') return Math.abs(x) < 1;
  if (name === 'atan') return true;
  if (name === 'sin' || name === 'cos' || name === 'tan') return Math.abs(x) < 2 ** 600;
  return Math.abs(x) < (name === 'erf' ? 8 : name === 'tanh' ? 30 : 1000);
}

describe.each([
  ['relaxed, two side by side', false, 2],
  ['deterministic', true, 1],
] as const)('%s', (_, deterministic, width) => {
  const context = createContext({ deterministic });
  test.each(functions)('%s is within 2 ulp', (name, reference, from, to) => {
    const points = grid(name, from, to, deterministic ? 1000 : 2000);
    const found = onArrays(context, name, width)(points);
    let [worst, where] = [0, 0];
    points.forEach((x, i) => {
      const error = exact.ulpError(found[i]!, reference(exact.fromNumber(x)));
      if (!(error <= worst)) [worst, where] = [error, x];
    });
    expect(worst, `at ${where}`).toBeLessThanOrEqual(2);
  });

  test('pow is within 2 ulp', () => {
    const source = random(11);
    const uniform = (): number => source.uniform();
    const [xs, ys]: [number[], number[]] = [[], []];
    for (let i = 0; i < (deterministic ? 1500 : 4000); i++) {
      const x =
        i % 3 === 0 ? 2 ** (-1074 + 2090 * uniform()) : i % 3 === 1 ? 4 * uniform() : 1 + 0.01 * (uniform() - 0.5);
      const most = 745 / Math.abs(Math.log(x));
      xs.push(x);
      ys.push(
        i % 7 === 0 ? Math.round(10 * uniform()) / 2 : most * (2 * uniform() - 1) * (i % 2 === 0 ? 1 : uniform()),
      );
    }
    const [x, y] = [Float64Array.from(xs), Float64Array.from(ys)];
    const found = onArrays(context, 'pow', width)(x, y);
    let [worst, where] = [0, 0];
    x.forEach((base, i) => {
      const error = exact.ulpError(found[i]!, exact.pow(exact.fromNumber(base), exact.fromNumber(y[i]!)));
      if (!(error <= worst)) [worst, where] = [error, i];
    });
    expect(worst, `at ${x[where]} ** ${y[where]}`).toBeLessThanOrEqual(2);
  });

  const N = NaN;
  const I = Infinity;
  const special: readonly [Unary, readonly [number, number][]][] = [
    [
      'exp',
      [
        [0, 1],
        [-0, 1],
        [I, I],
        [-I, 0],
        [N, N],
        [1000, I],
        [-1000, 0],
      ],
    ],
    [
      'expm1',
      [
        [0, 0],
        [-0, -0],
        [I, I],
        [-I, -1],
        [N, N],
        [1e-320, 1e-320],
        [-800, -1],
      ],
    ],
    [
      'log',
      [
        [0, -I],
        [-0, -I],
        [1, 0],
        [I, I],
        [-I, N],
        [-1, N],
        [N, N],
      ],
    ],
    [
      'log1p',
      [
        [0, 0],
        [-0, -0],
        [-1, -I],
        [-2, N],
        [I, I],
        [-I, N],
        [N, N],
        [1e-320, 1e-320],
      ],
    ],
    [
      'tanh',
      [
        [0, 0],
        [-0, -0],
        [I, 1],
        [-I, -1],
        [N, N],
        [1e-320, 1e-320],
        [1e300, 1],
      ],
    ],
    [
      'sinh',
      [
        [0, 0],
        [-0, -0],
        [I, I],
        [-I, -I],
        [N, N],
        [5e-324, 5e-324],
      ],
    ],
    [
      'cosh',
      [
        [0, 1],
        [I, I],
        [-I, I],
        [N, N],
      ],
    ],
    [
      'sigmoid',
      [
        [0, 0.5],
        [I, 1],
        [-I, 0],
        [N, N],
      ],
    ],
    [
      'softplus',
      [
        [I, I],
        [-I, 0],
        [N, N],
        [1e300, 1e300],
      ],
    ],
    [
      'sin',
      [
        [0, 0],
        [-0, -0],
        [I, N],
        [-I, N],
        [N, N],
        [5e-324, 5e-324],
      ],
    ],
    [
      'cos',
      [
        [0, 1],
        [-0, 1],
        [I, N],
        [-I, N],
        [N, N],
      ],
    ],
    [
      'tan',
      [
        [0, 0],
        [-0, -0],
        [I, N],
        [N, N],
        [5e-324, 5e-324],
      ],
    ],
    [
      'asin',
      [
        [0, 0],
        [-0, -0],
        [1, Math.PI / 2],
        [-1, -Math.PI / 2],
        [1.1, N],
        [N, N],
        [5e-324, 5e-324],
      ],
    ],
    [
      'acos',
      [
        [1, 0],
        [-1, Math.PI],
        [0, Math.PI / 2],
        [-1.1, N],
        [I, N],
        [N, N],
      ],
    ],
    [
      'atan',
      [
        [0, 0],
        [-0, -0],
        [I, Math.PI / 2],
        [-I, -Math.PI / 2],
        [N, N],
        [5e-324, 5e-324],
      ],
    ],
    [
      'erf',
      [
        [0, 0],
        [-0, -0],
        [I, 1],
        [-I, -1],
        [N, N],
        [30, 1],
      ],
    ],
    [
      'sqrt',
      [
        [0, 0],
        [-0, -0],
        [4, 2],
        [-1, N],
        [I, I],
        [N, N],
      ],
    ],
  ];
  test.each(special)('%s at special values', (name, cases) => {
    const run = onArrays(context, name, width);
    // Each alone and beside an ordinary number in the other lane.
    for (const [x, wanted] of cases)
      expect([...run(Float64Array.of(x, 0.75, 0.75, x))].filter((__, i) => i % 3 === 0)).toEqual([wanted, wanted]);
    expect(run(Float64Array.of(0.75, cases[0]![0]))[0]).toBeCloseTo(run(Float64Array.of(0.75, 0.75))[0]!, 15);
  });

  test('pow at special values', () => {
    const run = onArrays(context, 'pow', width);
    const cases: readonly [number, number, number][] = [
      [2, 0, 1],
      [N, 0, 1],
      [1, N, 1],
      [1, I, 1],
      [-1, I, 1],
      [0, 2, 0],
      [0, -1, I],
      [-0, -1, -I],
      [-0, 3, -0],
      [-2, 3, -8],
      [-2, 2, 4],
      [-2, 0.5, N],
      [2, I, I],
      [2, -I, 0],
      [0.5, I, 0],
      [I, -1, 0],
      [-I, 3, -I],
      [2, 1e300, I],
      [2, -1e300, 0],
      [2, 1023, 2 ** 1023],
      [2, -1074, 5e-324],
      [4, 0.5, 2],
      [10, 2, 100],
      [N, 1, N],
      [5e-324, 0.5, Math.sqrt(5e-324)],
    ];
    for (const [x, y, wanted] of cases)
      expect([x, y, run(Float64Array.of(x, 2), Float64Array.of(y, 3))[0]]).toEqual([x, y, wanted]);
  });
});
