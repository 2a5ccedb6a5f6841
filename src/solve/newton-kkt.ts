// Newton steps on the conditions of an optimum with the active set held: which bounds are active is read off from the
// prices of an interior point. What it finds replaces the point only if its errors are smaller.

import type { PrimalDualPoint } from './barrier.ts';
import { factorSaddle } from './linear/saddle.ts';
import { eachEntry, fromEntries } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import type { Multipliers } from './method.ts';
import { derivatives, fullPoint, lagrangianHessian, restOf, rowValues, unscaledPrices } from './nonlinear-form.ts';
import type { NonlinearForm } from './nonlinear-form.ts';
import { kktReport } from './kkt.ts';
import { allFinite, maxNorm } from './vector.ts';

export interface Finished {
  readonly z: Float64Array;
  readonly multipliers: Multipliers;
}

export function newtonKkt(form: NonlinearForm, at: PrimalDualPoint): Finished | undefined {
  const { n } = form;
  const first = interior(form, at);
  let best: Finished = first;
  let bestError = errorOf(form, first);
  const side = (j: number): number => {
    const low = form.lower[j]! > -Infinity && at.low[j]! > at.w[j]! - form.lower[j]!;
    const high = form.upper[j]! < Infinity && at.high[j]! > form.upper[j]! - at.w[j]!;
    return low ? -1 : high ? 1 : 0;
  };
  const z = at.w.slice(0, n);
  const free: number[] = [];
  for (let j = 0; j < n; j++) {
    const active = side(j);
    if (active === 0) free.push(j);
    else z[j] = active < 0 ? form.lower[j]! : form.upper[j]!;
  }
  const active: number[] = [];
  const goal: number[] = [];
  form.slackOf.forEach((slack, i) => {
    const held = slack < 0 ? 2 : side(n + slack);
    if (held === 0) return;
    active.push(i);
    goal.push(held === 2 ? form.target[i]! : held < 0 ? form.lower[n + slack]! : form.upper[n + slack]!);
  });
  const y = new Float64Array(form.m);
  for (const i of active) y[i] = at.y[i]!;
  for (let turn = 0; turn < 10; turn++) {
    const { gradient, jacobian } = derivatives(form, z);
    const rest = gradient.slice();
    eachEntry(jacobian, (i, j, value) => (rest[j]! += value * y[i]!));
    const values = rowValues(form, z);
    const dx = Float64Array.from(free, (j) => -rest[j]!);
    const dy = Float64Array.from(active, (i, k) => goal[k]! - values[i]!);
    if (!allFinite(dx) || !allFinite(dy)) break;
    const H = onKept(lagrangianHessian(form, z, y), free, free, true);
    const J = onKept(jacobian, active, free, false);
    const e = new Float64Array(active.length).fill(1e-13 * Math.max(1, sizeOf(J)));
    const d = new Float64Array(free.length).fill(1e-15 * sizeOf(H));
    factorSaddle(H, d, J, e).solve(dx, dy);
    if (!allFinite(dx) || !allFinite(dy)) break;
    free.forEach((j, k) => (z[j] = Math.min(form.upper[j]!, Math.max(form.lower[j]!, z[j]! + dx[k]!))));
    active.forEach((i, k) => (y[i]! += dy[k]!));
    const next = withPrices(form, z.slice(), y.slice(), free);
    const error = errorOf(form, next);
    if (error < bestError) [best, bestError] = [next, error];
    if (maxNorm(dx) <= 1e-15 * Math.max(1, maxNorm(z)) || bestError < 1e-15) break;
    if (turn > 3 && !(error < 1e3 * bestError)) break;
  }
  return best;
}

function interior(form: NonlinearForm, at: PrimalDualPoint): Finished {
  const z = at.w.slice(0, form.n);
  const bounds = at.low.slice(0, form.n).map((value, j) => value - at.high[j]!);
  return { z: fullPoint(form, z), multipliers: unscaledPrices(form, at.y, bounds, z) };
}

/** Bounds take what is left of the gradient where they hold the variable. */
function withPrices(form: NonlinearForm, z: Float64Array, y: Float64Array, free: readonly number[]): Finished {
  const x = fullPoint(form, z);
  const { linear, nonlinear } = unscaledPrices(form, y, new Float64Array(form.n), z);
  const bounds = restOf(form.problem, x, linear, nonlinear);
  for (const j of free) bounds[form.kept[j]!] = 0;
  return { z: x, multipliers: { linear, nonlinear, bounds } };
}

function errorOf({ problem }: NonlinearForm, { z, multipliers }: Finished): number {
  const report = kktReport(problem, z, multipliers);
  const worst = Math.max(
    report.stationarity.scaled,
    report.primal.scaled,
    report.sign.scaled,
    report.complementarity.scaled,
    wrongSigns(problem, z, multipliers),
  );
  return Number.isNaN(worst) ? Infinity : worst;
}

/** A price that presses on the far bound is no price of complementary slackness; the report sees it as a product. */
function wrongSigns(problem: NonlinearForm['problem'], z: Float64Array, { bounds }: Multipliers): number {
  let most = 0;
  bounds.forEach((price, j) => {
    const bound = price > 0 ? problem.lower[j]! : problem.upper[j]!;
    if (price !== 0 && Math.abs(bound) < Infinity)
      most = Math.max(most, Math.min(Math.abs(price), Math.abs(z[j]! - bound)) / Math.max(1, Math.abs(price)));
  });
  return most;
}

function sizeOf(M: Matrix): number {
  return maxNorm(M.kind === 'dense' ? M.data : M.values);
}

function onKept(M: Matrix, rows: readonly number[], cols: readonly number[], symmetric: boolean): Matrix {
  const row = new Int32Array(M.rows).fill(-1);
  rows.forEach((i, at) => (row[i] = at));
  const col = new Int32Array(M.cols).fill(-1);
  cols.forEach((j, at) => (col[j] = at));
  if (M.kind === 'dense') {
    const data = new Float64Array(rows.length * cols.length);
    rows.forEach((i, p) => cols.forEach((j, q) => (data[p * cols.length + q] = M.data[i * M.cols + j]!)));
    return { kind: 'dense', rows: rows.length, cols: cols.length, data };
  }
  const entries: [number, number, number][] = [];
  eachEntry(M, (i, j, value) => {
    const [p, q] = [row[i]!, col[j]!];
    if (p >= 0 && q >= 0) entries.push(symmetric ? [Math.max(p, q), Math.min(p, q), value] : [p, q, value]);
  });
  return fromEntries(rows.length, cols.length, entries);
}
