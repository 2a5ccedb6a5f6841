import { describe, expect, it } from 'vitest';
import { newStream } from './random.ts';
import { bootstrap, bootstrapMean, intervalOf, maxStatisticPValues, pValue, permutationTest } from './resampling.ts';
import { mean, median, pearson } from './statistics.ts';

describe('the bootstrap', () => {
  it('gives the interval of the normal theory for a mean', () => {
    const values = newStream('values').normals(400);
    const { low, high } = bootstrapMean(values, { random: newStream('bootstrap') });
    expect(low).toBeCloseTo(mean(values) - 1.96 / 20, 1);
    expect(high - low).toBeGreaterThan(0.17);
    expect(high - low).toBeLessThan(0.22);
  });

  it('is the same for the same seed and takes any statistic', () => {
    const values = [5, 1, 4, 9, 2];
    const once = (): unknown => bootstrap((drawn) => median(drawn.map((k) => values[k]!)), { size: 5, random: newStream(1), draws: 300 });
    expect(once()).toEqual(once());
    expect(once()).toEqual({ low: 1, high: 9 });
  });

  it('leaves out resamples without a value', () => {
    expect(bootstrap(() => NaN, { size: 3, random: newStream(1), draws: 5 })).toEqual({ low: NaN, high: NaN });
    expect(intervalOf([1, 2, 3, 4, 5], 0.5)).toEqual({ low: 2, high: 4 });
  });
});

describe('permutation tests', () => {
  it('count draws as high as the observed value, and the observed one', () => {
    expect(pValue(3, [1, 2, 3, 4])).toBe(3 / 5);
    expect(pValue(9, [1, 2, 3, 4])).toBe(1 / 5);
  });

  it('find every p equally often under the null, and a relation that is there', () => {
    const stream = newStream('null');
    const related = (x: Float64Array, y: Float64Array, name: number): number =>
      permutationTest((order) => pearson(x, Float64Array.from(order, (i) => y[i]!)), { size: x.length, random: stream.split(name), draws: 49 }).p;
    const p = Array.from({ length: 300 }, (_, k) => related(stream.normals(20), stream.normals(20), k));
    // 30 expected of 300; four standard deviations are 21.
    expect(p.filter((value) => value <= 0.1).length).toBeGreaterThan(9);
    expect(p.filter((value) => value <= 0.1).length).toBeLessThan(51);
    const x = stream.normals(20);
    expect(related(x, x.map((value) => value + stream.normal()), -1)).toBe(0.02);
  });
});

describe('the step-down maxT procedure', () => {
  it('agrees with the count by hand', () => {
    // In order 5, 3, 1: draws whose maximum over the rest reaches the value: 1 of 4; 1 of 4 for {3, 1}; 3 of 4 for {1}.
    const nulls = [[0, 0, 6], [1, 2, 0], [4, 1, 2], [2, 0, 3]];
    // Columns 2 (observed 5): maxima 6, 2, 4, 3 -> 1 above. Column 0 (3): maxima of columns 0, 1: 0, 2, 4, 2 -> 1. Column 1 (1): 0, 2, 1, 0 -> 2.
    expect([...maxStatisticPValues([3, 1, 5], nulls)]).toEqual([2 / 5, 3 / 5, 2 / 5]);
  });

  it('is never smaller than the p-value of one statistic, and monotone', () => {
    const stream = newStream('maxT');
    const nulls = Array.from({ length: 99 }, () => stream.normals(12));
    const observed = stream.normals(12).map((value, k) => value + (k < 3 ? 4 : 0));
    const adjusted = maxStatisticPValues(observed, nulls);
    for (const [k, value] of adjusted.entries()) expect(value).toBeGreaterThanOrEqual(pValue(observed[k]!, nulls.map((row) => row[k]!)));
    expect(adjusted.slice(0, 3).every((value) => value <= 0.05)).toBe(true);
    expect([...maxStatisticPValues([NaN, 2], [[9, 1], [9, 3]])]).toEqual([1, 2 / 3]);
  });

  it('keeps the chance of any false discovery at its level, where single tests do not', () => {
    const stream = newStream('level');
    let [single, corrected] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const nulls = Array.from({ length: 39 }, () => stream.normals(20));
      const observed = stream.normals(20);
      if ([...observed.keys()].some((k) => pValue(observed[k]!, nulls.map((row) => row[k]!)) <= 0.05)) single++;
      if (maxStatisticPValues(observed, nulls).some((p) => p <= 0.05)) corrected++;
    }
    expect(corrected).toBeLessThan(25);
    expect(single).toBeGreaterThan(80);
  });
});
