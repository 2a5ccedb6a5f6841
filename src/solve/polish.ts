// The last digits of a quadratic program: guess which bounds are active, solve the equations that then hold, and
// revise the guess while signs or bounds disagree. The result replaces the point only if its errors are smaller.

import { addProduct, addSymmetricProduct, addTransposedProduct, partOf } from './matrix.ts';
import { factorKkt, planKkt, releaseKkt } from './linear/kkt-system.ts';
import type { KktPlan } from './linear/kkt-system.ts';
import type { DiagonalFacts } from './linear/diagonal.ts';
import { symmetricPart } from './linear/symmetric.ts';
import type { QuadraticProgram } from './quadratic-program.ts';
import { maxNorm, plus } from './vector.ts';

export interface PrimalDual {
  readonly x: Float64Array;
  /** Prices: ∇f = Aᵀ rows + bounds. */
  readonly rows: Float64Array;
  readonly bounds: Float64Array;
}

/** -1 lower, 1 upper, 2 both, 0 none. */
type Activity = Int8Array;

export function polish(program: QuadraticProgram, point: PrimalDual, passes = 12): PrimalDual {
  let best = point;
  let bestError = errorOf(program, point);
  let [variables, rows] = guess(program, point);
  let current = point;
  const seen = new Set<string>();
  for (let pass = 0; pass < passes; pass++) {
    const key = `${variables.join()};${rows.join()}`;
    if (seen.has(key)) break;
    seen.add(key);
    const system = activeSystem(program, variables, rows);
    let next = solveActive(program, current, system, 1e-9);
    let error = errorOf(program, next);
    if (!(error < 1e-12)) {
      // Directions of little curvature want less regularisation than dependent rows do.
      const sharper = solveActive(program, current, system, 1e-14);
      const errorSharper = errorOf(program, sharper);
      if (errorSharper < error || Number.isNaN(error)) [next, error] = [sharper, errorSharper];
    }
    releaseKkt(system.plan);
    if (error < bestError) {
      best = next;
      bestError = error;
    }
    if (bestError <= 1e-14) break;
    [variables, rows] = revise(program, next, variables, rows);
    current = Number.isFinite(error) && error < 1 ? next : best;
  }
  return best;
}

function guess(program: QuadraticProgram, { x, rows, bounds }: PrimalDual): [Activity, Activity] {
  const at = (value: number, lower: number, upper: number, price: number): number => {
    if (lower === upper) return 2;
    if (price > 0 && price > value - lower) return -1;
    if (price < 0 && -price > upper - value) return 1;
    return 0;
  };
  const Ax = product(program, x);
  return [
    Int8Array.from(x, (value, j) => at(value, program.lower[j]!, program.upper[j]!, bounds[j]!)),
    Int8Array.from(Ax, (value, i) => at(value, program.rowLower[i]!, program.rowUpper[i]!, rows[i]!)),
  ];
}

function revise(
  program: QuadraticProgram,
  point: PrimalDual,
  variables: Activity,
  rows: Activity,
): [Activity, Activity] {
  const Ax = product(program, point.x);
  const next = (value: number, lower: number, upper: number, price: number, active: number): number => {
    if (active === 2) return 2;
    if ((active === -1 && price < 0) || (active === 1 && price > 0)) return 0;
    if (active !== 0) return active;
    const slack = 1e-12 * Math.max(1, Math.abs(value));
    if (value < lower - slack) return -1;
    return value > upper + slack ? 1 : 0;
  };
  return [
    variables.map((active, j) => next(point.x[j]!, program.lower[j]!, program.upper[j]!, point.bounds[j]!, active)),
    rows.map((active, i) => next(Ax[i]!, program.rowLower[i]!, program.rowUpper[i]!, point.rows[i]!, active)),
  ];
}

interface ActiveSystem {
  readonly variables: Activity;
  readonly rows: Activity;
  readonly free: readonly number[];
  readonly active: readonly number[];
  readonly plan: KktPlan;
}

/** The equations of the active set, by their pattern. */
function activeSystem(program: QuadraticProgram, variables: Activity, rows: Activity): ActiveSystem {
  const { A } = program;
  const free: number[] = [];
  variables.forEach((active, j) => {
    if (active === 0) free.push(j);
  });
  const active: number[] = [];
  rows.forEach((one, i) => {
    if (one !== 0) active.push(i);
  });
  const facts: DiagonalFacts = {
    free: new Uint8Array(free.length).fill(1),
    // More rows than variables depend on each other: what they leave of the variables is the smaller system, and a definite one.
    ...(active.length > free.length && { rows: new Uint8Array(active.length).fill(1) }),
  };
  return { variables, rows, free, active, plan: planKkt(symmetricPart(program.P, free), partOf(A, active, free), facts) };
}

