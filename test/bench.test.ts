// The benchmark runs, and the sizes it asserts hold. Times are for `npm run bench`.

import { expect, test } from 'vitest';
import { cases } from '../bench/peers/cases.ts';
import { median, ratio, ratioText, secondsText } from '../bench/peers/statistics.ts';
import { answer, attentionGradient, longSum } from '../bench/engine.ts';

test('a sum of 200 terms is derived and printed', () => {
  expect(answer(longSum(200)).length).toBeGreaterThan(1000);
});

test('the gradient of a chain of attention blocks grows linearly in depth', () => {
  const [a, b, c] = [3, 6, 12].map((depth) => attentionGradient(depth).gradients) as [number, number, number];
  expect((b - a) / 3).toBe((c - b) / 6);
  expect(c).toBeLessThan(1000);
});

test('the cases of the peers say how large their results are', () => {
  for (const c of cases) {
    const size = (name: string): number => (c.shapes[name] ?? []).reduce((a, b) => a * b, 1);
    const own = c.order === 2 ? 1 : c.name === 'softmax' ? size('x') : size('Q');
    expect([c.name, c.entries]).toEqual([c.name, own * size(c.by) ** c.order]);
    expect(Object.keys(c.shapes).sort()).toEqual([c.by, ...c.rest].sort());
  }
});

test('medians, ratios of pairs and their text', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
  // One slow turn hits both sides.
  expect(ratio([2, 20, 4], [1, 10, 1])).toBe(2);
  expect([ratioText(1234.5), ratioText(1.234), secondsText(0.0123), secondsText(4e-5), secondsText(12)]).toEqual(['1235×', '1.23×', '12.3 ms', '40.0 µs', '12.0 s']);
});
