// A problem as nonlinear interior points read it: all rows as equations c(w) = 0 over w = (z, s), one slack for each
// row that is no equation; objective and rows scaled by their gradients at the start; variables without room left out.

import { addProduct, eachEntry, fromEntries } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import type { Multipliers } from './method.ts';
import type { Problem } from './problem.ts';
import { maxNorm } from './vector.ts';
import { must } from '../base/internal.ts';

export interface NonlinearForm {
  readonly problem: Problem;
  /** Variables that can move. */
  readonly kept: readonly number[];
  readonly n: number;
  /** Rows with a finite bound. */
  readonly m: number;
  /** Slack of each row: its place in s, or -1 for an equation. */
  readonly slackOf: Int32Array;
  readonly slacks: number;
  /** Bounds of w = (z, s). */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly objectiveScale: number;
  readonly rowScale: Float64Array;
  /** Value that an equation has, scaled; 0 for rows with slacks. */
  readonly target: Float64Array;
  /** Index among all rows, the linear ones first. */
  readonly rowOf: Int32Array;
  /** Place of each variable of the problem among those kept, or -1. */
  readonly column: Int32Array;
  /** Of all rows, the linear ones first: their place among the rows here, or -1. */
  readonly row: Int32Array;
  /** The scaled Jacobian, where no row is curved. */
  readonly fixedJacobian?: Matrix;
  /** The start, without those that cannot move. */
  readonly start: Float64Array;
}

export interface Derivatives {
  readonly f: number;
  /** By z. */
  readonly gradient: Float64Array;
  /** [m, n], by z; by s it is -1 on the slack of a row. */
  readonly jacobian: Matrix;
}

export function nonlinearForm(problem: Problem): NonlinearForm {
  const { linear, nonlinear } = problem;
  const kept: number[] = [];
  for (let j = 0; j < problem.dim; j++) if (problem.lower[j]! < problem.upper[j]!) kept.push(j);
  const linearCount = linear?.matrix.rows ?? 0;
  const rowOf: number[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  const add = (index: number, low: number, high: number): void => {
    if (low === -Infinity && high === Infinity) return;
    rowOf.push(index);
    lower.push(low);
    upper.push(high);
  };
  for (let i = 0; i < linearCount; i++) add(i, linear!.lower[i]!, linear!.upper[i]!);
  for (let i = 0; i < (nonlinear?.count ?? 0); i++) add(linearCount + i, nonlinear!.lower[i]!, nonlinear!.upper[i]!);
  const m = rowOf.length;
  const bare: NonlinearForm = {
    problem,
    kept,
    n: kept.length,
    m,
    slackOf: new Int32Array(m).fill(-1),
    slacks: 0,
    lower: Float64Array.from(kept, (j) => problem.lower[j]!),
    upper: Float64Array.from(kept, (j) => problem.upper[j]!),
    objectiveScale: 1,
    rowScale: new Float64Array(m).fill(1),
    target: new Float64Array(m),
    rowOf: Int32Array.from(rowOf),
    column: placeOf(kept, problem.dim),
    row: placeOf(rowOf, linearCount + (nonlinear?.count ?? 0)),
    start: Float64Array.from(kept, (j) => problem.start[j]!),
  };
  const { gradient, jacobian } = derivatives(bare, bare.start);
  const objectiveScale = gentle(maxNorm(gradient));
  const largest = new Float64Array(m);
  eachEntry(jacobian, (i, _j, value) => {
    if (Math.abs(value) > largest[i]!) largest[i] = Math.abs(value);
  });
  const rowScale = largest.map(gentle);
  const fixedJacobian = nonlinear === undefined ? withRowsScaled(jacobian, rowScale) : undefined;
  const slackOf = new Int32Array(m).fill(-1);
  const slackLower: number[] = [];
  const slackUpper: number[] = [];
  const target = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    if (lower[i] === upper[i]) target[i] = lower[i]! * rowScale[i]!;
    else {
      slackOf[i] = slackLower.length;
      slackLower.push(lower[i]! * rowScale[i]!);
      slackUpper.push(upper[i]! * rowScale[i]!);
    }
  }
  return {
    ...bare,
    slackOf,
    slacks: slackLower.length,
    lower: Float64Array.from([...bare.lower, ...slackLower]),
    upper: Float64Array.from([...bare.upper, ...slackUpper]),
    objectiveScale,
    rowScale,
    target,
    ...(fixedJacobian && { fixedJacobian }),
  };
}

