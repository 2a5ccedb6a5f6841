// Sizes in the self-check of an emitted file.

import type { Dim } from '../ir/dim.ts';

/** The number of a dim, over the numbers of its symbols. */
export function sampleSize(d: Dim, sample: ReadonlyMap<string, number>): number {
  return d.terms.reduce((sum, t) => sum + t.names.reduce((p, n) => p * (n.startsWith('min(') ? Math.min(...n.slice(4, -1).split(',').map((x) => Number(sample.get(x) ?? x))) : (sample.get(n) ?? 3)), t.coef), 0);
}
