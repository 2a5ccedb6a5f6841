import { describe, expect, test } from 'vitest';
import type { Work } from '../work.ts';
import { type Landscape, landscape } from './landscape.ts';
import { lanczos } from './lanczos.ts';
import { solve } from './solve.ts';
import type { Axis } from './ways.ts';

const work = (): Work => ({ progress: () => {}, onMessage: () => {}, memory: new Map() });

// Curved by 2, 20 and 200 along the axes; the optimum is (1, 2, 3).
const model = 'parameters\n  vector a\n  vector h\nvariables\n  vector x\nmin\n  sum(h.*(x - a).^2) + 0.001*sum((x - a).^4)\n';
const values = '{"a": [1, 2, 3], "h": [1, 10, 100], "x": [5, -4, 8]}';

async function seen(axes: readonly [Axis, Axis], text = model, typed = values): Promise<Landscape> {
  const question = { model: text, values: typed, files: [], draw: undefined };
  const one = work();
  const solved = await solve({ ...question, method: '', seconds: 20, isWarm: false }, one);
  expect(solved.isOptimal).toBe(true);
  return await landscape({ ...question, axes }, one);
}

/** The smallest value of the grid, and where. */
function lowest({ objective, x, y }: Landscape): readonly [number, number, number] {
  return objective.flatMap((row, i) => [...row].map((value, j) => [value, x[j]!, y[i]!] as const)).reduce((best, next) => (next[0] < best[0] ? next : best));
}

describe('a plane through the optimum', () => {
  test('of two entries: their values, and the path in them', async () => {
    const found = await seen([{ name: 'x', index: 0 }, { name: 'x', index: 2 }]);
    expect(found.labels).toEqual(['x[1]', 'x[3]']);
    expect(found.optimum[0]).toBeCloseTo(1, 6);
    expect(found.optimum[1]).toBeCloseTo(3, 6);
    expect(found.path.length).toBeGreaterThan(1);
    const [start] = found.path;
    expect(start![0]).toBeCloseTo(5, 9);
    expect(start![1]).toBeCloseTo(8, 9);
    const [value, x, y] = lowest(found);
    expect([value, x, y].map((v) => Math.round(v * 1e6) / 1e6)).toEqual([0, 1, 3]);
  });

  test('of the most and the least curved direction: values rise by their curvatures', async () => {
    const { objective, x, y, labels } = await seen([{ along: 'most-curved' }, { along: 'least-curved' }]);
    expect(labels).toEqual(['where the objective is most curved', 'where the objective is least curved']);
    const middle = (x.length - 1) / 2;
    expect(objective[middle]![x.length - 1]! / x.at(-1)! ** 2).toBeCloseTo(100, 0);
    expect(objective[y.length - 1]![middle]! / y.at(-1)! ** 2).toBeCloseTo(1, 1);
  });

  test('towards the start, and along the path: the way back lies in the picture', async () => {
    const found = await seen([{ along: 'start' }, { along: 'zero' }]);
    // The start is as far as it is, and on the axis.
    expect(found.path[0]![0]).toBeCloseTo(Math.hypot(4, 6, 5), 6);
    expect(found.path[0]![1]).toBeCloseTo(0, 6);
    const along = await seen([{ along: 'path' }, { along: 'across-path' }]);
    const spread = (k: 0 | 1): number => along.path.reduce((sum, p) => sum + p[k] ** 2, 0);
    expect(spread(0)).toBeGreaterThan(spread(1));
    for (const p of along.path) for (const k of [0, 1] as const) expect(Math.abs(p[k])).toBeLessThanOrEqual(Math.abs([along.x, along.y][k]!.at(-1)!));
  });

  test('an entry of a symmetric matrix moves with its mirror', async () => {
    const found = await seen([{ name: 'X', index: 1 }, { name: 'X', index: 3 }], 'parameters\n  matrix C\nvariables\n  matrix X(2, 2) symmetric\nmin\n  norm2(X - C)^2\n', '{"C": [[1, 3], [5, 2]]}');
    const middle = (found.x.length - 1) / 2;
    const [rise, least] = [found.objective[middle]![found.x.length - 1]!, found.objective[middle]![middle]!];
    expect(found.optimum[0]).toBeCloseTo(4, 6);
    // Both places count.
    expect((rise - least) / (found.x.at(-1)! - 4) ** 2).toBeCloseTo(2, 6);
  });

  test('a picture that is told to stop ends before it is drawn', async () => {
    const large = { model: model.replace('vector a', 'vector a(n)'), values: '', files: [], draw: { sizes: { n: 3000 }, seed: 1 } };
    let hear: (message: unknown) => void = () => {};
    const one: Work = { ...work(), onMessage: (listener) => (hear = listener) };
    const solved = await solve({ ...large, method: '', seconds: 20, isWarm: false }, one);
    expect(solved.isOptimal).toBe(true);
    const drawing = landscape({ ...large, axes: [{ name: 'x', index: 0 }, { name: 'x', index: 1 }] }, one);
    hear('stop');
    await expect(drawing).rejects.toThrow('the picture was given up');
  });

  test('axes that are none are refused in words', async () => {
    await expect(seen([{ along: 'zero' }, { along: 'zero' }])).rejects.toThrow('both axes are the same direction');
    await expect(seen([{ name: 'x', index: 9 }, { along: 'zero' }])).rejects.toThrow('the solution has no entry 10 of x');
    await expect(seen([{ name: 'x', index: 0 }, { along: 'start' }], model, values.replace('[5, -4, 8]', '[1, 2, 3]'))).rejects.toThrow('the solve began where it ended');
  });
});

test('Lanczos finds the ends of a spectrum from products alone', () => {
  const n = 60;
  const diagonal = Float64Array.from({ length: n }, (_, i) => 1 + i ** 2);
  const pairs = lanczos((v) => v.map((value, i) => value * diagonal[i]!), new Float64Array(n).fill(1), n);
  expect(pairs.at(-1)!.value).toBeCloseTo(1 + 59 ** 2, 6);
  expect(pairs[0]!.value).toBeCloseTo(1, 6);
  expect(pairs.at(-1)!.vector[59]).toBeCloseTo(1, 6);
});
