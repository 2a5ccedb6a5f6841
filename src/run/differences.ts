// Derivatives along a line from values alone: central differences, extrapolated to step zero, with an error estimate.
// Ridders, Accurate computation of F'(x) and F'(x) F''(x), 1982.

import { must } from '../base/internal.ts';

export interface Difference {
  readonly value: Float64Array;
  /** Largest error to be expected in an entry; infinite when the function is not finite nearby. */
  readonly error: number;
}

const levels = 9;
const shrink = 2;

/** d/dt f(t) at t = 0, for steps from `step` down. */
export function differentiate(f: (t: number) => Float64Array, step: number, goodEnough: number): Difference {
  let best: Difference | undefined;
  let above: Float64Array[] = [];
  for (let [level, h] = [0, step]; level < levels; level++, h /= shrink) {
    const [plus, minus] = [f(h), f(-h)];
    best ??= { value: plus.map(() => Number.NaN), error: Infinity };
    const row = [plus.map((p, i) => (p - minus[i]!) / (2 * h))];
    if (!must(row[0]).every(Number.isFinite)) {
      above = [];
      continue;
    }
    for (let [order, factor] = [1, shrink ** 2]; order <= above.length; order++, factor *= shrink ** 2) {
      const [finer, coarser] = [must(row[order - 1]), must(above[order - 1])];
      const next = finer.map((v, i) => v + (v - coarser[i]!) / (factor - 1));
      row.push(next);
      const error = Math.max(distance(next, finer), distance(next, coarser));
      if (error < best.error) best = { value: next, error };
    }
    if (best.error <= goodEnough) break;
    above = row;
  }
  return must(best);
}

function distance(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i]!)), 0);
}

export function largest(entries: Float64Array): number {
  return entries.reduce((worst, v) => Math.max(worst, Math.abs(v)), 0);
}
