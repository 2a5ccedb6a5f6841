import { describe, expect, test } from 'vitest';
import { add, dense, identity, matmul, norm, scale, sub, transpose } from '../../../ops/reference/dense.ts';
import type { Dense } from '../../../ops/reference/dense.ts';
import { cholesky as referenceCholesky } from '../../../ops/reference/cholesky.ts';
import { slogdet } from '../../../ops/reference/lu.ts';
import { qr as referenceQr } from '../../../ops/reference/qr.ts';
import { symmetricEigen as referenceEigen } from '../../../ops/reference/symmetric-eigen.ts';
import { svd as referenceSvd } from '../../../ops/reference/svd.ts';
import { createBlas } from '../blas.ts';
import type { Blas } from '../blas.ts';
import { createContext } from '../context.ts';
import { normal, place, read } from '../samples-for-tests.ts';
import { cholesky, choleskySolve } from './cholesky.ts';
import { invert, isSingular, logDeterminant, lu, luSolve } from './lu.ts';
import { inertia, ldl, ldlSolve } from './ldl.ts';
import { qr } from './qr.ts';
import { svd } from './svd.ts';
import { symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.ts';

const blas = createBlas(createContext());
const sizes = [1, 2, 3, 8, 25, 33, 64, 100, 157];

function near(actual: Dense, wanted: Dense, tolerance: number): void {
  expect(actual.shape).toEqual(wanted.shape);
  expect(norm(sub(actual, wanted))).toBeLessThanOrEqual(tolerance * Math.max(1, norm(wanted)));
}

function blank(rows: number, cols: number, of: Blas = blas): ReturnType<typeof place> {
  return place(of, dense([rows, cols], new Array<number>(rows * cols).fill(NaN)));
}

function definite(n: number): Dense {
  const A = normal(n, n + 2, n);
  return add(matmul(A, transpose(A)), scale(identity(n), 0.1));
}

describe('Cholesky', () => {
  test.each(sizes)('order %d', (n) => {
    const A = definite(n);
    const L = place(blas, A, 'padded');
    expect(cholesky(blas, L)).toBe(n);
    near(read(blas, L), referenceCholesky(A), 1e-10);
    const factor = read(blas, L);
    near(matmul(factor, transpose(factor)), A, 1e-13);
    const B = normal(n, 3, 1);
    const X = place(blas, B);
    choleskySolve(blas, L, X);
    near(matmul(A, read(blas, X)), B, 1e-9);
  });

  test('the first unusable pivot is told', () => {
    for (const [n, bad] of [
      [10, 3],
      [100, 77],
      [100, 0],
    ] as const) {
      for (const value of [-1, 0, NaN, Infinity]) {
        const A = identity(n);
        A.data[bad * n + bad] = value;
        expect(cholesky(blas, place(blas, A))).toBe(bad);
      }
    }
  });
});

describe('LU', () => {
  test.each(sizes)('order %d', (n) => {
    const A = normal(n, n, n);
    const F = place(blas, A, 'padded');
    const pivots = lu(blas, F);
    expect(isSingular(blas, F)).toBe(false);
    const B = normal(n, 5, 2);
    const X = place(blas, B);
    luSolve(blas, F, pivots, X);
    near(matmul(A, read(blas, X)), B, 1e-10);
    const [found, wanted] = [logDeterminant(blas, F, pivots), slogdet(A)];
    expect(found.sign).toBe(wanted.sign);
    expect(found.log).toBeCloseTo(wanted.log, 8);
    const inverse = blank(n, n);
    expect(invert(blas, place(blas, A), inverse)).toBe(true);
    near(matmul(A, read(blas, inverse)), identity(n), 1e-9);
  });

  test.each([
    [40, 17],
    [17, 40],
    [100, 9],
    [5, 90],
  ])('[%d, %d]: P A = L U with multipliers at most 1', (m, n) => {
    const A = normal(m, n, 3);
    const F = place(blas, A);
    const { exchanges } = lu(blas, F);
    const f = read(blas, F).data;
    const r = Math.min(m, n);
    const L = dense([m, r]);
    const U = dense([r, n]);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        if (j < i && j < r) L.data[i * r + j] = f[i * n + j]!;
        if (j >= i && i < r) U.data[i * n + j] = f[i * n + j]!;
        if (i === j) L.data[i * r + i] = 1;
      }
    expect(L.data.every((value) => Math.abs(value) <= 1)).toBe(true);
    const rows = Array.from({ length: m }, (_, i) => i);
    exchanges.forEach((row, i) => ([rows[i], rows[row]] = [rows[row]!, rows[i]!]));
    const PA = dense(
      [m, n],
      rows.flatMap((row) => Array.from(A.data.slice(row * n, row * n + n))),
    );
    near(matmul(L, U), PA, 1e-13);
  });

  test('singular and not finite', () => {
    const A = normal(30, 30, 1);
    for (let i = 0; i < 30; i++) A.data[i * 30 + 11] = 0;
    const F = place(blas, A);
    const pivots = lu(blas, F);
    expect(isSingular(blas, F)).toBe(true);
    expect(logDeterminant(blas, F, pivots)).toEqual({ sign: 0, log: -Infinity });
    expect(invert(blas, place(blas, A), blank(30, 30))).toBe(false);
    const bad = normal(30, 30, 1);
    bad.data[100] = NaN;
    expect(invert(blas, place(blas, bad), blank(30, 30))).toBe(false);
  });
});

