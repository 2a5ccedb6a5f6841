// Where an objective falls below all numbers on the way to a point, such as log(x) for x >= 0 at 0.

import { addProduct } from './matrix.ts';
import { type Problem, rowCount } from './problem.ts';
import { maxNorm } from './vector.ts';

// Beside the largest number of the point, or 1.
const nearby = 1e-6;
const outset = 1e-3;
const halvings = 30;

/**
 * A point next to z, at bounds or zeros of some variables, at which the objective is -∞, if on a way to it that is feasible
 * the objective falls with each halving of the distance by no less than about the halving before did.
 */
export function poleNear(problem: Problem, z: Float64Array, tolerance: number): Float64Array | undefined {
  const { lower, upper, objective } = problem;
  if (problem.norms || (problem.cones?.length ?? 0) > 0) return undefined;
  const size = Math.max(1, maxNorm(z));
  const pole = z.map((value, j) => [lower[j]!, upper[j]!, 0].find((at) => Math.abs(value - at) <= nearby * size && at >= lower[j]! && at <= upper[j]!) ?? value);
  const way = z.map((value, j) => value - pole[j]!);
  const length = maxNorm(way);
  if (!(length > 0) || objective.value(pole) !== -Infinity) return undefined;
  return [Math.max(length, outset * size), length].some((from) => fallsTowards(problem, pole, way.map((v) => (v / length) * from), tolerance)) ? pole : undefined;
}

function fallsTowards(problem: Problem, pole: Float64Array, way: Float64Array, tolerance: number): boolean {
  let last = NaN;
  let [first, fall] = [NaN, 0];
  for (let k = 0; k <= halvings; k++) {
    const at = pole.map((value, j) => value + 0.5 ** k * way[j]!);
    if (!isInside(problem, at, tolerance)) return false;
    const value = problem.objective.value(at);
    if (!Number.isFinite(value)) return false;
    const next = last - value;
    if (k > 0 && !(next > 0 && next >= 0.9 * fall)) return false;
    if (k === 1) first = next;
    if (k > 0) fall = next;
    last = value;
  }
  return fall >= 0.5 * first;
}

function isInside(problem: Problem, z: Float64Array, tolerance: number): boolean {
  const { lower, upper, linear, nonlinear } = problem;
  if (!z.every((value, j) => value >= lower[j]! && value <= upper[j]!)) return false;
  if (rowCount(problem) === 0) return true;
  const within = (values: Float64Array, low: Float64Array, high: Float64Array): boolean => values.every((v, i) => v >= low[i]! - tolerance && v <= high[i]! + tolerance);
  if (linear) {
    const values = new Float64Array(linear.matrix.rows);
    addProduct(linear.matrix, z, 1, values);
    if (!within(values, linear.lower, linear.upper)) return false;
  }
  if (!nonlinear) return true;
  const values = new Float64Array(nonlinear.count);
  nonlinear.value(z, values);
  return within(values, nonlinear.lower, nonlinear.upper);
}
