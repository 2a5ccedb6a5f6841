// Real against control: the margin, where it lies but for chance, and the share of draws that were as good.

import type { Stream } from '../harness/random.ts';
import { type Interval, intervalOf, pValue } from '../harness/resampling.ts';
import { meanOfKnown } from './scores.ts';

export interface Comparison {
  /** Of the control, over its draws. */
  readonly mean: number;
  /** The middle 95 % of its draws. */
  readonly range: Interval;
  /** Real less control. */
  readonly margin: number;
  /** 95 %, over words and draws. */
  readonly interval: Interval;
  /** (1 + draws as good as real) / (1 + draws); NaN where nothing is drawn. */
  readonly p: number;
  /**
   * Above: the interval is above zero, and p is at most 0.05 where there are draws. Below: the interval is below zero.
   * Open: it would be above, but p cannot be so small with so few draws. Like: so many draws and words do not tell them apart.
   */
  readonly stands: 'above' | 'like' | 'below' | 'open';
}

const level = 0.05;

/** Real scores of resampled words against draws of a control, each picked at random. */
export function compare(real: number, resampled: Float64Array, draws: readonly number[], isDrawn: boolean, random: Stream): Comparison {
  const known = draws.filter((x) => !Number.isNaN(x));
  const mean = meanOfKnown(known);
  const margins = known.length === 0 ? [] : Array.from(resampled, (score) => score - known[random.integer(known.length)]!);
  const interval = intervalOf(margins.filter((x) => !Number.isNaN(x)));
  const p = isDrawn ? pValue(real, known) : NaN;
  const stands = interval.low > 0 ? (!(p > level) ? 'above' : 1 / (1 + known.length) > level ? 'open' : 'like') : interval.high < 0 ? 'below' : 'like';
  return { mean, range: intervalOf(known), margin: real - mean, interval, p, stands };
}
