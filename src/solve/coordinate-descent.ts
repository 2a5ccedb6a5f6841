// Coordinate descent for convex quadratic objectives with bounds and absolute values of single variables (Friedman, Hastie
// & Tibshirani, J. Stat. Software 33, 2010): a working set, which grows by the coordinates that violate their conditions
// most (Massias, Gramfort & Salmon, ICML 2018), is swept until its signs settle; the equations of those that are not at a
// kink or bound then give the last digits.

import { must } from '../base/internal.ts';
import { boundPrices } from './box.ts';
import { type Square, withinMatrix, withinSet } from './coordinate-set.ts';
import { type CoordinateNumbers, everyone, identified, nearby, violationOf, workingSet } from './identify.ts';
import { lateStanding } from './late.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import type { Products } from './linear/gram-columns.ts';
import { type Factored, type Problem, rowCount } from './problem.ts';
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
  readonly turns: number;
  readonly claim: Claim | undefined;
}

interface CoordinatePoint extends CoordinateNumbers {
  readonly z: Float64Array;
  readonly f: number;
  readonly gradient: Float64Array;
}

// All of so few coordinates are taken at once.
const mostWhole = 250;
// Of more, the first working set has at least so many, if so many want to move.
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
  const x = new Float64Array(positive.length);
  for (let i = 0; i < x.length; i++) {
    const p = positive[i]!;
    const q = negative[i]!;
    x[i] = q < 0 ? Math.min(problem.upper[p]!, Math.max(problem.lower[p]!, start[p]!)) : start[p]! - start[q]!;
  }
  const point = pointAt(problem, x);
  const target = 0.1 * tolerance * Math.max(1e-8, maxNorm(point.gradient));
  return judged({ problem, point, target, violation: Infinity, idle: 0, least: Infinity, turns: 0, claim: undefined }, point);
}

/** `like` is another point of the problem: weights and bounds are the same everywhere. */
function pointAt(problem: Problem, x: Float64Array, like?: CoordinatePoint): CoordinatePoint {
  const { positive, negative } = must(problem.objective.coordinates);
  const n = x.length;
  const z = new Float64Array(problem.dim);
  const gradient = new Float64Array(problem.dim);
  const slope = new Float64Array(n);
  const { weight, lower, upper } = like ?? { weight: new Float64Array(n), lower: new Float64Array(n).fill(-Infinity), upper: new Float64Array(n).fill(Infinity) };
  for (let i = 0; i < n; i++) {
    const p = positive[i]!;
    const q = negative[i]!;
    const value = x[i]!;
    if (q >= 0) {
      z[p] = value > 0 ? value : 0;
      z[q] = value < 0 ? -value : 0;
    } else z[p] = value;
  }
  const f = problem.objective.gradient(z, gradient);
  for (let i = 0; i < n; i++) {
    const p = positive[i]!;
    const q = negative[i]!;
    if (q < 0) {
      slope[i] = gradient[p]!;
      if (like) continue;
      lower[i] = problem.lower[p]!;
      upper[i] = problem.upper[p]!;
    } else {
      slope[i] = 0.5 * (gradient[p]! - gradient[q]!);
      if (!like) weight[i] = 0.5 * (gradient[p]! + gradient[q]!);
    }
  }
  return { z, f, gradient, x, slope, weight, lower, upper };
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
  if (hasNegative(point.weight)) return { ...next, claim: { kind: 'stalled', why: 'an absolute value has a negative weight' } };
  const target = Math.max(state.target, 1e-15 * maxNorm(point.gradient));
  if (violation <= target) return { ...next, claim: { kind: 'converged' } };
  if (next.idle >= patience) return { ...next, claim: { kind: 'stalled', why: 'the coordinates no longer move by more than rounding' } };
  return next;
}

function hasNegative(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) return true;
  return false;
}

function step(state: CoordinateState): CoordinateState {
  const { problem, target } = state;
  const { curvature, factored } = must(problem.objective.coordinates);
  const n = state.point.x.length;
  const isFew = n <= mostWhole;
  const found = factored?.();
  const near = isFew ? everyone(n) : state.turns === 0 ? nearby(state.point, fewest) : undefined;
  const turns = state.turns + 1;
  const first = found && !near ? identified(state.point, found, 0.03 * target, state.turns === 0 ? undefined : 0) : undefined;
  if (first?.isSettled) return judged({ ...state, turns }, pointAt(problem, first.at.x, state.point));
  const point = first?.at ?? state.point;
  const working = near ?? workingSet(point, (kept) => Math.max(fewest, kept)).all;
  const square = found && squareOf(found, working);
  const some = square?.entries ?? working;
  const part = restrictedTo(point, some);
  const moved = square ? withinSet(square, part, 0.1 * target) : withinMatrix(curvature(some), part, 0.1 * target);
  if (moved === undefined) return { ...state, claim: { kind: 'stalled', why: 'a coordinate without curvature has no bound' } };
  const x = point.x.slice();
  for (let k = 0; k < some.length; k++) x[some[k]!] = moved[k]!;
  return judged({ ...state, turns }, pointAt(problem, x, state.point));
}

function isEveryone(some: Int32Array, n: number): boolean {
  if (some.length < n) return false;
  for (let k = 0; k < n; k++) if (some[k] !== k) return false;
  return true;
}

/** Those that were asked for before cost little more. */
function squareOf({ products, scale, ridge }: Factored, working: Int32Array): Square & Products {
  const kept = products(working);
  return { ...kept, scale, ridge: isEveryone(kept.entries, ridge.length) ? ridge : chosen(ridge, kept.entries) };
}

/** Values and slopes are copies. */
function restrictedTo({ x, slope, weight, lower, upper }: CoordinateNumbers, some: Int32Array): CoordinateNumbers {
  if (isEveryone(some, x.length)) return { x: x.slice(), slope: slope.slice(), weight, lower, upper };
  return { x: chosen(x, some), slope: chosen(slope, some), weight: chosen(weight, some), lower: chosen(lower, some), upper: chosen(upper, some) };
}

function chosen(from: Float64Array, some: Int32Array): Float64Array {
  const to = new Float64Array(some.length);
  for (let k = 0; k < to.length; k++) to[k] = from[some[k]!]!;
  return to;
}

function standing({ problem, point, violation }: CoordinateState): Standing {
  const plain = {
    z: point.z,
    objective: point.f,
    violation: 0,
    stationarity: violation,
    step: 1,
  };
  return lateStanding(plain, () => ({ linear: new Float64Array(0), nonlinear: new Float64Array(0), bounds: boundPrices(problem, point.z, point.gradient) }));
}

