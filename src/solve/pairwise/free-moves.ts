// Newton steps on the variables that are free, along the equation, each up to the first bound in its way: they give the last
// digits. Where the objective bends down on these variables, a direction along which it does leads to a bound.

import { lookAtTime, timeLeft } from '../../base/deadline.ts';
import { must } from '../../base/internal.ts';
import { choleskySolve, cholesky } from '../../run/wasm/lapack.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import { type Matrix, rowMajor, sub } from '../../run/wasm/matrix.ts';
import { maxNorm } from '../vector.ts';
import { type Moving, type PairProgram, follow, isAtRest, missingAt, sizeOf, slopesAt, spreadOf } from './pair-program.ts';

// Newton steps that end at a bound, before pairs move on.
const mostStops = 20;
// More free variables than this are left to the pairs.
const mostFree = 1500;
// Operations in a millisecond, of a factorisation.
const pace = 2e6;

// A spread this small, relative to the terms of the slopes, may be no more than the rounding of moves.
const nearRest = 1e-6;

export interface Settled extends Moving {
  readonly spread: number;
  /** Along which the objective falls and no bound is met. */
  readonly ray?: Float64Array;
}

/** Newton steps from a point. */
export function settle(program: PairProgram, from: Moving, tolerance: number): Settled {
  const { n, lower, upper } = program;
  const x = from.x.slice();
  let slope: Float64Array = from.slope.slice();
  const go = (): Met | undefined => {
    const free: number[] = [];
    for (let j = 0; j < n; j++) if (x[j]! > lower[j]! && x[j]! < upper[j]!) free.push(j);
    const isShort = free.length <= mostFree && free.length ** 3 / 3 < pace * timeLeft();
    return free.length === 0 || !isShort ? undefined : freeMove(program, free, { x, slope });
  };
  for (let turn = 0; turn < mostStops; turn++) {
    lookAtTime();
    const met = go();
    if (typeof met === 'object') return { x, slope, spread: spreadOf(program, x, slope), ray: met };
    if (met !== 'part') break;
  }
  if (spreadOf(program, x, slope) <= nearRest * sizeOf(program, slope)) {
    slope = slopesAt(program, x);
    if (!isAtRest(program, { x, slope }, tolerance)) {
      go();
      slope = slopesAt(program, x);
    }
  }
  return { x, slope, spread: spreadOf(program, x, slope) };
}

/** Whether a move ended at a bound; a ray, if it would not end. */
type Met = 'whole' | 'part' | Float64Array;

/**
 * Moves x, with its slopes. Undefined where it cannot go on. One of the variables, the last in
 * order of room, makes up for what the others move along the equation.
 */
function freeMove(program: PairProgram, free: readonly number[], { x, slope }: Moving): Met | undefined {
  const { n, a, lower, upper } = program;
  const room = (j: number): number => Math.abs(a[j]!) * Math.min(x[j]! - lower[j]!, upper[j]! - x[j]!);
  const last = free.reduce((best, j) => (room(j) > room(best) ? j : best));
  const others = free.filter((j) => j !== last);
  const found = directionOn(program, others, last, slope);
  if (found === undefined || !Number.isFinite(maxNorm(found.moves))) return undefined;
  let balance = found.isNewton ? missingAt(program, x) : 0;
  for (const move of found.moves) balance -= move;
  const steps = [...others.map((j, k) => [j, found.moves[k]! / a[j]!] as const), [last, balance / a[last]!] as const];
  let [reach, stop] = [found.isNewton ? 1 : Infinity, -1];
  for (const [j, by] of steps) {
    if (by === 0) continue;
    const t = ((by > 0 ? upper[j]! : lower[j]!) - x[j]!) / by;
    if (t < reach) [reach, stop] = [t, j];
  }
  const change = new Float64Array(n);
  if (stop >= 0 && found.isNewton && clipped(program, steps, { x, slope })) return 'part';
  if (reach === Infinity) {
    for (const [j, by] of steps) change[j] = by;
    return change;
  }
  for (const [j, by] of steps) {
    const to = j === stop ? (by > 0 ? upper[j]! : lower[j]!) : Math.min(upper[j]!, Math.max(lower[j]!, x[j]! + reach * by));
    change[j] = to - x[j]!;
    x[j] = to;
  }
  follow(program, slope, change);
  return stop < 0 ? 'whole' : 'part';
}

