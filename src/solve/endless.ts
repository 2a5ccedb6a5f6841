// Objectives that fall on and on without a least value, such as exp(x) or 1/x: at the end of a method their derivatives are as
// small as at an optimum, and yet there is none. Rockafellar, Convex Analysis, sections 8 and 27: a closed convex function
// attains its infimum unless it falls along a direction of recession.

import { fallsOn } from './kkt.ts';
import { factorKkt, planKkt } from './linear/kkt-system.ts';
import { fromEntries } from './matrix.ts';
import type { Problem } from './problem.ts';
import { maxNorm, plus } from './vector.ts';

export interface Endless {
  readonly ray: Float64Array;
  /** The objective far out along it. */
  readonly below: number;
}

/**
 * A direction along which the objective of a convex problem falls from z without end, among those that point from the start
 * to z; undefined if none of them is one. Linear and quadratic programs have none where they are bounded.
 */
export function endless(problem: Problem, z: Float64Array): Endless | undefined {
  const { convex, objective, nonlinear, cones, norms, start } = problem;
  const isProgram = (objective.class === 'linear' || objective.class === 'quadratic') && !nonlinear && !norms && (cones?.length ?? 0) === 0;
  if (!convex || isProgram) return undefined;
  const within = equationsOf(problem);
  const way = within(plus(z, -1, start));
  const length = maxNorm(way);
  if (!(length > 0 && length < Infinity)) return undefined;
  const straight = (): Float64Array => within(way.map((v) => (Math.abs(v) < 1e-3 * length ? 0 : v)));
  for (const make of [() => way, straight]) {
    const ray = make();
    const below = fallsOn(problem, z, ray);
    if (below !== undefined) return { ray, below };
  }
  return undefined;
}

/** From a direction to the nearest one that linear equations allow. */
function equationsOf({ linear, dim }: Problem): (way: Float64Array) => Float64Array {
  const anywhere = (way: Float64Array): Float64Array => way;
  if (linear === undefined) return anywhere;
  const place = new Map<number, number>();
  linear.lower.forEach((low, i) => low === linear.upper[i] && place.set(i, place.size));
  if (place.size === 0) return anywhere;
  const entries: [number, number, number][] = [];
  const { matrix: M } = linear;
  for (const [i, row] of place) {
    if (M.kind === 'dense') for (let j = 0; j < M.cols; j++) entries.push([row, j, M.data[i * M.cols + j]!]);
    else for (let at = M.starts[i]!; at < M.starts[i + 1]!; at++) entries.push([row, M.indices[at]!, M.values[at]!]);
  }
  const identity = fromEntries(dim, dim, Array.from({ length: dim }, (_, j) => [j, j, 1] as const));
  const plan = planKkt(identity, fromEntries(place.size, dim, entries.filter(([, , value]) => value !== 0)));
  const factors = factorKkt(plan, new Float64Array(dim), new Float64Array(place.size), 1e-10);
  return (way) => {
    const projected = way.slice();
    factors.solve(projected, new Float64Array(place.size));
    return projected;
  };
}
