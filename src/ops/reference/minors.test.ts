import { expect, test } from 'vitest';
import { add, dense, fromNested, identity, matmul, scale, toNested } from './dense.ts';
import { expectNear, generic } from './samples-for-tests.ts';
import { det, inverse } from './lu.ts';
import { adjugate, detDerivative } from './minors.ts';

const singular = fromNested([
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
]);

test('adjugate of known matrices', () => {
  expect(
    toNested(
      adjugate(
        fromNested([
          [1, 2],
          [3, 4],
        ]),
      ),
    ),
  ).toEqual([
    [4, -2],
    [-3, 1],
  ]);
  expect(toNested(adjugate(fromNested([[5]])))).toEqual([[1]]);
  expectNear(
    adjugate(singular),
    fromNested([
      [-3, 6, -3],
      [6, -12, 6],
      [-3, 6, -3],
    ]),
    1e-14,
  );
  expectNear(adjugate(dense([3, 3])), dense([3, 3]), 0);
});

test('X adj X = det X I', () => {
  for (const n of [2, 3, 5]) {
    const X = generic(n, n, n);
    expectNear(matmul(X, adjugate(X)), scale(identity(n), det(X)), 1e-14);
    expectNear(adjugate(X), scale(inverse(X), det(X)), 1e-12);
  }
});

test('the derivative of order k is the multilinear part of det, at singular X too', () => {
  // Multilinear in rank-one changes: compare the contraction with single entries against inclusion–exclusion of det.
  const bump = (X: typeof singular, i: number, j: number) =>
    add(X, dense([3, 3], identity(9).data.slice((3 * i + j) * 9, (3 * i + j) * 9 + 9)));
  const second = detDerivative(singular, 2);
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++)
      for (let c = 0; c < 3; c++)
        for (let d = 0; d < 3; d++) {
          const entry = second.data[((a * 3 + b) * 3 + c) * 3 + d]!;
          if (a === c || b === d) {
            expect(entry).toBe(0);
            continue;
          }
          const X = singular;
          const difference = det(bump(bump(X, a, b), c, d)) - det(bump(X, a, b)) - det(bump(X, c, d)) + det(X);
          expect(entry).toBeCloseTo(difference, 12);
        }
});

test('order n is the product of Levi-Civita symbols, and beyond that nothing is left', () => {
  const third = detDerivative(singular, 3);
  expect(third.shape).toEqual([3, 3, 3, 3, 3, 3]);
  const at = (...axes: number[]) => third.data[axes.reduce((position, axis) => position * 3 + axis, 0)];
  expect(at(0, 0, 1, 1, 2, 2)).toBe(1);
  expect(at(0, 1, 1, 0, 2, 2)).toBe(-1);
  expect(at(1, 1, 0, 0, 2, 2)).toBe(1);
  expect(at(0, 0, 0, 1, 2, 2)).toBe(0);
  expect([...detDerivative(singular, 4).data].every((value) => value === 0)).toBe(true);
  expect(() => detDerivative(singular, 0)).toThrow(/^internal:/);
});
