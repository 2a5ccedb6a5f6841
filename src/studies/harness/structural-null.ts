// A real score against what the same procedure gives where structure was taken away.

import { invariant } from '../../base/internal.ts';
import { intervalOf, pValue } from './resampling.ts';
import { mean } from './statistics.ts';

/** Scores of one control: the same procedure on data that lack something. */
export interface NullDraws {
  readonly name: string;
  /** What the control takes away, in words. */
  readonly breaks: string;
  readonly draws: readonly number[];
}

export interface NullComparison {
  readonly name: string;
  readonly breaks: string;
  readonly real: number;
  readonly mean: number;
  /** The middle 95 % of the draws. */
  readonly range: readonly [low: number, high: number];
  /** Share of draws as good as the real score, or better, with the real one among them. */
  readonly p: number;
  /** Above the control: p is at most the level. Below: so is the share of draws as bad or worse. */
  readonly stands: 'above' | 'like' | 'below';
}

export interface LadderVerdict {
  readonly comparisons: readonly NullComparison[];
  /** Names of the controls that the real score is above, in the order of the ladder, up to the first that it is not. */
  readonly above: readonly string[];
  /** The first control that the real score is not above; absent when it is above all. */
  readonly stopsAt?: NullComparison;
}

export interface NullOptions {
  /** 0.05 unless told. With n draws no p below 1/(n+1) can be seen. */
  readonly level?: number;
  /** Whether larger scores are better; they are unless told. */
  readonly better?: 'larger' | 'smaller';
}

/** Compares a score with the draws of one control. Throws for draws that are no numbers. */
export function againstNull(real: number, control: NullDraws, { level = 0.05, better = 'larger' }: NullOptions = {}): NullComparison {
  const { name, breaks, draws } = control;
  invariant(draws.length > 0 && draws.every(Number.isFinite) && Number.isFinite(real), `scores of the control ${name} are numbers`);
  const sign = better === 'larger' ? 1 : -1;
  const signed = draws.map((x) => sign * x);
  const p = pValue(sign * real, signed);
  const fromBelow = pValue(-sign * real, signed.map((x) => -x));
  const { low, high } = intervalOf(draws);
  return { name, breaks, real, mean: mean(draws), range: [low, high], p, stands: p <= level ? 'above' : fromBelow <= level ? 'below' : 'like' };
}

/** Climbs controls that take away less and less: how far the real score stands above them. */
export function upLadder(real: number, controls: readonly NullDraws[], options: NullOptions = {}): LadderVerdict {
  const comparisons = controls.map((c) => againstNull(real, c, options));
  const stop = comparisons.findIndex((c) => c.stands !== 'above');
  const above = comparisons.slice(0, stop < 0 ? comparisons.length : stop).map((c) => c.name);
  return { comparisons, above, ...(stop >= 0 && { stopsAt: comparisons[stop]! }) };
}
