// Scores of resampled words: how far they would move with other words of the same kind.

import type { Stream } from '../harness/random.ts';
import { ranks } from '../harness/statistics.ts';
import type { Metric } from './scores.ts';
import { type Matrix, column } from './tables.ts';
import type { Trial } from './trial.ts';

/** Scores of each resample, by metric. */
export type Resampled = Readonly<Record<Metric, Float64Array>>;

/**
 * The bootstrap over words, with the guesses as they are: words are drawn with replacement, and every score is computed
 * again. The probe is not trained again, so that this is the chance in the words tested, not in those learned from.
 */
export function resampledScores({ guess, details }: Trial, Y: Matrix, draws: number, random: Stream): Resampled {
  const out = { precision: new Float64Array(draws), wordR: new Float64Array(draws), auc: new Float64Array(draws), columnR: new Float64Array(draws) };
  const columns = Array.from({ length: Y.cols }, (_, j) => prepared(column(guess, j), column(Y, j)));
  const times = new Int32Array(Y.rows);
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    for (let k = 0; k < Y.rows; k++) times[random.integer(Y.rows)]!++;
    out.precision[draw] = weightedMean(details.precision, times);
    out.wordR[draw] = weightedMean(details.wordR, times);
    let [auc, aucs, r, rs] = [0, 0, 0, 0];
    for (const one of columns) {
      const a = weightedAuc(one, times);
      const c = weightedCorrelation(one, times);
      if (!Number.isNaN(a)) {
        auc += a;
        aucs++;
      }
      if (!Number.isNaN(c)) {
        r += c;
        rs++;
      }
    }
    out.auc[draw] = auc / aucs;
    out.columnR[draw] = r / rs;
  }
  return out;
}

interface Column {
  readonly guess: Float64Array;
  readonly truth: Float64Array;
  /** Words in the order of their guesses. */
  readonly order: Int32Array;
  /** Of the words in that order: equal guesses have equal ranks. */
  readonly rank: Float64Array;
}

function prepared(guess: Float64Array, truth: Float64Array): Column {
  const rank = ranks(guess);
  const order = Int32Array.from({ length: guess.length }, (_, k) => k).sort((a, b) => rank[a]! - rank[b]!);
  return { guess, truth, order, rank: Float64Array.from(order, (k) => rank[k]!) };
}

function weightedAuc({ truth, order, rank }: Column, times: Int32Array): number {
  let [negatives, positives, sum] = [0, 0, 0];
  for (let start = 0, end = 0; start < order.length; start = end) {
    let [here, above] = [0, 0];
    for (end = start; end < order.length && rank[end] === rank[start]; end++) {
      const k = order[end]!;
      if (truth[k]! > 0) above += times[k]!;
      else here += times[k]!;
    }
    sum += above * (negatives + here / 2);
    negatives += here;
    positives += above;
  }
  return sum / (positives * negatives);
}

function weightedCorrelation({ guess, truth }: Column, times: Int32Array): number {
  let [x, y, xx, yy, xy] = [0, 0, 0, 0, 0];
  const n = guess.length;
  // About the first values, so that little is lost where they are all near each other.
  const [x0, y0] = [guess[0]!, truth[0]!];
  for (let k = 0; k < n; k++) {
    const t = times[k]!;
    if (t === 0) continue;
    const [a, b] = [guess[k]! - x0, truth[k]! - y0];
    x += t * a;
    y += t * b;
    xx += t * a * a;
    yy += t * b * b;
    xy += t * a * b;
  }
  const [vx, vy] = [xx - (x * x) / n, yy - (y * y) / n];
  return vx > 1e-12 * xx && vy > 1e-12 * yy ? (xy - (x * y) / n) / Math.sqrt(vx * vy) : NaN;
}

function weightedMean(values: Float64Array, times: Int32Array): number {
  let [sum, count] = [0, 0];
  for (let k = 0; k < values.length; k++) {
    if (times[k] === 0 || Number.isNaN(values[k])) continue;
    sum += times[k]! * values[k]!;
    count += times[k]!;
  }
  return sum / count;
}
