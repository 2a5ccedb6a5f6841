// One Newton system of a semidefinite program, for the direction of Helmberg, Rendl, Vanderbei, Wolkowicz (1996), Kojima,
// Shindoh, Hara (1997) and Monteiro (1997): X S = μ I, solved for dX and symmetrised. Eliminating all but y and f leaves
//
//   [ M   B ] [dy]   [r₁]        M[i,j] = ⟨Aᵢ, X Aⱼ S⁻¹⟩ + (Aₓ diag(x/s) Aₓᵀ)[i,j]
//   [ Bᵀ −Q ] [df] = [r₂]
//
// A free number whose second derivative is its own alone goes the same way: Q[j,j] df[j] = (Bᵀdy)[j] − r₂[j].
// Of Aⱼ with few entries the row of M is summed from them; else X Aⱼ S⁻¹ is formed (Fujisawa, Kojima, Nakata 1997).

import { must } from '../../base/internal.ts';
import { type DenseLdl, factorDenseLdl, kernelSize, ldlKernel, solveDenseLdl } from '../linear/dense-ldl.ts';
import type { Column, ConicForm, Entries } from './conic-form.ts';
import { choleskyFactor, inner, inverseFrom, product, symmetrised } from './square.ts';

export interface Iterate {
  readonly X: readonly Float64Array[];
  readonly S: readonly Float64Array[];
  readonly x: Float64Array;
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly f: Float64Array;
}

export interface Residuals {
  /** b − A(X, x, f) */
  readonly rows: Float64Array;
  /** C − Aᵀy − S, by cone. */
  readonly cones: readonly Float64Array[];
  readonly positive: Float64Array;
  readonly free: Float64Array;
}

export function residualsAt(form: ConicForm, at: Iterate): Residuals {
  const rows = form.right.slice();
  const cones = form.costs.map((C, k) => C.map((c, i) => c - must(at.S[k])[i]!));
  form.maps.forEach((list, k) => list.forEach((A, i) => {
    rows[i]! -= innerWith(A, must(at.X[k]), must(form.orders[k]));
    addTo(must(cones[k]), A, -at.y[i]!, must(form.orders[k]));
  }));
  const positive = form.positiveCost.map((c, j) => c - at.s[j]!);
  form.positive.forEach((column, j) => column.rows.forEach((i, e) => {
    rows[i]! -= column.values[e]! * at.x[j]!;
    positive[j]! -= column.values[e]! * at.y[i]!;
  }));
  const q = form.free.length;
  const free = form.freeCost.slice();
  form.free.forEach((column, j) => {
    for (let k = 0; k < q; k++) free[j]! += form.curvature[j * q + k]! * at.f[k]!;
    column.rows.forEach((i, e) => {
      rows[i]! -= column.values[e]! * at.f[j]!;
      free[j]! -= column.values[e]! * at.y[i]!;
    });
  });
  return { rows, cones, positive, free };
}

export interface Newton {
  readonly inverses: readonly Float64Array[];
  /** The direction with X S → μ I, less products of a direction before it. */
  direction(residuals: Residuals, mu: number, before?: Iterate): Iterate;
}

