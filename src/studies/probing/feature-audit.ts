// Feature by feature: its score, against its own draws of each control, with p-values corrected over all features.

import { maxStatisticPValues } from '../harness/resampling.ts';
import { intervalOf, type Interval } from '../harness/resampling.ts';
import { spearman, standardDeviation, mean } from '../harness/statistics.ts';
import type { Climb } from './climb.ts';
import type { ControlName } from './controls.ts';
import { meanOfKnown } from './scores.ts';
import { type Tables, positivesOf } from './tables.ts';

export interface FeatureAudit {
  readonly name: string;
  /** Words that have it. */
  readonly count: number;
  readonly auc: number;
  readonly r: number;
  /** Against each control whose columns have the counts of the features: by AUC, or by correlation where it is graded. */
  readonly against: readonly FeatureComparison[];
}

export interface FeatureComparison {
  readonly control: ControlName;
  readonly mean: number;
  readonly range: Interval;
  /** Corrected over all features (step-down maxT): the chance that any one would stand out so far for nothing. */
  readonly p: number;
}

/** Why scores on different tables cannot be compared: how far a feature's count alone foretells its score. */
export interface Sparsity {
  /** Rank correlation of the count of a feature with its score. */
  readonly real: number;
  /** The same for meaningless features of the same counts, by control. */
  readonly controls: Readonly<Partial<Record<ControlName, number>>>;
}

const compared: readonly ControlName[] = ['rows permuted', 'random direction', 'random ball'];

export function featureAudit({ Y, features }: Tables, { real, controls }: Pick<Climb, 'real' | 'controls'>, score: 'auc' | 'columnR'): { readonly perFeature: FeatureAudit[]; readonly sparsity: Sparsity } {
  const counts = positivesOf(Y);
  const observed = real.details[score];
  const there = compared.flatMap((name) => controls.filter((c) => c.name === name));
  const rows = there.map(({ name, details }) => {
    const draws = details.map((d) => d[score]);
    const p = correctedPValues(observed, draws);
    const ofFeature = (j: number): number[] => draws.map((d) => d[j]!).filter((x) => !Number.isNaN(x));
    return features.map((_, j): FeatureComparison => ({ control: name, mean: meanOfKnown(ofFeature(j)), range: intervalOf(ofFeature(j)), p: p[j]! }));
  });
  const perFeature = features.map((name, j): FeatureAudit => ({ name, count: counts[j]!, auc: real.details.auc[j]!, r: real.details.columnR[j]!, against: rows.map((row) => row[j]!) }));
  const byCount = (scores: readonly number[]): number => {
    const known = scores.map((_, j) => j).filter((j) => !Number.isNaN(scores[j]));
    return spearman(known.map((j) => counts[j]!), known.map((j) => scores[j]!));
  };
  return { perFeature, sparsity: { real: byCount([...observed]), controls: Object.fromEntries(there.map(({ name }, k) => [name, byCount(rows[k]!.map((c) => c.mean))])) } };
}

/**
 * Scores of features of different counts scatter differently: each is first divided by its spread over the draws and the
 * real score together, which treats them alike, as the exchange of one for another under the null asks.
 */
function correctedPValues(observed: Float64Array, draws: readonly Float64Array[]): Float64Array {
  const scaled = draws.map((d) => Float64Array.from(d));
  const standing = Float64Array.from(observed, (value, j) => {
    const all = [value, ...draws.map((d) => d[j]!)];
    const known = all.filter((x) => !Number.isNaN(x));
    const [centre, spread] = [mean(known), standardDeviation(known) || 1];
    for (const [k, d] of draws.entries()) scaled[k]![j] = Number.isNaN(d[j]) ? -Infinity : (d[j]! - centre) / spread;
    return (value - centre) / spread;
  });
  return maxStatisticPValues(standing, scaled);
}