describe('QR', () => {
  test.each([
    [1, 1],
    [5, 3],
    [3, 5],
    [40, 40],
    [100, 33],
    [70, 100],
    [130, 65],
  ])('[%d, %d]', (m, n) => {
    const A = normal(m, n, 1);
    const r = Math.min(m, n);
    const [Q, R] = [blank(m, r), blank(r, n)];
    const { least, most } = qr(blas, place(blas, A), Q, R);
    const [q, upper] = [read(blas, Q), read(blas, R)];
    near(matmul(q, upper), A, 1e-14 * 10);
    near(matmul(transpose(q), q), identity(r), 1e-13);
    const wanted = referenceQr(A);
    near(upper, wanted.r, 1e-10);
    near(q, wanted.q, 1e-9);
    expect(least).toBeGreaterThan(0);
    expect(most).toBeGreaterThanOrEqual(least);
  });
  test('dependent columns show in the pivots', () => {
    const A = matmul(normal(20, 3, 1), normal(3, 6, 2));
    const { least, most } = qr(blas, place(blas, A), blank(20, 6), blank(6, 6));
    expect(least / most).toBeLessThan(1e-14);
  });
});

describe('symmetric eigenvalues', () => {
  const check = (A: Dense, tolerance: number): Float64Array => {
    const n = A.shape[0]!;
    const V = blank(n, n);
    const values = symmetricEigen(blas, place(blas, A), V);
    const v = read(blas, V);
    near(matmul(transpose(v), v), identity(n), 1e-15 * 20 * Math.sqrt(n));
    const scaled = dense(
      v.shape,
      v.data.map((entry, index) => entry * values[index % n]!),
    );
    expect(norm(sub(matmul(A, v), scaled))).toBeLessThanOrEqual(tolerance * norm(A));
    expect(values).toEqual(values.slice().sort());
    const alone = symmetricEigenvalues(blas, place(blas, A));
    const size = Math.max(...values.map(Math.abs));
    alone.forEach((value, i) => expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(1e-14 * 5 * size));
    return values;
  };
  const symmetric = (n: number): Dense => {
    const A = normal(n, n, n);
    return add(A, transpose(A));
  };
  test.each([[50, 3], [100, 5], [208, 10], [300, 20]] as const)('order %d of rank %d', (n, rank) => {
    const B = normal(n, rank, n);
    const values = check(matmul(B, transpose(B)), 1e-14);
    expect(values.filter((v) => v > 1e-10 * values.at(-1)!).length).toBe(rank);
  });
  test.each(sizes)('generic, order %d', (n) => {
    const A = symmetric(n);
    const values = check(A, 1e-14);
    if (n > 64) return;
    const wanted = referenceEigen(A);
    near(dense([n], values), wanted.values, 1e-13);
  });
  test('the sign convention is that of the reference', () => {
    const A = symmetric(12);
    const V = blank(12, 12);
    symmetricEigen(blas, place(blas, A), V);
    near(read(blas, V), referenceEigen(A).vectors, 1e-11);
  });
  test('repeated, clustered, diagonal, zero, graded and extreme matrices', () => {
    const n = 90;
    const source = blank(n, n);
    qr(blas, place(blas, normal(n, n, 3)), source, blank(n, n));
    const Q = read(blas, source);
    const withValues = (value: (i: number) => number): Dense => {
      const D = dense(
        [n, n],
        Q.data.map((entry, index) => entry * value(index % n)),
      );
      const S = matmul(D, transpose(Q));
      return scale(add(S, transpose(S)), 0.5);
    };
    check(
      withValues((i) => i % 3),
      1e-14,
    );
    check(
      withValues((i) => 1 + 1e-13 * i),
      1e-14,
    );
    check(
      withValues((i) => (i === 0 ? 1 : 0)),
      1e-14,
    );
    check(
      withValues((i) => 10 ** -(i / 4)),
      1e-14,
    );
    check(
      scale(
        withValues((i) => Math.cos(i)),
        1e-150,
      ),
      1e-14,
    );
    check(
      scale(
        withValues((i) => Math.cos(i)),
        1e150,
      ),
      1e-14,
    );
    check(identity(n), 1e-14);
    // Wilkinson's W+: pairs that agree to all digits.
    const W = dense([91, 91]);
    for (let i = 0; i < 91; i++) {
      W.data[i * 91 + i] = Math.abs(i - 45);
      if (i > 0) W.data[i * 91 + i - 1] = W.data[(i - 1) * 91 + i] = 1;
    }
    check(W, 1e-14);
    const zero = symmetricEigen(blas, place(blas, dense([40, 40])), blank(40, 40));
    expect(zero.every((value) => value === 0)).toBe(true);
  });
  test('entries that are not finite give NaN', () => {
    const A = identity(30);
    A.data[30] = Infinity;
    const V = blank(30, 30);
    expect(symmetricEigen(blas, place(blas, A), V).every(Number.isNaN)).toBe(true);
    expect(read(blas, V).data.every(Number.isNaN)).toBe(true);
  });
});