/** Undefined where a slack has lost its definiteness to rounding. */
export function newtonAt(form: ConicForm, at: Iterate): Newton | undefined {
  const factors = at.S.map((S, k) => choleskyFactor(S, must(form.orders[k])));
  if (factors.some((L) => L === undefined)) return undefined;
  const inverses = factors.map((L, k) => inverseFrom(must(L), must(form.orders[k])));
  const m = form.m;
  const q = form.free.length;
  const own = Float64Array.from({ length: q }, (_, j) => ownCurvature(form.curvature, q, j));
  const kept = [...own.keys()].filter((j) => own[j] === 0);
  const size = m + kept.length;
  const K = new Float64Array(size * size);
  form.maps.forEach((list, k) => addSchur(K, size, list, must(at.X[k]), must(inverses[k]), must(form.orders[k])));
  form.positive.forEach((column, j) => addOuter(K, size, column, at.x[j]! / at.s[j]!));
  form.free.forEach((column, j) => {
    if (own[j]! > 0) addOuter(K, size, column, 1 / own[j]!);
  });
  let most = 0;
  for (let i = 0; i < m; i++) most = Math.max(most, K[i * size + i]!);
  kept.forEach((j, place) => {
    const { rows, values } = must(form.free[j]);
    rows.forEach((i, e) => (K[(m + place) * size + i]! += values[e]!));
    for (let k = 0; k <= place; k++) K[(m + place) * size + m + k] = -form.curvature[j * q + kept[k]!]!;
  });
  const exact = K.slice();
  for (let i = 0; i < size; i++) K[i * size + i]! += i < m ? 1e-13 * most : -1e-12;
  const signs = Int8Array.from({ length: size }, (_, i) => (i < m ? 1 : -1));
  const factor = factorDenseLdl(K, size, signs, size < kernelSize ? undefined : ldlKernel(size));
  return {
    inverses,
    direction: (residuals, mu, before) => {
      // Σ: what dX would be for dy = 0.
      const still = at.X.map((X, k) => stillDirection(X, must(inverses[k]), must(residuals.cones[k]), mu, must(form.orders[k]), before && { dX: must(before.X[k]), dS: must(before.S[k]) }));
      const stillX = at.x.map((x, j) => (mu - (before ? before.x[j]! * before.s[j]! : 0) - x * residuals.positive[j]!) / at.s[j]! - x);
      const right = new Float64Array(size);
      right.set(residuals.rows);
      form.maps.forEach((list, k) => list.forEach((A, i) => (right[i]! -= innerWith(A, must(still[k]), must(form.orders[k])))));
      form.positive.forEach((column, j) => column.rows.forEach((i, e) => (right[i]! -= column.values[e]! * stillX[j]!)));
      form.free.forEach((column, j) => {
        if (own[j]! > 0) column.rows.forEach((i, e) => (right[i]! += (column.values[e]! * residuals.free[j]!) / own[j]!));
      });
      kept.forEach((j, place) => (right[m + place] = residuals.free[j]!));
      const solution = refined(factor, exact, size, right);
      const y = solution.slice(0, m);
      const f = form.free.map((column, j) => {
        if (own[j] === 0) return solution[m + kept.indexOf(j)]!;
        return (column.rows.reduce((sum, i, e) => sum + column.values[e]! * y[i]!, 0) - residuals.free[j]!) / own[j]!;
      });
      const S = residuals.cones.map((R) => R.slice());
      form.maps.forEach((list, k) => list.forEach((A, i) => addTo(must(S[k]), A, -y[i]!, must(form.orders[k]))));
      const s = residuals.positive.slice();
      form.positive.forEach((column, j) => column.rows.forEach((i, e) => (s[j]! -= column.values[e]! * y[i]!)));
      const X = at.X.map((now, k) => stillDirection(now, must(inverses[k]), must(S[k]), mu, must(form.orders[k]), before && { dX: must(before.X[k]), dS: must(before.S[k]) }));
      const x = at.x.map((now, j) => (mu - (before ? before.x[j]! * before.s[j]! : 0) - now * s[j]!) / at.s[j]! - now);
      return { X, S, x, s, y, f: Float64Array.from(f) };
    },
  };
}

/** Q[j, j] where no other entry stands in its row, and it is positive; else 0. */
function ownCurvature(Q: Float64Array, q: number, j: number): number {
  for (let k = 0; k < q; k++) if (k !== j && Q[j * q + k] !== 0) return 0;
  return Math.max(0, Q[j * q + j]!);
}

/** Lower triangle of K += weight · a aᵀ for a sparse a. */
function addOuter(K: Float64Array, size: number, { rows, values }: Column, weight: number): void {
  for (let a = 0; a < rows.length; a++) for (let b = 0; b <= a; b++) {
    const [i, h] = rows[a]! > rows[b]! ? [rows[a]!, rows[b]!] : [rows[b]!, rows[a]!];
    K[i * size + h]! += weight * values[a]! * values[b]!;
  }
}

