// Back towards the rows of a nonlinear problem: the sum of squares of their violations is minimised over the box by
// Gauss–Newton steps on the free variables, until the caller accepts a point or there is nothing left to gain.

import { freeSet, projectedGradient } from './box.ts';
import type { Box } from './box.ts';
import type { Point } from './line-search.ts';
import { searchAlong } from './line-search.ts';
import { shiftedFactors, solveShifted } from './linear/symmetric.ts';
import { addTransposedProduct, eachEntry } from './matrix.ts';
import { derivatives, rowValues } from './nonlinear-form.ts';
import type { NonlinearForm } from './nonlinear-form.ts';
import { dot, maxNorm, norm } from './vector.ts';

export interface Restored {
  readonly z: Float64Array;
  /** No nearby point of the box violates the rows less. */
  readonly stationary: boolean;
}

/** How far the scaled rows are outside their bounds, signed. */
export function violations(form: NonlinearForm, values: Float64Array): Float64Array {
  const { n, slackOf, target, lower, upper } = form;
  return values.map((value, i) => {
    const slack = slackOf[i]!;
    if (slack < 0) return value - target[i]!;
    const low = lower[n + slack]!;
    const high = upper[n + slack]!;
    return value < low ? value - low : value > high ? value - high : 0;
  });
}

export function restore(
  form: NonlinearForm,
  start: Float64Array,
  box: Box,
  accepts: (z: Float64Array) => boolean,
  turns = 60,
): Restored {
  const { n } = form;
  const evaluate = (z: Float64Array, g: Float64Array): number => {
    const { jacobian } = derivatives(form, z);
    const v = violations(form, rowValues(form, z));
    g.fill(0);
    addTransposedProduct(jacobian, v, 1, g);
    return dot(v, v) / 2;
  };
  const g0 = new Float64Array(n);
  let point: Point = { x: start, f: evaluate(start, g0), g: g0 };
  let damping = 1e-8;
  for (let turn = 0; turn < turns; turn++) {
    if (turn > 0 && accepts(point.x)) return { z: point.x, stationary: false };
    const size = projectedGradient(box, point.x, point.g);
    if (!(size > 1e-12 * Math.max(1, Math.sqrt(2 * point.f))) || point.f === 0) return { z: point.x, stationary: true };
    const free = freeSet(box, point.x, point.g);
    const kept: number[] = [];
    free.forEach((one, j) => {
      if (one === 1) kept.push(j);
    });
    const H = gaussNewton(form, point.x, kept);
    const scale = Math.max(maxNorm(H), 1e-300);
    for (let i = 0; i < kept.length; i++) H[i * kept.length + i]! += damping * scale;
    const part = Float64Array.from(kept, (j) => -point.g[j]!);
    solveShifted(shiftedFactors(H, kept.length, 1e-8 * scale), part);
    const d = new Float64Array(n);
    kept.forEach((j, at) => (d[j] = part[at]!));
    const most = 1e3 * Math.max(1, norm(point.x));
    const found = searchAlong(box, evaluate, point, d, Math.min(1, most / norm(d)));
    if (found === undefined) return { z: point.x, stationary: size <= 1e-6 * Math.sqrt(2 * point.f) };
    damping = found.step >= 0.9 ? Math.max(1e-12, damping / 10) : Math.min(1, damping * 10);
    point = found.point;
  }
  return { z: point.x, stationary: false };
}

/** JᵀJ of the violated rows, on the kept variables, dense. */
function gaussNewton(form: NonlinearForm, z: Float64Array, kept: readonly number[]): Float64Array {
  const { jacobian } = derivatives(form, z);
  const v = violations(form, rowValues(form, z));
  const count = kept.length;
  const place = new Int32Array(form.n).fill(-1);
  kept.forEach((j, at) => (place[j] = at));
  const rows = new Map<number, [number, number][]>();
  eachEntry(jacobian, (i, j, value) => {
    if (place[j]! < 0 || (v[i] === 0 && form.slackOf[i]! >= 0)) return;
    const row = rows.get(i) ?? [];
    row.push([place[j]!, value]);
    rows.set(i, row);
  });
  const H = new Float64Array(count * count);
  for (const row of rows.values())
    for (const [p, left] of row) for (const [q, right] of row) H[p * count + q]! += left * right;
  return H;
}
