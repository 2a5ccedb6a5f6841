// Augmented Lagrangian for general rows over a box (Conn, Gould & Toint 1991; Birgin & Martínez 2014): a penalty for each
// row, safeguarded multipliers, inner problems solved by projected L-BFGS only as well as the outer state deserves, with
// the curvature memory carried along. Needs first derivatives only; with second ones, Newton steps on the active set
// give the last digits.

import { projectedGradient } from './box.ts';
import { addProduct, addTransposedProduct, eachEntry } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import type { Claim, CurvaturePair, Method, MethodOptions, Multipliers, Standing } from './method.ts';
import { newtonKkt } from './newton-kkt.ts';
import { nonlinearForm, restOf } from './nonlinear-form.ts';
import { rowCount } from './problem.ts';
import type { Problem } from './problem.ts';
import { quasiNewton } from './quasi-newton.ts';
import type { QuasiNewtonState } from './quasi-newton.ts';
import { allFinite, maxNorm } from './vector.ts';

interface Rows {
  readonly count: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly scale: Float64Array;
  readonly objectiveScale: number;
}

interface AugmentedState {
  readonly problem: Problem;
  readonly rows: Rows;
  readonly lambda: Float64Array;
  readonly penalty: Float64Array;
  readonly inner: QuasiNewtonState;
  readonly innerSteps: number;
  /** The inner problem is solved to this. */
  readonly omega: number;
  /** Errors of feasibility and complementarity after the last outer turn, a row each. */
  readonly errors: Float64Array | undefined;
  readonly outer: number;
  readonly tolerance: number;
  readonly finished: { readonly z: Float64Array; readonly multipliers: Multipliers } | undefined;
  readonly claim: Claim | undefined;
}

const mostPenalty = 1e14;
const mostMultiplier = 1e12;
const mostOuter = 80;

export const augmentedLagrangian: Method<AugmentedState> = {
  name: 'augmented Lagrangian',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance, warm }: MethodOptions): AugmentedState {
  const z = warm?.z ?? problem.start;
  const rows = scaledRows(problem, z);
  const lambda = new Float64Array(rows.count);
  const given = warm?.multipliers;
  if (given !== undefined) {
    const prices = Float64Array.from([...given.linear, ...given.nonlinear]);
    for (let i = 0; i < rows.count; i++) lambda[i] = (-prices[i]! * rows.objectiveScale) / rows.scale[i]!;
  }
  const values = scaledValues(problem, rows, z);
  let violation = 0;
  for (let i = 0; i < rows.count; i++) violation += outside(values[i]!, rows.lower[i]!, rows.upper[i]!) ** 2;
  const f = rows.objectiveScale * problem.objective.value(z);
  const first = Math.min(10, Math.max(1e-6, (10 * Math.max(1, Math.abs(f))) / Math.max(1, violation / 2)));
  const penalty = new Float64Array(rows.count).fill(Number.isFinite(first) ? first : 1);
  const claim: Claim | undefined =
    Number.isFinite(f) && allFinite(values) ? undefined : { kind: 'left-domain', where: z };
  const common = { problem, rows, lambda, penalty, innerSteps: 0, errors: undefined, outer: 0, tolerance, claim };
  const inner = quasiNewton.init(innerProblem(problem, rows, lambda, penalty), {
    tolerance: 1e-14,
    warm: { z, memory: warm?.memory ?? [] },
  });
  return { ...common, inner, omega: Math.max(1e-3, tolerance), finished: undefined };
}

/** Rows and objective divided by their largest gradient at the start, where that is above 1. */
function scaledRows(problem: Problem, z: Float64Array): Rows {
  const count = rowCount(problem);
  const largest = new Float64Array(count);
  eachRowEntry(problem, z, (i, _j, value) => {
    if (Math.abs(value) > largest[i]!) largest[i] = Math.abs(value);
  });
  const scale = largest.map((size) => 1 / Math.max(1, Math.min(size, 1e8)));
  const gradient = new Float64Array(problem.dim);
  problem.objective.gradient(z, gradient);
  const size = maxNorm(gradient);
  const bound = (side: 'lower' | 'upper'): Float64Array =>
    Float64Array.from(
      [...(problem.linear?.[side] ?? []), ...(problem.nonlinear?.[side] ?? [])].map((value, i) => value * scale[i]!),
    );
  const objectiveScale = size < Infinity ? 1 / Math.max(1, Math.min(size, 1e8)) : 1;
  return { count, lower: bound('lower'), upper: bound('upper'), scale, objectiveScale };
}