/** μ S⁻¹ − X − sym(X D S⁻¹), less sym(dX dS S⁻¹) of the direction before. */
function stillDirection(X: Float64Array, inverse: Float64Array, D: Float64Array, mu: number, n: number, before?: { readonly dX: Float64Array; readonly dS: Float64Array }): Float64Array {
  const turned = product(X, D, n);
  if (before) {
    const second = product(before.dX, before.dS, n);
    for (let i = 0; i < turned.length; i++) turned[i]! += second[i]!;
  }
  const whole = symmetrised(product(turned, inverse, n), n);
  return whole.map((w, i) => mu * inverse[i]! - X[i]! - w);
}

/** Lower triangle of K[i, j] += ⟨Aᵢ, X Aⱼ S⁻¹⟩. */
function addSchur(K: Float64Array, size: number, list: readonly Entries[], X: Float64Array, inverse: Float64Array, n: number): void {
  const filled = [...list.keys()].filter((i) => must(list[i]).rows.length > 0);
  const total = filled.reduce((sum, i) => sum + must(list[i]).rows.length, 0);
  for (const j of filled) {
    const A = must(list[j]);
    const few = A.rows.length * total < n * n * n;
    const U = few ? undefined : congruence(X, A, inverse, n);
    for (const i of filled) {
      if (i < j) continue;
      const B = must(list[i]);
      K[i * size + j]! += U ? innerWith(B, U, n) : cross(B, A, X, inverse, n);
    }
  }
}

/** Σ B[p, q] A[r, s] X[p, r] S⁻¹[s, q] */
function cross(B: Entries, A: Entries, X: Float64Array, inverse: Float64Array, n: number): number {
  let sum = 0;
  for (let b = 0; b < B.rows.length; b++) {
    const [p, q] = [B.rows[b]! * n, B.cols[b]!];
    let part = 0;
    for (let a = 0; a < A.rows.length; a++) part += A.values[a]! * X[p + A.rows[a]!]! * inverse[A.cols[a]! * n + q]!;
    sum += B.values[b]! * part;
  }
  return sum;
}

/** X A S⁻¹ for a sparse A. */
function congruence(X: Float64Array, A: Entries, inverse: Float64Array, n: number): Float64Array {
  const left = new Float64Array(n * n); // X A
  for (let a = 0; a < A.rows.length; a++) {
    const [r, s, value] = [A.rows[a]!, A.cols[a]!, A.values[a]!];
    for (let p = 0; p < n; p++) left[p * n + s]! += X[p * n + r]! * value;
  }
  return product(left, inverse, n);
}

export function innerWith(A: Entries, M: Float64Array, n: number): number {
  let sum = 0;
  for (let e = 0; e < A.rows.length; e++) sum += A.values[e]! * M[A.rows[e]! * n + A.cols[e]!]!;
  return sum;
}

function addTo(M: Float64Array, A: Entries, by: number, n: number): void {
  for (let e = 0; e < A.rows.length; e++) M[A.rows[e]! * n + A.cols[e]!]! += by * A.values[e]!;
}

const refinements = 8;

/** Solves against the matrix without what was added to its diagonal. */
function refined(factor: DenseLdl, exact: Float64Array, n: number, right: Float64Array): Float64Array {
  const x = new Float64Array(n);
  let rest = right;
  let size = Infinity;
  for (let k = 0; k <= refinements; k++) {
    const step = rest.slice();
    solveDenseLdl(factor, step);
    const next = x.map((value, i) => value + step[i]!);
    const left = right.slice();
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        left[i]! -= exact[i * n + j]! * next[j]!;
        left[j]! -= exact[i * n + j]! * next[i]!;
      }
      left[i]! -= exact[i * n + i]! * next[i]!;
    }
    const now = Math.sqrt(inner(left, left));
    if (!(now < size)) break;
    x.set(next);
    rest = left;
    size = now;
  }
  return x;
}