/** The whole step with all variables stopped at their bounds, the last but for what the others leave; if the objective falls. */
function clipped(program: PairProgram, steps: readonly (readonly [number, number])[], { x, slope }: Moving): boolean {
  const { n, a, lower, upper } = program;
  const change = new Float64Array(n);
  const to = x.slice();
  const [last] = must(steps.at(-1));
  let balance = missingAt(program, x);
  for (const [j, by] of steps) {
    if (j === last) break;
    to[j] = Math.min(upper[j]!, Math.max(lower[j]!, x[j]! + by));
    change[j] = to[j] - x[j]!;
    balance -= a[j]! * change[j];
  }
  change[last] = balance / a[last]!;
  to[last]! += change[last];
  if (!(to[last]! > lower[last]! && to[last]! < upper[last]!)) return false;
  const after = slope.slice();
  follow(program, after, change);
  let fall = 0;
  for (const [j] of steps) fall -= 0.5 * a[j]! * change[j]! * (slope[j]! + after[j]!);
  if (!(fall > 0)) return false;
  x.set(to);
  slope.set(after);
  return true;
}

interface Direction {
  /** Of the others, per unit of the equation. */
  readonly moves: Float64Array;
  /** To the minimum; else without end. */
  readonly isNewton: boolean;
}

/** On the others, where the last makes up for them: the Newton step, or a direction of negative curvature. */
function directionOn(program: PairProgram, others: readonly number[], last: number, slope: Float64Array): Direction | undefined {
  const m = others.length;
  const { context, blas } = sharedMachine();
  const { memory } = context;
  return memory.temporary(Math.max(1, m * m + m) * 8, (at): Direction | undefined => {
    const largest = reducedCurvature(program, others, last, memory.doubles(at, m * m));
    const H = memory.doubles(at, m * m);
    for (let row = 0; row < m; row++) H[row * (m + 1)]! += 1e-13 * largest;
    const fall = Float64Array.from(others, (j) => slope[last]! - slope[j]!);
    const factor = rowMajor(at, m, m);
    const failed = cholesky(blas('f64'), factor);
    if (failed < m) return bentDown(program, others, last, { factor, failed, fall });
    const side = rowMajor(at + m * m * 8, m, 1);
    memory.doubles(side.at, m).set(fall);
    choleskySolve(blas('f64'), factor, side);
    return { moves: memory.doubles(side.at, m).slice(), isNewton: true };
  });
}

/** Lower triangle of the second derivative on the others, into H; its largest diagonal entry. */
function reducedCurvature({ n, M, ratio, bend }: PairProgram, others: readonly number[], last: number, H: Float64Array): number {
  const m = others.length;
  const places = Int32Array.from(others);
  const mine = Float64Array.from(others, (j) => ratio[j]!);
  const beside = Float64Array.from(others, (j) => ratio[j]! * ratio[last]! * M[last * n + j]!);
  let largest = 0;
  for (let row = 0; row < m; row++) {
    const from = places[row]! * n;
    const to = row * m;
    const own = bend[last]! - beside[row]!;
    const left = mine[row]!;
    for (let col = 0; col <= row; col++) H[to + col] = left * mine[col]! * M[from + places[col]!]! - beside[col]! + own;
    largest = Math.max(largest, H[to + row]!);
  }
  return largest;
}

/**
 * From the first pivot that failed, with A the rows before it and b its own: along (-A⁻¹b, 1) the curvature is that pivot.
 * The sign is that of a fall.
 */
function bentDown({ n, M, ratio, bend }: PairProgram, others: readonly number[], last: number, { factor, failed: k, fall }: { readonly factor: Matrix; readonly failed: number; readonly fall: Float64Array }): Direction {
  const { context, blas } = sharedMachine();
  const { memory } = context;
  const moves = new Float64Array(others.length);
  const [pivot, row] = [others[k]!, others[k]! * n];
  const own = bend[last]! - ratio[pivot]! * ratio[last]! * M[last * n + pivot]!;
  memory.temporary(Math.max(1, k) * 8, (at) => {
    const b = memory.doubles(at, k);
    for (let i = 0; i < k; i++) b[i] = ratio[pivot]! * ratio[others[i]!]! * M[row + others[i]!]! - ratio[others[i]!]! * ratio[last]! * M[last * n + others[i]!]! + own;
    if (k > 0) choleskySolve(blas('f64'), sub(factor, 0, 0, k, k), rowMajor(at, k, 1));
    const solved = memory.doubles(at, k);
    for (let i = 0; i < k; i++) moves[i] = -solved[i]!;
  });
  moves[k] = 1;
  let along = 0;
  for (let i = 0; i <= k; i++) along += moves[i]! * fall[i]!;
  return { moves: along < 0 ? moves.map((move) => -move) : moves, isNewton: false };
}
