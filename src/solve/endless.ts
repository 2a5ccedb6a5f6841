// Objectives that fall on and on without a least value, such as exp(x) or 1/x: at the end of a method their derivatives are as
// small as at an optimum, and yet there is none. Rockafellar, Convex Analysis, sections 8 and 27: a closed convex function
// attains its infimum unless it falls along a direction of recession.

import { fallsOn, lagrangianFallsOn } from './kkt.ts';
import { factorSaddle } from './linear/saddle.ts';
import { partOf, sparseIdentity, toSparse } from './matrix.ts';
import type { Multipliers, Outcome } from './method.ts';
import type { Problem } from './problem.ts';
import { maxNorm, plus } from './vector.ts';

export interface Endless {
  readonly ray: Float64Array;
  /** The objective far out along it. */
  readonly below: number;
  /** True where the way there is curved, and the ray only tells its direction. */
  readonly isCurved?: boolean;
}

/** What is said of a point from where there is such a way. */
export function fallingOn(found: Endless): Outcome {
  return { kind: 'feasible', why: 'the objective falls on without a least value', endless: found };
}

/**
 * A direction along which the objective of a convex problem falls from z without end, among those that point from the start
 * to z; undefined if none of them is one. Linear and quadratic programs have none where they are bounded.
 */
export function endless(problem: Problem, z: Float64Array, multipliers: Multipliers): Endless | undefined {
  const { convex, objective, nonlinear, cones, norms } = problem;
  // A quadratic objective whose second derivative is too large to be stored has its coordinates still.
  const isQuadratic = objective.class === 'linear' || objective.class === 'quadratic' || objective.coordinates !== undefined;
  const isProgram = isQuadratic && !nonlinear && !norms && (cones?.length ?? 0) === 0;
  if (!convex || isProgram) return undefined;
  const straight = straightOn(problem, z);
  if (straight || !nonlinear) return straight;
  for (const ray of raysTo(problem, z)) {
    const below = lagrangianFallsOn(problem, z, multipliers, ray);
    if (below !== undefined) return { ray, below, isCurved: true };
  }
  return undefined;
}

/** A ray that points from the start to z along which the objective itself falls without end, convex or not. */
export function straightOn(problem: Problem, z: Float64Array): Endless | undefined {
  for (const ray of raysTo(problem, z)) {
    const below = fallsOn(problem, z, ray);
    if (below !== undefined) return { ray, below };
  }
  return undefined;
}

/** The way from the start, without what is small in it, and along the variable that went farthest. */
function* raysTo(problem: Problem, z: Float64Array): Generator<Float64Array> {
  const within = equationsOf(problem);
  const way = within(plus(z, -1, problem.start));
  const length = maxNorm(way);
  if (!(length > 0 && length < Infinity)) return;
  yield way;
  yield within(way.map((v) => (Math.abs(v) < 1e-3 * length ? 0 : v)));
  yield within(way.map((v) => (Math.abs(v) < length ? 0 : v)));
}

/** From a direction to the nearest one that linear equations allow. */
function equationsOf({ linear, dim }: Problem): (way: Float64Array) => Float64Array {
  const anywhere = (way: Float64Array): Float64Array => way;
  if (linear === undefined) return anywhere;
  const rows = [...linear.lower.keys()].filter((i) => linear.lower[i] === linear.upper[i]);
  if (rows.length === 0) return anywhere;
  const equations = rows.length === linear.matrix.rows ? linear.matrix : partOf(toSparse(linear.matrix), rows, Array.from({ length: dim }, (_, j) => j));
  const factors = factorSaddle(sparseIdentity(dim), new Float64Array(dim), equations, new Float64Array(rows.length).fill(1e-10));
  return (way) => {
    const nearest = way.slice();
    factors.solve(nearest, new Float64Array(rows.length));
    return nearest;
  };
}
