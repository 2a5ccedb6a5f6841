// Scores of resampled words: how far they would move with other words of the same kind.

import type { Stream } from '../harness/random.ts';
import { ranks } from '../harness/statistics.ts';
import { asInput, formulas } from './kernels.ts';
import { type Metric, meanOfKnown } from './scores.ts';
import { type Matrix, column, columnMeans, lessRow } from './tables.ts';
import type { Trial } from './trial.ts';

/** Scores of each resample, by metric. */
export type Resampled = Readonly<Record<Metric, Float64Array>>;

/**
 * The bootstrap over words, with the guesses as they are: words are drawn with replacement, and every score is computed
 * again. The probe is not trained again, so that this is the chance in the words tested, not in those learned from.
 */
export function resampledScores({ guess, details }: Trial, Y: Matrix, draws: number, random: Stream): Resampled {
  // How often each word was drawn: [words, draws], so that what is done for all draws runs along memory.
  const times: Matrix = { rows: Y.rows, cols: draws, data: new Float64Array(Y.rows * draws) };
  for (let draw = 0; draw < draws; draw++) for (let k = 0; k < Y.rows; k++) times.data[random.integer(Y.rows) * draws + draw]!++;
  const aucs = Array.from({ length: Y.cols }, (_, j) => weightedAucs(column(guess, j), column(Y, j), times));
  return {
    precision: weightedMeans(details.precision, times),
    wordR: weightedMeans(details.wordR, times),
    auc: Float64Array.from({ length: draws }, (_, draw) => meanOfKnown(aucs.map((auc) => auc[draw]!))),
    columnR: weightedCorrelations(guess, Y, times),
  };
}

/** AUC of one feature in every draw: each positive wins over the negatives below it, and half over its equals. */
function weightedAucs(guess: Float64Array, truth: Float64Array, { cols: draws, data }: Matrix): Float64Array {
  const rank = ranks(guess);
  const order = Int32Array.from({ length: guess.length }, (_, k) => k).sort((a, b) => rank[a]! - rank[b]!);
  const [below, equal, positives, wins] = [0, 1, 2, 3].map(() => new Float64Array(draws)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && rank[order[end]!] === rank[order[start]!]) end++;
    const tied = order.subarray(start, end);
    for (const k of tied) if (!(truth[k]! > 0)) for (let d = 0, at = k * draws; d < draws; d++, at++) equal[d]! += data[at]!;
    for (const k of tied) {
      if (!(truth[k]! > 0)) continue;
      for (let d = 0, at = k * draws; d < draws; d++, at++) {
        positives[d]! += data[at]!;
        wins[d]! += data[at]! * (below[d]! + equal[d]! / 2);
      }
    }
    for (let d = 0; d < draws; d++) below[d]! += equal[d]!;
    equal.fill(0);
  }
  return wins.map((won, d) => won / (positives[d]! * below[d]!));
}

/** The correlation of each feature in every draw from sums of squares, in the mean over features. */
function weightedCorrelations(guess: Matrix, Y: Matrix, times: Matrix): Float64Array {
  // About the means, so that little is lost in the differences of sums.
  const [G, F] = [guess, Y].map((M) => asInput(lessRow(M, columnMeans(M)))) as [ReturnType<typeof asInput>, ReturnType<typeof asInput>];
  const sums = formulas({ x: "T'*G", xx: "T'*(G.*G)", y: "T'*F", yy: "T'*(F.*F)", xy: "T'*(G.*F)" }, 'T: matrix(n, m); G: matrix(n, p); F: matrix(n, p)')({ T: asInput(times), G, F });
  const [x, xx, y, yy, xy] = [sums.x, sums.xx, sums.y, sums.yy, sums.xy].map((s) => s.data) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const n = Y.rows;
  const r = xy.map((product, at) => {
    const [vx, vy] = [xx[at]! - x[at]! ** 2 / n, yy[at]! - y[at]! ** 2 / n];
    return vx > 1e-12 * xx[at]! && vy > 1e-12 * yy[at]! ? (product - (x[at]! * y[at]!) / n) / Math.sqrt(vx * vy) : NaN;
  });
  return Float64Array.from({ length: times.cols }, (_, draw) => meanOfKnown(r.subarray(draw * Y.cols, (draw + 1) * Y.cols)));
}

function weightedMeans(values: Float64Array, { cols: draws, data }: Matrix): Float64Array {
  const sums = new Float64Array(draws);
  const counts = new Float64Array(draws);
  for (const [k, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    for (let d = 0, at = k * draws; d < draws; d++, at++) {
      sums[d]! += data[at]! * value;
      counts[d]! += data[at]!;
    }
  }
  return sums.map((sum, d) => sum / counts[d]!);
}