describe('singular values', () => {
  const check = (A: Dense): Float64Array => {
    const [m, n] = [A.shape[0]!, A.shape[1]!];
    const r = Math.min(m, n);
    const [U, V] = [blank(m, r), blank(n, r)];
    const s = svd(blas, place(blas, A), U, V);
    const [u, v] = [read(blas, U), read(blas, V)];
    near(matmul(transpose(u), u), identity(r), 3e-14 * Math.sqrt(r));
    near(matmul(transpose(v), v), identity(r), 3e-14 * Math.sqrt(r));
    const scaled = dense(
      u.shape,
      u.data.map((entry, index) => entry * s[index % r]!),
    );
    expect(norm(sub(matmul(scaled, transpose(v)), A))).toBeLessThanOrEqual(3e-14 * norm(A));
    expect(s).toEqual(s.slice().sort().reverse());
    return s;
  };
  test.each([
    [1, 1],
    [3, 3],
    [5, 2],
    [2, 5],
    [33, 33],
    [40, 30],
    [100, 20],
    [20, 100],
    [100, 100],
  ])('generic [%d, %d]', (m, n) => {
    const A = normal(m, n, 1);
    const s = check(A);
    if (m * n > 2000) return;
    near(dense([s.length], s), referenceSvd(A).s, 1e-13);
  });
  test('the sign convention is that of the reference', () => {
    const A = normal(9, 6, 2);
    const [U, V] = [blank(9, 6), blank(6, 6)];
    svd(blas, place(blas, A), U, V);
    near(read(blas, U), referenceSvd(A).u, 1e-12);
    near(read(blas, V), referenceSvd(A).v, 1e-12);
  });
  test('rank deficient, zero, diagonal, graded and extreme matrices', () => {
    check(matmul(normal(50, 4, 1), normal(4, 40, 2)));
    check(dense([30, 30]));
    check(identity(30));
    check(scale(normal(30, 20, 1), 1e-160));
    check(scale(normal(30, 20, 1), 1e160));
    const graded = normal(40, 40, 5);
    graded.data.forEach((value, index) => (graded.data[index] = value * 10 ** -((index % 40) / 4)));
    check(graded);
    // Bidiagonal with zeros on the diagonal, first, inside and last.
    for (const zeros of [[0], [7], [19], [0, 7, 8, 19]]) {
      const B = dense([20, 20]);
      for (let i = 0; i < 20; i++) {
        B.data[i * 20 + i] = zeros.includes(i) ? 0 : 1 + i;
        if (i < 19) B.data[i * 20 + i + 1] = 0.5;
      }
      check(B);
    }
  });
  test('entries that are not finite give NaN', () => {
    const A = normal(8, 6, 1);
    A.data[9] = NaN;
    expect(svd(blas, place(blas, A), blank(8, 6), blank(6, 6)).every(Number.isNaN)).toBe(true);
  });
});

