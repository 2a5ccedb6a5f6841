// Primal–dual interior points for convex quadratic and linear programs: predictor and corrector (Mehrotra 1992) with
// further centrality correctors (Gondzio 1996) on the homogeneous embedding, after scaling.

import { equilibrate, rescaled } from './equilibrate.ts';
import type { Scaling } from './equilibrate.ts';
import { complementarity, dualPart, equationsOf, newtonSystem, residualsAt, sidesOf } from './homogeneous.ts';
import type { Direction, Embedding, Iterate, NewtonSystem, Residuals } from './homogeneous.ts';
import { addProduct, addSymmetricProduct } from './matrix.ts';
import { planKkt, releaseKkt } from './linear/kkt-system.ts';
import type { PrimalDual } from './polish.ts';
import type { QuadraticProgram } from './quadratic-program.ts';
import { dot, maxNorm, plus, times } from './vector.ts';

export interface InteriorState {
  readonly original: QuadraticProgram;
  readonly scaling: Scaling;
  readonly embedding: Embedding;
  readonly at: Iterate;
  readonly residuals: Residuals;
  readonly errors: Errors;
  /** The iterate with the least error so far. */
  readonly best: { readonly at: Iterate; readonly errors: Errors };
  readonly iterations: number;
  readonly sinceBest: number;
  readonly step: number;
  readonly tolerance: number;
}

/** Relative errors of x/τ and its multipliers, in the units of the problem. */
export interface Errors {
  readonly primal: number;
  readonly dual: number;
  readonly gap: number;
}

export type InteriorEnd = 'converged' | 'stalled' | 'infeasible' | 'unbounded';

export function initInterior(original: QuadraticProgram, tolerance: number): InteriorState {
  let scaling = equilibrate(original);
  let embedding = embed(scaling.program);
  let system = slackSystem(embedding);
  // Points far from the origin leave τ no room beside them: the unit of length is that of the nearest feasible point.
  const unit = maxNorm(leastSquares(embedding, system, new Float64Array(original.n)).x);
  if (unit > 10 && unit < Infinity) {
    scaling = rescaled(scaling, unit);
    releaseKkt(embedding.plan);
    embedding = embed(scaling.program);
    system = slackSystem(embedding);
  }
  const at = startingPoint(embedding, system);
  const residuals = residualsAt(embedding, at);
  const errors = errorsOf(scaling, embedding, at, residuals);
  return {
    original,
    scaling,
    embedding,
    at,
    residuals,
    errors,
    best: { at, errors },
    iterations: 0,
    sinceBest: 0,
    step: 1,
    tolerance,
  };
}

/** Gives back what the factorisations held; the state itself can still be read, and even go on. */
export function releaseInterior({ embedding }: InteriorState): void {
  releaseKkt(embedding.plan);
}

function embed(program: QuadraticProgram): Embedding {
  const { sides, isEquation } = sidesOf(program);
  const held = new Uint8Array(program.n + program.m);
  for (const index of sides.of) held[index] = 1;
  const facts = { variables: held.subarray(0, program.n), free: held.subarray(0, program.n).map((flag) => 1 - flag), rows: held.subarray(program.n) };
  return { program, sides, isEquation, plan: planKkt(program.P, program.A, facts) };
}

// Bounds beyond so many units are far. They are met far out, and would draw all there.
const far = 1e3;

/** The system of sums of squares of slacks. */
function slackSystem(embedding: Embedding): NewtonSystem {
  const ones = new Float64Array(embedding.sides.of.length).fill(1);
  return newtonSystem(embedding, ones, ones, 1e-8);
}

/** The point that minimises the objective with gradient c and the sum of squares of the slacks, far bounds brought near. */
function leastSquares(embedding: Embedding, system: NewtonSystem, c: Float64Array): Direction {
  const limit = embedding.sides.limit.slice();
  for (let k = 0; k < limit.length; k++) if (limit[k]! > far) limit[k] = far;
  return system.solve(times(-1, c), equationsOf(embedding), limit);
}

/** The least-squares point of both feasibilities, moved inside; far bounds with the slack they have and a multiplier to match. */
function startingPoint(embedding: Embedding, system: NewtonSystem): Iterate {
  const { program, sides } = embedding;
  const first = leastSquares(embedding, system, program.c);
  const count = first.z.length;
  const inside = (values: Float64Array): Float64Array => {
    let least = Infinity;
    for (let k = 0; k < count; k++) least = Math.min(least, values[k]!);
    const shift = least < 1e-8 ? 1 - least : 0;
    for (let k = 0; k < count; k++) values[k]! += shift;
    return values;
  };
  const s = inside(times(-1, first.z));
  const z = inside(first.z.slice());
  // κ on the central path of the other products.
  const kappa = count === 0 ? 1 : dot(s, z) / count;
  for (let k = 0; k < count; k++) {
    if (!(sides.limit[k]! > far)) continue;
    s[k]! += sides.limit[k]! - far;
    z[k] = kappa / s[k]!;
  }
  return { x: first.x, y: rowSums(embedding, first.y, z), s, z, tau: 1, kappa };
}

