// Our WASM kernels against NumPy with OpenBLAS, one thread each, in alternating rounds.
//
//   node bench/wasm/kernels.ts [--json FILE] [--only NAME]

import { i32, v128 } from '../../src/run/wasm/assembler.ts';
import { createBlas } from '../../src/run/wasm/blas.ts';
import { rowMajor, transposed, vectorAt } from '../../src/run/wasm/matrix.ts';
import type { Matrix, Vector } from '../../src/run/wasm/matrix.ts';
import { createContext, link } from '../../src/run/wasm/context.ts';
import { elementary } from '../../src/run/wasm/elementary.ts';
import type { OfOneName } from '../../src/run/wasm/elementary.ts';
import { cholesky } from '../../src/run/wasm/lapack/cholesky.ts';
import { invert, lu, luSolve } from '../../src/run/wasm/lapack/lu.ts';
import { qr } from '../../src/run/wasm/lapack/qr.ts';
import { svd } from '../../src/run/wasm/lapack/svd.ts';
import { symmetricEigen } from '../../src/run/wasm/lapack/symmetric-eigen.ts';
import { type Case, compare } from './against-numpy.ts';

const context = createContext();
const blas = createBlas(context);
const { memory } = context;

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

function onElements(name: OfOneName, numpy: string, count: number, target?: number): Case {
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
  ...(['log', 'log1p', 'expm1', 'tanh', 'sin', 'sqrt'] as const).map((name) => onElements(name, `np.${name}`, 1e6)),
];

await compare(cases, { features: context.features });
