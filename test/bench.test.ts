// The benchmark runs, and the sizes it asserts hold. Times are for `npm run bench`.

import { expect, test } from 'vitest';
import { answer, attentionGradient, longSum } from '../bench/engine.ts';

test('a sum of 200 terms is derived and printed', () => {
  expect(answer(longSum(200)).length).toBeGreaterThan(1000);
});

test('the gradient of a chain of attention blocks grows linearly in depth', () => {
  const [a, b, c] = [3, 6, 12].map((depth) => attentionGradient(depth).gradients) as [number, number, number];
  expect((b - a) / 3).toBe((c - b) / 6);
  expect(c).toBeLessThan(1000);
});
