// Convex quadratic programs on a box with one equation, where the second derivative is stored: pairs of variables move
// along the equation (sequential minimal optimisation; Platt 1999), chosen by second-order gain (Fan, Chen & Lin 2005).
// Between them Newton steps on the variables that are free, each up to the first bound in its way, give the last digits.

import { must } from '../base/internal.ts';
import { choleskySolve, cholesky } from '../run/wasm/lapack.ts';
import { sharedMachine } from '../run/wasm/machine.ts';
import { rowMajor } from '../run/wasm/matrix.ts';
import { PAIRS_STRIP, emitPairs } from '../run/wasm/pairs.ts';
import { addRows } from '../run/wasm/row-sum.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import { errorOf, polish } from './polish.ts';
import type { PrimalDual } from './polish.ts';
import type { Problem, ScaledMatrix } from './problem.ts';
import { toSparse } from './matrix.ts';
import { quadraticProgram } from './quadratic-program.ts';
import { maxNorm } from './vector.ts';

interface PairwiseState {
  readonly program: PairProgram;
  readonly x: Float64Array;
  /** Gradient at the point, per unit of the equation: of a[k] x[k]. */
  readonly slope: Float64Array;
  /** Spread of the slopes at which Newton steps are tried. */
  readonly rest: number;
  readonly spread: number;
  readonly tolerance: number;
  /** Of pairs. */
  readonly turns: number;
  /** With the prices of the end, where those that the slopes show are not the best. */
  readonly polished?: PrimalDual;
  readonly claim: Claim | undefined;
}

