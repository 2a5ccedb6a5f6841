// Primal–dual interior points for general constraints with a filter line search, exact second derivatives, inertia
// correction, second-order corrections and feasibility restoration (Wächter & Biegler 2006); at the end Newton steps
// on the active set for the last digits.

import { barrierError, barrierGradient, barrierSystem, barrierValue, plusJacobianTransposed } from './barrier.ts';
import type { BarrierSystem, PrimalDualPoint } from './barrier.ts';
import { passes, withPair } from './filter.ts';
import type { Filter } from './filter.ts';
import { factorSaddle } from './linear/saddle.ts';
import { sparseIdentity } from './matrix.ts';
import type { Claim, Method, MethodOptions, Multipliers, Standing } from './method.ts';
import { newtonKkt } from './newton-kkt.ts';
import {
  derivatives,
  equations,
  fullPoint,
  nonlinearForm,
  objectiveValue,
  rowValues,
  unscaledPrices,
} from './nonlinear-form.ts';
import type { Derivatives, NonlinearForm } from './nonlinear-form.ts';
import type { Problem } from './problem.ts';
import { restore } from './restoration.ts';
import { allFinite, dot, maxNorm, plus } from './vector.ts';

interface NonlinearState {
  readonly form: NonlinearForm;
  readonly at: Evaluated;
  readonly mu: number;
  readonly filter: Filter;
  readonly limits: { readonly most: number; readonly small: number };
  readonly shift: number;
  readonly tolerance: number;
  readonly step: number;
  readonly iterations: number;
  readonly error: number;
  readonly restorations: number;
  /** Steps in a row that bounds or the filter cut to next to nothing. */
  readonly short: number;
  readonly finished: { readonly z: Float64Array; readonly multipliers: Multipliers } | undefined;
  readonly claim: Claim | undefined;
}

interface Evaluated extends PrimalDualPoint {
  readonly by: Derivatives;
  readonly c: Float64Array;
}

export const nonlinearInteriorPoint: Method<NonlinearState> = {
  name: 'nonlinear interior point',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance, warm }: MethodOptions): NonlinearState {
  const form = nonlinearForm(warm?.z === undefined ? problem : { ...problem, start: warm.z });
  const { n } = form;
  const z = inside(form, form.start, 0, n);
  const values = rowValues(form, z);
  const s = new Float64Array(form.slacks);
  form.slackOf.forEach((slack, i) => {
    if (slack >= 0) s[slack] = values[i]!;
  });
  const w = Float64Array.from([...z, ...inside(form, s, n, form.slacks)]);
  const at = evaluated(form, { w, y: new Float64Array(form.m), ...unitPrices(form) });
  const common = { form, mu: 0.1, filter: [], shift: 0, tolerance, step: 0, iterations: 0, restorations: 0, short: 0 };
  const theta = sumNorm(at.c);
  const limits = { most: 1e4 * Math.max(1, theta), small: 1e-4 * Math.max(1, theta) };
  const outside = !Number.isFinite(at.by.f) || !allFinite(at.c) || !allFinite(at.by.gradient);
  const claim: Claim | undefined = outside ? { kind: 'left-domain', where: fullPoint(form, z) } : undefined;
  const started = outside ? at : { ...at, y: leastSquaresPrices(form, at) };
  return { ...common, at: started, limits, error: Infinity, finished: undefined, claim };
}

/** Moved off the bounds, by a hundredth of the room or of the value. */
function inside({ lower, upper }: NonlinearForm, x: Float64Array, offset: number, count: number): Float64Array {
  const out = new Float64Array(count);
  for (let j = 0; j < count; j++) {
    const [low, high] = [lower[offset + j]!, upper[offset + j]!];
    const room = high - low;
    const fromLow = Math.min(1e-2 * Math.max(1, Math.abs(low)), 1e-2 * room);
    const fromHigh = Math.min(1e-2 * Math.max(1, Math.abs(high)), 1e-2 * room);
    let value = x[j]!;
    if (low > -Infinity) value = Math.max(value, low + fromLow);
    if (high < Infinity) value = Math.min(value, high - fromHigh);
    out[j] = value;
  }
  return out;
}

function unitPrices({ lower, upper }: NonlinearForm): { readonly low: Float64Array; readonly high: Float64Array } {
  return {
    low: lower.map((bound) => (bound > -Infinity ? 1 : 0)),
    high: upper.map((bound) => (bound < Infinity ? 1 : 0)),
  };
}

