// Statistics of plain number lists. Lists that belong together must have one length; numbers must be finite. What has no
// value (a correlation with a constant, the AUC of one class) is NaN, for the caller to name or to leave out.

import { invariant } from '../../base/internal.ts';

export type Numbers = ArrayLike<number>;

export function mean(values: Numbers): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return sum / values.length;
}

/** The unbiased variance, by n − 1. */
export function variance(values: Numbers): number {
  const centre = mean(values);
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += (values[k]! - centre) ** 2;
  return sum / (values.length - 1);
}

export function standardDeviation(values: Numbers): number {
  return Math.sqrt(variance(values));
}

/** Ranks from 1; equal values share the mean of their ranks (midranks: Kendall, Biometrika 33, 1945). */
export function ranks(values: Numbers): Float64Array {
  const order = Array.from({ length: values.length }, (_, k) => k).sort((a, b) => values[a]! - values[b]!);
  const out = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) out[order[k]!] = (start + 1 + end) / 2;
  }
  return out;
}

/** The product-moment correlation (Pearson 1895); NaN when a list is constant. */
export function pearson(x: Numbers, y: Numbers): number {
  sameLength(x, y);
  const [centreX, centreY] = [mean(x), mean(y)];
  let [xx, xy, yy] = [0, 0, 0];
  for (let k = 0; k < x.length; k++) {
    const [dx, dy] = [x[k]! - centreX, y[k]! - centreY];
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
  }
  // Rounding leaves a constant list a spread of the size of its last digits.
  const none = (sum: number, centre: number): boolean => sum <= x.length * (4 * Number.EPSILON * centre) ** 2;
  if (none(xx, centreX) || none(yy, centreY)) return NaN;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}

/** The rank correlation (Spearman 1904): Pearson's of the midranks. */
export function spearman(x: Numbers, y: Numbers): number {
  return pearson(ranks(x), ranks(y));
}

/**
 * The area under the ROC curve: the chance that a positive scores above a negative, ties counting half. From the rank
 * sum of the positives (Hanley & McNeil, Radiology 143, 1982). NaN when one class is empty.
 */
export function auc(scores: Numbers, isPositive: ArrayLike<number | boolean>): number {
  sameLength(scores, isPositive);
  const rank = ranks(scores);
  let positives = 0;
  let sum = 0;
  for (let k = 0; k < rank.length; k++) {
    if (!isPositive[k]) continue;
    positives++;
    sum += rank[k]!;
  }
  return (sum - (positives * (positives + 1)) / 2) / (positives * (scores.length - positives));
}

/**
 * Wasserstein-1 of two samples on the line: ∫ |F − G| (Vallender, Theory Probab. Appl. 18, 1974). Samples may have
 * different lengths.
 */
export function wasserstein1(x: Numbers, y: Numbers): number {
  invariant(x.length > 0 && y.length > 0, 'Wasserstein-1 of an empty sample');
  const a = sorted(x);
  const b = sorted(y);
  let [i, j, sum] = [0, 0, 0];
  let here = Math.min(a[0]!, b[0]!);
  while (i < a.length || j < b.length) {
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    sum += Math.abs(i / a.length - j / b.length) * (next - here);
    here = next;
    while (i < a.length && a[i] === here) i++;
    while (j < b.length && b[j] === here) j++;
  }
  return sum;
}

/**
 * Wasserstein-1 of two weightings of the same places of a line, each scaled to total 1. Places increase; left out, they
 * are 0, 1, 2, … Weights are not negative and not all zero.
 */
export function wasserstein1OfWeights(p: Numbers, q: Numbers, places?: Numbers): number {
  sameLength(p, q);
  if (places !== undefined) sameLength(p, places);
  const [totalP, totalQ] = [total(p), total(q)];
  invariant(totalP > 0 && totalQ > 0, 'weights must have a positive sum');
  let [difference, sum] = [0, 0];
  for (let k = 0; k + 1 < p.length; k++) {
    difference += p[k]! / totalP - q[k]! / totalQ;
    sum += Math.abs(difference) * (places === undefined ? 1 : places[k + 1]! - places[k]!);
  }
  return sum;
}

/** The quantile for 0 ≤ level ≤ 1, linear between order statistics (type 7 of Hyndman & Fan, Am. Stat. 50, 1996). */
export function quantile(values: Numbers, level: number): number {
  return quantileOfSorted(sorted(values), level);
}

export function median(values: Numbers): number {
  return quantile(values, 0.5);
}

export function quantileOfSorted(values: Numbers, level: number): number {
  invariant(values.length > 0 && level >= 0 && level <= 1, `quantile ${level} of ${values.length} values`);
  const place = (values.length - 1) * level;
  const below = Math.floor(place);
  const low = values[below]!;
  return low + (place - below) * (values[Math.min(below + 1, values.length - 1)]! - low);
}

function sorted(values: Numbers): Float64Array {
  return Float64Array.from(values).sort();
}

function total(values: Numbers): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return sum;
}

function sameLength(x: ArrayLike<unknown>, y: ArrayLike<unknown>): void {
  invariant(x.length === y.length, `lists of one length, not ${x.length} and ${y.length}`);
}
