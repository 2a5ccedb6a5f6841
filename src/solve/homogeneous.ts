// The homogeneous embedding of a convex quadratic program (Andersen & Ye 1999; Goulart & Chen 2024): one iterate
// tends to an optimum, or to a certificate that there is none.
//
//     P x + Aᵀy + Gᵀz + c τ = 0            bounds and one-sided rows as  G (x, A x) + s = h τ,  s, z ≥ 0,
//     A x = b τ  (equations)
//     κ + xᵀPx/τ + cᵀx + bᵀy + hᵀz = 0     τ, κ ≥ 0
//
// A side of a bound takes no row of its own in the linear algebra: it adds z/s to a diagonal entry.

import { addProduct, addSymmetricProduct, addTransposedProduct } from './matrix.ts';
import { factorKkt } from './linear/kkt-system.ts';
import type { KktFactors, KktPlan } from './linear/kkt-system.ts';
import type { QuadraticProgram } from './quadratic-program.ts';
import { dot } from './vector.ts';

/** Sides: sign · v ≤ limit, where v is variable `of`, or row `of - n`. */
export interface Sides {
  readonly of: Int32Array;
  readonly sign: Int8Array;
  readonly limit: Float64Array;
}

export interface Iterate {
  readonly x: Float64Array;
  /** One for each row: that of an equation, or the sum of sign · z of its sides. */
  readonly y: Float64Array;
  readonly s: Float64Array;
  readonly z: Float64Array;
  readonly tau: number;
  readonly kappa: number;
}

export interface Embedding {
  readonly program: QuadraticProgram;
  readonly sides: Sides;
  readonly isEquation: Uint8Array;
  readonly plan: KktPlan;
}

export interface Residuals {
  readonly dual: Float64Array;
  /** Of that, what y and z give. */
  readonly multipliers: Float64Array;
  /** Of equations; 0 for other rows. */
  readonly rows: Float64Array;
  readonly sides: Float64Array;
  readonly gap: number;
  readonly Px: Float64Array;
  readonly xPx: number;
}

/** All finite bounds that are no equations. */
export function sidesOf(program: QuadraticProgram): { readonly sides: Sides; readonly isEquation: Uint8Array } {
  const { n, m } = program;
  const of: number[] = [];
  const sign: number[] = [];
  const limit: number[] = [];
  const isEquation = new Uint8Array(m);
  const add = (index: number, lower: number, upper: number): void => {
    if (lower > -Infinity) {
      of.push(index);
      sign.push(-1);
      limit.push(-lower);
    }
    if (upper < Infinity) {
      of.push(index);
      sign.push(1);
      limit.push(upper);
    }
  };
  for (let j = 0; j < n; j++) add(j, program.lower[j]!, program.upper[j]!);
  for (let i = 0; i < m; i++) {
    if (program.rowLower[i] === program.rowUpper[i]) isEquation[i] = 1;
    else add(n + i, program.rowLower[i]!, program.rowUpper[i]!);
  }
  return {
    sides: { of: Int32Array.from(of), sign: Int8Array.from(sign), limit: Float64Array.from(limit) },
    isEquation,
  };
}

/** Aᵀy + the part of z on variables. */
export function dualPart({ program, sides }: Embedding, y: Float64Array, z: Float64Array): Float64Array {
  const out = new Float64Array(program.n);
  addTransposedProduct(program.A, y, 1, out);
  for (let k = 0; k < z.length; k++) if (sides.of[k]! < program.n) out[sides.of[k]!]! += sides.sign[k]! * z[k]!;
  return out;
}

/** x and then A x. */
function quantities(program: QuadraticProgram, x: Float64Array): Float64Array {
  const out = new Float64Array(program.n + program.m);
  out.set(x);
  addProduct(program.A, x, 1, out.subarray(program.n));
  return out;
}

export function residualsAt(embedding: Embedding, { x, y, s, z, tau, kappa }: Iterate): Residuals {
  const { program, sides, isEquation } = embedding;
  const { n, m, c, rowLower } = program;
  const Px = new Float64Array(n);
  addSymmetricProduct(program.P, x, 1, Px);
  const multipliers = dualPart(embedding, y, z);
  const dual = new Float64Array(n);
  for (let j = 0; j < n; j++) dual[j] = multipliers[j]! + Px[j]! + tau * c[j]!;
  const v = quantities(program, x);
  const rows = new Float64Array(m);
  let linear = dot(c, x);
  for (let i = 0; i < m; i++) {
    if (isEquation[i] === 0) continue;
    rows[i] = v[n + i]! - rowLower[i]! * tau;
    linear += rowLower[i]! * y[i]!;
  }
  const { of, sign, limit } = sides;
  const side = new Float64Array(z.length);
  for (let k = 0; k < z.length; k++) {
    side[k] = sign[k]! * v[of[k]!]! + s[k]! - limit[k]! * tau;
    linear += limit[k]! * z[k]!;
  }
  const xPx = dot(x, Px);
  return { dual, multipliers, rows, sides: side, gap: kappa + xPx / tau + linear, Px, xPx };
}

