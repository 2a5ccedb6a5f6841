// Convex quadratic programs on a box with one equation, where the second derivative is stored: pairs of variables move
// along the equation (sequential minimal optimisation; Platt 1999), chosen by second-order gain (Fan, Chen & Lin 2005).
// Once the pairs are nearly at rest, the equations of the active set give the last digits.

import { must } from '../base/internal.ts';
import { factorKkt, planKkt } from './linear/kkt-system.ts';
import { denseSymmetric } from './linear/symmetric.ts';
import { addSymmetricProduct, denseMatrix, fromCoordinates } from './matrix.ts';
import type { DenseMatrix } from './matrix.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import { errorOf, polish } from './polish.ts';
import type { PrimalDual } from './polish.ts';
import type { Problem } from './problem.ts';
import { quadraticProgram } from './quadratic-program.ts';
import type { QuadraticProgram } from './quadratic-program.ts';
import { maxNorm } from './vector.ts';

interface PairwiseState {
  readonly program: QuadraticProgram;
  readonly point: PrimalDual;
  /** Gradient at the point. */
  readonly gradient: Float64Array;
  /** Spread of the gradient, per unit of the equation, at which the active set is tried. */
  readonly rest: number;
  readonly spread: number;
  readonly tolerance: number;
  readonly claim: Claim | undefined;
}

// Pairs that one step of the method moves.
const pairsPerStep = 1000;

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
  if (linear.lower[0] !== linear.upper[0] || objective.hessian?.(problem.start).kind !== 'dense') return false;
  return equationOf(must(quadraticProgram(problem))).every((a) => a !== 0);
}

function equationOf({ A, n }: QuadraticProgram): Float64Array {
  const a = new Float64Array(n);
  for (let at = A.starts[0]!; at < A.starts[1]!; at++) a[A.indices[at]!]! += A.values[at]!;
  return a;
}

function init(problem: Problem, { tolerance, warm }: MethodOptions): PairwiseState {
  const program = must(quadraticProgram(problem), 'quadratic program');
  const a = equationOf(program);
  const x = onEquation(program, a, warm?.z ?? problem.start);
  const gradient = program.c.slice();
  if (maxNorm(x) > 0) addSymmetricProduct(program.P, x, 1, gradient);
  const spread = maxNorm(gradient.map((g, j) => g / a[j]!));
  const point = priced(program, a, x, gradient);
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += a[j]! * x[j]!;
  const isMet = Math.abs(sum - program.rowLower[0]!) <= 1e-9 * Math.max(1, Math.abs(program.rowLower[0]!));
  const claim: Claim | undefined = isMet ? undefined : { kind: 'stalled', why: 'the bounds leave no point on the equation' };
  return { program, point, gradient, rest: 1e-3 * spread, spread, tolerance, claim };
}

/** The start on the equation: what is missing is spread over the variables in turn, as far as their bounds let it. */
function onEquation({ lower, upper, rowLower }: QuadraticProgram, a: Float64Array, start: Float64Array): Float64Array {
  const x = start.map((value, j) => Math.min(upper[j]!, Math.max(lower[j]!, value)));
  let missing = rowLower[0]!;
  for (let j = 0; j < x.length; j++) missing -= a[j]! * x[j]!;
  for (let j = 0; j < x.length && missing !== 0; j++) {
    const to = Math.min(upper[j]!, Math.max(lower[j]!, x[j]! + missing / a[j]!));
    missing -= a[j]! * (to - x[j]!);
    x[j] = to;
  }
  return x;
}

function step(state: PairwiseState): PairwiseState {
  const { program, rest } = state;
  const a = equationOf(program);
  const x = state.point.x.slice();
  const gradient = state.gradient.slice();
  const spread = movePairs(program, a, { x, gradient }, rest);
  const point = priced(program, a, x, gradient);
  const next = { ...state, point, gradient, spread };
  if (spread > rest) return next;
  const settled = settle(program, a, x, gradient);
  if (settled) {
    const error = errorOf(program, settled);
    if (error <= 1e-3 * state.tolerance) return { ...next, point: settled, claim: { kind: 'converged' } };
  }
  if (rest > 1e-12 * maxNorm(gradient)) return { ...next, rest: 0.1 * rest };
  const polished = polish(program, point);
  const claim: Claim = errorOf(program, polished) <= state.tolerance ? { kind: 'converged' } : { kind: 'stalled', why: 'the pairs no longer move by more than rounding' };
  return { ...next, point: polished, claim };
}

/** The point where the free variables are stationary on the equation; undefined if a bound is in the way, or a price has the wrong sign. */
function settle(program: QuadraticProgram, a: Float64Array, from: Float64Array, gradient: Float64Array): PrimalDual | undefined {
  const { n, P, lower, upper } = program;
  const free: number[] = [];
  for (let j = 0; j < n; j++) if (from[j]! > lower[j]! && from[j]! < upper[j]!) free.push(j);
  if (free.length === 0) return undefined;
  const H = denseMatrix(free.length, free.length, denseSymmetric(P, free));
  const row = fromCoordinates(1, free.length, { rowOf: free.map(() => 0), colOf: free.map((_, at) => at), values: free.map((j) => a[j]!) });
  const factors = factorKkt(planKkt(H, row), new Float64Array(free.length), new Float64Array(1), 1e-12 * maxNorm(H.data));
  const x = from.slice();
  let g = gradient;
  // Twice: the first gradient has the rounding of all the moves before.
  for (let turn = 0; turn < 2; turn++) {
    let missing = program.rowLower[0]!;
    for (let j = 0; j < n; j++) missing -= a[j]! * x[j]!;
    const dx = Float64Array.from(free, (j) => -g[j]!);
    factors.solve(dx, Float64Array.of(missing));
    if (!Number.isFinite(maxNorm(dx))) return undefined;
    for (let at = 0; at < free.length; at++) {
      const j = free[at]!;
      x[j]! += dx[at]!;
      if (!(x[j]! >= lower[j]! && x[j]! <= upper[j]!)) return undefined;
    }
    g = program.c.slice();
    addSymmetricProduct(P, x, 1, g);
  }
  return priced(program, a, x, g);
}