describe("LDL'", () => {
  const check = (A: Dense): ReturnType<typeof inertia> => {
    const n = A.shape[0]!;
    const L = place(blas, A);
    const factors = ldl(blas, L);
    const l = read(blas, L);
    expect(Math.max(0, ...l.data.map(Math.abs))).toBeLessThan(3); // Bunch & Kaufman: at most 2.78
    const D = dense([n, n]);
    factors.diagonal.forEach((value, i) => (D.data[i * n + i] = value));
    for (let i = 0; i < n - 1; i++) D.data[i * n + i + 1] = D.data[(i + 1) * n + i] = factors.beside[i]!;
    const rows = Array.from({ length: n }, (_, i) => i);
    factors.exchanges.forEach((row, i) => ([rows[i], rows[row]] = [rows[row]!, rows[i]!]));
    const PAP = dense(
      [n, n],
      rows.flatMap((i) => rows.map((j) => A.data[i * n + j]!)),
    );
    near(matmul(matmul(l, D), transpose(l)), PAP, 1e-13 * n);
    const B = normal(n, 3, 1);
    const X = place(blas, B);
    ldlSolve(blas, L, factors, X);
    near(matmul(A, read(blas, X)), B, 1e-10);
    return inertia(factors);
  };
  test.each(sizes)('symmetric of order %d', (n) => {
    const A = normal(n, n, n + 1);
    const S = add(A, transpose(A));
    const counts = check(S);
    const values = symmetricEigenvalues(blas, place(blas, S));
    expect(counts).toEqual({
      positive: values.filter((value) => value > 0).length,
      negative: values.filter((value) => value < 0).length,
      zero: 0,
    });
  });
  test('saddle points, with zeros on the diagonal', () => {
    const [n, m] = [12, 5];
    const K = dense([n + m, n + m]);
    const [H, J] = [definite(n), normal(m, n, 3)];
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) K.data[i * (n + m) + j] = H.data[i * n + j]!;
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) K.data[(n + i) * (n + m) + j] = K.data[j * (n + m) + n + i] = J.data[i * n + j]!;
    expect(check(K)).toEqual({ positive: n, negative: m, zero: 0 });
    expect(check(dense([2, 2], [0, 1, 1, 0]))).toEqual({ positive: 1, negative: 1, zero: 0 });
  });
  test('a zero matrix has zero pivots', () => {
    const L = place(blas, dense([3, 3]));
    expect(inertia(ldl(blas, L))).toEqual({ positive: 0, negative: 0, zero: 3 });
  });
});
