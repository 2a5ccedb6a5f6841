import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { i32, v128 } from './assembler.ts';
import { createContext, link } from './context.ts';
import type { WasmContext } from './context.ts';
import { elementary } from './elementary.ts';
import type { Elementary } from './elementary.ts';
import type { Kept, Wide } from './site.ts';
import * as exact from './exact-for-tests.ts';

type Which = (functions: Elementary, x: Wide) => Kept;

function onArray({ memory, ...context }: WasmContext, which: Which, width: number): (x: Float64Array) => Float64Array {
  const { run } = link<'run'>({ memory, ...context }, (module, host) => {
    module.function('run', { turns: 'i32', x: 'i32', to: 'i32' }, 'none', (body, { turns, x, to }) => {
      const i = body.local('i32');
      body.range(i, 0, turns, 1, () => {
        const results = which(elementary({ body, host, ...context }), Array.from({ length: width }, (_, j) => v128.load(x, j * 16)));
        results.forEach((result, j) => body.do(v128.store(to, result, j * 16)));
        for (const pointer of [x, to]) body.set(pointer, i32.add(pointer, width * 16));
      });
    });
  });
  return (x) => {
    const turns = Math.ceil(x.length / (2 * width));
    const size = turns * width * 16;
    return memory.temporary(2 * size, (at) => {
      memory.doubles(at, 2 * turns * width).fill(1).set(x);
      run(turns, at, at + size);
      return memory.doubles(at + size, x.length).slice();
    });
  };
}

const functions: readonly [name: string, which: Which, reference: (x: exact.Big) => exact.Big, ulps: number][] = [
  ['lgamma', (f, x) => f.lgamma(x), exact.lgamma, 6],
  ['digamma', (f, x) => f.digamma(x), (x) => exact.polygamma(0, x), 5],
  ['trigamma', (f, x) => f.polygamma(1, x), (x) => exact.polygamma(1, x), 5],
  ['polygamma 2', (f, x) => f.polygamma(2, x), (x) => exact.polygamma(2, x), 6],
  ['polygamma 5', (f, x) => f.polygamma(5, x), (x) => exact.polygamma(5, x), 10],
];

/** Dense where the code has branches, around the zeros, and over many sizes. */
function grid(count: number): Float64Array {
  const source = random(count);
  const points: number[] = [];
  for (let i = 0; i < count; i++) {
    points.push(14 * source.uniform());
    for (const zero of [1, 2, 1.4616321449683622]) points.push(zero + (source.uniform() < 0.5 ? -1 : 1) * 2 ** (-30 + 29 * source.uniform()));
    points.push(2 ** (-40 + 70 * source.uniform()));
  }
  return Float64Array.from([...points, 0.5, 1.5, 2.5, 10, 9.999999999999998]);
}

describe.each([
  ['relaxed, two side by side', false, 2],
  ['deterministic', true, 1],
] as const)('%s', (_, deterministic, width) => {
  const context = createContext({ deterministic });

  test.each(functions)('%s is within a few ulp', (__, which, reference, ulps) => {
    const points = grid(deterministic ? 60 : 150);
    const found = onArray(context, which, width)(points);
    let [worst, where] = [0, 0];
    points.forEach((x, i) => {
      const error = exact.ulpError(found[i]!, reference(exact.fromNumber(x)));
      if (!(error <= worst)) [worst, where] = [error, x];
    });
    expect(worst, `at ${where}`).toBeLessThanOrEqual(ulps);
  });

  const [N, I] = [NaN, Infinity];
  test.each<[name: string, which: Which, cases: readonly (readonly [x: number, value: number])[]]>([
    ['lgamma', (f, x) => f.lgamma(x), [[1, 0], [2, 0], [0, I], [-3, I], [I, I], [N, N], [-0.5, Math.log(2 * Math.sqrt(Math.PI))], [1e306, 1e306 * (Math.log(1e306) - 1)]]],
    ['digamma', (f, x) => f.digamma(x), [[0, N], [-2, N], [I, I], [N, N], [1e300, Math.log(1e300)], [-0.5, 0.03648997397857652]]],
    ['trigamma', (f, x) => f.polygamma(1, x), [[N, N], [-2, N], [1, Math.PI ** 2 / 6], [-0.5, 8.934802200544679]]],
  ])('%s at special values', (__, which, cases) => {
    const run = onArray(context, which, width);
    for (const [x, wanted] of cases) {
      // Alone, and beside an ordinary number in the other lane.
      for (const found of [run(Float64Array.of(x, 0.75))[0]!, run(Float64Array.of(0.75, x))[1]!]) {
        if (Number.isFinite(wanted) && wanted !== 0) expect(Math.abs(found / wanted - 1), `${x}`).toBeLessThan(2e-15);
        else expect(Object.is(found, wanted), `${x}: ${found}`).toBe(true);
      }
    }
  });
});
