// Projected Newton on a box with exact second derivatives: on the free variables, the Hessian is shifted until it is
// positive definite; at a stationary point with negative curvature the search leaves along it (Nocedal & Wright, ch. 3).

import { boundPrices, freeSet, projectedGradient } from './box.ts';
import { claimFarAway } from './descent.ts';
import { searchAlong } from './line-search.ts';
import type { Point, Searched } from './line-search.ts';
import { denseSymmetric, leastEigenpair, shiftedFactors, solveShifted } from './linear/symmetric.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import type { Problem } from './problem.ts';
import { must } from '../base/internal.ts';
import { dot, maxNorm, norm, plus } from './vector.ts';

interface NewtonState {
  readonly problem: Problem;
  readonly point: Point;
  readonly target: number;
  readonly shift: number;
  readonly step: number;
  readonly idle: number;
  readonly size: number;
  /** Least projected gradient so far. */
  readonly least: number;
  /** Least objective so far; steps at the level of rounding may rise a little. */
  readonly lowest: number;
  /** How often a stationary point was left along negative curvature. */
  readonly escapes: number;
  readonly claim: Claim | undefined;
}

export const newton: Method<NewtonState> = {
  name: 'projected Newton',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance, warm }: MethodOptions): NewtonState {
  const x = warm?.z ?? problem.start;
  const g = new Float64Array(problem.dim);
  const f = problem.objective.gradient(x, g);
  const size = projectedGradient(problem, x, g);
  const claim: Claim | undefined =
    Number.isFinite(f) && Number.isFinite(size) ? undefined : { kind: 'left-domain', where: x };
  const target = 0.01 * tolerance * Math.min(1, Math.max(maxNorm(g), 1e-8));
  return { problem, point: { x, f, g }, target, shift: 0, step: 0, idle: 0, size, least: size, lowest: f, escapes: 0, claim };
}

function step(state: NewtonState): NewtonState {
  const { problem, point } = state;
  const { x, g } = point;
  const free = freeSet(problem, x, g);
  const kept: number[] = [];
  free.forEach((one, j) => {
    if (one === 1) kept.push(j);
  });
  if (kept.length === 0) return { ...state, claim: { kind: 'converged' } };
  // Where all is convex, there is no curvature to leave along.
  if (problem.convex && (state.size <= state.target || state.idle >= 3)) return ended(state);
  const hessian = must(problem.objective.hessian?.(x), 'Hessian');
  const H = denseSymmetric(hessian, kept);
  if (!Number.isFinite(maxNorm(H))) return { ...state, claim: { kind: 'stalled', why: 'the Hessian is not finite' } };
  if (state.size <= state.target || state.idle >= 3) return atStationary(state, kept, H);
  const shifted = shiftedFactors(H, kept.length, state.shift / 4);
  const part = Float64Array.from(kept, (j) => -g[j]!);
  solveShifted(shifted, part);
  const d = spread(part, kept, x.length);
  const last = shifted.shift === 0 ? atRounding(problem, point, d, state.size) : undefined;
  if (last !== undefined) return moved(state, last, 0);
  // A shifted step can be far too long; nothing is known of the function there.
  const most = 100 * Math.max(1, norm(x));
  const first = Math.min(1, shifted.shift > 0 ? most / norm(d) : 1);
  const found = searchAlong(problem, evaluator(problem), point, d, first);
  if (found === undefined) {
    const steep = spread(
      Float64Array.from(kept, (j) => -g[j]!),
      kept,
      x.length,
    );
    const down = searchAlong(problem, evaluator(problem), point, steep, Math.min(1, 0.1 / norm(steep)));
    return down === undefined ? atStationary(state, kept, H) : moved(state, down, shifted.shift);
  }
  return moved(state, found, shifted.shift);
}

// What a step promises, as a share of the objective, below which values tell nothing.
const blind = 1e-11;

