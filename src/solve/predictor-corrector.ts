// Primal–dual interior points for convex quadratic and linear programs: predictor and corrector (Mehrotra 1992) with
// further centrality correctors (Gondzio 1996) on the homogeneous embedding, after scaling.

import { equilibrate, rescaled } from './equilibrate.ts';
import type { Scaling } from './equilibrate.ts';
import { complementarity, dualPart, newtonSystem, residualsAt, sidesOf } from './homogeneous.ts';
import type { Direction, Embedding, Iterate, Residuals } from './homogeneous.ts';
import { addProduct, addSymmetricProduct } from './matrix.ts';
import { planKkt } from './linear/kkt-system.ts';
import type { PrimalDual } from './polish.ts';
import type { QuadraticProgram } from './quadratic-program.ts';
import { dot, maxNorm, plus } from './vector.ts';

export interface InteriorState {
  readonly original: QuadraticProgram;
  readonly scaling: Scaling;
  readonly embedding: Embedding;
  readonly at: Iterate;
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
  // Points far from the origin leave τ no room beside them: the unit of length is that of the nearest feasible point.
  const unit = maxNorm(leastSquares(embedding, new Float64Array(original.n)).x);
  if (unit > 10 && unit < Infinity) {
    scaling = rescaled(scaling, unit);
    embedding = embed(scaling.program);
  }
  const at = startingPoint(embedding);
  const errors = errorsAt(scaling, embedding, at);
  return {
    original,
    scaling,
    embedding,
    at,
    errors,
    best: { at, errors },
    iterations: 0,
    sinceBest: 0,
    step: 1,
    tolerance,
  };
}

function embed(program: QuadraticProgram): Embedding {
  const { sides, isEquation } = sidesOf(program);
  return { program, sides, isEquation, plan: planKkt(program.P, program.A) };
}

// Bounds beyond so many units are far. They are met far out, and would draw all there.
const far = 1e3;

/** The point that minimises the objective with gradient c and the sum of squares of the slacks, far bounds brought near. */
function leastSquares(embedding: Embedding, c: Float64Array): Direction {
  const { program, sides, isEquation } = embedding;
  const ones = new Float64Array(sides.of.length).fill(1);
  const rows = program.rowLower.map((value, i) => (isEquation[i] === 1 ? value : 0));
  return newtonSystem(embedding, ones, ones, 1e-8).solve(
    c.map((value) => -value),
    rows,
    sides.limit.map((limit) => Math.min(far, limit)),
  );
}

/** The least-squares point of both feasibilities, moved inside; far bounds with the slack they have and a multiplier to match. */
function startingPoint(embedding: Embedding): Iterate {
  const { program, sides } = embedding;
  const first = leastSquares(embedding, program.c);
  const count = first.z.length;
  const inside = (values: Float64Array): Float64Array => {
    let least = Infinity;
    for (const value of values) least = Math.min(least, value);
    const shift = least < 1e-8 ? 1 - least : 0;
    return values.map((value) => value + shift);
  };
  const s = inside(first.z.map((value) => -value));
  const z = inside(first.z);
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
  const out = y.map((value, i) => (isEquation[i] === 1 ? value : 0));
  for (let k = 0; k < z.length; k++) {
    const row = sides.of[k]! - program.n;
    if (row >= 0) out[row]! += sides.sign[k]! * z[k]!;
  }
  return out;
}

