// Points that keep the first-order conditions under constraints and are no local optimum: where the second derivative of the
// Lagrangian is negative along a direction that all active constraints allow. Nocedal & Wright, Numerical Optimization, theorem 12.5.

import { symmetricEigen } from '../ops/reference/symmetric-eigen.ts';
import { denseSymmetric } from './linear/symmetric.ts';
import { type Matrix, eachEntry } from './matrix.ts';
import type { Multipliers } from './method.ts';
import type { Problem } from './problem.ts';

// More variables or rows than these are not looked at.
const [mostVariables, mostRows] = [60, 200];
// Beside the size of the bound: what holds with equality, pressed on or not.
const near = 1e-6;
// Beside the largest entry: no direction of a row, and clearly negative curvature.
const [dependent, clear] = [1e-9, 1e-5];

/** A direction of negative curvature at a point with these multipliers; undefined where there is none, or where that is not known. */
export function downwards(problem: Problem, z: Float64Array, multipliers: Multipliers): Float64Array | undefined {
  const { dim: n, objective, linear, nonlinear, norms, cones, lower, upper, convex } = problem;
  const count = (linear?.matrix.rows ?? 0) + (nonlinear?.count ?? 0);
  const hasHessian = objective.class === 'linear' || objective.hessian !== undefined;
  if (convex || norms || (cones?.length ?? 0) > 0 || n > mostVariables || count === 0 || count > mostRows || !hasHessian || (nonlinear && !nonlinear.hessian)) return undefined;
  const isAt = (value: number, low: number, high: number): boolean => [low, high].some((bound) => Number.isFinite(bound) && Math.abs(value - bound) <= near * Math.max(1, Math.abs(bound)));
  const free = [...z.keys()].filter((j) => !isAt(z[j]!, lower[j]!, upper[j]!));
  const m = free.length;
  if (m === 0) return undefined;
  const all = Array.from({ length: n }, (_, j) => j);
  const H = objective.class === 'linear' ? new Float64Array(n * n) : denseSymmetric(objective.hessian!(z), all);
  if (nonlinear) denseSymmetric(nonlinear.hessian!(z, multipliers.nonlinear), all).forEach((v, at) => (H[at]! -= v));
  // A'A of the active rows on what is free.
  const place = new Map(free.map((j, k) => [j, k]));
  const gram = new Float64Array(m * m);
  const see = (M: Matrix, values: Float64Array, low: Float64Array, high: Float64Array): void => {
    const rows = Array.from({ length: M.rows }, () => new Float64Array(m));
    eachEntry(M, (i, j, value) => {
      const k = place.get(j);
      if (k !== undefined) rows[i]![k]! += value;
    });
    rows.forEach((row, i) => {
      const size = Math.hypot(...row);
      if (size === 0 || !isAt(values[i]!, low[i]!, high[i]!)) return;
      for (let k = 0; k < m; k++) for (let l = 0; l < m; l++) gram[k * m + l]! += (row[k]! * row[l]!) / size ** 2;
    });
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
  const { values: sizes, vectors } = symmetricEigen({ shape: [m, m], data: gram });
  const kernel = [...sizes.data.keys()].filter((k) => sizes.data[k]! <= dependent);
  const r = kernel.length;
  if (r === 0) return undefined;
  const basis = kernel.map((k) => Float64Array.from(free, (_, i) => vectors.data[i * m + k]!));
  const times = (v: Float64Array): Float64Array => Float64Array.from(free, (i) => free.reduce((sum, j, l) => sum + H[i * n + j]! * v[l]!, 0));
  const images = basis.map(times);
  const reduced = Float64Array.from({ length: r * r }, (_, at) => basis[Math.floor(at / r)]!.reduce((sum, v, k) => sum + v * images[at % r]![k]!, 0));
  const { values, vectors: ways } = symmetricEigen({ shape: [r, r], data: reduced });
  const largest = H.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const least = [...values.data.keys()].reduce((best, k) => (values.data[k]! < values.data[best]! ? k : best), 0);
  if (!(values.data[least]! < -clear * largest)) return undefined;
  const way = new Float64Array(n);
  free.forEach((j, i) => (way[j] = basis.reduce((sum, v, k) => sum + ways.data[k * r + least]! * v[i]!, 0)));
  return way;
}
