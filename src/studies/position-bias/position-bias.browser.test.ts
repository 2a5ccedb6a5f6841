// The study in a browser: no module of Node below it, and quick enough for sliders.

import { expect, test } from 'vitest';
import { newPositionBias, sensitivity } from '../index.ts';

test('a page has its profile, its map by depth and its derivatives at once', () => {
  const study = newPositionBias();
  const stack = { length: 64, layers: 12, heads: 4, positions: 'alibi', residual: 0.1 };
  study(stack);
  const times = Array.from({ length: 9 }, (_, k) => {
    const start = performance.now();
    const { byDepth, numbers } = study({ ...stack, residual: 0.1 + 0.01 * k });
    expect(byDepth).toHaveLength(13);
    expect(numbers.uIndex).toBeGreaterThan(1);
    return performance.now() - start;
  });
  // Measured: 5 to 9 ms. Busy machines take many times as long.
  expect(times.sort((a, b) => a - b)[4]).toBeLessThan(400);
  expect(sensitivity(study(stack).stack, 63)?.uIndex).toBeCloseTo(2.47548, 5);
});
