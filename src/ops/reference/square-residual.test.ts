import { expect, test } from 'vitest';
import { type Dense, fromNested, matmul, toNested } from './dense.ts';
import { jetOf, topOf, valueOf } from './jet.ts';
import { expectNear } from './samples-for-tests.ts';
import { squareResidual } from './square-residual.ts';

function residual(X: Dense, R: Dense): Dense {
  return valueOf(squareResidual(jetOf(X), jetOf(R)));
}

test('keeps what a plain product rounds away', () => {
  // (1 + 2^-30)² = 1 + 2^-29 + 2^-60
  const R = fromNested([[1 + 2 ** -30]]);
  expect(toNested(residual(fromNested([[1 + 2 ** -29]]), R))).toEqual([[-(2 ** -60)]]);
});

test('is zero for an exact root', () => {
  const R = fromNested([
    [1, 2, 0],
    [0, 3, -1],
    [4, 0, 2],
  ]);
  expectNear(
    residual(matmul(R, R), R),
    fromNested([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]),
    0,
  );
});

test('of jets: the part with every direction', () => {
  // (R + εE)² = R² + ε(RE + ER)
  const R = fromNested([
    [1, 2],
    [0, 3],
  ]);
  const E = fromNested([
    [0, 1],
    [5, 2],
  ]);
  const zero = fromNested([
    [0, 0],
    [0, 0],
  ]);
  const wanted = fromNested([
    [-10, -8],
    [-20, -22],
  ]);
  expectNear(topOf(squareResidual(jetOf(matmul(R, R), [zero]), jetOf(R, [E]))), wanted, 0);
});
