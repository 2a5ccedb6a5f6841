// What several solves of one model take together, and what limits leave for the next.

import type { Limits, Result } from '../method.ts';

/** What earlier solves left of the limits. */
export function remaining(limits: Limits | undefined, seconds: number, before: Result | undefined): Limits | undefined {
  if (!limits) return undefined;
  const used = before ? before.evaluations.objective + before.evaluations.gradient : 0;
  return {
    ...(limits.seconds !== undefined && { seconds: Math.max(0, limits.seconds - seconds) }),
    ...(limits.evaluations !== undefined && { evaluations: Math.max(0, limits.evaluations - used) }),
    ...(limits.iterations !== undefined && { iterations: Math.max(0, limits.iterations - (before?.iterations ?? 0)) }),
  };
}

type Work = Pick<Result, 'iterations' | 'evaluations'>;

/** The work of both. */
export function bothWork(a: Work, b: Work): Work {
  const evaluations = Object.fromEntries(Object.keys(a.evaluations).map((key) => [key, a.evaluations[key as keyof typeof a.evaluations] + b.evaluations[key as keyof typeof b.evaluations]]));
  return { iterations: a.iterations + b.iterations, evaluations: evaluations as unknown as Work['evaluations'] };
}