/** One Newton step from the point to the solution of the equations of the active set; variables at bounds are set. */
function solveActive(
  program: QuadraticProgram,
  point: PrimalDual,
  { variables, rows, free, active, plan }: ActiveSystem,
  regularisation: number,
): PrimalDual {
  const x = point.x.map((value, j) => {
    const at = variables[j]!;
    if (at === 0) return value;
    return at === 1 ? program.upper[j]! : program.lower[j]!;
  });
  const y = point.rows.map((value, i) => (rows[i] === 0 ? 0 : value));
  const shift = regularisation * Math.max(1e-300, scaleOf(program));
  const factors = factorKkt(plan, new Float64Array(free.length), new Float64Array(active.length).fill(shift), shift);
  // At a degenerate vertex active rows depend on each other and agree to rounding only, which their prices must not be made to
  // mend: the point goes as near to the rows as it gets, then prices follow for a point that stays.
  for (let turn = 0; turn < 4; turn++) {
    const isPoint = turn % 2 === 0;
    const stationarity = gradientRest(program, x, y);
    const dx = Float64Array.from(free, (j) => -stationarity[j]!);
    const dy = new Float64Array(active.length);
    if (isPoint) {
      const Ax = product(program, x);
      active.forEach((i, at) => (dy[at] = (rows[i] === 1 ? program.rowUpper[i]! : program.rowLower[i]!) - Ax[i]!));
      if (turn > 0 && maxNorm(dy) <= Number.EPSILON * maxNorm(Ax)) continue;
    } else if (maxNorm(dx) === 0) break;
    factors.solve(dx, dy);
    if (!Number.isFinite(maxNorm(dx)) || !Number.isFinite(maxNorm(dy))) break;
    free.forEach((j, at) => (x[j]! += dx[at]!));
    // The system has +Aᵀ(-y): its multipliers are minus the prices.
    if (!isPoint) active.forEach((i, at) => (y[i]! -= dy[at]!));
  }
  const rest = gradientRest(program, x, y);
  return { x, rows: y, bounds: rest.map((value, j) => (variables[j] === 0 ? 0 : value)) };
}

/** P x + c − Aᵀy */
export function gradientRest(program: QuadraticProgram, x: Float64Array, y: Float64Array): Float64Array {
  const out = program.c.slice();
  addSymmetricProduct(program.P, x, 1, out);
  addTransposedProduct(program.A, y, -1, out);
  return out;
}

function product(program: QuadraticProgram, x: Float64Array): Float64Array {
  const out = new Float64Array(program.m);
  addProduct(program.A, x, 1, out);
  return out;
}

function scaleOf({ P, A }: QuadraticProgram): number {
  return Math.max(maxNorm(P.kind === 'dense' ? P.data : P.values), maxNorm(A.values));
}

/** Largest of the relative violations of feasibility, stationarity, signs and complementarity. */
export function errorOf(program: QuadraticProgram, { x, rows, bounds }: PrimalDual): number {
  const { n, m, c, lower, upper, rowLower, rowUpper } = program;
  const Ax = product(program, x);
  const curved = new Float64Array(n);
  addSymmetricProduct(program.P, x, 1, curved);
  const rest = plus(curved, 1, c);
  addTransposedProduct(program.A, rows, -1, rest);
  const dualSize = Math.max(1, maxNorm(c), maxNorm(curved));
  let worst = 0;
  const see = (error: number): void => {
    if (!(error <= worst)) worst = Number.isNaN(error) ? Infinity : error;
  };
  const pair = (value: number, low: number, high: number, price: number): void => {
    const size = Math.max(1, Math.abs(value));
    see(Math.max(low - value, value - high, 0) / size);
    if (price === 0) return;
    const slack = price > 0 ? value - low : high - value;
    see(Math.min(Math.abs(price) / dualSize, Math.abs(slack) / size));
  };
  for (let j = 0; j < n; j++) {
    see(Math.abs(rest[j]! - bounds[j]!) / dualSize);
    pair(x[j]!, lower[j]!, upper[j]!, bounds[j]!);
  }
  for (let i = 0; i < m; i++) pair(Ax[i]!, rowLower[i]!, rowUpper[i]!, rows[i]!);
  return worst;
}
