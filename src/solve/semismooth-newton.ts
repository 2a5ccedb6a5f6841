// Newton's method for convex functions whose first derivative has kinks, such as piecewise quadratic ones, on a box: steps
// with an element of the generalised second derivative on the free variables, and a search along each that goes on to where
// the slope nearly vanishes. Where all pieces near the optimum are quadratic, it ends after finitely many steps, with the
// accuracy of the last system. Qi & Sun, A nonsmooth version of Newton's method, Math. Programming 58, 1993; Mangasarian, A
// finite Newton method for classification, 2002; Madsen & Nielsen, Finite algorithms for robust linear regression, 1990.

import { must } from '../base/internal.ts';
import { boundPrices, clamp, freeSet, projectedGradient } from './box.ts';
import { claimFarAway } from './descent.ts';
import { fallsForEver } from './kkt.ts';
import { type Point, type Searched, searchAlong } from './line-search.ts';
import { denseSymmetric, shiftedFactors, solveShifted } from './linear/symmetric.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import type { Problem } from './problem.ts';
import { dot, maxNorm, norm, plus } from './vector.ts';

interface SemismoothState {
  readonly problem: Problem;
  readonly point: Point;
  /** Size of the projected gradient. */
  readonly size: number;
  /** What counts as none. */
  readonly target: number;
  /** Least size and least objective so far. */
  readonly least: number;
  readonly lowest: number;
  /** Steps in a row that brought nothing. */
  readonly idle: number;
  readonly step: number;
  /** Beside bounds, what is added to singular systems, as a share. */
  readonly damped: number;
  readonly claim: Claim | undefined;
}