/** Where values differ by rounding alone, the gradient decides: the full step, if it halves it. */
function atRounding(problem: Problem, from: Point, d: Float64Array, size: number): Searched | undefined {
  if (!(-dot(from.g, d) <= blind * Math.abs(from.f))) return undefined;
  const x = from.x.map((value, j) => Math.min(problem.upper[j]!, Math.max(problem.lower[j]!, value + d[j]!)));
  const g = new Float64Array(x.length);
  const f = problem.objective.gradient(x, g);
  const isBetter = projectedGradient(problem, x, g) <= 0.5 * size && f <= from.f + blind * Math.abs(from.f);
  return isBetter ? { point: { x, f, g }, step: 1 } : undefined;
}

function moved(state: NewtonState, found: Searched, shift: number): NewtonState {
  const { problem, point } = state;
  const size = projectedGradient(problem, found.point.x, found.point.g);
  const progress = state.lowest - found.point.f > 1e-15 * Math.abs(point.f) || size < 0.5 * state.least;
  const next = {
    ...state,
    point: found.point,
    size,
    least: Math.min(size, state.least),
    lowest: Math.min(found.point.f, state.lowest),
    shift,
    step: found.step,
    idle: progress ? 0 : state.idle + 1,
  };
  const claim = claimFarAway(problem, found.point.x, found.point.f, plus(found.point.x, -1, point.x));
  return claim ? { ...next, claim } : next;
}

function ended(state: NewtonState): NewtonState {
  const claim: Claim = state.size <= 100 * state.target ? { kind: 'converged' } : { kind: 'stalled', why: 'no step lowers the objective by more than rounding' };
  return { ...state, claim };
}

/** Is it a minimum to second order? If not, the search leaves along the direction of least curvature. */
function atStationary(state: NewtonState, kept: readonly number[], H: Float64Array): NewtonState {
  const { problem, point, escapes } = state;
  const over = ended(state);
  if (escapes >= 20 || problem.convex) return over;
  const { value, vector } = leastEigenpair(H, kept.length);
  if (!(value < -1e-7 * Math.max(1e-300, maxNorm(H)))) return over;
  let tilt = 0;
  kept.forEach((j, at) => (tilt += point.g[j]! * vector[at]!));
  const d = spread(vector, kept, point.x.length);
  for (const sign of tilt > 0 ? [-1, 1] : [1, -1]) {
    const best = descend(problem, point, sign === 1 ? d : d.map((entry) => -entry), -value);
    if (best !== undefined) return { ...moved(state, best, 0), idle: 0, escapes: escapes + 1 };
  }
  return over;
}

/** The first point along d, from long steps to short, that lowers the objective by a share of its curvature. */
function descend(problem: Problem, from: Point, d: Float64Array, bend: number): Searched | undefined {
  for (let t = Math.max(1, norm(from.x)); t > 1e-8; t /= 4) {
    const x = from.x.map((value, j) => Math.min(problem.upper[j]!, Math.max(problem.lower[j]!, value + t * d[j]!)));
    const g = new Float64Array(x.length);
    const f = problem.objective.gradient(x, g);
    if (f < from.f - Math.max(1e-3 * bend * t * t * 0.5, 1e-14 * Math.abs(from.f)) && Number.isFinite(maxNorm(g)))
      return { point: { x, f, g }, step: t };
  }
  return undefined;
}

function evaluator(problem: Problem): (x: Float64Array, g: Float64Array) => number {
  return (x, g) => problem.objective.gradient(x, g);
}

function spread(part: Float64Array, kept: readonly number[], n: number): Float64Array {
  const out = new Float64Array(n);
  kept.forEach((j, at) => (out[j] = part[at]!));
  return out;
}

function standing({ problem, point, size, step: length }: NewtonState): Standing {
  return {
    z: point.x,
    multipliers: {
      linear: new Float64Array(0),
      nonlinear: new Float64Array(0),
      bounds: boundPrices(problem, point.x, point.g),
    },
    objective: point.f,
    violation: 0,
    stationarity: size,
    step: length,
  };
}
