import { expect, test } from 'vitest';
import { contractionPath } from './path.ts';

const sizes = new Map([
  [0, 2],
  [1, 100],
  [2, 100],
  [3, 3],
  [4, 50],
]);
const sizeOf = (l: number): number => sizes.get(l) ?? 10;

test('a matrix chain goes through the vector first', () => {
  const path = contractionPath([{ labels: [0, 1] }, { labels: [1, 2] }, { labels: [2] }], [0], sizeOf);
  expect(path.multiplications).toBe(100 * 100 + 2 * 100);
  expect(path.steps.map((s) => s.labels)).toEqual([[1], [0]]);
});

test('the classical chain of matrices', () => {
  // 10×100 · 100×5 · 5×50: 7500 against 75000 (Cormen et al., section 15.2)
  const dims = new Map([
    [0, 10],
    [1, 100],
    [2, 5],
    [3, 50],
  ]);
  const path = contractionPath([{ labels: [0, 1] }, { labels: [1, 2] }, { labels: [2, 3] }], [0, 3], (l) => dims.get(l) ?? 1);
  expect(path.multiplications).toBe(7500);
});

test('element-wise factors join on their own axis before they meet a matrix', () => {
  const path = contractionPath([{ labels: [0, 1] }, { labels: [1] }, { labels: [1] }], [0], sizeOf);
  expect(path.multiplications).toBe(100 + 200);
});

test('greedy agrees with exact on a long chain', () => {
  const chain = Array.from({ length: 12 }, (_, i) => ({ labels: i < 11 ? [i, i + 1] : [11] }));
  const path = contractionPath(chain, [0], () => 7);
  expect(path.steps).toHaveLength(11);
  expect(path.multiplications).toBe(11 * 49);
});

test('one operand needs no step', () => {
  expect(contractionPath([{ labels: [0, 1] }], [0], sizeOf).steps).toEqual([]);
});
