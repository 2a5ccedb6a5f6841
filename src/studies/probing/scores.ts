// How good guesses are: by word (does the word get its features?) and by feature (does the feature get its words?).

import { type Matrix, column } from './tables.ts';
import { pearson } from '../harness/statistics.ts';

export interface Scores {
  /** P@k, averaged over words: the share of a word's k features among its k highest guesses. */
  readonly precision: number;
  /** Correlation across features, averaged over words. */
  readonly wordR: number;
  /** Area under the ROC curve, averaged over features. */
  readonly auc: number;
  /** Correlation across words, averaged over features. */
  readonly columnR: number;
}

export type Metric = keyof Scores;

export const metrics: readonly Metric[] = ['precision', 'wordR', 'auc', 'columnR'];

export function byMetric<T>(of: (metric: Metric) => T): Record<Metric, T> {
  return { precision: of('precision'), wordR: of('wordR'), auc: of('auc'), columnR: of('columnR') };
}

export function meanScores(all: readonly Scores[]): Scores {
  return byMetric((metric) => meanOfKnown(all.map((scores) => scores[metric])));
}

export const metricNames: Readonly<Record<Metric, string>> = { precision: 'P@k', wordR: 'word r', auc: 'AUC', columnR: 'feature r' };

/** Scores of each word and of each feature; NaN where a score has no value, such as P@k of a word without features. */
export interface Details {
  readonly precision: Float64Array;
  readonly wordR: Float64Array;
  readonly auc: Float64Array;
  readonly columnR: Float64Array;
}

export function detailsOf(guess: Matrix, Y: Matrix): Details {
  const { rows, cols } = Y;
  const precision = new Float64Array(rows);
  const wordR = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const [g, y] = [guess, Y].map(({ data }) => data.subarray(i * cols, (i + 1) * cols));
    precision[i] = precisionOf(g!, y!);
    wordR[i] = pearson(g!, y!);
  }
  const auc = new Float64Array(cols);
  const columnR = new Float64Array(cols);
  for (let j = 0; j < cols; j++) {
    const [g, y] = [column(guess, j), column(Y, j)];
    auc[j] = aucOf(g, y);
    columnR[j] = pearson(g, y);
  }
  return { precision, wordR, auc, columnR };
}

export function scoresOf({ precision, wordR, auc, columnR }: Details): Scores {
  return { precision: meanOfKnown(precision), wordR: meanOfKnown(wordR), auc: meanOfKnown(auc), columnR: meanOfKnown(columnR) };
}

/** The mean of what is a number; NaN when nothing is. */
export function meanOfKnown(values: ArrayLike<number>): number {
  let [sum, count] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    if (Number.isNaN(values[k])) continue;
    sum += values[k]!;
    count++;
  }
  return sum / count;
}

/**
 * |top k of the guesses ∩ gold| / k with k = |gold|, expected over the orders of equal guesses. NaN without gold, and when
 * everything is gold.
 */
export function precisionOf(guess: Float64Array, features: Float64Array): number {
  let k = 0;
  for (let j = 0; j < features.length; j++) if (features[j]! > 0) k++;
  if (k === 0 || k === features.length) return NaN;
  const limit = Float64Array.from(guess).sort()[guess.length - k]!;
  let [above, goldAbove, equal, goldEqual] = [0, 0, 0, 0];
  for (let j = 0; j < guess.length; j++) {
    const isGold = features[j]! > 0 ? 1 : 0;
    if (guess[j]! > limit) {
      above++;
      goldAbove += isGold;
    } else if (guess[j] === limit) {
      equal++;
      goldEqual += isGold;
    }
  }
  return (goldAbove + ((k - above) * goldEqual) / equal) / k;
}

/** As `auc` of the harness, by sorting each class alone, which is quick where one is small. */
function aucOf(guess: Float64Array, features: Float64Array): number {
  const parted = new Float64Array(guess.length);
  let [positives, end] = [0, guess.length];
  for (let i = 0; i < guess.length; i++) parted[features[i]! > 0 ? positives++ : --end] = guess[i]!;
  const positive = parted.subarray(0, positives).sort();
  const negative = parted.subarray(positives).sort();
  let [below, upTo, twice] = [0, 0, 0];
  for (const value of positive) {
    while (below < negative.length && negative[below]! < value) below++;
    while (upTo < negative.length && negative[upTo]! <= value) upTo++;
    twice += below + upTo;
  }
  return twice / 2 / (positive.length * negative.length);
}
