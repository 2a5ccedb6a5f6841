// Levenberg–Marquardt for sums of squares on a box: trust regions in the scale of the columns of the Jacobian (Moré
// 1978), steps from its QR factors, on the variables that no bound holds.

import { must } from '../base/internal.ts';
import { boundPrices, freeSet, projected, projectedGradient } from './box.ts';
import { dampedStep, forward, triangle } from './linear/least-squares.ts';
import { addProduct, addTransposedProduct, eachEntry } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import type { Problem, Residuals } from './problem.ts';
import { allFinite, dot, maxNorm, norm, plus } from './vector.ts';

interface LeastSquaresState {
  readonly problem: Problem;
  readonly residuals: Residuals;
  readonly x: Float64Array;
  readonly r: Float64Array;
  readonly J: Matrix;
  /** Jᵀr */
  readonly g: Float64Array;
  /** Largest lengths of the columns of J so far. */
  readonly scale: Float64Array;
  readonly radius: number;
  readonly lambda: number;
  readonly step: number;
  readonly idle: number;
  /** Least projected gradient so far. */
  readonly least: number;
  readonly target: number;
  readonly claim: Claim | undefined;
}

export const levenbergMarquardt: Method<LeastSquaresState> = {
  name: 'Levenberg–Marquardt',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance, warm }: MethodOptions): LeastSquaresState {
  const residuals = must(problem.objective.residuals, 'residuals');
  const x = warm?.z ?? problem.start;
  const r = new Float64Array(residuals.count);
  residuals.value(x, r);
  const J = residuals.jacobian(x);
  const g = new Float64Array(problem.dim);
  addTransposedProduct(J, r, 1, g);
  const claim: Claim | undefined = allFinite(r) && allFinite(g) ? undefined : { kind: 'left-domain', where: x };
  const scale = columnLengths(J).map((value) => (value === 0 ? 1 : value));
  const size = norm(x.map((value, j) => value * scale[j]!));
  const radius = size > 0 ? size : 1;
  const common = { problem, residuals, x, r, J, g, scale, radius, lambda: 0, step: 0, idle: 0, least: Infinity, claim };
  return { ...common, target: 0.01 * tolerance * Math.min(1, Math.max(maxNorm(g), 1e-12)) };
}

function columnLengths(J: Matrix): Float64Array {
  const squares = new Float64Array(J.cols);
  eachEntry(J, (_i, j, value) => (squares[j]! += value * value));
  return squares.map(Math.sqrt);
}

function step(state: LeastSquaresState): LeastSquaresState {
  const { problem, residuals, x, r, J, g, scale } = state;
  const size = projectedGradient(problem, x, g);
  if (size * 2 * residuals.weight <= state.target || dot(r, r) === 0) return { ...state, claim: { kind: 'converged' } };
  const free = freeSet(problem, x, g);
  const kept: number[] = [];
  free.forEach((one, j) => {
    if (one === 1) kept.push(j);
  });
  const { R, qb } = triangle(onColumns(J, kept), r.slice(), J.rows, kept.length);
  const D = Float64Array.from(kept, (j) => scale[j]!);
  let { radius, lambda } = state;
  const value = dot(r, r);
  for (let turn = 0; turn < 40; turn++) {
    const found = withinRadius(R, qb, D, radius, lambda);
    lambda = found.lambda;
    const moved = x.slice();
    kept.forEach((j, at) => (moved[j]! += found.p[at]!));
    const next = projected(problem, moved);
    const s = plus(next, -1, x);
    const length = norm(Float64Array.from(kept, (j) => s[j]! * scale[j]!));
    const model = r.slice();
    addProduct(J, s, 1, model);
    const predicted = value - dot(model, model);
    if (length === 0 || !(predicted > 1e-16 * value)) {
      const claim: Claim =
        predicted >= 0 || turn > 20
          ? { kind: 'converged' }
          : { kind: 'stalled', why: 'the linear model promises nothing above rounding' };
      if (length === 0 || predicted >= 0) return { ...state, claim };
      radius = 0.25 * Math.min(radius, length);
      continue;
    }
    const rNext = new Float64Array(r.length);
    residuals.value(next, rNext);
    const gained = value - dot(rNext, rNext);
    const ratio = gained / predicted;
    if (!(ratio >= 0.25)) {
      // The cubic through both ends tells how much shorter, where it has a minimum between.
      const slope = -2 * Math.abs(dot(g, s));
      const curve = gained === gained && Number.isFinite(gained) ? -slope / (2 * (-gained - slope)) : 0.1;
      radius = Math.min(radius, length) * Math.min(0.5, Math.max(0.1, curve));
      lambda *= 2;
    } else if (ratio > 0.75 || lambda === 0) radius = Math.max(radius, 2 * length);
    const JNext = ratio > 1e-4 ? residuals.jacobian(next) : undefined;
    const values = JNext?.kind === 'dense' ? JNext.data : JNext?.values;
    if (JNext === undefined || values === undefined || !allFinite(values)) {
      if (JNext !== undefined) radius = 0.25 * length;
      if (length <= 1e-16 * norm(x.map((entry, j) => entry * scale[j]!)))
        return { ...state, claim: { kind: 'stalled', why: 'steps are as short as rounding' } };
      continue;
    }
    const gNext = new Float64Array(x.length);
    addTransposedProduct(JNext, rNext, 1, gNext);
    const lengths = columnLengths(JNext);
    const sizeNext = projectedGradient(problem, next, gNext);
    const smaller = sizeNext < 0.5 * state.least;
    const idle = gained > 1e-14 * value || smaller ? 0 : state.idle + 1;
    return {
      ...state,
      x: next,
      r: rNext,
      J: JNext,
      g: gNext,
      scale: scale.map((old, j) => Math.max(old, lengths[j]!)),
      radius,
      lambda,
      step: length,
      idle,
      least: Math.min(sizeNext, state.least),
      claim: idle >= 8 ? { kind: 'stalled', why: 'the sum of squares no longer changes above rounding' } : undefined,
    };
  }
  return { ...state, claim: { kind: 'stalled', why: 'no step within the trust region lowers the sum of squares' } };
}

