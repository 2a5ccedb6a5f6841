// Primal–dual interior points for linear and convex quadratic objectives over psd matrices, non-negative and free numbers
// with linear rows: the direction of Helmberg et al. with the predictor and corrector of Mehrotra, from an infeasible start.
// Helmberg, Rendl, Vanderbei, Wolkowicz, SIAM J. Optimization 6, 1996; Todd, Toh, Tütüncü, SIAM J. Optimization 8, 1998.

import { must } from '../../base/internal.ts';
import { lateStanding } from '../late.ts';
import type { Claim, Method, MethodOptions, Standing } from '../method.ts';
import type { Problem } from '../problem.ts';
import { maxNorm, plus } from '../vector.ts';
import { type ConicForm, conicForm } from './conic-form.ts';
import { type Iterate, type Newton, type Residuals, newtonFor, residualsAt } from './direction.ts';
import { recessionForm, wayOf } from './recession.ts';
import { choleskyFactor, inner, stepInside } from './square.ts';

interface ConicState {
  readonly problem: Problem;
  readonly form: ConicForm;
  readonly newtonAt: (at: Iterate) => Newton | undefined;
  readonly at: Iterate;
  readonly residuals: Residuals;
  /** Relative errors of rows, slacks and the gap. */
  readonly errors: Errors;
  readonly best: { readonly at: Iterate; readonly errors: Errors };
  readonly steps: number;
  readonly length: number;
  readonly claim: Claim | undefined;
  readonly tolerance: number;
  /** Where a way is looked for on which the objective falls for ever, or a point where it begins: the state that was left. */
  readonly main?: ConicState;
  /** The way that was found, while a point is looked for. */
  readonly way?: Float64Array;
  /** Whether it was, in vain. */
  readonly hasNoWay?: boolean;
}

interface Errors {
  readonly primal: number;
  readonly dual: number;
  readonly gap: number;
}

const mostSteps = 150;
// Of the way to the edge of the cones.
const share = 0.95;

export const semidefiniteInteriorPoint: Method<ConicState> = {
  name: 'semidefinite interior point',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance }: MethodOptions): ConicState {
  return begun(problem, conicForm(problem), Math.min(1e-9, tolerance / 10));
}

function begun(problem: Problem, form: ConicForm, tolerance: number): ConicState {
  const [large, slack] = sizesOf(form);
  const eyes = (size: number): Float64Array[] => form.orders.map((n) => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? size : 0)));
  const p = form.positive.length;
  const at: Iterate = { X: eyes(large), S: eyes(slack), x: new Float64Array(p).fill(large), s: new Float64Array(p).fill(slack), y: new Float64Array(form.m), f: new Float64Array(form.free.length) };
  const residuals = residualsAt(form, at);
  const errors = errorsAt(form, at, residuals);
  return { problem, form, newtonAt: newtonFor(form), at, residuals, errors, best: { at, errors }, steps: 0, length: 0, claim: undefined, tolerance };
}

/** Sizes of X and S that suit the data: Toh, Todd, Tütüncü, SDPT3, 1999, section 5. */
function sizesOf(form: ConicForm): readonly [number, number] {
  const n = Math.max(1, ...form.orders);
  let [large, slack] = [10, 10];
  form.maps.forEach((list, k) => {
    const C = must(form.costs[k]);
    slack = Math.max(slack, Math.sqrt(n), Math.sqrt(inner(C, C)));
    for (let i = 0; i < form.m; i++) {
      const values = list.values.subarray(list.starts[i], list.starts[i + 1]);
      const size = Math.sqrt(inner(values, values));
      if (size === 0) continue;
      large = Math.max(large, (n * (1 + Math.abs(form.right[i]!))) / (1 + size));
      slack = Math.max(slack, size);
    }
  });
  for (const b of form.right) large = Math.max(large, Math.min(1e4, Math.abs(b)));
  for (const c of form.positiveCost) slack = Math.max(slack, Math.min(1e4, Math.abs(c)));
  return [large, slack];
}

function step(state: ConicState): ConicState {
  const next = stepped(state);
  if (next.main && next.claim) return next.way ? afterPoint(next, next.main, next.way) : afterWay(next, next.main);
  if (next.main) return next;
  const isOpen = next.claim === undefined || next.claim.kind === 'stalled';
  if (!isOpen || !fallsFar(next)) return next;
  if (next.hasNoWay !== true) return { ...begun(next.problem, recessionForm(next.form), next.tolerance), main: next };
  const ray = wayOut(next);
  return ray ? { ...next, claim: { kind: 'unbounded', ray } } : next;
}

