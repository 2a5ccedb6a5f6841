// The barrier problem of a nonlinear interior-point method at one μ: values, the Newton system and its direction.
// Wächter & Biegler 2006, sections 2 and 3.

import { factorSaddle } from './linear/saddle.ts';
import type { SaddleFactors } from './linear/saddle.ts';
import { addTransposedProduct } from './matrix.ts';
import { lagrangianHessian } from './nonlinear-form.ts';
import type { Derivatives, NonlinearForm } from './nonlinear-form.ts';
import { maxNorm } from './vector.ts';

export interface PrimalDualPoint {
  /** (z, s) */
  readonly w: Float64Array;
  readonly y: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

// A little slope that keeps variables with one bound from running away.
const damping = 1e-5;

export function barrierValue(form: NonlinearForm, f: number, w: Float64Array, mu: number): number {
  let sum = f;
  for (let j = 0; j < w.length; j++) {
    const [low, high] = [form.lower[j]!, form.upper[j]!];
    if (low > -Infinity) sum -= mu * Math.log(w[j]! - low);
    if (high < Infinity) sum -= mu * Math.log(high - w[j]!);
    if (low > -Infinity && high === Infinity) sum += damping * mu * (w[j]! - low);
    if (high < Infinity && low === -Infinity) sum += damping * mu * (high - w[j]!);
  }
  return sum;
}

/** ∇ of the barrier objective by w. */
export function barrierGradient(
  form: NonlinearForm,
  gradient: Float64Array,
  w: Float64Array,
  mu: number,
): Float64Array {
  const out = new Float64Array(w.length);
  out.set(gradient);
  for (let j = 0; j < w.length; j++) {
    const [low, high] = [form.lower[j]!, form.upper[j]!];
    if (low > -Infinity) out[j]! -= mu / (w[j]! - low);
    if (high < Infinity) out[j]! += mu / (high - w[j]!);
    if (low > -Infinity && high === Infinity) out[j]! += damping * mu;
    if (high < Infinity && low === -Infinity) out[j]! -= damping * mu;
  }
  return out;
}

/** x + Jᵀy by w: the slack of a row has -1. */
export function plusJacobianTransposed(
  form: NonlinearForm,
  at: Derivatives,
  x: Float64Array,
  y: Float64Array,
): Float64Array {
  const out = x.slice();
  addTransposedProduct(at.jacobian, y, 1, out.subarray(0, form.n));
  form.slackOf.forEach((slack, i) => {
    if (slack >= 0) out[form.n + slack]! -= y[i]!;
  });
  return out;
}

/** Largest errors of the barrier problem's conditions: stationarity and complementarity scaled by multipliers. */
export function barrierError(
  form: NonlinearForm,
  at: Derivatives,
  c: Float64Array,
  { w, y, low, high }: PrimalDualPoint,
  mu: number,
): { readonly dual: number; readonly primal: number; readonly products: number } {
  const gradient = new Float64Array(w.length);
  gradient.set(at.gradient);
  const rest = plusJacobianTransposed(form, at, gradient, y);
  let products = 0;
  let bounds = 0;
  let sum = 0;
  for (let j = 0; j < w.length; j++) {
    rest[j]! += high[j]! - low[j]!;
    if (form.lower[j]! > -Infinity) {
      products = Math.max(products, Math.abs((w[j]! - form.lower[j]!) * low[j]! - mu));
      bounds++;
    }
    if (form.upper[j]! < Infinity) {
      products = Math.max(products, Math.abs((form.upper[j]! - w[j]!) * high[j]! - mu));
      bounds++;
    }
    sum += low[j]! + high[j]!;
  }
  const total = y.reduce((most, value) => most + Math.abs(value), sum);
  const scaleDual = Math.max(100, total / Math.max(1, y.length + bounds)) / 100;
  const scaleProducts = Math.max(100, sum / Math.max(1, bounds)) / 100;
  return { dual: maxNorm(rest) / scaleDual, primal: maxNorm(c), products: products / scaleProducts };
}

export interface BarrierSystem {
  /** The step for gradient r by w and equations c: solves for dw and dy. */
  solve(r: Float64Array, c: Float64Array): { readonly w: Float64Array; readonly y: Float64Array };
  /** What was added to the Hessian to make the step descend. */
  readonly shift: number;
}

/** Factors with the right inertia; undefined if no shift gives it. Ipopt's ladder (algorithm IC). */
export function barrierSystem(
  form: NonlinearForm,
  at: Derivatives,
  point: PrimalDualPoint,
  mu: number,
  lastShift: number,
): BarrierSystem | undefined {
  const { n, m, slackOf } = form;
  const { w, y, low, high } = point;
  const sigma = new Float64Array(w.length);
  for (let j = 0; j < w.length; j++) {
    if (form.lower[j]! > -Infinity) sigma[j]! += low[j]! / (w[j]! - form.lower[j]!);
    if (form.upper[j]! < Infinity) sigma[j]! += high[j]! / (form.upper[j]! - w[j]!);
  }
  const H = lagrangianHessian(form, w.subarray(0, n), y);
  if (!Number.isFinite(maxNorm(H.kind === 'dense' ? H.data : H.values))) return undefined;
  const rowShifts = [0, 1e-8 * mu ** 0.25];
  let rowShift = 0;
  let shift = 0;
  for (let turn = 0; turn < 60; turn++) {
    const d = Float64Array.from({ length: n }, (_, j) => sigma[j]! + shift);
    const e = Float64Array.from(slackOf, (slack) => rowShift + (slack < 0 ? 0 : 1 / (sigma[n + slack]! + shift)));
    const factors = factorSaddle(H, d, at.jacobian, e);
    if (factors.positive === n && factors.negative === m) return system(form, factors, sigma, shift);
    // Too few eigenvalues of either sign: rows that depend on each other.
    if (factors.positive + factors.negative < n + m) rowShift = rowShifts[1]!;
    if (shift === 0) shift = lastShift === 0 ? 1e-4 : Math.max(1e-20, lastShift / 3);
    else shift *= lastShift === 0 ? 100 : 8;
    if (shift > 1e40) return undefined;
  }
  return undefined;
}

function system(
  { n, slackOf }: NonlinearForm,
  factors: SaddleFactors,
  sigma: Float64Array,
  shift: number,
): BarrierSystem {
  return {
    shift,
    solve: (r, c) => {
      const x = new Float64Array(n);
      for (let j = 0; j < n; j++) x[j] = -r[j]!;
      const y = new Float64Array(c.length);
      for (let i = 0; i < c.length; i++) {
        const slack = slackOf[i]!;
        y[i] = -c[i]! - (slack < 0 ? 0 : r[n + slack]! / (sigma[n + slack]! + shift));
      }
      factors.solve(x, y);
      const w = new Float64Array(sigma.length);
      w.set(x);
      slackOf.forEach((slack, i) => {
        if (slack >= 0) w[n + slack] = (y[i]! - r[n + slack]!) / (sigma[n + slack]! + shift);
      });
      return { w, y };
    },
  };
}
