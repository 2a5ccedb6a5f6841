// Coordinate descent for convex quadratic objectives with bounds and absolute values of single variables (Friedman, Hastie
// & Tibshirani, J. Stat. Software 33, 2010): a working set, which grows by the coordinates that violate their conditions
// most (Massias, Gramfort & Salmon, ICML 2018), is swept until its signs settle; the equations of those that are not at a
// kink or bound then give the last digits.

import { must } from '../base/internal.ts';
import { boundPrices } from './box.ts';
import { type DenseLdl, factorDenseLdl, kernelSize, ldlKernel, solveDenseLdl } from './linear/dense-ldl.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import { type Problem, rowCount } from './problem.ts';
import { maxNorm } from './vector.ts';

interface CoordinateState {
  readonly problem: Problem;
  readonly point: CoordinatePoint;
  /** Violation that counts as none. */
  readonly target: number;
  readonly violation: number;
  /** Rounds in a row in which the violation did not fall. */
  readonly idle: number;
  readonly least: number;
  readonly claim: Claim | undefined;
}

/** Values, slopes of the smooth part and weights of the absolute values, by coordinates. */
interface CoordinatePoint {
  readonly z: Float64Array;
  readonly f: number;
  readonly gradient: Float64Array;
  readonly x: Float64Array;
  readonly slope: Float64Array;
  readonly weight: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

// The first working set has at least so many coordinates, if so many want to move.
const fewest = 100;
const patience = 6;

export const coordinateDescent: Method<CoordinateState> = {
  name: 'coordinate descent',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

/** Whether the method takes the problem: a quadratic objective that is known by coordinates, and nothing but bounds. */
export function hasCoordinates(problem: Problem): boolean {
  return problem.objective.coordinates !== undefined && rowCount(problem) === 0;
}

function init(problem: Problem, { tolerance, warm }: MethodOptions): CoordinateState {
  const { coordinates } = problem.objective;
  const { positive, negative } = must(coordinates, 'coordinates');
  const start = warm?.z ?? problem.start;
  const x = Float64Array.from(positive, (p, i) => (negative[i]! < 0 ? Math.min(problem.upper[p]!, Math.max(problem.lower[p]!, start[p]!)) : start[p]! - start[negative[i]!]!));
  const point = pointAt(problem, x);
  const target = 0.1 * tolerance * Math.max(1e-8, maxNorm(point.gradient));
  return judged({ problem, point, target, violation: Infinity, idle: 0, least: Infinity, claim: undefined }, point);
}

function pointAt(problem: Problem, x: Float64Array): CoordinatePoint {
  const { positive, negative } = must(problem.objective.coordinates);
  const n = x.length;
  const z = new Float64Array(problem.dim);
  const gradient = new Float64Array(problem.dim);
  const [slope, weight, lower, upper] = [new Float64Array(n), new Float64Array(n), new Float64Array(n).fill(-Infinity), new Float64Array(n).fill(Infinity)];
  for (let i = 0; i < n; i++) {
    const [p, q] = [positive[i]!, negative[i]!];
    z[p] = q < 0 ? x[i]! : Math.max(0, x[i]!);
    if (q >= 0) z[q] = Math.max(0, -x[i]!);
  }
  const f = problem.objective.gradient(z, gradient);
  for (let i = 0; i < n; i++) {
    const [p, q] = [positive[i]!, negative[i]!];
    if (q < 0) {
      slope[i] = gradient[p]!;
      [lower[i], upper[i]] = [problem.lower[p]!, problem.upper[p]!];
    } else {
      slope[i] = 0.5 * (gradient[p]! - gradient[q]!);
      weight[i] = 0.5 * (gradient[p]! + gradient[q]!);
    }
  }
  return { z, f, gradient, x, slope, weight, lower, upper };
}

/** How far a coordinate is from its condition: the least size of an element of its subdifferential and normal cone. */
function violationOf({ x, slope, weight, lower, upper }: CoordinatePoint, i: number): number {
  const [value, g, w] = [x[i]!, slope[i]!, weight[i]!];
  if (w !== 0 && value === 0) return Math.max(0, Math.abs(g) - w);
  const whole = value > 0 ? g + w : value < 0 ? g - w : g;
  if (value <= lower[i]!) return Math.max(0, -whole);
  if (value >= upper[i]!) return Math.max(0, whole);
  return Math.abs(whole);
}

function judged(state: CoordinateState, point: CoordinatePoint): CoordinateState {
  let violation = 0;
  for (let i = 0; i < point.x.length; i++) {
    const own = violationOf(point, i);
    if (!(own <= violation)) violation = own;
  }
  const isBetter = violation < 0.9 * state.least;
  const next = { ...state, point, violation, least: Math.min(state.least, violation), idle: isBetter ? 0 : state.idle + 1 };
  if (!Number.isFinite(violation)) return { ...next, claim: { kind: 'left-domain', where: point.z } };
  if (point.weight.some((w) => w < 0)) return { ...next, claim: { kind: 'stalled', why: 'an absolute value has a negative weight' } };
  const target = Math.max(state.target, 1e-15 * maxNorm(point.gradient));
  if (violation <= target) return { ...next, claim: { kind: 'converged' } };
  if (next.idle >= patience) return { ...next, claim: { kind: 'stalled', why: 'the coordinates no longer move by more than rounding' } };
  return next;
}

function step(state: CoordinateState): CoordinateState {
  const { problem, point, target } = state;
  const working = workingSet(point);
  const Q = must(problem.objective.coordinates).curvature(working);
  const moved = withinSet(Q, restricted(point, working), 0.3 * target);
  if (moved === undefined) return { ...state, claim: { kind: 'stalled', why: 'a coordinate without curvature has no bound' } };
  const x = point.x.slice();
  working.forEach((i, k) => (x[i] = moved[k]!));
  return judged(state, pointAt(problem, x));
}

/** Those that are not at rest, and of the others the ones that violate their conditions most, at most as many again. */
function workingSet(point: CoordinatePoint): Int32Array {
  const { x, weight, lower, upper } = point;
  const kept: number[] = [];
  const wanting: { readonly i: number; readonly by: number }[] = [];
  for (let i = 0; i < x.length; i++) {
    const isAtRest = weight[i] !== 0 ? x[i] === 0 : x[i] === lower[i] || x[i] === upper[i];
    if (!isAtRest) kept.push(i);
    else {
      const by = violationOf(point, i);
      if (by > 0) wanting.push({ i, by });
    }
  }
  wanting.sort((a, b) => b.by - a.by);
  const most = Math.max(fewest, kept.length);
  return Int32Array.from([...kept, ...wanting.slice(0, most).map((c) => c.i)]).sort();
}

type Part = Pick<CoordinatePoint, 'x' | 'slope' | 'weight' | 'lower' | 'upper'>;

function restricted(point: CoordinatePoint, working: Int32Array): Part {
  const at = (from: Float64Array): Float64Array => Float64Array.from(working, (i) => from[i]!);
  return { x: at(point.x), slope: at(point.slope), weight: at(point.weight), lower: at(point.lower), upper: at(point.upper) };
}

const mostSweeps = 2000;
// Between attempts to solve the equations of a set whose signs still change.
const sweepsBetween = 10;

/** The minimiser on a working set, whose slopes and values are changed; undefined where there is none. */
function withinSet(Q: Float64Array, part: Part, target: number): Float64Array | undefined {
  const n = part.x.length;
  let last = '';
  for (let turn = 1; turn <= mostSweeps; turn++) {
    const moved = sweep(Q, part);
    if (moved === undefined) return undefined;
    if (moved <= target) break;
    const signs = signsIn(part);
    if (signs === last || turn % sweepsBetween === 0) {
      solveSmooth(Q, part);
      let worst = 0;
      for (let i = 0; i < n; i++) worst = Math.max(worst, violationOf(part as CoordinatePoint, i));
      if (worst <= target) break;
    }
    last = signs;
  }
  return part.x;
}

/** One minimisation along each coordinate in turn; the largest violation met on the way. */
function sweep(Q: Float64Array, { x, slope, weight, lower, upper }: Part): number | undefined {
  const n = x.length;
  let worst = 0;
  for (let i = 0; i < n; i++) {
    const q = Q[i * n + i]!;
    const [from, w] = [x[i]!, weight[i]!];
    const aim = q * from - slope[i]!;
    const soft = aim > w ? aim - w : aim < -w ? aim + w : 0;
    if (!(q > 0)) {
      if (soft === q * from || slope[i] === 0) continue;
      const to = soft > 0 ? upper[i]! : lower[i]!;
      if (!Number.isFinite(to)) return undefined;
    }
    const free = q > 0 ? soft / q : soft > 0 ? upper[i]! : soft < 0 ? lower[i]! : 0;
    const to = free < lower[i]! ? lower[i]! : free > upper[i]! ? upper[i]! : free;
    const change = to - from;
    if (change === 0) continue;
    const size = Math.abs(change) * q;
    if (size > worst) worst = size;
    x[i] = to;
    const row = i * n;
    for (let k = 0; k < n; k++) slope[k]! += change * Q[row + k]!;
  }
  return worst;
}

/** -1, 0 or 1 as digits: below, at and above the kink; bounds and the inside for those that have none. */
function signsIn({ x, weight, lower, upper }: Part): string {
  let text = '';
  for (let i = 0; i < x.length; i++) text += weight[i] === 0 ? (x[i] === lower[i] ? '(' : x[i] === upper[i] ? ')' : '.') : x[i]! > 0 ? '+' : x[i]! < 0 ? '-' : '0';
  return text;
}

// Newton steps of one call that end at a kink or bound.
const mostStops = 12;

/** Newton steps on the coordinates that are smooth where they stand, each up to the first kink or bound in its way. */
function solveSmooth(Q: Float64Array, part: Part): void {
  for (let turn = 0; turn < mostStops; turn++) if (!newtonStep(Q, part)) return;
}

/** Whether it ended at a kink or bound, from where another may start. */
function newtonStep(Q: Float64Array, part: Part): boolean {
  const { x, slope, weight, lower, upper } = part;
  const n = x.length;
  const free: number[] = [];
  for (let i = 0; i < n; i++) if (weight[i] === 0 ? x[i]! > lower[i]! && x[i]! < upper[i]! : x[i] !== 0) free.push(i);
  const m = free.length;
  if (m === 0) return false;
  const factors = factorsOn(Q, n, free);
  // Twice: the slopes have the rounding of all moves before.
  for (let turn = 0; turn < 2; turn++) {
    const d = Float64Array.from(free, (i) => -(slope[i]! + (x[i]! > 0 ? weight[i]! : -weight[i]!)));
    solveDenseLdl(factors, d);
    if (!Number.isFinite(maxNorm(d))) return false;
    const endOf = (k: number): number => (weight[free[k]!] !== 0 ? 0 : d[k]! > 0 ? upper[free[k]!]! : lower[free[k]!]!);
    let [reach, stop] = [1, -1];
    for (let k = 0; k < m; k++) {
      const at = x[free[k]!]!;
      if (weight[free[k]!] !== 0 && d[k]! * at >= 0) continue;
      const t = (endOf(k) - at) / d[k]!;
      if (t < reach) [reach, stop] = [t, k];
    }
    for (let k = 0; k < m; k++) {
      const i = free[k]!;
      const to = k === stop ? endOf(k) : x[i]! + reach * d[k]!;
      const change = to - x[i]!;
      x[i] = to;
      if (change !== 0) for (let j = 0, row = i * n; j < n; j++) slope[j]! += change * Q[row + j]!;
    }
    if (stop >= 0) return true;
  }
  return false;
}

/** Of Q on these coordinates; more of them than their second derivative can tell apart are held together a little. */
function factorsOn(Q: Float64Array, n: number, free: readonly number[]): DenseLdl {
  const m = free.length;
  const kernel = m < kernelSize ? undefined : ldlKernel(m);
  let largest = 0;
  for (const i of free) largest = Math.max(largest, Q[i * n + i]!);
  const signs = new Int8Array(m).fill(1);
  const shifted = (shift: number): DenseLdl => {
    const H = new Float64Array(m * m);
    for (let a = 0, at = 0; a < m; a++) for (let b = 0; b < m; b++, at++) H[at] = Q[free[a]! * n + free[b]!]!;
    for (let a = 0; a < m; a++) H[a * m + a]! += shift;
    return factorDenseLdl(H, m, signs, kernel);
  };
  const exact = shifted(0);
  const isSound = exact.replaced === 0 && exact.diagonal.every((pivot) => pivot > 1e-12 * largest);
  return isSound ? exact : shifted(1e-9 * largest);
}

function standing({ problem, point, violation }: CoordinateState): Standing {
  return {
    z: point.z,
    get multipliers() {
      return { linear: new Float64Array(0), nonlinear: new Float64Array(0), bounds: boundPrices(problem, point.z, point.gradient) };
    },
    objective: point.f,
    violation: 0,
    stationarity: violation,
    step: 1,
  };
}

