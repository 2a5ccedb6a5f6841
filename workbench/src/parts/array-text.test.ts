import { expect, test } from 'vitest';
import { arrayText } from './array-text.ts';

test.each([
  [1 / 3, '0.333333'],
  [[1, -0.25, 1e-20], '[    1, -0.25, 1e-20]'],
  [
    [
      [1, 20],
      [-3, 4.5],
    ],
    '[[  1,  20],\n [ -3, 4.5]]',
  ],
  [[[[1], [2]], [[3], [4]]], '[[[1],\n  [2]],\n [[3],\n  [4]]]'],
  [[], '[]'],
  [[Number.NaN, Infinity], '[     NaN, Infinity]'],
])('%j', (value, text) => {
  expect(arrayText(value)).toBe(text);
});
