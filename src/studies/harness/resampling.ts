// Bootstrap intervals and permutation tests.

import { invariant } from '../../base/internal.ts';
import type { Stream } from './random.ts';
import { type Numbers, quantileOfSorted } from './statistics.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** How many units are drawn with replacement; usually how many there are. */
  readonly size: number;
  readonly random: Stream;
  /** How many resamples; 2000 unless given. */
  readonly draws?: number;
  /** The chance that the interval should cover; 0.95 unless given. */
  readonly level?: number;
}

/**
 * The percentile interval of a statistic (Efron, Annals of Statistics 7, 1979; Efron & Tibshirani 1993, section 13.3).
 * The statistic gets the numbers of the units drawn, each in 0 … size − 1; resamples for which it is NaN are left out,
 * and without any other the interval is NaN.
 */
export function bootstrap(statistic: (drawn: Int32Array) => number, { size, random, draws = 2000, level = 0.95 }: BootstrapOptions): Interval {
  const drawn = new Int32Array(size);
  const found: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    for (let k = 0; k < size; k++) drawn[k] = random.integer(size);
    const value = statistic(drawn);
    if (!Number.isNaN(value)) found.push(value);
  }
  return intervalOf(found, level);
}

/** The bootstrap interval of the mean of values. */
export function bootstrapMean(values: Numbers, options: Omit<BootstrapOptions, 'size'>): Interval {
  return bootstrap(
    (drawn) => {
      let sum = 0;
      for (const k of drawn) sum += values[k]!;
      return sum / drawn.length;
    },
    { ...options, size: values.length },
  );
}

/** The middle `level` of values: between their (1 − level)/2 and (1 + level)/2 quantiles; NaN of none. */
export function intervalOf(values: Numbers, level = 0.95): Interval {
  if (values.length === 0) return { low: NaN, high: NaN };
  const sorted = Float64Array.from(values).sort();
  return { low: quantileOfSorted(sorted, (1 - level) / 2), high: quantileOfSorted(sorted, (1 + level) / 2) };
}

/**
 * The chance under the null of a value as high as the observed one, from draws of the null: (1 + #{null ≥ observed}) /
 * (1 + draws), which is never 0 (Phipson & Smyth, Stat. Appl. Genet. Mol. Biol. 9, 2010).
 */
export function pValue(observed: number, nulls: Numbers): number {
  let above = 0;
  for (let k = 0; k < nulls.length; k++) if (nulls[k]! >= observed) above++;
  return (1 + above) / (1 + nulls.length);
}

/** One-sided permutation test: the statistic of the data in their order against that of random orders. */
export function permutationTest(
  statistic: (order: Int32Array) => number,
  { size, random, draws = 999 }: { readonly size: number; readonly random: Stream; readonly draws?: number },
): { readonly observed: number; readonly p: number; readonly nulls: Float64Array } {
  const observed = statistic(Int32Array.from({ length: size }, (_, k) => k));
  const nulls = Float64Array.from({ length: draws }, () => statistic(random.permutation(size)));
  return { observed, p: pValue(observed, nulls), nulls };
}

/**
 * p-values of many statistics at once, adjusted so that the chance of any false discovery is bounded: the step-down
 * maxT procedure (Westfall & Young, Resampling-Based Multiple Testing, 1993, algorithm 4.1). Row k of `nulls` has all
 * statistics under draw k of the null, so that their dependence is kept. Statistics should have one scale; one that has
 * no value (NaN) gets p = 1 and takes no part.
 */
export function maxStatisticPValues(observed: Numbers, nulls: readonly Numbers[]): Float64Array {
  for (const row of nulls) invariant(row.length === observed.length, 'every draw needs every statistic');
  const known = Array.from({ length: observed.length }, (_, k) => k).filter((k) => !Number.isNaN(observed[k]));
  const order = known.sort((a, b) => observed[b]! - observed[a]!);
  const above = new Float64Array(observed.length);
  for (const row of nulls) {
    let highest = -Infinity;
    for (const k of order.toReversed()) {
      const value = row[k]!;
      if (value > highest) highest = value;
      if (highest >= observed[k]!) above[k]!++;
    }
  }
  const out = new Float64Array(observed.length).fill(1);
  let least = 0;
  for (const k of order) {
    least = Math.max(least, (1 + above[k]!) / (1 + nulls.length));
    out[k] = least;
  }
  return out;
}