function withRowsScaled(A: Matrix, scale: Float64Array): Matrix {
  if (scale.every((s) => s === 1)) return A;
  if (A.kind === 'dense') return { ...A, data: A.data.map((value, at) => value * scale[Math.floor(at / A.cols)]!) };
  const values = A.values.slice();
  for (let i = 0; i < A.rows; i++) for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) values[at]! *= scale[i]!;
  return { ...A, values };
}

/** Large gradients are scaled down to 100, small ones are left. */
function gentle(size: number): number {
  return size > 100 && size < Infinity ? Math.max(1e-8, 100 / size) : 1;
}

/** All variables of the problem for those that move. */
export function fullPoint({ problem, kept, n }: NonlinearForm, z: Float64Array): Float64Array {
  if (n === problem.dim) return z.slice();
  const out = problem.lower.slice();
  kept.forEach((j, at) => (out[j] = z[at]!));
  return out;
}

export function objectiveValue(form: NonlinearForm, z: Float64Array): number {
  return form.objectiveScale * form.problem.objective.value(fullPoint(form, z));
}

/** Scaled values of the rows, without slacks and targets. */
export function rowValues(form: NonlinearForm, z: Float64Array): Float64Array {
  const { problem, rowOf, rowScale } = form;
  const x = fullPoint(form, z);
  const linearCount = problem.linear?.matrix.rows ?? 0;
  const all = new Float64Array(linearCount + (problem.nonlinear?.count ?? 0));
  if (problem.linear !== undefined) addProduct(problem.linear.matrix, x, 1, all);
  problem.nonlinear?.value(x, all.subarray(linearCount));
  return Float64Array.from(rowOf, (row, i) => all[row]! * rowScale[i]!);
}

/** c(w) from the values of the rows and the slacks. */
export function equations({ m, slackOf, target }: NonlinearForm, values: Float64Array, s: Float64Array): Float64Array {
  const out = new Float64Array(m);
  for (let i = 0; i < m; i++) out[i] = values[i]! - (slackOf[i]! < 0 ? target[i]! : s[slackOf[i]!]!);
  return out;
}

export function derivatives(form: NonlinearForm, z: Float64Array): Derivatives {
  const { problem, kept, objectiveScale } = form;
  const x = fullPoint(form, z);
  const all = new Float64Array(problem.dim);
  const f = objectiveScale * problem.objective.gradient(x, all);
  const gradient = new Float64Array(kept.length);
  for (let at = 0; at < kept.length; at++) gradient[at] = objectiveScale * all[kept[at]!]!;
  return { f, gradient, jacobian: form.fixedJacobian ?? jacobianAt(form, x) };
}

function jacobianAt({ problem, n, m, row, column, rowScale }: NonlinearForm, x: Float64Array): Matrix {
  const linearCount = problem.linear?.matrix.rows ?? 0;
  const parts: (readonly [Matrix, number])[] = [];
  if (problem.linear !== undefined) parts.push([problem.linear.matrix, 0]);
  if (problem.nonlinear !== undefined) parts.push([problem.nonlinear.jacobian(x), linearCount]);
  const isDense = parts.every(([M]) => M.kind === 'dense') || n * m <= 2500;
  const data = isDense ? new Float64Array(m * n) : new Float64Array(0);
  const entries: [number, number, number][] = [];
  for (const [M, offset] of parts) {
    eachEntry(M, (i, j, value) => {
      const to = row[offset + i]!;
      const col = column[j]!;
      if (to < 0 || col < 0) return;
      if (isDense) data[to * n + col]! += value * rowScale[to]!;
      else entries.push([to, col, value * rowScale[to]!]);
    });
  }
  return isDense ? { kind: 'dense', rows: m, cols: n, data } : fromEntries(m, n, entries);
}

function placeOf(kept: readonly number[], total: number): Int32Array {
  const out = new Int32Array(total).fill(-1);
  kept.forEach((j, at) => (out[j] = at));
  return out;
}

