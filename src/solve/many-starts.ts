// The best of several solves from different starts, for problems with many local optima.

import { random } from '../base/random.ts';
import type { SolveOptions } from './method.ts';
import type { Problem } from './problem.ts';
import { solving } from './solve.ts';
import type { Solution } from './solve.ts';

export interface ManyStarts {
  /** How many starts, the given one among them. */
  readonly starts: number;
  /** The same seed gives the same starts. */
  readonly seed: number;
}

/**
 * Solves from the given start, then from the middle of the box, then from random points: in the box where it is
 * finite, about the start elsewhere. The limits hold for all together. The best optimum is returned, with the sums of
 * iterations and the time of all; an outcome that proves something of the whole problem ends the search.
 */
export function solveFromMany(problem: Problem, { starts, seed }: ManyStarts, options: SolveOptions = {}): Solution {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const all = [problem.start, ...otherStarts(problem, { starts, seed })];
  let best: Solution | undefined;
  let iterations = 0;
  let spent = 0;
  for (const [k, start] of all.entries()) {
    const { limits = {}, ...rest } = options;
    const left = {
      ...limits,
      ...(limits.seconds === undefined ? {} : { seconds: limits.seconds - seconds() }),
      ...(limits.evaluations === undefined ? {} : { evaluations: limits.evaluations - spent }),
      ...(limits.iterations === undefined ? {} : { iterations: limits.iterations - iterations }),
    };
    const found = last(solving({ ...problem, start }, { ...(k === 0 ? rest : { ...rest, warm: {} }), limits: left }));
    iterations += found.iterations;
    spent += found.evaluations.objective + found.evaluations.gradient;
    best = best === undefined || isBetter(found, best) ? found : best;
    if (found.outcome.kind === 'stopped' || provesAll(found)) break;
  }
  return { ...best!, iterations, seconds: seconds() };
}

function last(run: Generator<unknown, Solution>): Solution {
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
  }
}

/** All but the given start. */
export function otherStarts(problem: Problem, { starts, seed }: ManyStarts): Float64Array[] {
  const numbers = random(seed);
  return Array.from({ length: Math.max(0, starts - 1) }, (_, k) => another(problem, k === 0 ? undefined : numbers));
}

/** The middle of the box, or a random point of it; about the start where a side is missing. */
function another(problem: Problem, numbers: ReturnType<typeof random> | undefined): Float64Array {
  return problem.start.map((value, j) => {
    const [low, high] = [problem.lower[j]!, problem.upper[j]!];
    if (high - low < 1e6) return low + (numbers?.uniform() ?? 0.5) * (high - low);
    const moved = value + (1 + Math.abs(value)) * (numbers?.normal() ?? 0);
    return Math.min(high, Math.max(low, moved));
  });
}

function provesAll({ outcome }: Solution): boolean {
  switch (outcome.kind) {
    case 'optimal':
      return outcome.scope === 'global';
    case 'infeasible':
    case 'unbounded':
      return true;
    default:
      return false;
  }
}

function isBetter(next: Solution, old: Solution): boolean {
  const [after, before] = [rank(next), rank(old)];
  return after === before ? next.objective < old.objective : after < before;
}

function rank(solution: Solution): number {
  if (provesAll(solution)) return 0;
  if (solution.outcome.kind === 'optimal') return 1;
  return solution.kkt.primal.scaled <= 1e-8 ? 2 : 3;
}