/** y of rows with sides follows from z. */
function rowSums({ program, sides, isEquation }: Embedding, y: Float64Array, z: Float64Array): Float64Array {
  const out = new Float64Array(y.length);
  for (let i = 0; i < y.length; i++) if (isEquation[i] === 1) out[i] = y[i]!;
  for (let k = 0; k < z.length; k++) {
    const row = sides.of[k]! - program.n;
    if (row >= 0) out[row]! += sides.sign[k]! * z[k]!;
  }
  return out;
}

export function stepInterior(state: InteriorState): InteriorState {
  const { embedding, at, residuals } = state;
  const { program, sides } = embedding;
  const { s, z, tau, kappa } = at;
  const count = z.length;
  const mu = complementarity(at);
  const system = newtonSystem(embedding, s, z, 1e-8);
  const perTau = system.solve(times(-1, program.c), equationsOf(embedding), sides.limit);
  const factor = gapFactor(embedding, at, perTau);
  const right = new Float64Array(count);
  const target = (part: number, products: Float64Array, productTau: number): FullStep => {
    for (let k = 0; k < count; k++) right[k] = -part * residuals.sides[k]! + products[k]! / z[k]!;
    const fixed = system.solve(times(-part, residuals.dual), times(-part, residuals.rows), right);
    return combine(embedding, at, residuals, perTau, fixed, { part, products, productTau, factor });
  };

  const products = new Float64Array(count);
  for (let k = 0; k < count; k++) products[k] = s[k]! * z[k]!;
  const affine = target(1, products, tau * kappa);
  const reach = Math.min(1, longest(at, affine));
  const centring = (1 - reach) ** 3;
  const aim = centring * mu;
  const corrected = new Float64Array(count);
  for (let k = 0; k < count; k++) corrected[k] = products[k]! + affine.s[k]! * affine.z[k]! - aim;
  const correctedTau = tau * kappa + affine.tau * affine.kappa - aim;
  let best = target(1 - centring, corrected, correctedTau);
  let length = Math.min(1, longest(at, best));

  // Gondzio: move the products of a longer step into the neighbourhood of the centre.
  for (let turn = 0; turn < 2 && length < 0.9; turn++) {
    const trial = Math.min(1, length + 0.3);
    const shifted = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      const product = (s[k]! + trial * best.s[k]!) * (z[k]! + trial * best.z[k]!);
      shifted[k] = corrected[k]! + outside(product, aim, mu);
    }
    const shiftedTau = correctedTau + outside((tau + trial * best.tau) * (kappa + trial * best.kappa), aim, mu);
    const next = target(1 - centring, shifted, shiftedTau);
    const nextLength = Math.min(1, longest(at, next));
    if (nextLength < length + 0.05) break;
    best = next;
    length = nextLength;
  }
  const step = length * 0.995;
  const moved: Iterate = {
    x: plus(at.x, step, best.x),
    y: plus(at.y, step, best.y),
    s: plus(s, step, best.s),
    z: plus(z, step, best.z),
    tau: tau + step * best.tau,
    kappa: kappa + step * best.kappa,
  };
  const next = normalised({ ...moved, y: rowSums(embedding, moved.y, moved.z) });
  const nextResiduals = residualsAt(embedding, next);
  const errors = errorsOf(state.scaling, embedding, next, nextResiduals);
  const better = worst(errors) < worst(state.best.errors);
  return {
    ...state,
    at: next,
    residuals: nextResiduals,
    errors,
    best: better ? { at: next, errors } : state.best,
    sinceBest: better ? 0 : state.sinceBest + 1,
    iterations: state.iterations + 1,
    step,
  };
}

function outside(product: number, aim: number, mu: number): number {
  const centre = Math.max(aim, 1e-3 * mu);
  if (product < 0.1 * centre) return product - 0.1 * centre;
  if (product > 10 * centre) return Math.min(product - 10 * centre, 10 * centre);
  return 0;
}

interface FullStep extends Direction {
  readonly s: Float64Array;
  readonly tau: number;
  readonly kappa: number;
}

