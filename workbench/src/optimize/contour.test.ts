import { describe, expect, test } from 'vitest';
import { levelLines, levelsOf } from './contour.ts';

const grid = (n: number, f: (x: number, y: number) => number): Float64Array[] => Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_unused, j) => f((2 * j) / (n - 1) - 1, (2 * i) / (n - 1) - 1)));

describe('level lines', () => {
  test('those of a round bowl lie on a circle', () => {
    const n = 41;
    const segments = levelLines(grid(n, (x, y) => x * x + y * y), 0.5);
    const lengths = segments.flatMap(({ from, to }) => [from, to]).map(([a, b]) => Math.hypot((2 * a) / (n - 1) - 1, (2 * b) / (n - 1) - 1));
    expect(segments.length).toBeGreaterThan(40);
    for (const r of lengths) expect(Math.abs(r - Math.sqrt(0.5))).toBeLessThan(2e-3);
  });
  test('a saddle has two lines in a cell, and they do not cross', () => {
    expect(levelLines([Float64Array.of(1, -1), Float64Array.of(-1, 1)], 0)).toHaveLength(2);
  });
  test('where there is no number there is no line', () => {
    expect(levelLines([Float64Array.of(1, Number.NaN), Float64Array.of(-1, 1)], 0)).toEqual([]);
    expect(levelsOf([Float64Array.of(Number.NaN)], 3)).toEqual([]);
    expect(levelsOf([Float64Array.of(2, 2)], 3)).toEqual([]);
  });
});