function evaluated(form: NonlinearForm, point: PrimalDualPoint): Evaluated {
  const z = point.w.slice(0, form.n);
  const by = derivatives(form, z);
  const c = equations(form, rowValues(form, z), point.w.subarray(form.n));
  return { ...point, by, c };
}

function leastSquaresPrices(form: NonlinearForm, at: Evaluated): Float64Array {
  const { n, m, slackOf } = form;
  if (m === 0) return at.y;
  const identity = sparseIdentity(n);
  const e = Float64Array.from(slackOf, (slack) => (slack < 0 ? 1e-10 : 1));
  const x = Float64Array.from({ length: n }, (_, j) => -(at.by.gradient[j]! - at.low[j]! + at.high[j]!));
  const y = new Float64Array(m);
  slackOf.forEach((slack, i) => {
    if (slack >= 0) y[i] = at.low[n + slack]! - at.high[n + slack]!;
  });
  factorSaddle(identity, new Float64Array(n), at.by.jacobian, e).solve(x, y);
  return maxNorm(y) <= 1000 ? y : new Float64Array(m);
}

function step(state: NonlinearState): NonlinearState {
  const { form, tolerance } = state;
  const error = errorOf(state, 0);
  if (error <= tolerance * 0.1) return finish({ ...state, error });
  if (state.iterations >= 1000) return finish({ ...state, error, claim: stalled });
  const cooled = cool({ ...state, error });
  const { at, mu } = cooled;
  // Bounds in the way of every step: the restoration moves along them.
  if (cooled.short >= 8 && sumNorm(at.c) > 1e-4) {
    const back = restored({ ...cooled, short: -20 });
    // Where it finds nothing better, the search goes on as before.
    if (back.claim === undefined) return back;
    return step({ ...state, short: -20 });
  }
  const system = barrierSystem(form, at.by, at, mu, cooled.shift);
  if (system === undefined) return restored(cooled);
  const r = plusJacobianTransposed(form, at.by, barrierGradient(form, at.by.gradient, at.w, mu), at.y);
  const direction = system.solve(r, at.c);
  if (!allFinite(direction.w) || !allFinite(direction.y)) return restored(cooled);
  return search(cooled, system, r, direction);
}

const stalled: Claim = { kind: 'stalled', why: 'the iterates no longer come closer to the conditions of an optimum' };

function errorOf({ form, at }: Pick<NonlinearState, 'form' | 'at'>, mu: number): number {
  const { dual, primal, products } = barrierError(form, at.by, at.c, at, mu);
  return Math.max(dual, primal, products);
}

/** Lowers μ while the barrier problem is solved well enough; the filter starts anew. */
function cool(state: NonlinearState): NonlinearState {
  let { mu, filter } = state;
  const least = state.tolerance / 100;
  while (mu > least && errorOf(state, mu) <= 10 * mu) {
    mu = Math.max(least, Math.min(0.2 * mu, mu ** 1.5));
    filter = [];
  }
  return { ...state, mu, filter };
}

