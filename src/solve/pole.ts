// Where an objective falls below all numbers on the way to a point, such as log(x) for x >= 0 at 0.

import { addProduct } from './matrix.ts';
import type { Outcome } from './method.ts';
import { type Problem, rowCount } from './problem.ts';
import { maxNorm, plus } from './vector.ts';

// Beside the largest number of the point, or 1.
const nearby = 1e-6;
const outset = 1e-3;
const halvings = 30;

export interface Pole {
  readonly pole: Float64Array;
  /** A feasible point from where the objective falls on the way to the pole. */
  readonly from: Float64Array;
}

/**
 * A point at z, or next to it at bounds or zeros of some variables, if on a way to it that is feasible the objective falls with
 * each halving of the distance by no less than about the halving before did.
 */
export function poleNear(problem: Problem, z: Float64Array, tolerance: number): Pole | undefined {
  const { lower, upper, objective } = problem;
  const size = Math.max(1, maxNorm(z));
  const pole = z.map((value, j) => [lower[j]!, upper[j]!, 0].find((at) => Math.abs(value - at) <= nearby * size && at >= lower[j]! && at <= upper[j]!) ?? value);
  const way = z.map((value, j) => value - pole[j]!);
  const length = maxNorm(way);
  if (length > 0 && objective.value(pole) === -Infinity) {
    const isPole = [Math.max(length, outset * size), length].some((reach) => fallsTowards(problem, pole, way.map((v) => (v / length) * reach), tolerance));
    if (isPole) return { pole, from: z };
  }
  // A method that went there ends where the next number is the pole.
  const gradient = new Float64Array(z.length);
  objective.gradient(z, gradient);
  return poleAlong(problem, z, gradient, tolerance);
}

/** The pole itself if the objective falls on the way that ends there and comes in this direction, away from bounds. */
export function poleAlong(problem: Problem, pole: Float64Array, direction: Float64Array, tolerance: number): Pole | undefined {
  const { lower, upper } = problem;
  const free = direction.map((v, j) => ((v > 0 && pole[j]! >= upper[j]!) || (v < 0 && pole[j]! <= lower[j]!) ? 0 : v));
  const length = maxNorm(free);
  if (!(length > 0 && length < Infinity)) return undefined;
  const size = Math.max(1, maxNorm(pole));
  const way = free.map((v) => (v / length) * outset * size);
  return fallsTowards(problem, pole, way, tolerance) ? { pole, from: plus(pole, 1, way) } : undefined;
}

export function toPole({ pole, from }: Pole): Outcome {
  return { kind: 'unbounded', ray: plus(pole, -1, from), pole };
}

function fallsTowards(problem: Problem, pole: Float64Array, way: Float64Array, tolerance: number): boolean {
  if (problem.norms || (problem.cones?.length ?? 0) > 0) return false;
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