/** What τ counts in the row of the gap once the others are eliminated, written as a sum of squares. */
function gapFactor({ program }: Embedding, { x, s, z, tau, kappa }: Iterate, perTau: Direction): number {
  const offset = plus(perTau.x, -1 / tau, x);
  const curved = new Float64Array(program.n);
  addSymmetricProduct(program.P, offset, 1, curved);
  let factor = kappa / tau + dot(offset, curved);
  for (let k = 0; k < z.length; k++) factor += (s[k]! / z[k]!) * perTau.z[k]! ** 2;
  return factor;
}

interface Aim {
  /** Of the residuals. */
  readonly part: number;
  readonly products: Float64Array;
  readonly productTau: number;
  readonly factor: number;
}

/** The step of τ from the row of the gap; then all the others. */
function combine(
  { program, sides, isEquation }: Embedding,
  { s, z, tau, kappa }: Iterate,
  residuals: Residuals,
  perTau: Direction,
  fixed: Direction,
  { part, products, productTau, factor }: Aim,
): FullStep {
  const { n, m, c, rowLower } = program;
  let right = part * residuals.gap - productTau / tau;
  for (let j = 0; j < n; j++) right += ((2 * residuals.Px[j]!) / tau + c[j]!) * fixed.x[j]!;
  for (let i = 0; i < m; i++) if (isEquation[i] === 1) right += rowLower[i]! * fixed.y[i]!;
  for (let k = 0; k < z.length; k++) right += sides.limit[k]! * fixed.z[k]!;
  const dTau = right / factor;
  const dz = plus(fixed.z, dTau, perTau.z);
  const ds = new Float64Array(z.length);
  for (let k = 0; k < z.length; k++) ds[k] = -(products[k]! + s[k]! * dz[k]!) / z[k]!;
  return {
    x: plus(fixed.x, dTau, perTau.x),
    y: plus(fixed.y, dTau, perTau.y),
    z: dz,
    s: ds,
    tau: dTau,
    kappa: -(productTau + kappa * dTau) / tau,
  };
}

/** The step to the nearest boundary. */
function longest({ s, z, tau, kappa }: Iterate, step: FullStep): number {
  let most = Infinity;
  if (step.tau < 0) most = Math.min(most, -tau / step.tau);
  if (step.kappa < 0) most = Math.min(most, -kappa / step.kappa);
  for (let k = 0; k < s.length; k++) {
    const [ds, dz] = [step.s[k]!, step.z[k]!];
    if (ds < 0 && -s[k]! / ds < most) most = -s[k]! / ds;
    if (dz < 0 && -z[k]! / dz < most) most = -z[k]! / dz;
  }
  return most;
}

/** The embedding is a cone: any positive multiple is the same point. */
function normalised(at: Iterate): Iterate {
  const size = Math.max(at.tau, at.kappa);
  if (size > 1e-4 && size < 1e4) return at;
  const by = 1 / size;
  return { x: times(by, at.x), y: times(by, at.y), s: times(by, at.s), z: times(by, at.z), tau: at.tau * by, kappa: at.kappa * by };
}

/** The largest; NaN counts as without bound. */
export function worst({ primal, dual, gap }: Errors): number {
  const most = Math.max(primal, dual, gap);
  return Number.isNaN(most) ? Infinity : most;
}

function errorsOf({ columns, rows, cost }: Scaling, { program, sides, isEquation }: Embedding, at: Iterate, residuals: Residuals): Errors {
  const { n, c, rowLower } = program;
  const { x, z, tau } = at;
  let primal = 0;
  let sizePrimal = 1;
  for (let k = 0; k < z.length; k++) {
    const index = sides.of[k]!;
    const by = (index < n ? columns[index]! : 1 / rows[index - n]!) / tau;
    primal = Math.max(primal, Math.abs(residuals.sides[k]!) * by);
    sizePrimal = Math.max(sizePrimal, Math.min(Math.abs(sides.limit[k]! * tau), Math.abs(at.s[k]!)) * by);
  }
  for (let i = 0; i < program.m; i++) {
    if (isEquation[i] === 0) continue;
    primal = Math.max(primal, Math.abs(residuals.rows[i]!) / rows[i]! / tau);
    sizePrimal = Math.max(sizePrimal, Math.abs(rowLower[i]!) / rows[i]!);
  }
  let dual = 0;
  let sizeDual = 1;
  for (let j = 0; j < n; j++) {
    const by = 1 / (columns[j]! * cost * tau);
    dual = Math.max(dual, Math.abs(residuals.dual[j]!) * by);
    const term = Math.max(Math.abs(residuals.Px[j]!), Math.abs(residuals.multipliers[j]!), Math.abs(c[j]! * tau));
    sizeDual = Math.max(sizeDual, term * by);
  }
  const quadratic = residuals.xPx / (tau * tau * cost);
  const linear = dot(c, x) / (tau * cost);
  const value = quadratic / 2 + linear;
  const gap = Math.abs((residuals.gap - at.kappa) / (tau * cost));
  return { primal: primal / sizePrimal, dual: dual / sizeDual, gap: gap / Math.max(1, Math.abs(value)) };
}

