// The judge. It reads the problem, a point and its multipliers, and nothing of the methods; what is called optimal,
// infeasible or unbounded has passed here.

import type { Multipliers } from './method.ts';
import type { Matrix } from './matrix.ts';
import { leastEigenvalue } from '../ops/reference/least-eigenvalue.ts';
import { maxNorm, plus } from './vector.ts';
import type { Cone, NormRows, Problem } from './problem.ts';

/** Largest error, as it is and relative. */
export interface Measure {
  readonly value: number;
  readonly scaled: number;
}

export interface KktReport {
  /**
   * |∇f − Aᵀ linear − Jᵀ nonlinear − bounds|, scaled by the largest term in it; for a sum of squares, where each entry
   * of ∇f is a sum over residuals, by the sum of its terms, so that the units of a variable do not matter. What a change
   * of a variable by its own size would bring, as far as first derivatives tell, counts for a thousandth of the objective:
   * so -log(x) has no optimum at 1e9.
   */
  readonly stationarity: Measure;
  /** Violation of bounds and rows, scaled by the size of the bound. */
  readonly primal: Measure;
  /** Multipliers that press on a bound that is not there. */
  readonly sign: Measure;
  /** |multiplier| · slack, scaled by both; what a slack is worth counts for a tenth of the objective, a violation for a hundredth. */
  readonly complementarity: Measure;
  /** For a certified convex problem: f(z) less the Lagrangian's bound from below, up to stationarity. */
  readonly gap?: Measure;
}

/**
 * `enough`: where stationarity, scaled by the least size that the gradient may have, is below this, that size is taken, and
 * the report has a bound from above.
 */
