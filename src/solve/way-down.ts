// Points that first and second derivatives take for a local optimum and values do not: x³ at 0, x⁴ - y³. Where the second
// derivative vanishes along a direction, terms of higher order decide (Griewank, On solving nonlinear equations with
// simple singularities, 1985), and the objective itself tells.

import { symmetricEigen } from '../ops/reference/symmetric-eigen.ts';
import { freeSet } from './box.ts';
import { denseSymmetric } from './linear/symmetric.ts';
import type { Problem } from './problem.ts';
import { plus } from './vector.ts';

// The eigenvalues of more variables than these are not looked at.
const mostVariables = 60;
// A curvature so small beside the largest, or beside 1, may be none.
const flat = 1e-4;
const lengths = [1e-3, 1e-2, 1e-1];

/**
 * A point lower than z on a line through z without curvature, along which the objective falls all the way; undefined if
 * there is none, or for problems with constraints other than bounds.
 */
export function wayDown(problem: Problem, z: Float64Array): Float64Array | undefined {
  const { objective, dim: n, linear, nonlinear, cones, lower, upper } = problem;
  if (problem.convex || linear || nonlinear || (cones?.length ?? 0) > 0 || n > mostVariables || !objective.hessian) return undefined;
  const gradient = new Float64Array(n);
  const f = objective.gradient(z, gradient);
  const mayMove = freeSet(problem, z, gradient);
  const free = Array.from(z.keys()).filter((j) => mayMove[j] === 1);
  const { values, vectors } = symmetricEigen({ shape: [free.length, free.length], data: denseSymmetric(objective.hessian(z), free) });
  const largest = values.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const size = z.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const blind = 64 * Number.EPSILON * Math.abs(f);
  for (let k = 0; k < free.length; k++) {
    if (!(Math.abs(values.data[k]!) <= flat * largest)) continue;
    const v = new Float64Array(n);
    free.forEach((j, i) => (v[j] = vectors.data[i * free.length + k]!));
    for (const sign of [1, -1]) {
      const points = lengths.map((t) => plus(z, sign * t * size, v));
      const inside = points.every((point) => point.every((x, j) => x >= lower[j]! && x <= upper[j]!));
      const fall = [f, ...points.map((point) => objective.value(point))];
      if (inside && fall.every((value, at) => at === 0 || value < fall[at - 1]! - blind)) return points.at(-1);
    }
  }
  return undefined;
}