/** ∇² of the scaled objective + Σ y c, by z: lower triangle or dense. */
export function lagrangianHessian(form: NonlinearForm, z: Float64Array, y: Float64Array, weight = 1): Matrix {
  const { problem, column, n, rowOf, rowScale, objectiveScale } = form;
  const x = fullPoint(form, z);
  const linearCount = problem.linear?.matrix.rows ?? 0;
  const parts: (readonly [Matrix, number])[] = [];
  if (weight !== 0 && problem.objective.class !== 'linear')
    parts.push([must(problem.objective.hessian?.(x), 'Hessian of the objective'), weight * objectiveScale]);
  if (problem.nonlinear !== undefined) {
    const full = new Float64Array(problem.nonlinear.count);
    rowOf.forEach((row, i) => {
      if (row >= linearCount) full[row - linearCount] = y[i]! * rowScale[i]!;
    });
    parts.push([must(problem.nonlinear.hessian?.(x, full), 'Hessian of the rows'), 1]);
  }
  const [only] = parts;
  // One matrix of all variables is as it should be, but for its scale.
  if (only && parts.length === 1 && n === problem.dim) return timesNumber(only[0], only[1]);
  const isDense = parts.some(([M]) => M.kind === 'dense') || n <= 50;
  const data = isDense ? new Float64Array(n * n) : new Float64Array(0);
  const entries: [number, number, number][] = [];
  for (const [M, by] of parts) {
    eachEntry(M, (i, j, value) => {
      const p = column[i]!;
      const q = column[j]!;
      if (p < 0 || q < 0) return;
      if (isDense) {
        data[p * n + q]! += by * value;
        if (M.kind === 'sparse' && p !== q) data[q * n + p]! += by * value;
      } else entries.push([Math.max(p, q), Math.min(p, q), by * value]);
    });
  }
  return isDense ? { kind: 'dense', rows: n, cols: n, data } : fromEntries(n, n, entries);
}

function timesNumber(M: Matrix, by: number): Matrix {
  if (by === 1) return M;
  return M.kind === 'dense' ? { ...M, data: M.data.map((value) => by * value) } : { ...M, values: M.values.map((value) => by * value) };
}

/** Prices of the problem, from equations' multipliers with ∇f + Jᵀy − zLower + zUpper = 0 in the scaled form. */
export function unscaledPrices(
  form: NonlinearForm,
  y: Float64Array,
  bounds: Float64Array,
  z: Float64Array,
): Multipliers {
  const { problem, rowOf, rowScale, objectiveScale, kept } = form;
  const linearCount = problem.linear?.matrix.rows ?? 0;
  const linear = new Float64Array(linearCount);
  const nonlinear = new Float64Array(problem.nonlinear?.count ?? 0);
  rowOf.forEach((row, i) => {
    const price = (-y[i]! * rowScale[i]!) / objectiveScale;
    if (row < linearCount) linear[row] = price;
    else nonlinear[row - linearCount] = price;
  });
  const all = new Float64Array(problem.dim);
  kept.forEach((j, at) => (all[j] = bounds[at]! / objectiveScale));
  if (kept.length < problem.dim) {
    const rest = restOf(problem, fullPoint(form, z), linear, nonlinear);
    const moves = new Uint8Array(problem.dim);
    for (const j of kept) moves[j] = 1;
    for (let j = 0; j < problem.dim; j++) if (moves[j] === 0) all[j] = rest[j]!;
  }
  return { linear, nonlinear, bounds: all };
}

/** ∇f − Aᵀlinear − Jᵀnonlinear */
export function restOf(problem: Problem, x: Float64Array, linear: Float64Array, nonlinear: Float64Array): Float64Array {
  const out = new Float64Array(problem.dim);
  problem.objective.gradient(x, out);
  const subtract = (M: Matrix, y: Float64Array): void => {
    eachEntry(M, (i, j, value) => (out[j]! -= value * y[i]!));
  };
  if (problem.linear !== undefined) subtract(problem.linear.matrix, linear);
  if (problem.nonlinear !== undefined) subtract(problem.nonlinear.jacobian(x), nonlinear);
  return out;
}