export function kktReport(problem: Problem, z: Float64Array, multipliers: Multipliers, enough: number = 0): KktReport {
  const { dim: n, objective, linear, nonlinear } = problem;
  const gradient = new Float64Array(n);
  const f = objective.gradient(z, gradient);
  const { rest, terms, unsettled } = withBounds(problem, z, gradient, multipliers.bounds);
  const subtract = (M: Matrix, y: Float64Array): void => {
    for (let i = 0; i < M.rows; i++) {
      const price = y[i]!;
      if (price === 0) continue;
      const [from, to] = M.kind === 'dense' ? [i * M.cols, (i + 1) * M.cols] : [M.starts[i]!, M.starts[i + 1]!];
      for (let at = from; at < to; at++) {
        const j = M.kind === 'dense' ? at - from : M.indices[at]!;
        const term = (M.kind === 'dense' ? M.data[at]! : M.values[at]!) * price;
        rest[j]! -= term;
        terms[j] = Math.max(terms[j]!, Math.abs(term));
      }
    }
  };
  const signs = new Worst();
  const complementarity = new Worst();
  const primal = new Worst();
  let gap = 0;
  const see = (value: number, lower: number, upper: number, multiplier: number): void => {
    if (multiplier === 0 && value >= lower && value <= upper) return;
    const size = Math.max(1, Math.min(Math.abs(lower), Math.abs(upper)));
    const violation = Math.max(lower - value, value - upper, 0);
    primal.see(Number.isNaN(value) ? NaN : violation, size);
    if (multiplier === 0) return;
    const bound = multiplier > 0 ? lower : upper;
    const strength = Math.abs(multiplier);
    if (Math.abs(bound) === Infinity || Number.isNaN(multiplier)) {
      signs.see(strength, 1);
      return;
    }
    const product = strength * Math.abs(value - bound);
    gap += product;
    complementarity.see(product, Math.max(1, strength) * Math.max(1, Math.abs(bound)));
    complementarity.see(product, (violation > 0 ? 100 : 10) * Math.max(1, Math.abs(f)));
  };
  for (const j of unsettled) see(z[j]!, problem.lower[j]!, problem.upper[j]!, multipliers.bounds[j]!);
  if (linear !== undefined) {
    subtract(linear.matrix, multipliers.linear);
    const values = times(linear.matrix, z);
    values.forEach((value, i) => see(value, linear.lower[i]!, linear.upper[i]!, multipliers.linear[i]!));
  }
  if (nonlinear !== undefined) {
    subtract(nonlinear.jacobian(z), multipliers.nonlinear);
    const values = new Float64Array(nonlinear.count);
    nonlinear.value(z, values);
    values.forEach((value, i) => see(value, nonlinear.lower[i]!, nonlinear.upper[i]!, multipliers.nonlinear[i]!));
  }
  (problem.cones ?? []).forEach((cone, k) => {
    const X = matrixOf(cone, z);
    primal.see(Math.max(0, -leastEigenvalue(X, cone.order)), Math.max(1, largest(X.map(Math.abs))));
    const S = multipliers.cones?.[k];
    if (S === undefined) return;
    const sizes = largest(S.map(Math.abs));
    signs.see(Math.max(0, -leastEigenvalue(S, cone.order)), Math.max(1, sizes));
    let product = 0;
    for (let at = 0; at < S.length; at++) {
      product += S[at]! * X[at]!;
      const j = cone.places[at]!;
      rest[j]! -= cone.sign * S[at]!;
      terms[j] = Math.max(terms[j]!, Math.abs(S[at]!));
    }
    gap += Math.abs(product);
    complementarity.see(Math.abs(product), Math.max(1, Math.abs(f)));
  });
  if (problem.norms) {
    const { matrix, offset, starts } = problem.norms;
    const w = multipliers.norms ?? new Float64Array(offset.length);
    // What cancels between rows of one cone is no size of anything.
    const net = new Float64Array(n);
    for (let k = 0; k + 1 < starts.length; k++) {
      const touched: number[] = [];
      for (let i = starts[k]!; i < starts[k + 1]!; i++) {
        const price = w[i]!;
        if (price === 0) continue;
        entriesOf(matrix, i, (j, value) => {
          touched.push(j);
          net[j]! += value * price;
        });
      }
      for (const j of touched) {
        rest[j]! -= net[j]!;
        terms[j] = Math.max(terms[j]!, Math.abs(net[j]!));
        net[j] = 0;
      }
    }
    const s = affine(problem.norms, z);
    for (let k = 0; k + 1 < starts.length; k++) {
      const [from, to] = [starts[k]!, starts[k + 1]!];
      primal.see(outside(s, from, to), Math.max(1, Math.abs(s[from]!)));
      signs.see(outside(w, from, to), 1);
      let product = 0;
      for (let i = from; i < to; i++) product += s[i]! * w[i]!;
      gap += Math.abs(product);
      complementarity.see(Math.abs(product), Math.max(1, Math.abs(f)));
    }
  }
  const size = largest(terms);
  const most = maxNorm(rest);
  const scale = Math.max(gradientScale(problem, z, gradient, (least) => most <= enough * Math.max(least, size)), size);
  const sums = termsAt(problem, z, most / scale);
  let worth = Math.max(1, Math.abs(f));
  for (let j = 0; j < n; j++) {
    const own = (sums ? Math.max(terms[j]!, sums[j]!) : terms[j]!) * Math.abs(z[j]!);
    if (own > worth) worth = own;
  }
  let stationarity = 0;
  let moved = 0;
  for (let j = 0; j < n; j++) {
    const left = Math.abs(rest[j]!);
    const part = left / (sums ? Math.max(scale, sums[j]!) : scale);
    const change = (left * Math.abs(z[j]!)) / (1e3 * worth);
    if (!(part <= stationarity)) stationarity = larger(stationarity, part);
    if (!(change <= moved)) moved = larger(moved, change);
  }
  return {
    stationarity: { value: larger(0, most), scaled: Math.max(stationarity, moved) },
    primal: primal.measure(),
    sign: { value: signs.measure().value, scaled: signs.measure().scaled / Math.max(1, scale) },
    complementarity: complementarity.measure(),
    ...(problem.convex ? { gap: { value: gap, scaled: gap / Math.max(1, Math.abs(f)) } } : {}),
  };
}