/** minimise ½ x'Hx + c'x + constant  subject to  a'x = level,  lower ≤ x ≤ upper,  with H = diag(scale) M diag(scale). */
interface PairProgram {
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

// Pairs that one step of the method moves.
const pairsPerStep = 1000;
// Where pairs are slow, Newton steps are tried after so many of these.
const turnsBetween = 4;

export const pairwise: Method<PairwiseState> = {
  name: 'pairwise minimisation',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

/** Whether the method takes the problem: a stored second derivative, bounds, and one equation of all variables. */
export function isPairwise(problem: Problem): boolean {
  const { linear, nonlinear, objective } = problem;
  if (objective.class !== 'quadratic' || nonlinear !== undefined || linear?.matrix.rows !== 1) return false;
  if (linear.lower[0] !== linear.upper[0] || !equationOf(problem).every((a) => a !== 0)) return false;
  return objective.scaled !== undefined || objective.hessian?.(problem.start).kind === 'dense';
}

function equationOf({ linear, dim }: Problem): Float64Array {
  const row = toSparse(must(linear).matrix);
  const a = new Float64Array(dim);
  for (let at = row.starts[0]!; at < row.starts[1]!; at++) a[row.indices[at]!]! += row.values[at]!;
  return a;
}

function init(problem: Problem, { tolerance, warm }: MethodOptions): PairwiseState {
  const { dim: n, lower, upper, objective, linear } = problem;
  const a = equationOf(problem);
  const c = new Float64Array(n);
  const constant = objective.gradient(new Float64Array(n), c);
  const { matrix, scale } = objective.scaled ?? ownMatrix(problem);
  const ratio = scale.map((s, k) => s / a[k]!);
  const width = Math.ceil(n / PAIRS_STRIP) * PAIRS_STRIP;
  const machine = sharedMachine();
  const place: Place = { copy: matrix.copy(), block: machine.context.memory.allocate((blockRows * width + 2) * 8), width };
  machine.releaseWith(place, place.block);
  const bend = ratio.map((r, k) => r * r * matrix.data[k * (n + 1)]!);
  const program: PairProgram = { problem, n, a, level: must(linear).lower[0]!, lower, upper, c, constant, M: matrix.data, scale, ratio, bend, place };
  const x = onEquation(program, warm?.z ?? problem.start);
  const slope = slopesAt(program, x);
  const spread = maxNorm(slope);
  const isMet = Math.abs(missingAt(program, x)) <= 1e-9 * Math.max(1, Math.abs(program.level));
  const claim: Claim | undefined = isMet ? undefined : { kind: 'stalled', why: 'the bounds leave no point on the equation' };
  return { program, x, slope, rest: 1e-2 * spread, spread, tolerance, turns: 0, claim };
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

function missingAt({ n, a, level }: PairProgram, x: Float64Array): number {
  let missing = level;
  for (let j = 0; j < n; j++) missing -= a[j]! * x[j]!;
  return missing;
}

/** The start on the equation: what is missing is spread over the variables in turn, as far as their bounds let it. */
function onEquation(program: PairProgram, start: Float64Array): Float64Array {
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
function slopesAt(program: PairProgram, x: Float64Array): Float64Array {
  const { a, c } = program;
  const slope = c.map((value, k) => value / a[k]!);
  follow(program, slope, x);
  return slope;
}

/** Slopes after a change of x: only rows of variables that change are read. */
function follow({ n, scale, ratio, place }: PairProgram, slope: Float64Array, change: Float64Array): void {
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

function step(state: PairwiseState): PairwiseState {
  const { program, rest, tolerance } = state;
  const moved = { x: state.x.slice(), slope: state.slope.slice() };
  const spread = movePairs(program, moved, rest);
  const turns = state.turns + 1;
  if (spread > rest && turns % turnsBetween !== 0) return { ...state, ...moved, spread, turns };
  const settled = settle(program, moved, tolerance);
  const after = { ...state, ...settled, turns };
  if (isAtRest(program, settled, tolerance)) return { ...after, claim: { kind: 'converged' } };
  if (spread > rest) return after;
  if (rest > 1e-12 * maxNorm(settled.slope)) return { ...after, rest: 0.1 * Math.min(rest, settled.spread) };
  const whole = must(quadraticProgram(program.problem));
  const polished = polish(whole, priced(program, settled));
  const claim: Claim = errorOf(whole, polished) <= tolerance ? { kind: 'converged' } : { kind: 'stalled', why: 'the pairs no longer move by more than rounding' };
  return { ...after, x: polished.x, polished, claim };
}

/** Of the terms of the slopes. */
function sizeOf({ c, a }: PairProgram, slope: Float64Array): number {
  let size = 0;
  for (let k = 0; k < slope.length; k++) {
    const linear = c[k]! / a[k]!;
    size = Math.max(size, Math.abs(linear), Math.abs(slope[k]! - linear));
  }
  return size;
}

/** Whether the spread is rounding beside the tolerance, and the equation holds as well as it can. */
function isAtRest(program: PairProgram, { x, slope }: Moving, tolerance: number): boolean {
  let size = Math.abs(program.level);
  for (let k = 0; k < x.length; k++) size = Math.max(size, Math.abs(program.a[k]! * x[k]!));
  return spreadOf(program, x, slope) <= 1e-3 * tolerance * sizeOf(program, slope) && Math.abs(missingAt(program, x)) <= 1e-12 * size;
}

interface Moving {
  readonly x: Float64Array;
  readonly slope: Float64Array;
}

// Newton steps that end at a bound, before pairs move on.
const mostStops = 20;
// More free variables than this are left to the pairs.
const mostFree = 1500;

// A spread this small, relative to the terms of the slopes, may be no more than the rounding of moves.
const nearRest = 1e-6;

/** Newton steps on the free variables along the equation, each up to the first bound in its way. */
function settle(program: PairProgram, from: Moving, tolerance: number): Moving & { readonly spread: number } {
  const { n, lower, upper } = program;
  const x = from.x.slice();
  let slope: Float64Array = from.slope.slice();
  const go = (): 'whole' | 'part' | undefined => {
    const free: number[] = [];
    for (let j = 0; j < n; j++) if (x[j]! > lower[j]! && x[j]! < upper[j]!) free.push(j);
    return free.length === 0 || free.length > mostFree ? undefined : newtonStep(program, free, { x, slope });
  };
  for (let turn = 0; turn < mostStops; turn++) if (go() !== 'part') break;
  if (spreadOf(program, x, slope) <= nearRest * sizeOf(program, slope)) {
    slope = slopesAt(program, x);
    if (!isAtRest(program, { x, slope }, tolerance)) {
      go();
      slope = slopesAt(program, x);
    }
  }
  return { x, slope, spread: spreadOf(program, x, slope) };
}

/**
 * Moves x, with its slopes; whether it ended at a bound. Undefined where the second derivative on these variables has no
 * factor. One of them, the last in order of room, makes up for what the others move along the equation.
 */
function newtonStep(program: PairProgram, free: readonly number[], { x, slope }: Moving): 'whole' | 'part' | undefined {
  const { n, a, M, ratio, bend, lower, upper } = program;
  const room = (j: number): number => Math.abs(a[j]!) * Math.min(x[j]! - lower[j]!, upper[j]! - x[j]!);
  const last = free.reduce((best, j) => (room(j) > room(best) ? j : best));
  const others = free.filter((j) => j !== last);
  const m = others.length;
  const { context, blas } = sharedMachine();
  const { memory } = context;
  const moves = memory.temporary(Math.max(1, m * m + m) * 8, (at) => {
    const H = memory.doubles(at, m * m);
    const beside = others.map((j) => ratio[j]! * ratio[last]! * M[last * n + j]!);
    let largest = 0;
    others.forEach((j, row) => {
      const from = j * n;
      const to = row * m;
      const own = bend[last]! - beside[row]!;
      for (let col = 0; col <= row; col++) H[to + col] = ratio[j]! * ratio[others[col]!]! * M[from + others[col]!]! - beside[col]! + own;
      largest = Math.max(largest, H[to + row]!);
    });
    for (let row = 0; row < m; row++) H[row * (m + 1)]! += 1e-13 * largest;
    const factor = rowMajor(at, m, m);
    if (cholesky(blas('f64'), factor) < m) return undefined;
    const side = rowMajor(at + m * m * 8, m, 1);
    memory.doubles(side.at, m).set(others.map((j) => slope[last]! - slope[j]!));
    choleskySolve(blas('f64'), factor, side);
    return memory.doubles(side.at, m).slice();
  });
  if (moves === undefined || !Number.isFinite(maxNorm(moves))) return undefined;
  let balance = missingAt(program, x);
  for (const move of moves) balance -= move;
  const steps = [...others.map((j, k) => [j, moves[k]! / a[j]!] as const), [last, balance / a[last]!] as const];
  let [reach, stop] = [1, -1];
  for (const [j, by] of steps) {
    if (by === 0) continue;
    const t = ((by > 0 ? upper[j]! : lower[j]!) - x[j]!) / by;
    if (t < reach) [reach, stop] = [t, j];
  }
  const change = new Float64Array(n);
  for (const [j, by] of steps) {
    const to = j === stop ? (by > 0 ? upper[j]! : lower[j]!) : Math.min(upper[j]!, Math.max(lower[j]!, x[j]! + reach * by));
    change[j] = to - x[j]!;
    x[j] = to;
  }
  follow(program, slope, change);
  return stop < 0 ? 'whole' : 'part';
}

/** Of the variables that may shrink along the equation, the largest slope, less the least of those that may grow. */
function spreadOf({ a, lower, upper }: PairProgram, x: Float64Array, slope: Float64Array): number {
  let [least, most] = [Infinity, -Infinity];
  for (let k = 0; k < x.length; k++) {
    const [isAbove, isBelow] = [x[k]! > lower[k]!, x[k]! < upper[k]!];
    if (a[k]! > 0 ? isBelow : isAbove) least = Math.min(least, slope[k]!);
    if (a[k]! > 0 ? isAbove : isBelow) most = Math.max(most, slope[k]!);
  }
  return Math.max(0, most - least);
}

// Rows of the block: slopes, ratios, curvatures, what may not grow, what may not shrink.
const blockRows = 5;

/** Moves pairs, changing x and its slopes, until they are at rest; returns the spread that is left. */
function movePairs({ n, a, M, scale, ratio, bend, lower, upper, place }: PairProgram, { x, slope }: Moving, rest: number): number {
  const machine = sharedMachine();
  const { memory } = machine.context;
  const { choose, move } = machine.linked(emitPairs);
  const { width, block } = place;
  const [slopeAt, ratioAt, bendAt, openedAt, closedAt, outAt] = [0, 1, 2, 3, 4, 5].map((k) => block + k * width * 8) as [number, number, number, number, number, number];
  memory.doubles(block, 3 * width).fill(0);
  memory.doubles(slopeAt, n).set(slope);
  memory.doubles(ratioAt, n).set(ratio);
  memory.doubles(bendAt, n).set(bend);
  const opened = memory.doubles(openedAt, width).fill(Infinity);
  const closed = memory.doubles(closedAt, width).fill(-Infinity);
  const out = memory.doubles(outAt, 2);
  const slopes = memory.doubles(slopeAt, n);
  const note = (k: number): void => {
    const [isAbove, isBelow] = [x[k]! > lower[k]!, x[k]! < upper[k]!];
    opened[k] = (a[k]! > 0 ? isBelow : isAbove) ? 0 : Infinity;
    closed[k] = (a[k]! > 0 ? isAbove : isBelow) ? 0 : -Infinity;
  };
  for (let k = 0; k < n; k++) note(k);
  const rowAt = (k: number): number => place.copy.address + k * n * 8;
  let i = move(width, slopeAt, ratioAt, rowAt(0), rowAt(0), 0, 0, openedAt, closedAt, outAt);
  let left = 0;
  for (let turn = 0; ; turn++) {
    const [least, most] = [out[0]!, out[1]!];
    left = Math.max(0, most - least);
    if (i < 0 || !(left > rest) || turn >= pairsPerStep) break;
    const own = bend[i]!;
    const flat = Math.max(1e-12 * own, 1e-300);
    const j = choose(width, slopeAt, bendAt, ratioAt, closedAt, rowAt(i), least, own, 2 * ratio[i]!, flat);
    if (j < 0) {
      left = 0;
      break;
    }
    const curvature = Math.max(flat, own + bend[j]! - 2 * ratio[i]! * ratio[j]! * M[i * n + j]!);
    const reachI = a[i]! > 0 ? (upper[i]! - x[i]!) * a[i]! : (lower[i]! - x[i]!) * a[i]!;
    const reachJ = a[j]! > 0 ? (x[j]! - lower[j]!) * a[j]! : (x[j]! - upper[j]!) * a[j]!;
    const t = Math.min((slopes[j]! - least) / curvature, reachI, reachJ);
    if (!Number.isFinite(t)) break;
    const [fromI, fromJ] = [x[i]!, x[j]!];
    const toI = t === reachI ? (a[i]! > 0 ? upper[i]! : lower[i]!) : fromI + t / a[i]!;
    const toJ = t === reachJ ? (a[j]! > 0 ? lower[j]! : upper[j]!) : fromJ - t / a[j]!;
    [x[i], x[j]] = [toI, toJ];
    note(i);
    note(j);
    i = move(width, slopeAt, ratioAt, rowAt(i), rowAt(j), scale[i]! * (toI - fromI), scale[j]! * (toJ - fromJ), openedAt, closedAt, outAt);
  }
  slope.set(slopes);
  return left;
}

/** The point with the prices that its slopes show: the equation's from the variables that are free, or between the bounds. */
function priced({ a, lower, upper }: PairProgram, { x, slope }: Moving): PrimalDual {
  let [sum, count, least, most] = [0, 0, Infinity, -Infinity];
  for (let k = 0; k < x.length; k++) {
    const q = slope[k]!;
    const grows = a[k]! > 0 ? x[k]! < upper[k]! : x[k]! > lower[k]!;
    const shrinks = a[k]! > 0 ? x[k]! > lower[k]! : x[k]! < upper[k]!;
    if (grows && shrinks) {
      sum += q;
      count++;
    }
    if (grows) least = Math.min(least, q);
    if (shrinks) most = Math.max(most, q);
  }
  const ends = [least, most].filter(Number.isFinite);
  const price = count > 0 ? sum / count : ends.reduce((total, q) => total + q, 0) / Math.max(1, ends.length);
  const bounds = slope.map((q, k) => {
    const left = a[k]! * (q - price);
    return (left > 0 && x[k]! <= lower[k]!) || (left < 0 && x[k]! >= upper[k]!) ? left : 0;
  });
  return { x, rows: Float64Array.of(price), bounds };
}

function standing({ program, x, slope, spread, polished }: PairwiseState): Standing {
  const { a, c, n, constant } = program;
  // ½ x'Hx + c'x from the gradient Hx + c.
  let objective = constant;
  for (let j = 0; j < n; j++) objective += 0.5 * x[j]! * (slope[j]! * a[j]! + c[j]!);
  const point = polished ?? priced(program, { x, slope });
  return {
    z: point.x,
    multipliers: { linear: point.rows, nonlinear: new Float64Array(0), bounds: point.bounds },
    objective,
    violation: 0,
    stationarity: spread,
    step: 1,
  };
}