export const semismoothNewton: Method<SemismoothState> = {
  name: 'semismooth Newton',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

const patience = 3;

function init(problem: Problem, { tolerance, warm }: MethodOptions): SemismoothState {
  const x = warm?.z ?? problem.start;
  const g = new Float64Array(problem.dim);
  const f = problem.objective.gradient(x, g);
  const size = projectedGradient(problem, x, g);
  const target = 0.01 * tolerance * clamp(maxNorm(g), 1e-8, 1);
  const claim = Number.isFinite(f) && Number.isFinite(size) ? (size === 0 ? converged : undefined) : ({ kind: 'left-domain', where: x } as const);
  return { problem, point: { x, f, g }, size, target, least: size, lowest: f, idle: 0, step: 0, damped: damping.first, claim };
}

const converged: Claim = { kind: 'converged' };

function step(state: SemismoothState): SemismoothState {
  const { problem, point, size, target } = state;
  const { x, f, g } = point;
  const free = freeSet(problem, x, g);
  const kept = [...free.keys()].filter((j) => free[j] === 1);
  if (kept.length === 0) return { ...state, claim: converged };
  if (size <= target || state.idle >= patience) {
    const isThere = size <= Math.max(100 * target, 1e-14 * maxNorm(g));
    return { ...state, claim: isThere ? converged : { kind: 'stalled', why: 'no step lowers the objective by more than rounding' } };
  }
  const way = direction(state, kept);
  if (!way) return { ...state, claim: { kind: 'stalled', why: 'the second derivative is not finite' } };
  const promise = -dot(g, way.d);
  const found = (promise <= blind * Math.abs(f) ? atRounding(state, way.d) : undefined) ?? (promise > silent * Math.abs(f) ? searched(problem, point, way) : undefined);
  if (!found) return { ...state, idle: patience };
  const to = found.point;
  const moved = projectedGradient(problem, to.x, to.g);
  const isProgress = state.lowest - to.f > 1e-15 * Math.abs(f) || moved < 0.5 * state.least;
  const ray = found.step > far ? rayAlong(problem, way.d) : undefined;
  if (ray && fallsForEver(problem, x, ray)) return { ...state, claim: { kind: 'unbounded', ray } };
  const claim = claimFarAway(problem, to.x, to.f, plus(to.x, -1, x));
  return { ...state, point: to, size: moved, least: Math.min(moved, state.least), lowest: Math.min(to.f, state.lowest), idle: isProgress ? 0 : state.idle + 1, step: found.step, damped: nextDamping(state.damped, found.step), claim };
}

// Steps that a slope which does not change leads to.
const far = 1e6;

/** Of length 1, and along variables that no bound stops. */
function rayAlong({ lower, upper }: Problem, d: Float64Array): Float64Array {
  const length = maxNorm(d);
  return d.map((value, j) => (Math.abs(value) < 1e-9 * length || Math.abs(value > 0 ? upper[j]! : lower[j]!) < Infinity ? 0 : value / length));
}

// Of the second derivative with all pieces curved, what is added to one that is singular; beside bounds, which cut long steps
// short in many places, of its largest entry on the diagonal.
const share = 1e-7;
const damping = { first: 1e-2, least: 1e-9, most: 1 };

/** Less of it after a step of full length, more where the step was cut short. */
function nextDamping(now: number, length: number): number {
  return clamp(length >= 1 ? now / 100 : length < 0.2 ? 4 * now : now, damping.least, damping.most);
}

interface Way {
  readonly d: Float64Array;
  readonly is: keyof typeof level;
}

/** Of descent, on the free variables; undefined where numbers are not finite. */
function direction({ problem, point: { x, g }, damped }: SemismoothState, kept: readonly number[]): Way | undefined {
  const H = denseSymmetric(must(problem.objective.hessian)(x), kept);
  if (!Number.isFinite(maxNorm(H))) return undefined;
  const n = kept.length;
  let factors = shiftedFactors(H, n, 0);
  const is = factors.shift > 0 ? 'singular' : 'regular';
  if (is === 'singular' && problem.objective.steepest) {
    const steep = denseSymmetric(problem.objective.steepest(x), kept);
    const most = maxNorm(steep);
    const isFree = kept.every((j) => problem.lower[j] === -Infinity && problem.upper[j] === Infinity);
    if (most > 0 && most < Infinity) factors = shiftedFactors(isFree ? H.map((h, at) => h + share * steep[at]!) : H.map((h, at) => h + (at % (n + 1) === 0 ? damped * most : 0)), n, 0);
  }
  const part = Float64Array.from(kept, (j) => -g[j]!);
  solveShifted(factors, part);
  const d = new Float64Array(x.length);
  kept.forEach((j, at) => (d[j] = part[at]!));
  const length = norm(d);
  // Without any curvature the length tells nothing.
  if (length < 1e150 && length > 0) return { d, is };
  kept.forEach((j) => (d[j] = -g[j]!));
  return { d, is };
}

// What a step promises, as a share of the objective, below which values tell little, and nothing.
const blind = 1e-11;
const silent = 1e-15;

/** Where values differ by rounding alone, the gradient decides: the full step, if it halves it. */
function atRounding({ problem, point: { x, f }, size }: SemismoothState, d: Float64Array): Searched | undefined {
  const to = pointAt(problem, x, d, 1);
  return projectedGradient(problem, to.x, to.g) <= 0.5 * size && to.f <= f + blind * Math.abs(f) ? { point: to, step: 1 } : undefined;
}

function searched(problem: Problem, from: Point, { d, is }: Way): Searched | undefined {
  const evaluate = (x: Float64Array, g: Float64Array): number => problem.objective.gradient(x, g);
  const meets = d.some((dj, j) => (dj > 0 && problem.upper[j]! < Infinity) || (dj < 0 && problem.lower[j]! > -Infinity));
  return (meets ? undefined : toLevel(problem, from, d, level[is])) ?? searchAlong(problem, evaluate, from, d, 1);
}

// As a share of the first slope; steps that a singular system made have no length of their own.
const level = { regular: 0.5, singular: 0.1 };

/** To where the slope along d nearly vanishes; it rises along d, by pieces that are mostly straight. */
function toLevel(problem: Problem, { x, f, g }: Point, d: Float64Array, nearly: number): Searched | undefined {
  const first = dot(g, d);
  if (!(first < 0)) return undefined;
  let low = { t: 0, slope: first };
  let high: typeof low | undefined;
  let t = 1;
  for (let turn = 0; turn < 60; turn++) {
    const point = pointAt(problem, x, d, t);
    const slope = dot(point.g, d);
    if (!Number.isFinite(point.f) || Number.isNaN(slope)) return undefined;
    if (Math.abs(slope) <= nearly * -first && point.f < f) return { point, step: t };
    const at = { t, slope };
    // An end that stays twice counts half.
    if (slope < 0) {
      if (high && low.t > 0) high = { t: high.t, slope: high.slope / 2 };
      const ahead = low.t + ((t - low.t) * low.slope) / (low.slope - slope);
      low = at;
      if (!high) t = ahead > t ? clamp(ahead, 1.5 * t, 100 * t) : 10 * t;
    } else {
      if (high) low = { t: low.t, slope: low.slope / 2 };
      high = at;
    }
    if (high) {
      const width = high.t - low.t;
      if (!(width > 1e-15 * high.t)) return undefined;
      t = clamp(low.t - (low.slope * width) / (high.slope - low.slope), low.t + 0.01 * width, high.t - 0.01 * width);
    } else if (t > 1e30) return { point, step: at.t };
  }
  return undefined;
}

function pointAt(problem: Problem, from: Float64Array, d: Float64Array, t: number): Point {
  const x = from.map((value, j) => clamp(value + t * d[j]!, problem.lower[j]!, problem.upper[j]!));
  const g = new Float64Array(x.length);
  return { x, f: problem.objective.gradient(x, g), g };
}

function standing({ problem, point, size, step: length }: SemismoothState): Standing {
  return {
    z: point.x,
    multipliers: { linear: new Float64Array(0), nonlinear: new Float64Array(0), bounds: boundPrices(problem, point.x, point.g) },
    objective: point.f,
    violation: 0,
    stationarity: size,
    step: length,
  };
}