/** The steps of x, y and z for one right-hand side, with weights z/s. */
export interface Direction {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

export interface NewtonSystem {
  /**
   * P x + Aᵀy + Gᵀz = dual;  A x = rows;  G v − (s/z) z = sides.
   */
  solve(dual: Float64Array, rows: Float64Array, sides: Float64Array): Direction;
}

export function newtonSystem(
  embedding: Embedding,
  s: Float64Array,
  z: Float64Array,
  regularisation: number,
): NewtonSystem {
  const { program, sides, isEquation, plan } = embedding;
  const { n, m } = program;
  const { of, sign } = sides;
  const count = z.length;
  const ratio = new Float64Array(count);
  const weight = new Float64Array(n + m);
  for (let k = 0; k < count; k++) {
    ratio[k] = z[k]! / s[k]!;
    weight[of[k]!]! += ratio[k]!;
  }
  const d = weight.subarray(0, n);
  const e = new Float64Array(m);
  for (let i = 0; i < m; i++) e[i] = isEquation[i] === 1 ? 0 : 1 / weight[n + i]!;
  const factors: KktFactors = factorKkt(plan, d, e, regularisation);
  // Of each variable at a bound, and of each row of sides, the side that presses most.
  const pressing = new Int32Array(n + m).fill(-1);
  for (let k = 0; k < count; k++) {
    const index = of[k]!;
    if (index < n && d[index]! <= 1) continue;
    const other = pressing[index]!;
    if (other < 0 || ratio[k]! > ratio[other]!) pressing[index] = k;
  }
  const rest = new Float64Array(n + m);
  const load = new Float64Array(n + m);

  /**
   * At a bound, rounding in x is multiplied by z/s. There z follows from the equation of the dual, which it would else
   * leave in error, and x from z.
   */
  const pressed = (dual: Float64Array, right: Float64Array, at: Direction): void => {
    rest.set(dual);
    rest.set(at.y, n);
    const restX = rest.subarray(0, n);
    addSymmetricProduct(program.P, at.x, -1, restX);
    addTransposedProduct(program.A, at.y, -1, restX);
    for (let k = 0; k < count; k++) {
      const index = of[k]!;
      if (pressing[index] !== k) rest[index]! -= sign[k]! * at.z[k]!;
    }
    for (let index = 0; index < n + m; index++) {
      const k = pressing[index]!;
      if (k < 0) continue;
      const dz = sign[k]! * rest[index]!;
      at.z[k] = dz;
      if (index < n) at.x[index] = sign[k]! * (right[k]! + (s[k]! / z[k]!) * dz);
    }
  };

  return {
    solve(dual, rows, right) {
      const x = dual.slice();
      const y = new Float64Array(m);
      load.fill(0);
      for (let k = 0; k < count; k++) load[of[k]!]! += sign[k]! * ratio[k]! * right[k]!;
      for (let j = 0; j < n; j++) x[j]! += load[j]!;
      for (let i = 0; i < m; i++) y[i] = isEquation[i] === 1 ? rows[i]! : load[n + i]! * e[i]!;
      factors.solve(x, y);
      const dz = new Float64Array(count);
      for (let k = 0; k < count; k++) {
        const index = of[k]!;
        const moved = index < n ? x[index]! : (y[index - n]! + load[index]!) * e[index - n]!;
        dz[k] = ratio[k]! * (sign[k]! * moved - right[k]!);
      }
      const direction = { x, y, z: dz };
      pressed(dual, right, direction);
      return direction;
    },
  };
}

/** What is on the right of equations, for τ = 1. */
export function equationsOf({ program, isEquation }: Embedding): Float64Array {
  const out = new Float64Array(program.m);
  for (let i = 0; i < program.m; i++) if (isEquation[i] === 1) out[i] = program.rowLower[i]!;
  return out;
}

export function complementarity({ s, z, tau, kappa }: Iterate): number {
  return (dot(s, z) + tau * kappa) / (s.length + 1);
}
