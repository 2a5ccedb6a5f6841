// Projected limited-memory BFGS on a box (Byrd, Lu, Nocedal & Zhu 1995, with Bertsekas' reduction to the free set):
// the curvature pairs are read on the free variables only, and the search bends along the bounds.

import { boundPrices, freeSet, projectedGradient } from './box.ts';
import { searchAlong } from './line-search.ts';
import type { Point } from './line-search.ts';
import type { Claim, CurvaturePair, Method, MethodOptions, Standing } from './method.ts';
import type { Problem } from './problem.ts';
import { maxNorm, norm, plus } from './vector.ts';

export interface QuasiNewtonState {
  readonly problem: Problem;
  readonly point: Point;
  /** Newest last. */
  readonly memory: readonly CurvaturePair[];
  readonly target: number;
  readonly step: number;
  /** Steps in a row without progress above rounding. */
  readonly idle: number;
  readonly bestGradient: number;
  readonly claim: Claim | undefined;
}

const pairs = 12;

/** Where a method suspects that there is no minimum; the judge looks further along the last step. */
export const farAway = 1e12;

export const quasiNewton: Method<QuasiNewtonState> = {
  name: 'projected L-BFGS',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance, warm }: MethodOptions): QuasiNewtonState {
  const x = warm?.z ?? problem.start;
  const g = new Float64Array(problem.dim);
  const f = problem.objective.gradient(x, g);
  const size = projectedGradient(problem, x, g);
  const outside = !Number.isFinite(f) || !Number.isFinite(size);
  const target = 0.1 * tolerance * (size > 0 ? Math.min(1, maxNorm(g)) : 1);
  const claim: Claim | undefined = outside
    ? { kind: 'left-domain', where: x }
    : size <= Math.min(target, 1e-12)
      ? { kind: 'converged' }
      : undefined;
  const memory = warm?.memory ?? [];
  return { problem, point: { x, f, g }, memory, target, step: 0, idle: 0, bestGradient: size, claim };
}

function step(state: QuasiNewtonState): QuasiNewtonState {
  const { problem, point, memory } = state;
  const { x, f, g } = point;
  const free = freeSet(problem, x, g);
  const evaluate = (z: Float64Array, out: Float64Array): number => problem.objective.gradient(z, out);
  const d = memory.length === 0 ? steepest(g, free) : twoLoop(memory, g, free);
  // Without curvature the first step is as long as the point is large, at most.
  const first = memory.length === 0 ? Math.min(1, Math.max(1e-3, 0.1 * norm(x)) / norm(d)) : 1;
  const found = searchAlong(problem, evaluate, point, d, first);
  if (found === undefined) {
    if (memory.length > 0) return { ...state, memory: [] };
    const why = 'no step along the gradient lowers the objective by more than rounding';
    return { ...state, claim: { kind: 'stalled', why } };
  }
  const next = found.point;
  const s = plus(next.x, -1, x);
  const y = plus(next.g, -1, g);
  const size = projectedGradient(problem, next.x, next.g);
  const gain = f - next.f;
  const progress = gain > 1e-15 * Math.abs(f) || size < 0.5 * state.bestGradient;
  const idle = progress ? 0 : state.idle + 1;
  return {
    ...state,
    point: next,
    memory: curved(s, y) ? [...memory.slice(1 - pairs), { s, y }] : memory,
    step: found.step,
    idle,
    bestGradient: Math.min(size, state.bestGradient),
    claim: ending(state, next, size, idle, s),
  };
}

function ending(
  { problem, target }: QuasiNewtonState,
  { x, f }: Point,
  size: number,
  idle: number,
  s: Float64Array,
): Claim | undefined {
  if (size <= target) return { kind: 'converged' };
  if (f < -1e40 || maxNorm(x) > farAway) {
    const length = maxNorm(s);
    const ray = s.map((value, j) => {
      const bound = value > 0 ? problem.upper[j]! : problem.lower[j]!;
      return Math.abs(bound) < Infinity || Math.abs(value) < 1e-9 * length ? 0 : value / length;
    });
    return { kind: 'unbounded', ray };
  }
  if (idle >= 12) return { kind: 'stalled', why: 'the objective no longer changes above rounding' };
  return undefined;
}

/** A pair is kept if its curvature is positive beyond rounding. */
function curved(s: Float64Array, y: Float64Array): boolean {
  let [sy, ss, yy] = [0, 0, 0];
  for (let j = 0; j < s.length; j++) {
    sy += s[j]! * y[j]!;
    ss += s[j]! * s[j]!;
    yy += y[j]! * y[j]!;
  }
  return sy > 1e-10 * Math.sqrt(ss) * Math.sqrt(yy);
}

function steepest(g: Float64Array, free: Uint8Array): Float64Array {
  return g.map((value, j) => (free[j] === 1 ? -value : 0));
}

/** −H g by the two-loop recursion (Nocedal & Wright, algorithm 7.4) on the free variables. */
export function twoLoop(memory: readonly CurvaturePair[], g: Float64Array, free: Uint8Array): Float64Array {
  const n = g.length;
  const freeDot = (left: Float64Array, right: Float64Array): number => {
    let sum = 0;
    for (let j = 0; j < n; j++) if (free[j] === 1) sum += left[j]! * right[j]!;
    return sum;
  };
  const q = g.map((value, j) => (free[j] === 1 ? -value : 0));
  const products = memory.map(({ s, y }) => freeDot(s, y));
  const usable = memory.map(({ s, y }, k) => products[k]! > 1e-12 * Math.sqrt(freeDot(s, s) * freeDot(y, y)));
  const alpha = new Float64Array(memory.length);
  let scaled = false;
  let scale = 1;
  for (let k = memory.length - 1; k >= 0; k--) {
    if (!usable[k]) continue;
    const { s, y } = memory[k]!;
    if (!scaled) {
      scale = products[k]! / freeDot(y, y);
      scaled = true;
    }
    alpha[k] = freeDot(s, q) / products[k]!;
    for (let j = 0; j < n; j++) if (free[j] === 1) q[j]! -= alpha[k]! * y[j]!;
  }
  for (let j = 0; j < n; j++) q[j]! *= scale;
  for (let k = 0; k < memory.length; k++) {
    if (!usable[k]) continue;
    const { s, y } = memory[k]!;
    const beta = freeDot(y, q) / products[k]!;
    for (let j = 0; j < n; j++) if (free[j] === 1) q[j]! += (alpha[k]! - beta) * s[j]!;
  }
  return q;
}

function standing({ problem, point, memory, step: length, bestGradient }: QuasiNewtonState): Standing {
  return {
    z: point.x,
    multipliers: {
      linear: new Float64Array(0),
      nonlinear: new Float64Array(0),
      bounds: boundPrices(problem, point.x, point.g),
    },
    objective: point.f,
    violation: 0,
    stationarity: bestGradient,
    step: length,
    memory,
  };
}
