// A profile against a measured one, and against the control that one constant λ would give.

import { spearman, wasserstein1OfWeights } from '../harness/statistics.ts';
import { badStack } from './problem.ts';
import { rollout } from './rollout.ts';
import { withConstantResidual, type Stack } from './stack.ts';

export interface Scores {
  readonly spearman: number;
  /** Divided by n−1: 0 for equal profiles, 1 for all mass at opposite ends. */
  readonly wasserstein1: number;
}

export function scores(p: Float64Array, measured: Float64Array): Scores {
  return { spearman: spearman(p, measured), wasserstein1: wasserstein1OfWeights(p, measured) / (p.length - 1) };
}

/** A measured profile for the positions 0 … n−1, scaled to sum 1. */
export function measuredProfile(values: ArrayLike<number>, length: number): Float64Array {
  if (values.length !== length) throw badStack('measured', 'the measured profile does not fit the query', { needed: `${length} numbers, for the positions 0 to ${length - 1}`, found: `${values.length}`, help: 'give the stack the length of the measurement, or ask for another query' });
  let total = 0;
  for (let j = 0; j < length; j++) {
    if (!(values[j]! >= 0 && Number.isFinite(values[j]))) throw badStack(`measured[${j}]`, 'a measured influence is a number that is not negative', { needed: 'a number of at least 0', found: String(values[j]) });
    total += values[j]!;
  }
  if (total === 0) throw badStack('measured', 'the measured profile is zero everywhere', { needed: 'some influence', found: 'zeros' });
  return Float64Array.from({ length }, (_, j) => values[j]! / total);
}

export interface Control extends Scores {
  readonly residual: number;
  readonly profile: Float64Array;
}

/** Values of λ at which every stack is compared with a measured schedule. */
const grid = [0.03, 0.05, 0.08, 0.1] as const;

/** Profiles with one λ for all layers, scored like the stack itself: what of the agreement is one number. */
export function constantControls(stack: Stack, mixings: readonly Float64Array[], query: number, length: number, against: Float64Array): Control[] {
  const mean = stack.schedule.kind === 'constant' ? stack.schedule.value : stack.residual.reduce((a, b) => a + b, 0) / stack.residual.length;
  return [...new Set([mean, ...grid])].map((residual) => {
    const profile = rollout({ ...withConstantResidual(stack, residual), mixings }, query).subarray(0, length);
    return { residual, profile, ...scores(profile, against) };
  });
}