function eachRowEntry(problem: Problem, z: Float64Array, visit: (i: number, j: number, value: number) => void): void {
  const { linear, nonlinear } = problem;
  const offset = linear?.matrix.rows ?? 0;
  if (linear !== undefined) eachEntry(linear.matrix, visit);
  if (nonlinear !== undefined) eachEntry(nonlinear.jacobian(z), (i, j, value) => visit(offset + i, j, value));
}

function scaledValues({ linear, nonlinear }: Problem, { count, scale }: Rows, z: Float64Array): Float64Array {
  const out = new Float64Array(count);
  const offset = linear?.matrix.rows ?? 0;
  if (linear !== undefined) addProduct(linear.matrix, z, 1, out);
  nonlinear?.value(z, out.subarray(offset));
  for (let i = 0; i < count; i++) out[i]! *= scale[i]!;
  return out;
}

function outside(value: number, low: number, high: number): number {
  return value < low ? value - low : value > high ? value - high : 0;
}

/** ρ (c + λ/ρ − its projection on the bounds): the multipliers that the point suggests. */
function suggested(rows: Rows, lambda: Float64Array, penalty: Float64Array, values: Float64Array): Float64Array {
  return values.map((value, i) => {
    const rho = penalty[i]!;
    return rho * outside(value + lambda[i]! / rho, rows.lower[i]!, rows.upper[i]!);
  });
}

/** f + Σ ρ/2 dist²(c + λ/ρ, [l, u]) over the box. */
function innerProblem(problem: Problem, rows: Rows, lambda: Float64Array, penalty: Float64Array): Problem {
  const { dim, lower, upper, start, objective, linear, nonlinear } = problem;
  const offset = linear?.matrix.rows ?? 0;
  const penaltyValue = (y: Float64Array): number =>
    y.reduce((sum, value, i) => sum + (value * value) / penalty[i]!, 0) / 2;
  return {
    dim,
    lower,
    upper,
    start,
    convex: problem.convex,
    objective: {
      class: 'smooth',
      value: (z) =>
        rows.objectiveScale * objective.value(z) +
        penaltyValue(suggested(rows, lambda, penalty, scaledValues(problem, rows, z))),
      gradient: (z, out) => {
        const f = rows.objectiveScale * objective.gradient(z, out);
        for (let j = 0; j < dim; j++) out[j]! *= rows.objectiveScale;
        const y = suggested(rows, lambda, penalty, scaledValues(problem, rows, z));
        const weights = y.map((value, i) => value * rows.scale[i]!);
        const pull = (M: Matrix, from: number): void =>
          addTransposedProduct(M, weights.subarray(from, from + M.rows), 1, out);
        if (linear !== undefined) pull(linear.matrix, 0);
        if (nonlinear !== undefined && weights.subarray(offset).some((value) => value !== 0))
          pull(nonlinear.jacobian(z), offset);
        return f + penaltyValue(y);
      },
    },
  };
}

function step(state: AugmentedState): AugmentedState {
  const { inner, innerSteps, omega } = state;
  const ended = quasiNewton.done(inner);
  const size = projectedGradient(state.problem, inner.point.x, inner.point.g);
  if (ended === undefined && size > omega && innerSteps < 5000)
    return { ...state, inner: quasiNewton.step(inner), innerSteps: innerSteps + 1 };
  if (ended?.kind === 'unbounded' && state.penalty.every((rho) => rho >= 1e6)) return { ...state, claim: ended };
  return outerTurn(state, size);
}

function outerTurn(state: AugmentedState, size: number): AugmentedState {
  const { problem, rows, lambda, penalty, inner, tolerance, outer } = state;
  const z = inner.point.x;
  const values = scaledValues(problem, rows, z);
  const y = suggested(rows, lambda, penalty, values);
  // Feasibility and complementarity in one number a row: how far c is from where its multiplier wants it.
  const errors = values.map((value, i) => {
    const [low, high] = [rows.lower[i]!, rows.upper[i]!];
    const wanted = Math.min(high, Math.max(low, value + lambda[i]! / penalty[i]!));
    return Math.abs(value - wanted);
  });
  const worst = maxNorm(errors);
  const next = y.map((value) => Math.min(mostMultiplier, Math.max(-mostMultiplier, value)));
  const solved = worst <= 0.1 * tolerance && size <= tolerance;
  if (solved || outer >= mostOuter) {
    const claim: Claim = solved ? { kind: 'converged' } : { kind: 'stalled', why: 'the multipliers do not settle' };
    return finish({ ...state, lambda: next }, claim);
  }
  const raised = penalty.map((rho, i) => {
    const slow = state.errors !== undefined && errors[i]! > 0.25 * state.errors[i]!;
    return slow && errors[i]! > 0.1 * worst && errors[i]! > 0.1 * tolerance ? Math.min(mostPenalty, rho * 10) : rho;
  });
  if (raised.some((rho) => rho >= mostPenalty)) {
    const isStuck = worst > 1e3 * tolerance && stationaryViolation(state, z, values);
    const claim: Claim = isStuck
      ? { kind: 'locally-infeasible' }
      : { kind: 'stalled', why: 'a penalty grew beyond all bounds' };
    return finish({ ...state, lambda: next }, claim);
  }
  const memory: readonly CurvaturePair[] = raised.some((rho, i) => rho !== penalty[i]) ? [] : inner.memory;
  return {
    ...state,
    lambda: next,
    penalty: raised,
    errors,
    outer: outer + 1,
    innerSteps: 0,
    omega: Math.max(0.01 * tolerance, 0.1 * Math.min(state.omega, Math.max(worst, 1e-12) * 10)),
    inner: quasiNewton.init(innerProblem(problem, rows, next, raised), { tolerance: 1e-14, warm: { z, memory } }),
  };
}