function search(
  state: NonlinearState,
  system: BarrierSystem,
  r: Float64Array,
  direction: { readonly w: Float64Array; readonly y: Float64Array },
): NonlinearState {
  const { form, at, mu, filter, limits } = state;
  const keep = Math.max(0.99, 1 - mu);
  const theta = sumNorm(at.c);
  const phi = barrierValue(form, at.by.f, at.w, mu);
  const slope = dot(barrierGradient(form, at.by.gradient, at.w, mu), direction.w);
  const longest = toBoundary(form, at.w, direction.w, keep);
  const blind = 10 * Number.EPSILON * Math.abs(phi);
  const steepEnough = (alpha: number): boolean => slope < 0 && alpha * (-slope) ** 2.3 > theta ** 1.1;

  const acceptable = (w: Float64Array, alpha: number): boolean | undefined => {
    const z = w.slice(0, form.n);
    const f = objectiveValue(form, z);
    if (!Number.isFinite(f)) return undefined;
    const c = equations(form, rowValues(form, z), w.subarray(form.n));
    if (!allFinite(c)) return undefined;
    const newTheta = sumNorm(c);
    const newPhi = barrierValue(form, f, w, mu);
    if (!(newTheta <= limits.most) || Number.isNaN(newPhi) || !passes(filter, newTheta, newPhi - blind)) return false;
    if (theta <= limits.small && steepEnough(alpha)) return newPhi - blind <= phi + 1e-4 * alpha * slope;
    return newTheta <= (1 - 1e-5) * theta || newPhi - blind <= phi - 1e-5 * theta;
  };
  const take = (w: Float64Array, alpha: number, dy: Float64Array): NonlinearState => {
    const moved = movedPrices(form, at, direction.w, keep, mu);
    const next = evaluated(form, guarded(form, { w, y: plus(at.y, alpha, dy), ...moved }, mu));
    const fType = steepEnough(alpha) && theta <= limits.small;
    return {
      ...state,
      at: next,
      filter: fType ? filter : withPair(filter, (1 - 1e-5) * theta, phi - 1e-5 * theta),
      shift: system.shift > 0 ? system.shift : state.shift / 3 > 1e-20 ? state.shift / 3 : 0,
      step: alpha,
      short: alpha < 1e-3 ? state.short + 1 : 0,
      iterations: state.iterations + 1,
    };
  };

  const least = leastStep(slope, theta, limits.small);
  for (let alpha = longest, turn = 0; turn < 60 && alpha >= least; alpha /= 2, turn++) {
    const w = plus(at.w, alpha, direction.w);
    const verdict = acceptable(w, alpha);
    if (verdict === true) return take(w, alpha, direction.y);
    if (turn > 0 || verdict === undefined) continue;
    const corrected = secondOrder(form, at, system, r, w, alpha, keep);
    for (const one of corrected) if (acceptable(one.w, alpha) === true) return take(one.w, alpha, one.y);
  }
  // A direction that is pure rounding: nothing more to gain here.
  if (maxNorm(direction.w) <= 1e-13 * Math.max(1, maxNorm(at.w))) return finish({ ...state, claim: stalled });
  return restored({ ...state, filter: withPair(filter, (1 - 1e-5) * theta, phi - 1e-5 * theta) });
}

function leastStep(slope: number, theta: number, small: number): number {
  const margin = 1e-5;
  let least = margin;
  if (slope < 0) {
    least = Math.min(margin, (-margin * theta) / slope);
    if (theta <= small) least = Math.min(least, theta ** 1.1 / (-slope) ** 2.3);
  }
  return Math.max(0.05 * least, 1e-12);
}

/** Steps bent towards the rows by their values at the trial point; up to four, while the violation falls. */
function secondOrder(
  form: NonlinearForm,
  at: Evaluated,
  system: BarrierSystem,
  r: Float64Array,
  trial: Float64Array,
  alpha: number,
  keep: number,
): { readonly w: Float64Array; readonly y: Float64Array }[] {
  const found: { readonly w: Float64Array; readonly y: Float64Array }[] = [];
  const values = (w: Float64Array): Float64Array =>
    equations(form, rowValues(form, w.slice(0, form.n)), w.subarray(form.n));
  let c = values(trial);
  let theta = sumNorm(c);
  if (!(theta >= sumNorm(at.c))) return found;
  let sum = plus(c, alpha, at.c);
  for (let turn = 0; turn < 4; turn++) {
    const { w: dw, y } = system.solve(r, sum);
    const length = toBoundary(form, at.w, dw, keep);
    const w = plus(at.w, length, dw);
    c = values(w);
    found.push({ w, y });
    const next = sumNorm(c);
    if (!(next <= 0.99 * theta)) break;
    theta = next;
    sum = plus(c, length, sum);
  }
  return found;
}

function toBoundary({ lower, upper }: NonlinearForm, w: Float64Array, dw: Float64Array, keep: number): number {
  let most = 1;
  for (let j = 0; j < w.length; j++) {
    const change = dw[j]!;
    if (change < 0 && lower[j]! > -Infinity) most = Math.min(most, (-keep * (w[j]! - lower[j]!)) / change);
    if (change > 0 && upper[j]! < Infinity) most = Math.min(most, (keep * (upper[j]! - w[j]!)) / change);
  }
  return most;
}

function movedPrices(
  { lower, upper }: NonlinearForm,
  { w, low, high }: PrimalDualPoint,
  dw: Float64Array,
  keep: number,
  mu: number,
): { readonly low: Float64Array; readonly high: Float64Array } {
  const dLow = low.map((value, j) => {
    if (lower[j] === -Infinity) return 0;
    const room = w[j]! - lower[j]!;
    return mu / room - value - (value / room) * dw[j]!;
  });
  const dHigh = high.map((value, j) => {
    if (upper[j] === Infinity) return 0;
    const room = upper[j]! - w[j]!;
    return mu / room - value + (value / room) * dw[j]!;
  });
  let most = 1;
  for (let j = 0; j < w.length; j++) {
    if (dLow[j]! < 0) most = Math.min(most, (-keep * low[j]!) / dLow[j]!);
    if (dHigh[j]! < 0) most = Math.min(most, (-keep * high[j]!) / dHigh[j]!);
  }
  return { low: plus(low, most, dLow), high: plus(high, most, dHigh) };
}