/** Moves pairs, changing x and its gradient, until they are at rest; returns the spread that is left. */
function movePairs(program: QuadraticProgram, a: Float64Array, { x, gradient }: { readonly x: Float64Array; readonly gradient: Float64Array }, rest: number): number {
  const { n, lower, upper } = program;
  const { data: H } = program.P as DenseMatrix;
  const per = a.map((value) => 1 / value);
  // Slopes and curvatures along the equation: of a[k] x[k].
  const slope = gradient.map((g, k) => g * per[k]!);
  const bend = per.map((p, k) => H[k * n + k]! * p * p);
  const [grows, shrinks] = [new Uint8Array(n), new Uint8Array(n)];
  const note = (k: number): void => {
    const [isAbove, isBelow] = [x[k]! > lower[k]!, x[k]! < upper[k]!];
    grows[k] = (a[k]! > 0 ? isBelow : isAbove) ? 1 : 0;
    shrinks[k] = (a[k]! > 0 ? isAbove : isBelow) ? 1 : 0;
  };
  for (let k = 0; k < n; k++) note(k);
  // Of those that may grow along the equation, the one that gains most by it.
  let [i, least, most] = [-1, Infinity, -Infinity];
  for (let k = 0; k < n; k++) {
    const q = slope[k]!;
    if (q < least && grows[k] === 1) [least, i] = [q, k];
    if (q > most && shrinks[k] === 1) most = q;
  }
  let left = 0;
  for (let turn = 0; ; turn++) {
    left = Math.max(0, most - least);
    if (i < 0 || !(left > rest) || turn >= pairsPerStep) break;
    const row = i * n;
    const own = bend[i]!;
    const twice = 2 * per[i]!;
    const flat = Math.max(1e-12 * own, 1e-300);
    let [j, gain, curvature] = [-1, -1, 1];
    for (let k = 0; k < n; k++) {
      const rise = slope[k]! - least;
      if (rise <= 0 || shrinks[k] === 0) continue;
      const curve = own + bend[k]! - twice * per[k]! * H[row + k]!;
      const value = (rise * rise) / (curve > flat ? curve : flat);
      if (value > gain) [j, gain, curvature] = [k, value, curve > flat ? curve : flat];
    }
    if (j < 0) return finished(0);
    const [perI, perJ] = [per[i]!, per[j]!];
    const reachI = (perI > 0 ? upper[i]! - x[i]! : lower[i]! - x[i]!) / perI;
    const reachJ = (perJ > 0 ? lower[j]! - x[j]! : upper[j]! - x[j]!) / -perJ;
    const t = Math.min((slope[j]! - least) / curvature, reachI, reachJ);
    if (!Number.isFinite(t)) break;
    const [fromI, fromJ] = [x[i]!, x[j]!];
    x[i] = t === reachI ? (perI > 0 ? upper[i]! : lower[i]!) : fromI + t * perI;
    x[j] = t === reachJ ? (perJ > 0 ? lower[j]! : upper[j]!) : fromJ - t * perJ;
    const [di, dj] = [x[i]! - fromI, x[j]! - fromJ];
    note(i);
    note(j);
    // The slopes after the move, and who gains most next.
    const other = j * n;
    [i, least, most] = [-1, Infinity, -Infinity];
    for (let k = 0; k < n; k++) {
      const q = slope[k]! + (di * H[row + k]! + dj * H[other + k]!) * per[k]!;
      slope[k] = q;
      if (q < least && grows[k] === 1) [least, i] = [q, k];
      if (q > most && shrinks[k] === 1) most = q;
    }
  }
  return finished(left);

  function finished(spread: number): number {
    for (let k = 0; k < n; k++) gradient[k] = slope[k]! * a[k]!;
    return spread;
  }
}

/** The point with the prices that its gradient shows: the equation's from the variables that are free, or between the bounds. */
function priced({ lower, upper }: QuadraticProgram, a: Float64Array, x: Float64Array, g: Float64Array): PrimalDual {
  let [sum, count, least, most] = [0, 0, Infinity, -Infinity];
  for (let k = 0; k < x.length; k++) {
    const q = g[k]! / a[k]!;
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
  const bounds = g.map((value, k) => {
    const left = value - a[k]! * price;
    return (left > 0 && x[k]! <= lower[k]!) || (left < 0 && x[k]! >= upper[k]!) ? left : 0;
  });
  return { x, rows: Float64Array.of(price), bounds };
}

function standing({ program, point, gradient, spread }: PairwiseState): Standing {
  // ½ x'Hx + c'x from the gradient Hx + c.
  let objective = program.constant;
  for (let j = 0; j < program.n; j++) objective += 0.5 * point.x[j]! * (gradient[j]! + program.c[j]!);
  return {
    z: point.x,
    multipliers: { linear: point.rows, nonlinear: new Float64Array(0), bounds: point.bounds },
    objective,
    violation: 0,
    stationarity: spread,
    step: 1,
  };
}
