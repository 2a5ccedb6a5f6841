// The point of the box that violates the rows least, in the units of the problem: what a certificate that convex rows
// have no common point rests on. Methods scale rows, and then tend to another point.

import { addProduct, addTransposedProduct } from './matrix.ts';
import type { Problem } from './problem.ts';
import { quasiNewton } from './quasi-newton.ts';
import { dot } from './vector.ts';

const mostSteps = 500;

/** Minimises the sum of squared violations over the box, from z. */
export function leastViolationPoint(problem: Problem, z: Float64Array): Float64Array {
  const { dim, lower, upper } = problem;
  const gradient = (at: Float64Array, out: Float64Array): number => squaredViolation(problem, at, out);
  const objective = { class: 'smooth' as const, value: (at: Float64Array) => gradient(at, new Float64Array(dim)), gradient };
  let state = quasiNewton.init({ dim, lower, upper, start: z, objective, convex: true }, { tolerance: 1e-9 });
  for (let turn = 0; turn < mostSteps && quasiNewton.done(state) === undefined; turn++) state = quasiNewton.step(state);
  return quasiNewton.standing(state).z;
}

/** Half of the sum of squared violations, with its gradient. */
function squaredViolation({ linear, nonlinear }: Problem, z: Float64Array, out: Float64Array): number {
  out.fill(0);
  let sum = 0;
  const outside = (values: Float64Array, lower: Float64Array, upper: Float64Array): Float64Array => {
    const v = values.map((value, i) => value - Math.min(upper[i]!, Math.max(lower[i]!, value)));
    sum += dot(v, v) / 2;
    return v;
  };
  if (linear !== undefined) {
    const values = new Float64Array(linear.matrix.rows);
    addProduct(linear.matrix, z, 1, values);
    addTransposedProduct(linear.matrix, outside(values, linear.lower, linear.upper), 1, out);
  }
  if (nonlinear !== undefined) {
    const values = new Float64Array(nonlinear.count);
    nonlinear.value(z, values);
    addTransposedProduct(nonlinear.jacobian(z), outside(values, nonlinear.lower, nonlinear.upper), 1, out);
  }
  return sum;
}
