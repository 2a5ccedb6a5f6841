// What the methods that descend inside a box begin and end with.

import type { Claim } from './method.ts';
import type { Problem } from './problem.ts';
import { maxNorm } from './vector.ts';

/** Where a method suspects that there is no minimum; the judge looks further along the last step. */
const farAway = 1e12;

/** What can be said at the start, with the value f there and the size of the projected gradient. */
export function claimAtStart(x: Float64Array, f: number, size: number, target: number): Claim | undefined {
  if (!Number.isFinite(f) || !Number.isFinite(size)) return { kind: 'left-domain', where: x };
  return size <= Math.min(target, 1e-12) ? { kind: 'converged' } : undefined;
}

/** The claim that the objective falls for ever along the last step s, where x is far away or f far down. */
export function claimFarAway({ lower, upper }: Problem, x: Float64Array, f: number, s: Float64Array): Claim | undefined {
  if (!(f < -1e40 || maxNorm(x) > farAway)) return undefined;
  const length = maxNorm(s);
  const ray = s.map((value, j) => {
    const bound = value > 0 ? upper[j]! : lower[j]!;
    return Math.abs(bound) < Infinity || Math.abs(value) < 1e-9 * length ? 0 : value / length;
  });
  return { kind: 'unbounded', ray };
}