export function stepInterior(state: InteriorState): InteriorState {
  const { embedding, at } = state;
  const { program, sides, isEquation } = embedding;
  const { s, z, tau, kappa } = at;
  const count = z.length;
  const residuals = residualsAt(embedding, at);
  const mu = complementarity(at);
  const system = newtonSystem(embedding, s, z, 1e-8);
  const constantRows = program.rowLower.map((value, i) => (isEquation[i] === 1 ? value : 0));
  const perTau = system.solve(
    program.c.map((value) => -value),
    constantRows,
    sides.limit,
  );
  const target = (part: number, products: Float64Array, productTau: number): FullStep => {
    const right = new Float64Array(count);
    for (let k = 0; k < count; k++) right[k] = -part * residuals.sides[k]! + products[k]! / z[k]!;
    const fixed = system.solve(
      residuals.dual.map((value) => -part * value),
      residuals.rows.map((value) => -part * value),
      right,
    );
    return combine(embedding, at, residuals, perTau, fixed, part, products, productTau);
  };

  const products = s.map((value, k) => value * z[k]!);
  const affine = target(1, products, tau * kappa);
  const reach = Math.min(1, longest(at, affine));
  const centring = (1 - reach) ** 3;
  const aim = centring * mu;
  const corrected = products.map((value, k) => value + affine.s[k]! * affine.z[k]! - aim);
  const correctedTau = tau * kappa + affine.tau * affine.kappa - aim;
  let best = target(1 - centring, corrected, correctedTau);
  let length = Math.min(1, longest(at, best));

  // Gondzio: move the products of a longer step into the neighbourhood of the centre.
  for (let turn = 0; turn < 2 && length < 0.9; turn++) {
    const trial = Math.min(1, length + 0.3);
    const shifted = corrected.map((value, k) => {
      const product = (s[k]! + trial * best.s[k]!) * (z[k]! + trial * best.z[k]!);
      return value + outside(product, aim, mu);
    });
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
  const errors = errorsAt(state.scaling, embedding, next);
  const better = worst(errors) < worst(state.best.errors);
  return {
    ...state,
    at: next,
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

/** The step of τ from the row of the gap, whose factor is written as a sum of squares; then all the others. */
function combine(
  { program, sides, isEquation }: Embedding,
  { x, s, z, tau, kappa }: Iterate,
  residuals: Residuals,
  perTau: Direction,
  fixed: Direction,
  part: number,
  products: Float64Array,
  productTau: number,
): FullStep {
  const offset = plus(perTau.x, -1 / tau, x);
  const curved = new Float64Array(program.n);
  addSymmetricProduct(program.P, offset, 1, curved);
  let factor = kappa / tau + dot(offset, curved);
  for (let k = 0; k < z.length; k++) factor += (s[k]! / z[k]!) * perTau.z[k]! ** 2;
  let right = part * residuals.gap - productTau / tau;
  for (let j = 0; j < program.n; j++) right += ((2 * residuals.Px[j]!) / tau + program.c[j]!) * fixed.x[j]!;
  for (let i = 0; i < program.m; i++) if (isEquation[i] === 1) right += program.rowLower[i]! * fixed.y[i]!;
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
  const see = (value: number, change: number): void => {
    if (change < 0) most = Math.min(most, -value / change);
  };
  for (let k = 0; k < s.length; k++) {
    see(s[k]!, step.s[k]!);
    see(z[k]!, step.z[k]!);
  }
  see(tau, step.tau);
  see(kappa, step.kappa);
  return most;
}

/** The embedding is a cone: any positive multiple is the same point. */
function normalised(at: Iterate): Iterate {
  const size = Math.max(at.tau, at.kappa);
  if (size > 1e-4 && size < 1e4) return at;
  const by = 1 / size;
  const times = (values: Float64Array): Float64Array => values.map((value) => value * by);
  return { x: times(at.x), y: times(at.y), s: times(at.s), z: times(at.z), tau: at.tau * by, kappa: at.kappa * by };
}

function worst({ primal, dual, gap }: Errors): number {
  const most = Math.max(primal, dual, gap);
  return Number.isNaN(most) ? Infinity : most;
}

function errorsAt({ columns, rows, cost }: Scaling, embedding: Embedding, at: Iterate): Errors {
  const { program, sides, isEquation } = embedding;
  const { n } = program;
  const { x, y, z, tau } = at;
  const residuals = residualsAt(embedding, at);
  let primal = 0;
  let sizePrimal = 1;
  const unscale = (index: number): number => (index < n ? columns[index]! : 1 / rows[index - n]!);
  for (let k = 0; k < z.length; k++) {
    const by = unscale(sides.of[k]!) / tau;
    primal = Math.max(primal, Math.abs(residuals.sides[k]!) * by);
    sizePrimal = Math.max(sizePrimal, Math.min(Math.abs(sides.limit[k]! * tau), Math.abs(at.s[k]!)) * by);
  }
  for (let i = 0; i < program.m; i++) {
    if (isEquation[i] === 0) continue;
    primal = Math.max(primal, Math.abs(residuals.rows[i]!) / rows[i]! / tau);
    sizePrimal = Math.max(sizePrimal, Math.abs(program.rowLower[i]!) / rows[i]!);
  }
  const multiplierPart = dualPart(embedding, y, z);
  let dual = 0;
  let sizeDual = 1;
  for (let j = 0; j < n; j++) {
    const by = 1 / (columns[j]! * cost * tau);
    dual = Math.max(dual, Math.abs(residuals.dual[j]!) * by);
    const term = Math.max(Math.abs(residuals.Px[j]!), Math.abs(multiplierPart[j]!), Math.abs(program.c[j]! * tau));
    sizeDual = Math.max(sizeDual, term * by);
  }
  const quadratic = residuals.xPx / (tau * tau * cost);
  const linear = dot(program.c, x) / (tau * cost);
  const value = quadratic / 2 + linear;
  const gap = Math.abs((residuals.gap - at.kappa) / (tau * cost));
  return { primal: primal / sizePrimal, dual: dual / sizeDual, gap: gap / Math.max(1, Math.abs(value)) };
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
  return { x: x.map((value) => value / divisor), rows: y.map((value) => -value / divisor), bounds };
}

export function inUnits({ columns, rows, cost }: Scaling, at: PrimalDual): PrimalDual {
  return {
    x: at.x.map((value, j) => value * columns[j]!),
    rows: at.rows.map((value, i) => (value * rows[i]!) / cost),
    bounds: at.bounds.map((value, j) => value / (columns[j]! * cost)),
  };
}
