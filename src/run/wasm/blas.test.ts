import { describe, expect, test } from 'vitest';
import { add, dense, matmul, norm, scale, sub, transpose } from '../../ops/reference/dense.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { createBlas } from './blas.ts';
import { colOf, rowOf, sub as block, transposed } from './matrix.ts';
import type { Blas } from './blas.ts';
import type { Csr } from './matrix.ts';
import { createContext } from './context.ts';
import type { Real } from './lanes.ts';
import { normal, place, placeVector, read, readVector } from './samples-for-tests.ts';
import type { Layout } from './samples-for-tests.ts';

const variants: readonly [name: string, real: Real, deterministic: boolean][] = [
  ['f64', 'f64', false],
  ['f64 deterministic', 'f64', true],
  ['f32', 'f32', false],
];

describe.each(variants)('%s', (_, real, deterministic) => {
  const blas = createBlas(createContext({ deterministic }), real);
  const epsilon = real === 'f64' ? 1e-14 : 1e-5;
  const near = (actual: Dense, wanted: Dense, size = 1): void => {
    expect(actual.shape).toEqual(wanted.shape);
    expect(norm(sub(actual, wanted))).toBeLessThanOrEqual(epsilon * Math.max(size, norm(wanted)));
  };
  const rounded = (A: Dense): Dense => (real === 'f64' ? A : { shape: A.shape, data: A.data.map(Math.fround) });
  const sample = (rows: number, cols: number, seed: number): Dense => rounded(normal(rows, cols, seed));

  const sizes: readonly [m: number, k: number, n: number][] = [
    [1, 1, 1],
    [2, 3, 4],
    [7, 7, 7],
    [1, 9, 12],
    [11, 5, 1],
    [3, 1, 6],
    [13, 17, 19],
    [97, 100, 103],
    [100, 300, 50],
  ];
  test.each(sizes)('gemm [%d, %d] · [.., %d] in every layout', (m, k, n) => {
    const [A, B, C] = [sample(m, k, 1), sample(k, n, 2), sample(m, n, 3)];
    const wanted = add(scale(matmul(A, B), 0.7), scale(C, -1.5));
    const layouts: readonly Layout[] = ['rows', 'columns', 'padded', 'scattered'];
    for (const a of layouts) {
      for (const b of layouts) {
        for (const c of m * n > 1000 ? (['rows', 'columns'] as const) : layouts) {
          const target = place(blas, C, c);
          blas.gemm(0.7, place(blas, A, a), place(blas, B, b), -1.5, target);
          near(read(blas, target), wanted, k);
        }
      }
    }
  });

  test('beta 0 does not read what was there; alpha 0 does not read the factors', () => {
    const nan = dense([20, 22], new Array<number>(440).fill(NaN));
    const C = place(blas, nan);
    const [A, B] = [sample(20, 21, 1), sample(21, 22, 2)];
    blas.gemm(1, place(blas, A), place(blas, B), 0, C);
    near(read(blas, C), matmul(A, B));
    blas.gemm(0, place(blas, dense([20, 1], new Array<number>(20).fill(NaN))), place(blas, sample(1, 22, 1)), 2, C);
    near(read(blas, C), scale(matmul(A, B), 2));
    const empty = place(blas, dense([20, 0]));
    blas.gemm(1, empty, transposed(place(blas, dense([22, 0]))), 0, C);
    near(read(blas, C), dense([20, 22]));
  });

  test('products of blocks write nothing outside their block', () => {
    const C = place(blas, sample(40, 40, 5));
    const before = read(blas, C);
    const inner = block(C, 3, 5, 17, 20, blas.bytes);
    const [A, B] = [sample(17, 30, 1), sample(30, 20, 2)];
    blas.gemm(1, place(blas, A), place(blas, B), 1, inner);
    const after = read(blas, C);
    const product = matmul(A, B);
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 40; j++) {
        const inside = i >= 3 && i < 20 && j >= 5 && j < 25;
        const change = inside ? product.data[(i - 3) * 20 + j - 5]! : 0;
        expect(Math.abs(after.data[i * 40 + j]! - before.data[i * 40 + j]! - change)).toBeLessThan(30 * epsilon);
      }
    }
  });

  test.each([1, 5, 50, 130])('syrk of order %d', (n) => {
    for (const layout of ['rows', 'columns'] as const) {
      const A = sample(n, 37, n);
      const C = place(blas, sample(n, n, 1));
      blas.syrk(2, place(blas, A, layout), C);
      const result = read(blas, C);
      near(result, scale(matmul(A, transpose(A)), 2));
      expect(norm(sub(result, transpose(result)))).toBe(0);
    }
  });

  test.each([
    [1, 1],
    [3, 5],
    [17, 23],
    [64, 100],
  ])('gemv [%d, %d]', (m, n) => {
    const [A, x, y] = [sample(m, n, 1), sample(n, 1, 2), sample(m, 1, 3)];
    const wanted = add(scale(matmul(A, x), -0.3), scale(y, 0.5));
    for (const layout of ['rows', 'columns', 'padded', 'scattered'] as const) {
      for (const step of [1, 3]) {
        const target = placeVector(blas, y.data, step);
        blas.gemv(-0.3, place(blas, A, layout), placeVector(blas, x.data, step), 0.5, target);
        near(dense([m, 1], readVector(blas, target)), wanted, n);
      }
    }
  });

  test.each([1, 2, 7, 8, 13, 64, 101])('symv [%d]: entries above the diagonal are not read', (n) => {
    const [L, x, y] = [sample(n, n, 1), sample(n, 1, 2), sample(n, 1, 3)];
    const at = (i: number, j: number): number => L.data[Math.max(i, j) * n + Math.min(i, j)]!;
    const A = dense([n, n], Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n)));
    const lower = dense([n, n], Array.from({ length: n * n }, (_, k) => (k % n > Math.floor(k / n) ? NaN : L.data[k]!)));
    for (const layout of ['rows', 'padded'] as const) {
      for (const step of [1, 3]) {
        const target = placeVector(blas, y.data, step);
        blas.symv(-0.3, place(blas, lower, layout), placeVector(blas, x.data, step), target);
        near(dense([n, 1], readVector(blas, target)), scale(matmul(A, x), -0.3), n);
      }
    }
  });

  test.each([0, 1, 2, 7, 33, 5000])('vector kernels, length %d', (n) => {
    const [x, y] = [sample(n, 1, 1), sample(n, 1, 2)];
    const sumOf = (values: Iterable<number>): number => [...values].reduce((total, one) => total + one, 0);
    const close = (actual: number, wanted: number): void =>
      expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(epsilon * 5 * (n + 1));
    for (const step of [1, 2]) {
      const [a, b] = [placeVector(blas, x.data, step), placeVector(blas, y.data, step)];
      close(blas.dot(a, b), sumOf(x.data.map((value, i) => value * y.data[i]!)));
      close(blas.sum(a), sumOf(x.data));
      close(blas.asum(a), sumOf(x.data.map(Math.abs)));
      close(blas.nrm2(a), norm(x));
      expect(blas.amax(a)).toBe(Math.max(0, ...x.data.map(Math.abs)));
      if (n > 0) expect(Math.abs(x.data[blas.iamax(a)]!)).toBe(blas.amax(a));
      blas.axpy(0.5, a, b);
      near(dense([n, 1], readVector(blas, b)), add(y, scale(x, 0.5)));
      blas.rot(a, b, 0.6, 0.8);
      near(dense([n, 1], readVector(blas, a)), add(scale(x, 0.6 + 0.4), scale(y, 0.8)));
      blas.swap(a, b);
      near(dense([n, 1], readVector(blas, b)), add(x, scale(y, 0.8)));
      blas.scal(3, b);
      near(dense([n, 1], readVector(blas, b)), add(scale(x, 3), scale(y, 2.4)));
      blas.copy(2, b, a);
      near(dense([n, 1], readVector(blas, a)), add(scale(x, 6), scale(y, 4.8)));
      blas.fill(7, a);
      expect(readVector(blas, a)).toEqual(new Array<number>(n).fill(7));
    }
  });

  test.each([1, 3, 24, 61, 130])('triangular solves of order %d', (n) => {
    const T = add(scale(sample(n, n, 4), 0.3), dense([n, n], identityTimes(n, 5)));
    const B = sample(n, 21, 5);
    for (const triangle of ['lower', 'upper'] as const) {
      for (const unit of [false, true]) {
        for (const layout of ['rows', 'columns', 'scattered'] as const) {
          const X = place(blas, B, layout);
          const wellScaled = unit ? scale(T, 0.2) : T;
          blas.trsm(triangle, place(blas, wellScaled, layout), X, { unit });
          near(matmul(triangleOf(rounded(wellScaled), triangle, unit), read(blas, X)), B, 30);
        }
      }
    }
  });

  test('transposition and mirroring', () => {
    for (const n of [1, 7, 33, 70]) {
      const A = sample(n, n + 3, 1);
      const B = place(blas, dense([n + 3, n]));
      blas.copyMatrix(place(blas, A), transposed(B));
      expect(read(blas, B)).toEqual(transpose(A));
      const S = place(blas, sample(n, n, 2));
      const before = read(blas, S);
      blas.mirrorLower(S);
      const lower = triangleOf(before, 'lower', false);
      const strict = sub(lower, dense([n, n], identityTimes(n, 1, before)));
      expect(read(blas, S)).toEqual(add(lower, transpose(strict)));
    }
  });

  test('sparse products', () => {
    const S = sample(23, 31, 9);
    S.data.forEach((value, i) => {
      if (Math.abs(value) < 0.9) S.data[i] = 0;
    });
    const csr = placeCsr(blas, S);
    for (const [matrix, vector, M] of [
      [blas.csrGemm, blas.csrGemv, S],
      [blas.csrGemmT, blas.csrGemvT, transpose(S)],
    ] as const) {
      const B = sample(M.shape[1]!, 13, 1);
      const C = sample(M.shape[0]!, 13, 2);
      const wanted = add(scale(matmul(M, B), 2), scale(C, -1));
      const [from, to] = [place(blas, B, 'padded'), place(blas, C)];
      const [x, y] = [colOf(from, 4, 0, from.rows, blas.bytes), placeVector(blas, column(C, 4))];
      vector(2, csr, x, -1, y);
      matrix(2, csr, from, -1, to);
      near(read(blas, to), wanted);
      near(dense([C.shape[0]!, 1], readVector(blas, y)), dense([C.shape[0]!, 1], column(wanted, 4)));
    }
  });

  test('a sparse matrix by another of its pattern', () => {
    const S = sample(1031, 17, 9);
    S.data.forEach((value, i) => {
      if (Math.abs(value) < 0.9) S.data[i] = 0;
    });
    const N = dense(S.shape, S.data.map((value, i) => value * Math.cos(i)));
    const [csr, other] = [placeCsr(blas, S), placeCsr(blas, N)];
    const C = place(blas, sample(17, 17, 3));
    blas.csrGram(csr, other.values, C);
    near(read(blas, C), matmul(transpose(S), N));
  });

  test('shapes that do not fit are refused', () => {
    const [A, B] = [place(blas, sample(3, 4, 1)), place(blas, sample(3, 4, 1))];
    expect(() => blas.gemm(1, A, B, 0, A)).toThrow('[3, 4] times [3, 4]');
    expect(() => blas.gemv(1, A, rowOf(A, 0, 0, 3), 0, rowOf(A, 0, 0, 3))).toThrow('internal');
    expect(() => blas.dot(rowOf(A, 0, 0, 3), rowOf(A, 0, 0, 4))).toThrow('length 3 and 4');
  });
});

