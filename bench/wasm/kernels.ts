// Our WASM kernels against NumPy with OpenBLAS, one thread each, in alternating rounds.
//
//   node bench/wasm/kernels.ts [--json FILE] [--only NAME]
//
// Ratios of medians are what counts (NumPy's time over ours: above 1 we are faster); times are for orientation.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { f64, f64x2, i32, v128 } from '../../src/run/wasm/assembler.ts';
import { createBlas } from '../../src/run/wasm/blas.ts';
import { rowMajor, transposed, vectorAt } from '../../src/run/wasm/matrix.ts';
import type { Matrix, Vector } from '../../src/run/wasm/matrix.ts';
import { createContext, link } from '../../src/run/wasm/context.ts';
import { elementary } from '../../src/run/wasm/elementary.ts';
import type { Elementary } from '../../src/run/wasm/elementary.ts';
import { cholesky } from '../../src/run/wasm/lapack/cholesky.ts';
import { invert, lu, luSolve } from '../../src/run/wasm/lapack/lu.ts';
import { qr } from '../../src/run/wasm/lapack/qr.ts';
import { svd } from '../../src/run/wasm/lapack/svd.ts';
import { symmetricEigen } from '../../src/run/wasm/lapack/symmetric-eigen.ts';

const context = createContext();
const blas = createBlas(context);
const { memory } = context;

interface Case {
  readonly name: string;
  /** Ratio asked for, if any. */
  readonly target?: number;
  readonly flops?: number;
  readonly setup: string;
  readonly numpy: string;
  readonly prepare: () => () => void;
  /** Evaluations a round. */
  readonly repeat?: number;
}

function matrix(rows: number, cols: number): Matrix {
  const A = rowMajor(memory.allocate(rows * cols * 8), rows, cols);
  const view = memory.doubles(A.at, rows * cols);
  for (let i = 0; i < view.length; i++) view[i] = Math.random() - 0.5;
  return A;
}

function vector(length: number): Vector {
  return vectorAt(matrix(length, 1).at, length);
}

function product(n: number, layout: string, target?: number): Case {
  const turn = (letter: string, A: Matrix): Matrix => (letter === 'T' ? transposed(A) : A);
  const spell = (letter: string, name: string): string => (letter === 'T' ? `${name}.T` : name);
  const [a, b] = [layout[0]!, layout[1]!];
  return {
    name: `gemm ${layout} ${n}`,
    ...(target === undefined ? {} : { target }),
    flops: 2 * n ** 3,
    setup: `A = rng.standard_normal((${n}, ${n})); B = rng.standard_normal((${n}, ${n})); C = np.empty((${n}, ${n}))`,
    numpy: `np.matmul(${spell(a, 'A')}, ${spell(b, 'B')}, out=C)`,
    prepare: () => {
      const [A, B, C] = [matrix(n, n), matrix(n, n), matrix(n, n)];
      return () => blas.gemm(1, turn(a, A), turn(b, B), 0, C);
    },
    repeat: n > 500 ? 1 : Math.ceil(2e7 / n ** 3),
  };
}

function timesVector(n: number, turned: boolean, target?: number): Case {
  return {
    name: `gemv ${turned ? 'T' : 'N'} ${n}`,
    ...(target === undefined ? {} : { target }),
    flops: 2 * n * n,
    setup: `A = rng.standard_normal((${n}, ${n})); x = rng.standard_normal(${n}); y = np.empty(${n})`,
    numpy: `np.matmul(${turned ? 'A.T' : 'A'}, x, out=y)`,
    prepare: () => {
      const [A, x, y] = [matrix(n, n), vector(n), vector(n)];
      return () => blas.gemv(1, turned ? transposed(A) : A, x, 0, y);
    },
    repeat: n > 1000 ? 5 : 50,
  };
}