interface WithBounds {
  /** The gradient less the prices of bounds. */
  readonly rest: Float64Array;
  /** The larger of the two. */
  readonly terms: Float64Array;
  /** The variables whose bounds have something to see: neither inside without a price, nor held by a bound to the last digit. */
  readonly unsettled: readonly number[];
}

function withBounds({ lower, upper }: Problem, z: Float64Array, gradient: Float64Array, prices: Float64Array): WithBounds {
  const n = z.length;
  const rest = new Float64Array(n);
  const terms = new Float64Array(n);
  const unsettled: number[] = [];
  for (let j = 0; j < n; j++) {
    const slope = gradient[j]!;
    const price = prices[j]!;
    const value = z[j]!;
    const low = lower[j]!;
    const high = upper[j]!;
    rest[j] = slope - price;
    terms[j] = Math.max(Math.abs(slope), Math.abs(price));
    const isInside = price === 0 && value >= low && value <= high;
    const isHeld = low <= high && Math.abs(value) < Infinity && ((price > 0 && value === low) || (price < 0 && value === high));
    if (!isInside && !isHeld) unsettled.push(j);
  }
  return { rest, terms, unsettled };
}

/** sign · the matrix of a cone, by rows. */
function matrixOf({ places, sign }: Cone, z: Float64Array): Float64Array {
  return Float64Array.from(places, (j) => sign * z[j]!);
}

function affine({ matrix, offset }: NormRows, z: Float64Array): Float64Array {
  return times(matrix, z).map((value, i) => value + offset[i]!);
}

/** By how much the length of the others exceeds the first number. */
function outside(v: Float64Array, from: number, to: number): number {
  let length = 0;
  for (let i = from + 1; i < to; i++) length = Math.hypot(length, v[i]!);
  const by = length - v[from]!;
  return by <= 0 ? 0 : by;
}

/** Do the conditions hold? Violations are held to the tolerance, the others to ten times as much. */
export function holds(report: KktReport, tolerance: number): boolean {
  const dual = Math.max(report.stationarity.scaled, report.sign.scaled, report.complementarity.scaled);
  return report.primal.scaled <= tolerance && dual <= 10 * tolerance;
}

/**
 * What counts as a large gradient: 1, or less for an objective that is small everywhere, judged by its gradient at the
 * start and by its change over a step of a hundredth.
 */
function gradientScale({ dim, objective, start }: Problem, z: Float64Array, gradient: Float64Array, isEnough: (least: number) => boolean): number {
  const other = new Float64Array(dim);
  objective.gradient(start, other);
  let most = 0;
  for (let j = 0; j < dim; j++) if (Math.abs(other[j]!) > most) most = Math.abs(other[j]!);
  // Larger than 1 counts as 1.
  if (most >= 1) return 1;
  if (most > 0 && isEnough(most)) return most;
  objective.gradient(
    z.map((value) => value + 0.01 * Math.max(1, Math.abs(value))),
    other,
  );
  for (let j = 0; j < dim; j++) {
    const change = Math.abs(other[j]! - gradient[j]!);
    if (change > most) most = change;
  }
  return most > 0 ? Math.min(1, most) : 1;
}

// Beside 1 it needs no larger number to compare it with.
const nothing = 1e-10;

/** 2 weight Σ |J[i, j] r[i]| of a sum of squares, the like of sums over rows; undefined, for zeros, for other objectives. */
function termsAt({ dim, objective: { residuals, terms } }: Problem, z: Float64Array, stationarity: number): Float64Array | undefined {
  if (terms) return stationarity <= nothing ? undefined : terms(z);
  if (residuals === undefined) return undefined;
  const sums = new Float64Array(dim);
  const r = new Float64Array(residuals.count);
  residuals.value(z, r);
  entries(residuals.jacobian(z), (i, j, value) => (sums[j]! += 2 * Math.abs(residuals.weight * value * r[i]!)));
  return sums;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let j = 0; j < values.length; j++) if (values[j]! > most) most = values[j]!;
  return most;
}