describe('norms at the ends of the range', () => {
  const blas = createBlas(createContext());
  test.each<[number[], number]>([
    [[3e300, 4e300], 5e300],
    [[3e-300, 4e-300, 0], 5e-300],
    [[3e-320, 4e-320], 5e-320],
    [[1e308, 1e308], Math.SQRT2 * 1e308],
    [[0, 0], 0],
    [[1, Infinity], Infinity],
    [[NaN, Infinity], NaN],
  ])('%j', (values, wanted) => {
    const found = blas.nrm2(placeVector(blas, values));
    if (Number.isNaN(wanted)) expect(found).toBeNaN();
    else if (!Number.isFinite(wanted) || wanted === 0) expect(found).toBe(wanted);
    else expect(Math.abs(found / wanted - 1)).toBeLessThan(1e-3 * (wanted < 1e-310 ? 1 : 1e-12));
  });
  test('sums keep their digits', () => {
    const n = 1_000_000;
    expect(Math.abs(blas.sum(placeVector(blas, new Float64Array(n).fill(0.1))) / 1e5 - 1)).toBeLessThan(4e-15);
  });
});

function identityTimes(n: number, factor: number, from?: Dense): Float64Array {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = from?.data[i * n + i] ?? factor;
  return data;
}

function triangleOf(A: Dense, triangle: 'lower' | 'upper', unit: boolean): Dense {
  const n = A.shape[0]!;
  return dense(
    [n, n],
    A.data.map((value, index) => {
      const [i, j] = [Math.floor(index / n), index % n];
      if (i === j && unit) return 1;
      return (triangle === 'lower' ? j <= i : j >= i) ? value : 0;
    }),
  );
}

function column(A: Dense, j: number): Float64Array {
  const [rows, cols] = [A.shape[0]!, A.shape[1]!];
  return Float64Array.from({ length: rows }, (_, i) => A.data[i * cols + j]!);
}

function placeCsr(blas: Blas, S: Dense): Csr {
  const [rows, cols] = [S.shape[0]!, S.shape[1]!];
  const { memory } = blas.context;
  const [starts, indices, values]: [number[], number[], number[]] = [[0], [], []];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      if (S.data[i * cols + j] === 0) continue;
      indices.push(j);
      values.push(S.data[i * cols + j]!);
    }
    starts.push(values.length);
  }
  const integers = (list: readonly number[]): number => {
    const at = memory.allocate(list.length * 4);
    memory.i32().set(list, at / 4);
    return at;
  };
  return { rows, cols, starts: integers(starts), indices: integers(indices), values: placeVector(blas, values).at };
}
