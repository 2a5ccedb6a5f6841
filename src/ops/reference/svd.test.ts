import { expect, test } from 'vitest';
import { dense, fromNested, identity, matmul, scale, transpose } from './dense.ts';
import { expectAllNaN, expectNear, generic } from './samples-for-tests.ts';
import { inverse } from './lu.ts';
import { pinv, svd } from './svd.ts';
import type { Svd } from './svd.ts';
import type { Dense } from './dense.ts';

function product({ u, s, v }: Svd): Dense {
  const r = s.data.length;
  return matmul(
    dense(
      u.shape,
      u.data.map((value, index) => value * s.data[index % r]!),
    ),
    transpose(v),
  );
}

function checkFactors(A: Dense): Svd {
  const factors = svd(A);
  const r = Math.min(...A.shape);
  expectNear(product(factors), A, 1e-14);
  expectNear(matmul(transpose(factors.u), factors.u), identity(r), 2e-14);
  expectNear(matmul(transpose(factors.v), factors.v), identity(r), 2e-14);
  for (let i = 1; i < r; i++) expect(factors.s.data[i]).toBeLessThanOrEqual(factors.s.data[i - 1]!);
  return factors;
}

test('square, tall and wide', () => {
  for (const [m, n] of [
    [1, 1],
    [4, 4],
    [7, 3],
    [3, 7],
    [1, 5],
    [5, 1],
    [12, 12],
  ] as const) {
    const { u, s, v } = checkFactors(generic(m, n, m * n));
    const r = Math.min(m, n);
    expect([u.shape, s.shape, v.shape]).toEqual([[m, r], [r], [n, r]]);
    for (let j = 0; j < r; j++) {
      const column = [...v.data].filter((_, index) => index % r === j);
      expect(Math.max(...column)).toBeGreaterThanOrEqual(-Math.min(...column) - 1e-9);
    }
  }
});

test('known singular values', () => {
  expectNear(
    svd(
      fromNested([
        [3, 0],
        [4, 5],
      ]),
    ).s,
    fromNested([Math.sqrt(45), Math.sqrt(5)]),
    1e-15,
  );
  expectNear(
    svd(
      fromNested([
        [0, -2],
        [1, 0],
        [0, 0],
      ]),
    ).v,
    fromNested([
      [0, 1],
      [1, 0],
    ]),
    0,
  );
});

test('rank deficient: the factors stay orthonormal', () => {
  checkFactors(
    fromNested([
      [1, 2, 3],
      [2, 4, 6],
      [3, 6, 9],
      [1, 1, 1],
    ]),
  );
  checkFactors(dense([3, 2]));
  checkFactors(dense([2, 4], new Float64Array(8).fill(1)));
  checkFactors(matmul(generic(8, 2, 1), generic(2, 6, 2)));
  checkFactors(
    fromNested([
      [0, 0],
      [0, 1],
    ]),
  );
  expectAllNaN(svd(fromNested([[1, NaN]])).u);
});

test('pinv: inverse where there is one, Penrose equations elsewhere', () => {
  expectNear(pinv(generic(5, 5, 1)), inverse(generic(5, 5, 1)), 1e-12);
  for (const A of [generic(6, 3, 2), generic(2, 5, 3), matmul(generic(6, 2, 4), generic(2, 5, 5)), dense([2, 3])]) {
    const P = pinv(A);
    expectNear(matmul(matmul(A, P), A), A, 1e-13);
    expectNear(matmul(matmul(P, A), P), P, 1e-13);
    expectNear(transpose(matmul(A, P)), matmul(A, P), 1e-13);
    expectNear(transpose(matmul(P, A)), matmul(P, A), 1e-13);
  }
  expectNear(
    scale(
      pinv(
        fromNested([
          [1e-200, 0],
          [0, 2e-200],
        ]),
      ),
      1e-200,
    ),
    fromNested([
      [1, 0],
      [0, 0.5],
    ]),
    1e-14,
  );
});
