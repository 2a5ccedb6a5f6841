// A problem that counts its evaluations and looks at the limits before each.

import { type LateParts, lateObjective } from './late.ts';
import type { Evaluations, Limit, Limits } from './method.ts';
import type { Problem, SampledRows } from './problem.ts';

/** Thrown by an evaluation past a limit; the driver catches it and keeps the state before. */
export class Interrupted extends Error {
  readonly by: Limit;
  constructor(by: Limit) {
    super(`stopped by ${by}`);
    this.by = by;
  }
}

export interface Counted {
  readonly problem: Problem;
  count(): Evaluations;
  /** Values and gradients together. */
  total(): number;
  /** `work` without limits: what a method has to tell at its end. */
  atTheEnd<T>(work: () => T): T;
}

export function counted(
  problem: Problem,
  limits: Limits,
  signal: AbortSignal | undefined,
  clock: () => number,
): Counted {
  const tally = { objective: 0, gradient: 0, hessian: 0, rows: 0, jacobian: 0 };
  const most = { seconds: limits.seconds ?? Infinity, evaluations: limits.evaluations ?? Infinity };
  const total = (): number => tally.objective + tally.gradient;
  let isEnd = false;
  const note = (what: keyof typeof tally, share = 1): void => {
    if (isEnd) return;
    if (signal?.aborted === true) throw new Interrupted('caller');
    if (clock() > most.seconds) throw new Interrupted('time');
    if (total() >= most.evaluations) throw new Interrupted('evaluations');
    tally[what] += share;
  };
  const noted =
    <Args extends readonly unknown[], Out>(what: keyof typeof tally, of: (...args: Args) => Out) =>
    (...args: Args): Out => {
      note(what);
      return of(...args);
    };
  /** Some of the rows are a part of an evaluation. */
  const shared = ({ rows, from }: SampledRows): SampledRows['from'] => (stretches) => {
    const share = stretches.reduce((sum, [a, b]) => sum + b - a, 0) / rows;
    const gradient = from(stretches);
    return (z, out) => {
      note('gradient', share);
      return gradient(z, out);
    };
  };
  const { objective, nonlinear } = problem;
  const { residuals } = objective;
  const late: LateParts = {
    hessian: () => objective.hessian && noted('hessian', objective.hessian),
    steepest: () => objective.steepest && noted('hessian', objective.steepest),
    approximation: () => objective.approximation,
    sampled: () => {
      const { sampled } = objective;
      return sampled && { rows: sampled.rows, from: shared(sampled) };
    },
  };
  return {
    problem: {
      ...problem,
      objective: lateObjective({
        class: objective.class,
        ...(objective.isBent && { isBent: true }),
        ...(objective.terms && { terms: objective.terms }),
        ...(objective.scaled && { scaled: objective.scaled }),
        ...(objective.coordinates && { coordinates: objective.coordinates }),
        value: noted('objective', (z) => objective.value(z)),
        gradient: noted('gradient', (z, out) => objective.gradient(z, out)),
        ...(objective.hessianProduct === undefined
          ? {}
          : { hessianProduct: noted('hessian', objective.hessianProduct.bind(objective)) }),
        ...(residuals === undefined
          ? {}
          : {
              residuals: {
                count: residuals.count,
                weight: residuals.weight,
                offset: residuals.offset,
                value: noted('objective', (z, out) => residuals.value(z, out)),
                jacobian: noted('gradient', (z) => residuals.jacobian(z)),
              },
            }),
      }, late),
      ...(nonlinear === undefined
        ? {}
        : {
            nonlinear: {
              ...nonlinear,
              value: noted('rows', (z, out) => nonlinear.value(z, out)),
              jacobian: noted('jacobian', (z) => nonlinear.jacobian(z)),
              ...(nonlinear.hessian === undefined
                ? {}
                : { hessian: noted('hessian', nonlinear.hessian.bind(nonlinear)) }),
              ...(nonlinear.hessianProduct === undefined
                ? {}
                : { hessianProduct: noted('hessian', nonlinear.hessianProduct.bind(nonlinear)) }),
            },
          }),
    },
    count: () => ({ ...tally, gradient: Math.ceil(tally.gradient) }),
    total: () => Math.ceil(total()),
    atTheEnd: (work) => {
      isEnd = true;
      try {
        return work();
      } finally {
        isEnd = false;
      }
    },
  };
}
