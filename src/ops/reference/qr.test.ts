import { expect, test } from 'vitest';
import { fromNested, identity, matmul, transpose } from './dense.ts';
import { expectAllNaN, expectNear, generic } from './samples-for-tests.ts';
import { orthonormal, qr } from './qr.ts';

test('Q R = A, Q orthonormal, R upper triangular with positive diagonal', () => {
  for (const [m, n] of [
    [1, 1],
    [3, 3],
    [7, 4],
    [3, 5],
    [12, 12],
  ] as const) {
    const A = generic(m, n, m + n);
    const { q, r } = qr(A);
    const rank = Math.min(m, n);
    expect(q.shape).toEqual([m, rank]);
    expectNear(matmul(q, r), A, 1e-14);
    expectNear(matmul(transpose(q), q), identity(rank), 1e-14);
    for (let i = 0; i < rank; i++) {
      expect(r.data[i * n + i]).toBeGreaterThan(0);
      for (let j = 0; j < i; j++) expect(r.data[i * n + j]).toBe(0);
    }
  }
});

test('known factor, fixed by the positive diagonal', () => {
  expectNear(
    orthonormal(
      fromNested([
        [-3, 1],
        [-4, 2],
      ]),
    ),
    fromNested([
      [-0.6, -0.8],
      [-0.8, 0.6],
    ]),
    1e-15,
  );
  expectNear(orthonormal(identity(4)), identity(4), 0);
});

test('dependent columns give NaN', () => {
  expectAllNaN(
    orthonormal(
      fromNested([
        [1, 2],
        [2, 4],
        [3, 6],
      ]),
    ),
  );
  expectAllNaN(
    orthonormal(
      fromNested([
        [NaN, 2],
        [2, 4],
      ]),
    ),
  );
});
