// Points that keep the first-order conditions under constraints and are no local optimum: where the second derivative of the
// Lagrangian is negative along a direction that all active constraints allow. Nocedal & Wright, Numerical Optimization, theorem 12.5.

import { symmetricEigen } from '../ops/reference/symmetric-eigen.ts';
import { denseSymmetric } from './linear/symmetric.ts';
import { type Matrix, eachEntry } from './matrix.ts';
import type { Multipliers } from './method.ts';
import type { Problem } from './problem.ts';
import { maxNorm, plus } from './vector.ts';

// More variables or rows than these are not looked at.
const [mostVariables, mostRows] = [60, 200];
// Beside the size of the bound: what holds with equality, pressed on or not.
const near = 1e-6;
// Beside the largest entry: no direction of a row, and clearly negative curvature.
const [dependent, clear] = [1e-9, 1e-5];
// Beside the largest number of the point, or 1.
const lengths = [1e-3, 1e-2, 1e-1];

/** A direction of negative curvature at a point with these multipliers; undefined where there is none, or where that is not known. */
export function downwards(problem: Problem, z: Float64Array, multipliers: Multipliers): Float64Array | undefined {
  const { dim: n, objective, linear, nonlinear, norms, cones, lower, upper, convex } = problem;
  const count = (linear?.matrix.rows ?? 0) + (nonlinear?.count ?? 0);
  const hasHessian = objective.class === 'linear' || objective.hessian !== undefined;
  if (convex || norms || (cones?.length ?? 0) > 0 || n > mostVariables || count > mostRows || !hasHessian || (nonlinear && !nonlinear.hessian)) return undefined;
  const held = [...z.keys()].filter((j) => isAt(z[j]!, lower[j]!, upper[j]!));
  if (count === 0 && held.length === 0) return undefined;
  const H = curvatureAt(problem, z, multipliers);
  const inside = [...z.keys()].filter((j) => !held.includes(j));
  if (count > 0) return leastAlong(H, n, inside, activeRows(problem, z));
  // Bounds that nothing presses on may be left to the inside, where values tell.
  const most = Math.max(1, maxNorm(multipliers.bounds));
  const weak = held.filter((j) => lower[j]! < upper[j]! && Math.abs(multipliers.bounds[j]!) <= near * most);
  for (const free of [[...inside, ...weak], ...weak.map((j) => [...inside, j])]) {
    const way = weak.length === 0 ? undefined : leastAlong(H, n, free, []);
    const found = way && [way, way.map((v) => -v)].find((v) => fallsInside(problem, z, v));
    if (found) return found;
  }
  return undefined;
}

function isAt(value: number, low: number, high: number): boolean {
  return [low, high].some((bound) => Number.isFinite(bound) && Math.abs(value - bound) <= near * Math.max(1, Math.abs(bound)));
}

/** Of the Lagrangian, in full. */
function curvatureAt({ dim: n, objective, nonlinear }: Problem, z: Float64Array, multipliers: Multipliers): Float64Array {
  const all = Array.from({ length: n }, (_, j) => j);
  const H = objective.class === 'linear' ? new Float64Array(n * n) : denseSymmetric(objective.hessian!(z), all);
  if (nonlinear) denseSymmetric(nonlinear.hessian!(z, multipliers.nonlinear), all).forEach((v, at) => (H[at]! -= v));
  return H;
}

/** Gradients of the rows that hold with equality, of length 1. */
function activeRows({ dim: n, linear, nonlinear }: Problem, z: Float64Array): Float64Array[] {
  const found: Float64Array[] = [];
  const see = (M: Matrix, values: Float64Array, low: Float64Array, high: Float64Array): void => {
    const rows = Array.from({ length: M.rows }, () => new Float64Array(n));
    eachEntry(M, (i, j, value) => (rows[i]![j]! += value));
    rows.forEach((row, i) => isAt(values[i]!, low[i]!, high[i]!) && found.push(row));
  };
  if (linear) {
    const values = new Float64Array(linear.matrix.rows);
    eachEntry(linear.matrix, (i, j, value) => (values[i]! += value * z[j]!));
    see(linear.matrix, values, linear.lower, linear.upper);
  }
  if (nonlinear) {
    const values = new Float64Array(nonlinear.count);
    nonlinear.value(z, values);
    see(nonlinear.jacobian(z), values, nonlinear.lower, nonlinear.upper);
  }
  return found;
}

/** The direction of the least curvature of free variables that leaves these rows as they are, if it is clearly negative. */
function leastAlong(H: Float64Array, n: number, free: readonly number[], rows: readonly Float64Array[]): Float64Array | undefined {
  const m = free.length;
  if (m === 0) return undefined;
  const gram = new Float64Array(m * m);
  for (const row of rows) {
    const own = Float64Array.from(free, (j) => row[j]!);
    const square = own.reduce((sum, v) => sum + v * v, 0);
    if (square === 0) continue;
    for (let k = 0; k < m; k++) for (let l = 0; l < m; l++) gram[k * m + l]! += (own[k]! * own[l]!) / square;
  }
  const { values: sizes, vectors } = symmetricEigen({ shape: [m, m], data: gram });
  const basis = [...sizes.data.keys()].filter((k) => sizes.data[k]! <= dependent).map((k) => Float64Array.from(free, (_, i) => vectors.data[i * m + k]!));
  const r = basis.length;
  if (r === 0) return undefined;
  const images = basis.map((v) => Float64Array.from(free, (i) => free.reduce((sum, j, l) => sum + H[i * n + j]! * v[l]!, 0)));
  const reduced = Float64Array.from({ length: r * r }, (_, at) => basis[Math.floor(at / r)]!.reduce((sum, v, k) => sum + v * images[at % r]![k]!, 0));
  const { values, vectors: ways } = symmetricEigen({ shape: [r, r], data: reduced });
  const largest = H.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const least = [...values.data.keys()].reduce((best, k) => (values.data[k]! < values.data[best]! ? k : best), 0);
  if (!(values.data[least]! < -clear * largest)) return undefined;
  const way = new Float64Array(n);
  free.forEach((j, i) => (way[j] = basis.reduce((sum, v, k) => sum + ways.data[k * r + least]! * v[i]!, 0)));
  return way;
}

/** Whether the objective falls along the way in the box. */
function fallsInside({ objective, lower, upper }: Problem, z: Float64Array, way: Float64Array): boolean {
  const f = objective.value(z);
  const size = Math.max(1, maxNorm(z));
  const blind = 64 * Number.EPSILON * Math.abs(f);
  const values = lengths.map((t) => plus(z, t * size, way)).map((at) => (at.every((v, j) => v >= lower[j]! && v <= upper[j]!) ? objective.value(at) : NaN));
  return values[0]! < f - blind && values.every((v, k) => k === 0 || Number.isNaN(v) || v < values[k - 1]! - blind);
}
