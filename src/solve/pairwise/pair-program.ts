// A quadratic program on a box with one equation, its points, and the slopes of the objective there per unit of the equation.

import { must } from '../../base/internal.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import { PAIRS_STRIP } from '../../run/wasm/pairs.ts';
import { addRows } from '../../run/wasm/row-sum.ts';
import { toSparse } from '../matrix.ts';
import type { Problem, ScaledMatrix } from '../problem.ts';

/** minimise ½ x'Hx + c'x + constant  subject to  a'x = level,  lower ≤ x ≤ upper,  with H = diag(scale) M diag(scale). */
export interface PairProgram {
  readonly problem: Problem;
  readonly n: number;
  readonly a: Float64Array;
  readonly level: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly c: Float64Array;
  readonly constant: number;
  readonly M: Float64Array;
  readonly scale: Float64Array;
  /** scale / a, and the curvature along each variable per unit of the equation. */
  readonly ratio: Float64Array;
  readonly bend: Float64Array;
  readonly place: Place;
}

/** Addresses in linear memory: a copy of M, and a block that one step uses. */
interface Place {
  readonly copy: { readonly address: number };
  readonly block: number;
  readonly width: number;
}

/** A point and its slopes. */
export interface Moving {
  readonly x: Float64Array;
  /** Gradient at the point, per unit of the equation: of a[k] x[k]. */
  readonly slope: Float64Array;
}

/** Whether a problem is one: a stored second derivative, bounds, and one equation of all variables. */
export function isPairwise(problem: Problem): boolean {
  const { linear, nonlinear, objective } = problem;
  if (objective.class !== 'quadratic' || nonlinear !== undefined || linear?.matrix.rows !== 1) return false;
  if (linear.lower[0] !== linear.upper[0] || !equationOf(problem).every((a) => a !== 0)) return false;
  return objective.scaled !== undefined || objective.hessian?.(problem.start).kind === 'dense';
}

/** Its coefficients. */
export function equationOf({ linear, dim }: Problem): Float64Array {
  const row = toSparse(must(linear).matrix);
  const a = new Float64Array(dim);
  for (let at = row.starts[0]!; at < row.starts[1]!; at++) a[row.indices[at]!]! += row.values[at]!;
  return a;
}

// Rows of the block: slopes, ratios, curvatures, what may not grow, what may not shrink; and four numbers.
export const blockRows = 5;

export function pairProgram(problem: Problem): PairProgram {
  const { dim: n, lower, upper, objective, linear } = problem;
  const a = equationOf(problem);
  const c = new Float64Array(n);
  const constant = objective.gradient(new Float64Array(n), c);
  const { matrix, scale } = objective.scaled ?? ownMatrix(problem);
  const ratio = scale.map((s, k) => s / a[k]!);
  const width = Math.ceil(n / PAIRS_STRIP) * PAIRS_STRIP;
  const machine = sharedMachine();
  const place: Place = { copy: matrix.copy(), block: machine.context.memory.allocate((blockRows * width + 4) * 8), width };
  machine.releaseWith(place, place.block);
  const bend = ratio.map((r, k) => r * r * matrix.data[k * (n + 1)]!);
  return { problem, n, a, level: must(linear).lower[0]!, lower, upper, c, constant, M: matrix.data, scale, ratio, bend, place };
}

/** The second derivative itself, with a copy of its own. */
function ownMatrix({ objective, start, dim }: Problem): ScaledMatrix {
  const matrix = objective.hessian?.(start);
  if (matrix?.kind !== 'dense') throw new Error('internal: pairs need a second derivative that is stored in full');
  const machine = sharedMachine();
  const copy = (): { readonly address: number } => {
    const own = { address: machine.context.memory.allocate(matrix.data.length * 8) };
    machine.releaseWith(own, own.address);
    machine.context.memory.f64().set(matrix.data, own.address / 8);
    return own;
  };
  return { matrix: { ...matrix, copy }, scale: new Float64Array(dim).fill(1) };
}

export function missingAt({ n, a, level }: PairProgram, x: Float64Array): number {
  let missing = level;
  for (let j = 0; j < n; j++) missing -= a[j]! * x[j]!;
  return missing;
}

/** The start on the equation: what is missing is spread over the variables in turn, as far as their bounds let it. */
export function onEquation(program: PairProgram, start: Float64Array): Float64Array {
  const { a, lower, upper } = program;
  const x = start.map((value, j) => Math.min(upper[j]!, Math.max(lower[j]!, value)));
  let missing = missingAt(program, x);
  for (let j = 0; j < x.length && missing !== 0; j++) {
    const to = Math.min(upper[j]!, Math.max(lower[j]!, x[j]! + missing / a[j]!));
    missing -= a[j]! * (to - x[j]!);
    x[j] = to;
  }
  return x;
}

/** Anew, without the rounding of moves. */
export function slopesAt(program: PairProgram, x: Float64Array): Float64Array {
  const { a, c } = program;
  const slope = c.map((value, k) => value / a[k]!);
  follow(program, slope, x);
  return slope;
}

/** Slopes after a change of x: only rows of variables that change are read. */
export function follow({ n, scale, ratio, place }: PairProgram, slope: Float64Array, change: Float64Array): void {
  const machine = sharedMachine();
  const { memory } = machine.context;
  const [rows, weights]: [number[], number[]] = [[], []];
  for (let j = 0; j < n; j++) {
    if (change[j] === 0) continue;
    rows.push(place.copy.address + j * n * 8);
    weights.push(change[j]! * scale[j]!);
  }
  memory.temporary(n * 8, (at) => {
    memory.doubles(at, n).fill(0);
    addRows(machine, rows, weights, n, at);
    const product = memory.doubles(at, n);
    for (let k = 0; k < n; k++) slope[k]! += ratio[k]! * product[k]!;
  });
}

/** Of the terms of the slopes. */
export function sizeOf({ c, a }: PairProgram, slope: Float64Array): number {
  let size = 0;
  for (let k = 0; k < slope.length; k++) {
    const linear = c[k]! / a[k]!;
    size = Math.max(size, Math.abs(linear), Math.abs(slope[k]! - linear));
  }
  return size;
}

/** Whether the spread is rounding beside the tolerance, and the equation holds as well as it can. */
export function isAtRest(program: PairProgram, { x, slope }: Moving, tolerance: number): boolean {
  let size = Math.abs(program.level);
  for (let k = 0; k < x.length; k++) size = Math.max(size, Math.abs(program.a[k]! * x[k]!));
  return spreadOf(program, x, slope) <= 1e-3 * tolerance * sizeOf(program, slope) && Math.abs(missingAt(program, x)) <= 1e-12 * size;
}

/** Of the variables that may shrink along the equation, the largest slope, less the least of those that may grow. */
export function spreadOf({ a, lower, upper }: PairProgram, x: Float64Array, slope: Float64Array): number {
  let [least, most] = [Infinity, -Infinity];
  for (let k = 0; k < x.length; k++) {
    const isAbove = x[k]! > lower[k]!;
    const isBelow = x[k]! < upper[k]!;
    if (a[k]! > 0 ? isBelow : isAbove) least = Math.min(least, slope[k]!);
    if (a[k]! > 0 ? isAbove : isBelow) most = Math.max(most, slope[k]!);
  }
  return Math.max(0, most - least);
}