/** Prices of bounds stay within 1e10 of μ over the distance. */
function guarded({ lower, upper }: NonlinearForm, point: PrimalDualPoint, mu: number): PrimalDualPoint {
  const held = (value: number, room: number): number =>
    Math.max(Math.min(value, (1e10 * mu) / room), mu / (1e10 * room));
  return {
    ...point,
    low: point.low.map((value, j) => (lower[j] === -Infinity ? 0 : held(value, point.w[j]! - lower[j]!))),
    high: point.high.map((value, j) => (upper[j] === Infinity ? 0 : held(value, upper[j]! - point.w[j]!))),
  };
}

function restored(state: NonlinearState): NonlinearState {
  const { form, at, mu, filter, tolerance } = state;
  const { n } = form;
  const theta = sumNorm(at.c);
  if (form.m === 0 || theta <= tolerance * 1e-2 || state.restorations >= 30)
    return finish({ ...state, claim: stalled });
  const box = { lower: form.lower.slice(0, n), upper: form.upper.slice(0, n) };
  const toPoint = (z: Float64Array): Float64Array => {
    const values = rowValues(form, z);
    const s = new Float64Array(form.slacks);
    form.slackOf.forEach((slack, i) => {
      if (slack >= 0) s[slack] = values[i]!;
    });
    return Float64Array.from([...nudged(form, z, 0, mu), ...nudged(form, s, n, mu)]);
  };
  const accepts = (z: Float64Array): boolean => {
    const w = toPoint(z);
    const inner = w.slice(0, n);
    const c = equations(form, rowValues(form, inner), w.subarray(n));
    const phi = barrierValue(form, objectiveValue(form, inner), w, mu);
    const newTheta = sumNorm(c);
    return newTheta <= 0.9 * theta && Number.isFinite(phi) && passes(filter, newTheta, phi);
  };
  const { z, stationary } = restore(form, at.w.slice(0, n), box, accepts);
  const w = toPoint(z);
  const next = evaluated(form, guarded(form, { ...at, w, y: at.y, ...unitPrices(form) }, mu));
  const better = sumNorm(next.c) < 0.999 * theta;
  if (!better || !Number.isFinite(next.by.f)) {
    const claim: Claim = stationary && theta > 1e2 * tolerance ? { kind: 'locally-infeasible' } : stalled;
    return finish({ ...state, claim });
  }
  const reset: Evaluated = { ...next, y: leastSquaresPrices(form, next) };
  const done = { ...state, at: reset, restorations: state.restorations + 1, iterations: state.iterations + 1, step: 0 };
  if (stationary && sumNorm(next.c) > 1e2 * tolerance)
    return finish({ ...done, claim: { kind: 'locally-infeasible' } });
  return done;
}

/** Just inside the bounds, by no more than μ allows. */
function nudged({ lower, upper }: NonlinearForm, x: Float64Array, offset: number, mu: number): Float64Array {
  return x.map((value, j) => {
    const [low, high] = [lower[offset + j]!, upper[offset + j]!];
    const least = Math.min(Math.max(1e-8, Math.min(1e-2, mu)), 0.25 * (high - low));
    return Math.min(
      high === Infinity ? Infinity : high - least,
      Math.max(low === -Infinity ? -Infinity : low + least, value),
    );
  });
}

/** The last digits, and what is claimed. */
function finish(state: NonlinearState): NonlinearState {
  const { form, at } = state;
  const finished = newtonKkt(form, at);
  return { ...state, finished, claim: state.claim ?? { kind: 'converged' } };
}

function sumNorm(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += Math.abs(value);
  return sum;
}

function standing(state: NonlinearState): Standing {
  const { form, at, finished } = state;
  const z = finished?.z ?? fullPoint(form, at.w.slice(0, form.n));
  const bounds = at.low.slice(0, form.n).map((value, j) => value - at.high[j]!);
  return {
    z,
    multipliers: finished?.multipliers ?? unscaledPrices(form, at.y, bounds, at.w.subarray(0, form.n)),
    objective: at.by.f / form.objectiveScale,
    violation: maxNorm(at.c),
    stationarity: state.error,
    step: state.step,
  };
}