function onElements(name: Exclude<keyof Elementary, 'pow'>, numpy: string, count: number, target?: number): Case {
  return {
    name: `${name} ${count.toExponential(0)}`,
    ...(target === undefined ? {} : { target }),
    setup: `v = rng.uniform(0.1, 4, ${count}); o = np.empty_like(v)`,
    numpy: `${numpy}(v, out=o)`,
    prepare: () => {
      const { run } = link<'run'>(context, (module, host) => {
        module.function('run', { pairs: 'i32', x: 'i32', to: 'i32' }, 'none', (body, { pairs, x, to }) => {
          const i = body.local('i32');
          body.range(i, 0, pairs, 2, () => {
            const functions = elementary({ body, host, ...context });
            const results = functions[name]([v128.load(x), v128.load(x, 16)]);
            results.forEach((result, j) => body.do(v128.store(to, result, j * 16)));
            for (const pointer of [x, to]) body.set(pointer, i32.add(pointer, 32));
          });
        });
      });
      const [x, to] = [vector(count), vector(count)];
      const view = memory.doubles(x.at, count);
      for (let i = 0; i < count; i++) view[i] = 0.1 + 3.9 * Math.random();
      const chunk = 8192;
      return () => {
        for (let from = 0; from < count; from += chunk)
          run(Math.min(chunk, count - from) / 2, x.at + from * 8, to.at + from * 8);
      };
    },
  };
}

/** Σ log(1 + e^(-y z)) in one pass. */
function fusedLoss(count: number): Case {
  return {
    name: `logistic loss ${count.toExponential(0)}`,
    target: 1.5,
    setup: `y = rng.standard_normal(${count}); z = rng.standard_normal(${count})`,
    numpy: 'np.log1p(np.exp(-y * z)).sum()',
    prepare: () => {
      const { run } = link<'run'>(context, (module, host) => {
        module.function('run', { pairs: 'i32', y: 'i32', z: 'i32' }, 'f64', (body, { pairs, y, z }) => {
          const [i, sum] = [body.local('i32'), body.local('v128')];
          body.range(i, 0, pairs, 2, () => {
            const { softplus } = elementary({ body, host, ...context });
            const margins = [0, 16].map((at) => f64x2.neg(f64x2.mul(v128.load(y, at), v128.load(z, at))));
            for (const loss of softplus(margins)) body.set(sum, f64x2.add(sum, loss));
            for (const pointer of [y, z]) body.set(pointer, i32.add(pointer, 32));
          });
          return f64.add(f64x2.lane(sum, 0), f64x2.lane(sum, 1));
        });
      });
      const [y, z] = [vector(count), vector(count)];
      const chunk = 8192;
      return () => {
        let total = 0;
        for (let from = 0; from < count; from += chunk)
          total += run(Math.min(chunk, count - from) / 2, y.at + from * 8, z.at + from * 8);
        if (!(total > 0)) throw new Error('the loss is positive');
      };
    },
  };
}

function factorization(
  name: string,
  n: number,
  target: number | undefined,
  kind: 'general' | 'definite' | 'symmetric',
  numpy: string,
  run: (A: Matrix, work: readonly [Matrix, Matrix]) => void,
): Case {
  const build = {
    general: 'G',
    definite: `G @ G.T + ${n} * np.eye(${n})`,
    symmetric: 'G + G.T',
  }[kind];
  return {
    name: `${name} ${n}`,
    ...(target === undefined ? {} : { target }),
    setup: `G = rng.standard_normal((${n}, ${n})); A = ${build}; b = rng.standard_normal(${n})`,
    numpy,
    prepare: () => {
      const [A, copy] = [matrix(n, n), matrix(n, n)];
      const work = [matrix(n, n), matrix(n, n)] as const;
      if (kind === 'definite') {
        blas.syrk(1, copy, A);
        for (let i = 0; i < n; i++) memory.f64()[A.at / 8 + i * (n + 1)]! += 1;
      } else if (kind === 'symmetric') blas.mirrorLower(A);
      return () => {
        blas.copyMatrix(A, copy);
        run(copy, work);
      };
    },
  };
}

