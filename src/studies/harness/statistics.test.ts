import { describe, expect, it } from 'vitest';
import { newStream } from './random.ts';
import { auc, mean, median, pearson, quantile, ranks, spearman, standardDeviation, variance, wasserstein1, wasserstein1OfWeights } from './statistics.ts';

describe('values known exactly', () => {
  it('mean and variance', () => {
    expect([mean([1, 2, 4, 5]), variance([1, 2, 4, 5]), standardDeviation([2, 6])]).toEqual([3, 10 / 3, Math.sqrt(8)]);
  });

  it('ranks share ties', () => {
    expect([...ranks([10, 30, 20, 20, 5, 20])]).toEqual([2, 6, 4, 4, 1, 4]);
    expect([...ranks([])]).toEqual([]);
  });

  it('correlations', () => {
    // Sums of squares 10, 10 and of products 8 about the means.
    expect(pearson([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])).toBeCloseTo(0.8, 15);
    expect(spearman([1, 8, 27, 64], [2, 3, 5, 1e9])).toBe(1);
    // Midranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: 4.5 / √(4.5 · 5).
    expect(spearman([1, 2, 2, 9], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 15);
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
    expect(pearson([1e8 + 1, 1e8 + 2, 1e8 + 3], [3, 2, 1])).toBeCloseTo(-1, 14);
  });

  it('AUC counts pairs, ties half', () => {
    // Positives 0.9 and 0.4 against negatives 0.4, 0.1 and 0.6: wins 3 + 1, tie ½, of 6 pairs.
    expect(auc([0.9, 0.4, 0.4, 0.1, 0.6], [1, 1, 0, 0, 0])).toBeCloseTo(4.5 / 6, 15);
    expect(auc([1, 1, 1], [true, false, true])).toBe(0.5);
    expect(auc([1, 2], [1, 1])).toBeNaN();
  });

  it('Wasserstein-1', () => {
    expect(wasserstein1([0, 1, 3], [5, 6, 8])).toBe(5);
    expect(wasserstein1([0, 0], [0, 1, 1])).toBeCloseTo(2 / 3, 15);
    expect(wasserstein1([2, 1], [1, 2])).toBe(0);
    expect(wasserstein1OfWeights([1, 0, 0], [0, 0, 4])).toBe(2);
    expect(wasserstein1OfWeights([1, 1, 0], [0, 1, 1], [0, 10, 30])).toBe(15);
  });

  it('quantiles', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((level) => quantile([4, 1, 3, 2], level))).toEqual([1, 1.75, 2.5, 3.7, 4]);
    expect(median([7])).toBe(7);
  });
});

it('Wasserstein-1 of samples of one length is the mean distance of order statistics', () => {
  const stream = newStream('samples');
  const [x, y] = [stream.normals(31), stream.uniforms(31)];
  const [a, b] = [x.toSorted(), y.toSorted()];
  expect(wasserstein1(x, y)).toBeCloseTo(mean(a.map((value, k) => Math.abs(value - b[k]!))), 12);
});

it('lists of different lengths are a mistake of the caller', () => {
  expect(() => pearson([1, 2], [1])).toThrow('2 and 1');
  expect(() => wasserstein1([], [1])).toThrow('empty');
});