/** Is the sum of squared violations stationary on the box? */
function stationaryViolation({ problem, rows }: AugmentedState, z: Float64Array, values: Float64Array): boolean {
  const v = values.map((value, i) => outside(value, rows.lower[i]!, rows.upper[i]!));
  const g = new Float64Array(problem.dim);
  const terms = new Float64Array(problem.dim);
  eachRowEntry(problem, z, (i, j, value) => {
    g[j]! += v[i]! * value * rows.scale[i]!;
    terms[j]! += Math.abs(v[i]! * value * rows.scale[i]!);
  });
  return projectedGradient(problem, z, g) <= 1e-5 * maxNorm(terms);
}

function finish(state: AugmentedState, claim: Claim): AugmentedState {
  const { problem } = state;
  const hasHessian = problem.objective.hessian !== undefined || problem.objective.class === 'linear';
  if (
    claim.kind !== 'converged' ||
    !hasHessian ||
    (problem.nonlinear !== undefined && problem.nonlinear.hessian === undefined)
  )
    return { ...state, claim };
  const form = nonlinearForm(problem);
  const { z, multipliers } = pointOf(state);
  const all = [...multipliers.linear, ...multipliers.nonlinear];
  const values = scaledValues(problem, state.rows, z);
  const y = Float64Array.from(form.rowOf, (row, i) => (-all[row]! * form.objectiveScale) / form.rowScale[i]!);
  const w = new Float64Array(form.lower.length);
  const low = new Float64Array(w.length);
  const high = new Float64Array(w.length);
  const put = (at: number, value: number, price: number): void => {
    w[at] = Math.min(form.upper[at]!, Math.max(form.lower[at]!, value));
    if (price > 0) low[at] = price;
    else high[at] = -price;
  };
  form.kept.forEach((j, at) => put(at, z[j]!, multipliers.bounds[j]! * form.objectiveScale));
  form.slackOf.forEach((slack, i) => {
    const row = form.rowOf[i]!;
    if (slack >= 0) put(form.n + slack, (values[row]! / state.rows.scale[row]!) * form.rowScale[i]!, -y[i]!);
  });
  return { ...state, claim, finished: newtonKkt(form, { w, y, low, high }) };
}

/** The point and its prices in the units of the problem. */
function pointOf({ problem, rows, lambda, inner, finished }: AugmentedState): {
  readonly z: Float64Array;
  readonly multipliers: Multipliers;
} {
  if (finished !== undefined) return finished;
  const z = inner.point.x;
  const prices = lambda.map((value, i) => (-value * rows.scale[i]!) / rows.objectiveScale);
  const offset = problem.linear?.matrix.rows ?? 0;
  const linear = prices.slice(0, offset);
  const nonlinear = prices.slice(offset);
  const rest = restOf(problem, z, linear, nonlinear);
  const bounds = rest.map((value, j) => {
    const held = value > 0 ? z[j]! <= problem.lower[j]! : z[j]! >= problem.upper[j]!;
    return held ? value : 0;
  });
  return { z, multipliers: { linear, nonlinear, bounds } };
}

function standing(state: AugmentedState): Standing {
  const { problem, rows, inner } = state;
  const { z, multipliers } = pointOf(state);
  const values = scaledValues(problem, rows, z);
  let violation = 0;
  values.forEach((value, i) => {
    violation = Math.max(violation, Math.abs(outside(value, rows.lower[i]!, rows.upper[i]!)) / rows.scale[i]!);
  });
  return {
    z,
    multipliers,
    objective: problem.objective.value(z),
    violation,
    stationarity: projectedGradient(problem, inner.point.x, inner.point.g),
    step: inner.step,
    memory: inner.memory,
  };
}