function onColumns(J: Matrix, kept: readonly number[]): Float64Array {
  const place = new Int32Array(J.cols).fill(-1);
  kept.forEach((j, at) => (place[j] = at));
  const out = new Float64Array(J.rows * kept.length);
  eachEntry(J, (i, j, value) => {
    if (place[j]! >= 0) out[i * kept.length + place[j]!]! += value;
  });
  return out;
}

/** The step of length at most the radius, in the scale D, and its damping: Newton on 1/|Dp| − 1/radius. */
function withinRadius(
  R: Float64Array,
  qb: Float64Array,
  D: Float64Array,
  radius: number,
  guess: number,
): { readonly p: Float64Array; readonly lambda: number } {
  const n = D.length;
  let least = Infinity;
  let most = 0;
  for (let j = 0; j < n; j++) {
    const pivot = Math.abs(R[j * n + j]!) / D[j]!;
    least = Math.min(least, pivot);
    most = Math.max(most, pivot);
  }
  const lengthOf = (p: Float64Array): number => norm(p.map((value, j) => value * D[j]!));
  let low = 0;
  if (least > 1e-13 * most) {
    const { p } = dampedStep(R, qb, D, 0);
    const length = lengthOf(p);
    if (allFinite(p) && length <= 1.1 * radius) return { p, lambda: 0 };
  }
  // |D⁻¹Rᵀqb| / radius is enough damping for sure.
  const pull = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) pull[j]! += R[i * n + j]! * qb[i]!;
  let high = Math.max(1e-300, norm(pull.map((value, j) => value / D[j]!)) / radius);
  let lambda = Math.min(high, Math.max(guess, 1e-3 * high * (guess === 0 ? 1 : 0)));
  let best = dampedStep(R, qb, D, lambda);
  for (let turn = 0; turn < 12; turn++) {
    const length = lengthOf(best.p);
    if (Math.abs(length - radius) <= 0.1 * radius) break;
    if (length > radius) low = lambda;
    else high = lambda;
    const q = best.p.map((value, j) => (value * D[j]! * D[j]!) / length);
    const w = forward(best.R, q);
    const change = (1 / dot(w, w)) * ((length - radius) / radius);
    const next = lambda + change;
    lambda = next > low && next < high ? next : low > 0 ? Math.sqrt(low * high) : 0.01 * high;
    best = dampedStep(R, qb, D, lambda);
  }
  return { p: best.p, lambda };
}

function standing({ problem, residuals, x, r, g, step: length }: LeastSquaresState): Standing {
  const gradient = g.map((value) => 2 * residuals.weight * value);
  return {
    z: x,
    multipliers: {
      linear: new Float64Array(0),
      nonlinear: new Float64Array(0),
      bounds: boundPrices(problem, x, gradient),
    },
    objective: residuals.weight * dot(r, r) + residuals.offset,
    violation: 0,
    stationarity: projectedGradient(problem, x, gradient),
    step: length,
  };
}