/** NaN counts as infinite. */
class Worst {
  #value = 0;
  #scaled = 0;
  see(value: number, scale: number): void {
    if (value === 0 && scale > 0) return;
    this.#value = larger(this.#value, value);
    this.#scaled = larger(this.#scaled, value / scale);
  }
  measure(): Measure {
    return { value: this.#value, scaled: this.#scaled };
  }
}

function larger(left: number, right: number): number {
  return right <= left ? left : Number.isNaN(right) ? Infinity : right;
}

/**
 * Least value over all bounds of the combination Σ rows[i] (A z)[i] + Σ bounds[j] z[j], which must vanish identically:
 * positive for a Farkas certificate; with second-order cones, Σ norms[i] (M z)[i] is part of it, with norms in the cones. NaN if the combination does not vanish up to rounding, or uses a missing bound.
 */
export function farkasGap(problem: Problem, rows: Float64Array, bounds: Float64Array, cones: readonly Float64Array[] = [], norms?: Float64Array): number {
  const { linear } = problem;
  if (linear === undefined && cones.length === 0 && norms === undefined) return NaN;
  const rest = bounds.slice();
  const terms = bounds.map(Math.abs);
  for (const [k, S] of cones.entries()) {
    const cone = problem.cones?.[k];
    if (!cone || leastEigenvalue(S, cone.order) < -1e-7 * largest(S.map(Math.abs))) return NaN;
    S.forEach((s, at) => {
      rest[cone.places[at]!]! += cone.sign * s;
      terms[cone.places[at]!]! += Math.abs(s);
    });
  }
  if (linear !== undefined)
    entries(linear.matrix, (i, j, value) => {
      rest[j]! += value * rows[i]!;
      terms[j]! += Math.abs(value * rows[i]!);
    });
  let gap = 0;
  if (norms) {
    if (!problem.norms) return NaN;
    const { matrix, offset, starts } = problem.norms;
    for (let k = 0; k + 1 < starts.length; k++) if (outside(norms, starts[k]!, starts[k + 1]!) > 0) return NaN;
    entries(matrix, (i, j, value) => {
      rest[j]! += value * norms[i]!;
      terms[j]! += Math.abs(value * norms[i]!);
    });
    // wᵀ(M z + offset) ≥ 0 for w in the cones.
    offset.forEach((o, i) => (gap -= o * norms[i]!));
  }
  const add = (multiplier: number, lower: number, upper: number): void => {
    if (multiplier !== 0) gap += multiplier * (multiplier > 0 ? lower : upper);
  };
  if (linear !== undefined) rows.forEach((value, i) => add(value, linear.lower[i]!, linear.upper[i]!));
  bounds.forEach((value, j) => add(value, problem.lower[j]!, problem.upper[j]!));
  if (!Number.isFinite(gap)) return NaN;
  const vanishes = rest.every((value, j) => Math.abs(value) <= Math.max(1e-9 * gap, 1e-12 * terms[j]!));
  return vanishes ? gap : NaN;
}

/**
 * The largest violation of the rows at z, if the sum of their squares is stationary there on the box and clearly
 * positive: for convex rows no point then satisfies them all.
 */
export function stationaryViolation(problem: Problem, z: Float64Array): number | undefined {
  const { dim: n, linear, nonlinear } = problem;
  const g = new Float64Array(n);
  const terms = new Float64Array(n);
  let most = 0;
  const gather = (M: Matrix, values: Float64Array, lower: Float64Array, upper: Float64Array): void => {
    const v = values.map((value, i) => value - Math.min(upper[i]!, Math.max(lower[i]!, value)));
    for (const value of v) most = Math.max(most, Math.abs(value));
    entries(M, (i, j, value) => {
      g[j]! += value * v[i]!;
      terms[j]! += Math.abs(value * v[i]!);
    });
  };
  if (linear !== undefined) {
    const values = times(linear.matrix, z);
    gather(linear.matrix, values, linear.lower, linear.upper);
  }
  if (nonlinear !== undefined) {
    const values = new Float64Array(nonlinear.count);
    nonlinear.value(z, values);
    gather(nonlinear.jacobian(z), values, nonlinear.lower, nonlinear.upper);
  }
  const scale = largest(terms);
  for (let j = 0; j < n; j++) {
    if (z[j]! < problem.lower[j]! || z[j]! > problem.upper[j]!) return undefined;
    const held = (g[j]! > 0 && z[j]! - problem.lower[j]! <= 1e-7) || (g[j]! < 0 && problem.upper[j]! - z[j]! <= 1e-7);
    if (!held && !(Math.abs(g[j]!) <= 1e-5 * scale)) return undefined;
  }
  return most > 1e-6 && Number.isFinite(most) ? most : undefined;
}

/** Does the objective fall for ever from z along the ray, within all bounds, as far as numbers reach? */
export function fallsForEver(problem: Problem, z: Float64Array, ray: Float64Array): boolean {
  const { objective } = problem;
  if (!leavesBoundsFree(problem, ray)) return false;
  let last = objective.value(z);
  let fall = 0;
  const size = Math.max(1, largest(z.map(Math.abs)));
  for (let t = size; t <= 1e6 * size; t *= 10) {
    const at = plus(z, t, ray);
    if (!keepsRows(problem, at, 1e-8 * (1 + t))) return false;
    const value = objective.value(at);
    if (!(value < last)) return false;
    // It has fallen below all numbers.
    if (value === -Infinity) return true;
    // Each decade must bring a fall that is not smaller than the last.
    if (last - value < fall) return false;
    fall = last - value;
    last = value;
  }
  return true;
}

// Steps along a ray, as powers of two of its length; falls larger than rounding that must come first.
const [nearest, farthest, leastFalls] = [-6, 20, 5];

/**
 * Does the objective fall on and on from z along the ray, within all bounds, by less and less? The value far out if it does:
 * then no point of the ray is lowest, and in a convex problem whose ray is feasible no point near it is optimal.
 */
export function fallsOn(problem: Problem, z: Float64Array, ray: Float64Array): number | undefined {
  const { objective } = problem;
  if (!leavesBoundsFree(problem, ray)) return undefined;
  const first = objective.value(z);
  const length = maxNorm(ray);
  // The function that methods have used: one for values alone would be made for few of them.
  const unused = new Float64Array(problem.dim);
  let [last, falls, isFalling] = [first, 0, true];
  for (let k = nearest; k <= farthest; k++) {
    const at = plus(z, 2 ** k, ray);
    const value = objective.gradient(at, unused);
    // The last digit may waver.
    const blind = 2 * Number.EPSILON * Math.abs(first);
    if (!(value <= last + (falls < leastFalls ? 0 : blind)) || !keepsRows(problem, at, 1e-8 * (1 + 2 ** k * length))) return undefined;
    isFalling &&= last - value > blind;
    if (isFalling) falls++;
    else if (falls < leastFalls) return undefined;
    last = value;
  }
  return last;
}

/**
 * The same for a convex problem with nonlinear rows along whose rays the objective alone does not fall, as that of x >= exp(-y)
 * by y: an optimum is a least point of the Lagrangian with these multipliers too, f - Σ y (c(z) - bound). Of rows that are held
 * hardly at all or not quite none counts, nor do falls that are smaller than digits of the terms; a slope that
 * rounding left would not become less and less.
 */
export function lagrangianFallsOn(problem: Problem, z: Float64Array, { nonlinear: y }: Multipliers, ray: Float64Array): number | undefined {
  const { objective, nonlinear, dim } = problem;
  if (!nonlinear || !leavesBoundsFree(problem, ray)) return undefined;
  const rows = new Float64Array(nonlinear.count);
  nonlinear.value(z, rows);
  const bounds = y.map((price, i) => (price > 0 ? nonlinear.lower[i]! : nonlinear.upper[i]!));
  const held = y.map((price, i) => (Math.abs(price) > Math.abs(rows[i]! - bounds[i]!) * 1e4 && Number.isFinite(bounds[i]) ? price : 0));
  if (held.every((price) => price === 0)) return undefined;
  const gradient = new Float64Array(dim);
  const at = (t: number): { readonly point: Float64Array; readonly value: number; readonly blind: number } => {
    const point = plus(z, t, ray);
    let value = objective.gradient(point, gradient);
    let size = Math.abs(value);
    for (let j = 0; j < dim; j++) size += Math.abs(gradient[j]! * point[j]!);
    nonlinear.value(point, rows);
    held.forEach((price, i) => {
      if (price === 0) return;
      value -= price * (rows[i]! - bounds[i]!);
      size += Math.abs(price) * Math.max(Math.abs(rows[i]!), Math.abs(bounds[i]!));
    });
    return { point, value, blind: 4 * Number.EPSILON * size };
  };
  let last = at(0);
  let [falls, most] = [0, 0];
  for (let k = nearest; k <= farthest; k++) {
    const next = at(2 ** k);
    const fall = last.value - next.value;
    const blind = last.blind + next.blind;
    if (!(fall >= -blind) || !keepsRows(problem, next.point, 1e-8 * (1 + 2 ** k * maxNorm(ray)))) return undefined;
    if (fall > blind) falls++;
    most = Math.max(most, fall);
    if (k === farthest && fall > Math.max(blind, 0.5 * most)) return undefined;
    last = next;
  }
  return falls >= leastFalls ? last.value : undefined;
}

// Of an entry of a semidefinite matrix beside the largest of a ray: a zero, which no other number is at the edge of the cone.
const noEntry = 1e-12;

function leavesBoundsFree({ lower, upper, cones = [] }: Problem, ray: Float64Array): boolean {
  const zeros = cones.length > 0 ? noEntry * maxNorm(ray) : 0;
  const inCones = new Set(cones.flatMap((cone) => [...cone.places]));
  return ray.every((v, j) => (Math.abs(v) <= zeros && inCones.has(j)) || (!(v < 0 && lower[j]! > -Infinity) && !(v > 0 && upper[j]! < Infinity)));
}

function keepsRows({ linear, nonlinear, cones, norms }: Problem, at: Float64Array, tolerance: number): boolean {
  const within = (values: Float64Array, lower: Float64Array, upper: Float64Array): boolean => values.every((value, i) => value >= lower[i]! - tolerance && value <= upper[i]! + tolerance);
  if (linear !== undefined && !within(times(linear.matrix, at), linear.lower, linear.upper)) return false;
  if (nonlinear !== undefined) {
    const values = new Float64Array(nonlinear.count);
    nonlinear.value(at, values);
    if (!within(values, nonlinear.lower, nonlinear.upper)) return false;
  }
  if (!(cones ?? []).every((cone) => leastEigenvalue(matrixOf(cone, at), cone.order) >= -tolerance)) return false;
  const values = norms && affine(norms, at);
  return !values || [...norms.starts.keys()].slice(1).every((k) => outside(values, norms.starts[k - 1]!, norms.starts[k]!) <= tolerance);
}

function times(M: Matrix, z: Float64Array): Float64Array {
  const values = new Float64Array(M.rows);
  for (let i = 0; i < M.rows; i++) {
    let sum = 0;
    if (M.kind === 'dense') for (let j = 0, at = i * M.cols; j < M.cols; j++, at++) sum += M.data[at]! * z[j]!;
    else for (let at = M.starts[i]!; at < M.starts[i + 1]!; at++) sum += M.values[at]! * z[M.indices[at]!]!;
    values[i] = sum;
  }
  return values;
}

function entries(M: Matrix, visit: (i: number, j: number, value: number) => void): void {
  for (let i = 0; i < M.rows; i++) entriesOf(M, i, (j, value) => visit(i, j, value));
}

function entriesOf(M: Matrix, i: number, visit: (j: number, value: number) => void): void {
  if (M.kind === 'dense') for (let j = 0; j < M.cols; j++) visit(j, M.data[i * M.cols + j]!);
  else for (let at = M.starts[i]!; at < M.starts[i + 1]!; at++) visit(M.indices[at]!, M.values[at]!);
}