function stepped(state: ConicState): ConicState {
  const { form, at, errors, residuals, steps } = state;
  const newton = state.newtonAt(at);
  const factors = newton && factorsOf(form, at.X);
  if (!newton || !factors || steps >= mostSteps) return { ...state, claim: ending(state, steps >= mostSteps ? 'it took more steps than it was given' : 'a matrix lost its definiteness to rounding') };
  const mu = centre(form, at);
  const predictor = newton.direction(residuals, 0);
  const [reachX, reachS] = reaches(form, at, predictor, [factors, newton.factors]);
  const after = centre(form, moved(at, predictor, reachX, reachS));
  const sigma = Math.min(1, Math.max(1e-6, (after / mu) ** (Math.min(reachX, reachS) > 0.1 ? 3 : 1)));
  const corrected = newton.direction(residuals, sigma * mu, predictor);
  const [alongX, alongS] = reaches(form, at, corrected, [factors, newton.factors]);
  const next = moved(at, corrected, Math.min(1, share * alongX), Math.min(1, share * alongS));
  const left = residualsAt(form, next);
  const found = errorsAt(form, next, left);
  const better = worst(found) < worst(state.best.errors) ? { at: next, errors: found } : state.best;
  const moving: ConicState = { ...state, at: next, residuals: left, errors: found, best: better, steps: steps + 1, length: Math.min(alongX, alongS) };
  if (worst(found) <= state.tolerance) return { ...moving, claim: { kind: 'converged' } };
  const certificate = state.main ? undefined : infeasible(form, next);
  if (certificate) return { ...moving, claim: certificate };
  const isStuck = Math.max(alongX, alongS) < 1e-6 || !(worst(found) < Infinity) || (worst(found) > 1e3 * worst(better.errors) && worst(better.errors) < 1e-6);
  if (isStuck) return { ...moving, claim: ending(moving, 'its steps became too short') };
  // Nothing more to be won against rounding.
  if (worst(errors) <= 1e-7 && worst(found) > 0.5 * worst(errors) && steps > 10 && worst(better.errors) <= 1e-8) return { ...moving, claim: { kind: 'converged' } };
  return moving;
}

function ending(state: ConicState, why: string): Claim {
  return worst(state.best.errors) <= 1e-6 ? { kind: 'converged' } : { kind: 'stalled', why };
}

function worst({ primal, dual, gap }: Errors): number {
  const most = Math.max(primal, dual, gap);
  return Number.isNaN(most) ? Infinity : most;
}

function factorsOf(form: ConicForm, list: readonly Float64Array[]): Float64Array[] | undefined {
  const factors: Float64Array[] = [];
  for (const [k, M] of list.entries()) {
    const L = choleskyFactor(M, must(form.orders[k]));
    if (!L) return undefined;
    factors.push(L);
  }
  return factors;
}

function moved(at: Iterate, d: Iterate, primal: number, dual: number): Iterate {
  return {
    X: at.X.map((X, k) => plus(X, primal, must(d.X[k]))),
    S: at.S.map((S, k) => plus(S, dual, must(d.S[k]))),
    x: plus(at.x, primal, d.x),
    s: plus(at.s, dual, d.s),
    y: plus(at.y, dual, d.y),
    f: plus(at.f, primal, d.f),
  };
}

/** The largest primal and dual steps up to 1/share that stay inside, by factors of X and S; one length for both where free numbers bend the objective. */
function reaches(form: ConicForm, at: Iterate, d: Iterate, [ofX, ofS]: readonly (readonly Float64Array[])[]): readonly [number, number] {
  const within = (factors: readonly Float64Array[] | undefined, ways: readonly Float64Array[], numbers: Float64Array, steps: Float64Array): number => {
    let most = 1 / share;
    ways.forEach((D, k) => (most = stepInside(must(factors?.[k]), D, must(form.orders[k]), most)));
    for (let j = 0; j < numbers.length; j++) if (steps[j]! < 0) most = Math.min(most, -numbers[j]! / steps[j]!);
    return most;
  };
  const [primal, dual] = [within(ofX, d.X, at.x, d.x), within(ofS, d.S, at.s, d.s)];
  if (!form.curvature.some((q) => q !== 0)) return [primal, dual];
  const both = Math.min(primal, dual);
  return [both, both];
}

function centre(form: ConicForm, at: Iterate): number {
  const order = form.orders.reduce((a, b) => a + b, 0) + at.x.length;
  return Math.max(complementarity(at), 0) / Math.max(1, order);
}

function complementarity(at: Iterate): number {
  return at.X.reduce((sum, X, k) => sum + inner(X, must(at.S[k])), 0) + inner(at.x, at.s);
}

function objectiveOf(form: ConicForm, at: Iterate): number {
  const q = form.free.length;
  let sum = at.X.reduce((all, X, k) => all + inner(X, must(form.costs[k])), 0) + inner(at.x, form.positiveCost) + inner(at.f, form.freeCost);
  for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) sum += 0.5 * at.f[i]! * form.curvature[i * q + j]! * at.f[j]!;
  return sum;
}