const cases: readonly Case[] = [
  product(1024, 'NN', 0.28),
  product(1024, 'TN'),
  product(1024, 'NT'),
  product(128, 'NN'),
  product(32, 'NN'),
  timesVector(2000, false, 0.95),
  timesVector(2000, true, 0.95),
  timesVector(1000, false, 0.95),
  timesVector(1000, true, 0.95),
  timesVector(300, false, 0.95),
  timesVector(300, true, 0.95),
  {
    name: 'syrk 1000×500',
    flops: 1000 * 1000 * 500,
    setup: 'A = rng.standard_normal((1000, 500)); C = np.empty((1000, 1000))',
    numpy: 'np.matmul(A, A.T, out=C)',
    prepare: () => {
      const [A, C] = [matrix(1000, 500), matrix(1000, 1000)];
      return () => blas.syrk(1, A, C);
    },
  },
  {
    name: 'dot 1e6',
    setup: 'x = rng.standard_normal(10**6); y = rng.standard_normal(10**6)',
    numpy: 'x @ y',
    repeat: 10,
    prepare: () => {
      const [x, y] = [vector(1e6), vector(1e6)];
      return () => void blas.dot(x, y);
    },
  },
  {
    name: 'sum 1e6',
    setup: 'x = rng.standard_normal(10**6)',
    numpy: 'x.sum()',
    repeat: 10,
    prepare: () => {
      const x = vector(1e6);
      return () => void blas.sum(x);
    },
  },
  factorization('cholesky', 1000, 0.4, 'definite', 'np.linalg.cholesky(A)', (A) => void cholesky(blas, A)),
  factorization('LU solve', 1000, 0.35, 'general', 'np.linalg.solve(A, b)', (A, [B]) => {
    const pivots = lu(blas, A);
    luSolve(blas, A, pivots, { ...B, cols: 1, rowStep: 1 });
  }),
  factorization('inverse', 1000, undefined, 'general', 'np.linalg.inv(A)', (A, [B]) => void invert(blas, A, B)),
  factorization('eigh', 300, 0.3, 'symmetric', 'np.linalg.eigh(A)', (A, [V]) => void symmetricEigen(blas, A, V)),
  factorization('qr', 300, undefined, 'general', 'np.linalg.qr(A)', (A, [Q, R]) => void qr(blas, A, Q, R)),
  factorization('svd', 300, undefined, 'general', 'np.linalg.svd(A)', (A, [U, V]) => void svd(blas, A, U, V)),
  onElements('exp', 'np.exp', 1e7, 0.45),
  fusedLoss(1e7),
  ...(['log', 'log1p', 'expm1', 'tanh', 'sin', 'sqrt'] as const).map((name) => onElements(name, `np.${name}`, 1e6)),
];

// ---- the other side

const root = fileURLToPath(new URL('../../', import.meta.url));
const child = spawn(`${root}.venv/bin/python`, [fileURLToPath(new URL('numpy-side.py', import.meta.url))], {
  env: { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' },
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

async function ask(request: object): Promise<{ readonly seconds?: number }> {
  child.stdin.write(`${JSON.stringify(request)}\n`);
  const { value, done } = await answers.next();
  if (done === true) throw new Error('the Python process ended');
  return JSON.parse(value) as { readonly seconds?: number };
}

function seconds(run: () => void, repeat: number): number {
  const start = performance.now();
  for (let i = 0; i < repeat; i++) run();
  return (performance.now() - start) / 1000 / repeat;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

interface Row {
  readonly name: string;
  readonly ours: number;
  readonly numpy: number;
  readonly ratio: number;
  readonly target?: number;
}

async function measure({ name, target, setup, numpy, prepare, repeat = 1 }: Case): Promise<Row> {
  await ask({ setup });
  const run = prepare();
  for (let i = 0; i < 3; i++) {
    run();
    await ask({ time: numpy, repeat: 1 });
  }
  await new Promise((resolve) => setTimeout(resolve, 30)); // V8 finishes optimising in the background
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < 11; round++) {
    ours.push(seconds(run, repeat));
    theirs.push((await ask({ time: numpy, repeat })).seconds!);
  }
  const [a, b] = [median(ours), median(theirs)];
  return { name, ours: a, numpy: b, ratio: b / a, ...(target === undefined ? {} : { target }) };
}

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const only = option('--only');
const rows: Row[] = [];
console.log(`${'kernel'.padEnd(18)} ${'ours ms'.padStart(9)} ${'NumPy ms'.padStart(9)} ${'ratio'.padStart(6)}  target`);
for (const one of cases) {
  if (only !== undefined && !one.name.includes(only)) continue;
  const row = await measure(one);
  rows.push(row);
  const ms = (value: number): string => (value * 1000).toFixed(3).padStart(9);
  const wanted = row.target === undefined ? '' : `${row.target} ${row.ratio >= row.target ? 'reached' : 'MISSED'}`;
  console.log(`${row.name.padEnd(18)} ${ms(row.ours)} ${ms(row.numpy)} ${row.ratio.toFixed(2).padStart(6)}  ${wanted}`);
}
child.stdin.end();
const file = option('--json');
const json = JSON.stringify({ node: process.version, features: context.features, rows });
if (file !== undefined) writeFileSync(file, json);
else console.log(json);
