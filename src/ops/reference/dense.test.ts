import { expect, test } from 'vitest';
import {
  add,
  block,
  dense,
  filled,
  fromBlocks,
  fromNested,
  identity,
  matmul,
  norm,
  norm1,
  scale,
  sub,
  symmetricPart,
  toNested,
  transpose,
} from './dense.ts';

const A = fromNested([
  [1, 2, 3],
  [4, 5, 6],
]);

test('nested arrays round trip at every order', () => {
  for (const nested of [
    7,
    [1, 2],
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [
      [[1], [2]],
      [[3], [4]],
    ],
  ])
    expect(toNested(fromNested(nested))).toEqual(nested);
  expect(
    fromNested([
      [1, 2, 3],
      [4, 5, 6],
    ]).shape,
  ).toEqual([2, 3]);
  expect(fromNested(7).shape).toEqual([]);
});

test('products, sums and transposes', () => {
  expect(toNested(matmul(A, transpose(A)))).toEqual([
    [14, 32],
    [32, 77],
  ]);
  expect(toNested(add(A, scale(A, 2)))).toEqual([
    [3, 6, 9],
    [12, 15, 18],
  ]);
  expect(toNested(sub(A, A))).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ]);
  expect(toNested(matmul(identity(2), A))).toEqual(toNested(A));
  expect(
    toNested(
      symmetricPart(
        fromNested([
          [1, 2],
          [4, 3],
        ]),
      ),
    ),
  ).toEqual([
    [1, 3],
    [3, 3],
  ]);
});

test('norms do not overflow', () => {
  expect(norm(fromNested([[3e200, 4e200]]))).toBeCloseTo(5e200, -190);
  expect(norm(fromNested([[1, NaN]]))).toBeNaN();
  expect(norm1(A)).toBe(9);
});

test('blocks', () => {
  const B = fromBlocks(
    [
      [identity(2), filled([2, 2], 5)],
      [undefined, identity(2)],
    ],
    2,
  );
  expect(toNested(B)).toEqual([
    [1, 0, 5, 5],
    [0, 1, 5, 5],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ]);
  expect(toNested(block(B, 0, 2, 2, 2))).toEqual([
    [5, 5],
    [5, 5],
  ]);
});

test('wrong shapes are internal errors', () => {
  expect(() => matmul(A, A)).toThrow(/^internal:/);
  expect(() => add(A, transpose(A))).toThrow(/^internal:/);
  expect(() => dense([2, 2], [1])).toThrow(/^internal:/);
  expect(() => fromNested([[1, 2], [3]])).toThrow(/^internal:/);
});