function errorsAt(form: ConicForm, at: Iterate, residuals: Residuals): Errors {
  const costs = Math.max(1, maxNorm(form.positiveCost), maxNorm(form.freeCost), ...form.costs.map(maxNorm));
  return {
    primal: maxNorm(residuals.rows) / Math.max(1, maxNorm(form.right)),
    dual: Math.max(maxNorm(residuals.positive), maxNorm(residuals.free), ...residuals.cones.map(maxNorm)) / costs,
    gap: Math.abs(complementarity(at)) / Math.max(1, Math.abs(objectiveOf(form, at) + form.constant)),
  };
}

// A dual objective this large beside its errors hints at a contradiction.
const clear = 1e5;

/** y with bᵀy > 0 and −Aᵀy in the dual cones: the rows contradict each other. */
function infeasible(form: ConicForm, at: Iterate): Claim | undefined {
  const value = inner(form.right, at.y);
  if (!(value > clear)) return undefined;
  const y = at.y.map((v) => v / value);
  const { rows, bounds, cones, norms } = withCertificate(form, y);
  return cones ? { kind: 'infeasible', rows, bounds, cones, ...(norms && { norms }) } : undefined;
}

function withCertificate(form: ConicForm, y: Float64Array): { rows: Float64Array; bounds: Float64Array; cones?: readonly Float64Array[]; norms?: Float64Array } {
  const { linear, bounds, cones, norms } = form.certificate(y);
  const holds = (cones ?? []).every((S, k) => choleskyFactor(S, must(form.orders[k]), 1e-8) !== undefined);
  const fits = (columns: ConicForm['free'], test: (v: number) => boolean): boolean => columns.every(({ rows, values }) => test(rows.reduce((sum, i, e) => sum - values[e]! * y[i]!, 0)));
  const isRay = holds && fits(form.free, (v) => Math.abs(v) < 1e-8) && fits(form.positive, (v) => v > -1e-8);
  return { rows: linear, bounds, ...(isRay && cones && { cones }), ...(norms && { norms }) };
}

// A way down counts from this share of the costs on.
const steep = 1e-7;

/** Whether the objective is so far below zero, at a point that keeps the rows, that it may have no end. */
function fallsFar({ form, at, errors }: ConicState): boolean {
  const value = objectiveOf(form, at) + form.constant;
  return value < -clear && errors.primal <= 1e-8 * Math.abs(value);
}

/** What was found of a way, which begins at a point that keeps the rows; else the method goes on where it was left. */
function afterWay({ form, best }: ConicState, main: ConicState): ConicState {
  const costs = Math.max(maxNorm(form.positiveCost), ...form.costs.map(maxNorm));
  const isWay = best.errors.primal <= 1e-8 && objectiveOf(form, best.at) < -steep * costs;
  if (!isWay) return { ...main, hasNoWay: true };
  const way = wayOf(main.form, best.at);
  if (main.errors.primal <= main.tolerance) return { ...main, claim: { kind: 'unbounded', ray: way } };
  return { ...begun(main.problem, withoutObjective(main.form), main.tolerance), main, way };
}

function afterPoint({ best }: ConicState, main: ConicState, way: Float64Array): ConicState {
  return best.errors.primal <= 1e-8 ? { ...main, at: best.at, errors: best.errors, claim: { kind: 'unbounded', ray: way } } : { ...main, hasNoWay: true };
}

function withoutObjective(form: ConicForm): ConicForm {
  const none = (v: Float64Array): Float64Array => new Float64Array(v.length);
  return { ...form, costs: form.costs.map(none), positiveCost: none(form.positiveCost), freeCost: none(form.freeCost), constant: 0, curvature: none(form.curvature) };
}

/** The way to a point far out, where it nearly keeps the rows: an objective may fall for ever and still bend, as -√t does. */
function wayOut({ form, at, problem, residuals }: ConicState): Float64Array | undefined {
  const by = -1 / objectiveOf(form, at);
  if (by * (maxNorm(form.right) + maxNorm(residuals.rows)) > 1e-6) return undefined;
  const scaledBy = (v: Float64Array): Float64Array => v.map((value) => by * value);
  const origin = form.point(at.X.map((X) => new Float64Array(X.length)), new Float64Array(at.x.length), new Float64Array(at.f.length));
  const end = form.point(at.X.map(scaledBy), scaledBy(at.x), scaledBy(at.f));
  return Float64Array.from({ length: problem.dim }, (_, j) => end[j]! - origin[j]!);
}

function standing(state: ConicState): Standing {
  const { form, problem, best, at, errors, claim, length } = state.main ?? state;
  const shown = claim === undefined || claim.kind === 'converged' || claim.kind === 'stalled' ? best : { at, errors };
  const z = form.point(shown.at.X, shown.at.x, shown.at.f);
  const plain = {
    z,
    objective: problem.objective.value(z),
    violation: shown.errors.primal,
    stationarity: Math.max(shown.errors.dual, shown.errors.gap),
    step: length,
  };
  return lateStanding(plain, () => form.multipliers(shown.at.y, z));
}
