import { expect, test } from 'vitest';
import { fromNested, matmul, toNested } from './dense.ts';
import { expectNear } from './samples-for-tests.ts';
import { squareResidual } from './square-residual.ts';

test('keeps what a plain product rounds away', () => {
  // (1 + 2^-30)² = 1 + 2^-29 + 2^-60
  const R = fromNested([[1 + 2 ** -30]]);
  expect(toNested(squareResidual(fromNested([[1 + 2 ** -29]]), R))).toEqual([[-(2 ** -60)]]);
});

test('is zero for an exact root', () => {
  const R = fromNested([
    [1, 2, 0],
    [0, 3, -1],
    [4, 0, 2],
  ]);
  expectNear(
    squareResidual(matmul(R, R), R),
    fromNested([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]),
    0,
  );
});
