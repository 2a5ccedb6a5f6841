// What follows: three answers, and the number that decided.

import type { ControlAudit, RealAudit } from './climb.ts';
import type { Comparison } from './compare.ts';
import type { ControlName } from './controls.ts';
import { type Metric, metricNames } from './scores.ts';

/** In words, as they are said. */
export type VerdictKind = 'not above base rate' | 'above base rate but not above meaningless geometry' | 'beyond geometry controls' | 'undecided';

export interface ProbingVerdict {
  readonly kind: VerdictKind;
  readonly metric: Metric;
  readonly score: number;
  /** The control that decided: the first that real is not above, else the one that it is above by the least. */
  readonly by?: { readonly control: ControlName } & Comparison;
  /** One sentence with the numbers. */
  readonly says: string;
}

/**
 * Real features must be above every control of the base rate that keeps them, and above every control that follows the
 * geometry. Where a sort of control was not run, nothing is decided.
 */
export function verdictOf({ heldOut }: Pick<RealAudit, 'heldOut'>, controls: readonly ControlAudit[], metric: Metric): ProbingVerdict {
  const score = heldOut[metric];
  const base = controls.filter((c) => c.sort === 'base' && c.keepsFeatures);
  const geometry = controls.filter((c) => c.sort === 'geometry');
  const decided = (kind: VerdictKind, by: ControlAudit): ProbingVerdict => ({
    kind,
    metric,
    score,
    by: { control: by.name, ...by.comparisons[metric] },
    says: sentence(kind, metric, score, by, kind === 'not above base rate' ? [] : geometry.filter((c) => c !== by)),
  });
  const undecided = (why: string): ProbingVerdict => ({ kind: 'undecided', metric, score, says: `Undecided: ${why}.` });
  if (Number.isNaN(score)) return undecided(`${metricNames[metric]} has no value for these features`);
  if (base.length === 0) return undecided('no control of the base rate was run; try rows permuted');
  const least = (among: readonly ControlAudit[]): ControlAudit | undefined => among.toSorted((a, b) => a.comparisons[metric].margin - b.comparisons[metric].margin)[0];
  const notAbove = (among: readonly ControlAudit[]): ControlAudit | undefined => least(among.filter((c) => c.comparisons[metric].stands !== 'above'));
  const tooFew = (by: ControlAudit): ProbingVerdict => undecided(`${by.draws.length} draws of the control ${by.name} are too few; 19 can show a p-value of 0.05`);
  const stop = notAbove(base);
  if (stop?.comparisons[metric].stands === 'open') return tooFew(stop);
  if (stop) return decided('not above base rate', stop);
  if (geometry.length === 0) return undecided('real features are above base rate, and no control of the geometry was run; try random direction');
  const equal = notAbove(geometry);
  if (equal?.comparisons[metric].stands === 'open') return tooFew(equal);
  if (equal) return decided('above base rate but not above meaningless geometry', equal);
  return decided('beyond geometry controls', least(geometry)!);
}

function sentence(kind: VerdictKind, metric: Metric, score: number, { name, comparisons }: ControlAudit, others: readonly ControlAudit[]): string {
  const { mean, margin, interval, p } = comparisons[metric];
  const text = (x: number): string => x.toFixed(3).replace('-', '−');
  const chance = Number.isNaN(p) ? '' : `, p ${text(p)}`;
  const also = others.map((c) => `; ${c.name} ${text(c.comparisons[metric].mean)}, which real is ${standing[c.comparisons[metric].stands]}`);
  return `${kind[0]!.toUpperCase()}${kind.slice(1)}: ${metricNames[metric]} ${text(score)}, against ${text(mean)} of the control ${name} (margin ${text(margin)}, 95 % interval ${text(interval.low)} to ${text(interval.high)}${chance})${also.join('')}.`;
}

const standing: Readonly<Record<Comparison['stands'], string>> = { above: 'above', like: 'not told apart from', below: 'below', open: 'perhaps above' };