// A slack and its multiplier are parted if one is so many times the other.
const apart = 100;

/** Is it plain which sides press at the optimum? */
export function isParted({ at: { s, z } }: InteriorState): boolean {
  for (let k = 0; k < s.length; k++) if (s[k]! < apart * z[k]! && z[k]! < apart * s[k]!) return false;
  return true;
}

// Below this, iterates that get worse have reached the limits of rounding.
const nearby = 1e-9;

/** How far the method is; `undefined` while it goes on. */
export function interiorEnd(state: InteriorState): InteriorEnd | undefined {
  const { at, tolerance, step, sinceBest, iterations } = state;
  if (worst(state.errors) <= tolerance) return 'converged';
  const candidate = certificateCandidate(state);
  if (candidate !== undefined) return candidate;
  const lost = !(at.tau > 0) || !Number.isFinite(dot(at.x, at.x));
  if (lost || iterations >= 200 || sinceBest >= (worst(state.best.errors) < nearby ? 6 : 30) || (step < 1e-9 && iterations > 0)) return 'stalled';
  return undefined;
}

/** Does the iterate look like a certificate? What it proves is tested in the units of the problem, elsewhere. */
function certificateCandidate({ embedding, at, tolerance }: InteriorState): 'infeasible' | 'unbounded' | undefined {
  const { program, sides, isEquation } = embedding;
  if (!(at.kappa > at.tau)) return undefined;
  const small = Math.min(1e-9, tolerance);
  let support = dot(sides.limit, at.z);
  for (let i = 0; i < program.m; i++) if (isEquation[i] === 1) support += program.rowLower[i]! * at.y[i]!;
  if (support < 0 && maxNorm(dualPart(embedding, at.y, at.z)) <= -support * small) return 'infeasible';
  const slope = dot(program.c, at.x);
  if (!(slope < 0)) return undefined;
  const Px = new Float64Array(program.n);
  addSymmetricProduct(program.P, at.x, 1, Px);
  const Ax = new Float64Array(program.m);
  addProduct(program.A, at.x, 1, Ax);
  let rise = maxNorm(Px);
  for (let i = 0; i < program.m; i++) if (isEquation[i] === 1) rise = Math.max(rise, Math.abs(Ax[i]!));
  for (let k = 0; k < sides.of.length; k++) {
    const index = sides.of[k]!;
    const change = sides.sign[k]! * (index < program.n ? at.x[index]! : Ax[index - program.n]!);
    rise = Math.max(rise, change);
  }
  return rise <= -slope * small ? 'unbounded' : undefined;
}

/** The point and multipliers of an iterate in the units of the problem, signed as prices: ∇f = Aᵀ rows + bounds. */
export function unscaled(state: InteriorState, at: Iterate, divisor: number = at.tau): PrimalDual {
  return inUnits(state.scaling, scaledPoint(state, at, divisor));
}

/** The same of the scaled program. */
export function scaledPoint({ embedding }: InteriorState, { x, y, z, tau }: Iterate, divisor: number = tau): PrimalDual {
  const bounds = new Float64Array(x.length);
  for (let k = 0; k < z.length; k++) {
    const index = embedding.sides.of[k]!;
    if (index < x.length) bounds[index]! -= (embedding.sides.sign[k]! * z[k]!) / divisor;
  }
  return { x: divided(x, divisor), rows: divided(y, -divisor), bounds };
}

function divided(values: Float64Array, by: number): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = values[i]! / by;
  return out;
}

export function inUnits({ columns, rows, cost }: Scaling, at: PrimalDual): PrimalDual {
  const [n, m] = [columns.length, rows.length];
  const [x, prices, bounds] = [new Float64Array(n), new Float64Array(m), new Float64Array(n)];
  for (let j = 0; j < n; j++) {
    x[j] = at.x[j]! * columns[j]!;
    bounds[j] = at.bounds[j]! / (columns[j]! * cost);
  }
  for (let i = 0; i < m; i++) prices[i] = (at.rows[i]! * rows[i]!) / cost;
  return { x, rows: prices, bounds };
}
