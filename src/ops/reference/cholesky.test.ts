import { expect, test } from 'vitest';
import { cholesky } from './cholesky.ts';
import { dense, fromNested, identity, matmul, transpose } from './dense.ts';
import { definite, expectAllNaN, expectNear } from './samples-for-tests.ts';

test('L L^T = A with L lower triangular and positive on the diagonal', () => {
  for (const n of [1, 3, 12]) {
    const A = definite(n, n);
    const L = cholesky(A);
    expectNear(matmul(L, transpose(L)), A, 1e-14);
    for (let i = 0; i < n; i++) {
      expect(L.data[i * n + i]).toBeGreaterThan(0);
      for (let j = i + 1; j < n; j++) expect(L.data[i * n + j]).toBe(0);
    }
  }
  expectNear(
    cholesky(
      fromNested([
        [4, 2],
        [2, 10],
      ]),
    ),
    fromNested([
      [2, 0],
      [1, 3],
    ]),
    0,
  );
});

test('NaN when not positive definite', () => {
  for (const A of [
    fromNested([
      [1, 2],
      [2, 1],
    ]),
    fromNested([
      [1, 1],
      [1, 1],
    ]),
    dense([3, 3]),
    fromNested([[NaN]]),
  ]) {
    expectAllNaN(cholesky(A));
  }
  expectNear(cholesky(identity(3)), identity(3), 0);
  expect(() => cholesky(dense([2, 3]))).toThrow(/^internal:/);
});
