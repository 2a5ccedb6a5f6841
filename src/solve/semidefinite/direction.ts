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
import { addTo, dot, maxNorm, plus } from '../vector.ts';
import { type Column, type ConeMap, type ConicForm, addMapped, mapped } from './conic-form.ts';
import { choleskyFactor, inverseFrom, symmetrise, timesSymmetric } from './square.ts';

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
  const cones = form.maps.map((map, k) => {
    const n = must(form.orders[k]);
    mapped(map, must(at.X[k]), n, -1, rows);
    const left = must(form.costs[k]).slice();
    addTo(left, -1, must(at.S[k]));
    addMapped(map, at.y, n, -1, left);
    return left;
  });
  const positive = form.positiveCost.slice();
  addTo(positive, -1, at.s);
  form.positive.forEach((column, j) => {
    addColumn(rows, column, -at.x[j]!);
    positive[j]! -= along(column, at.y);
  });
  const q = form.free.length;
  const free = form.freeCost.slice();
  form.free.forEach((column, j) => {
    for (let k = 0; k < q; k++) free[j]! += form.curvature[j * q + k]! * at.f[k]!;
    addColumn(rows, column, -at.f[j]!);
    free[j]! -= along(column, at.y);
  });
  return { rows, cones, positive, free };
}

function addColumn(out: Float64Array, { rows, values }: Column, by: number): void {
  for (let e = 0; e < rows.length; e++) out[rows[e]!]! += by * values[e]!;
}

function along({ rows, values }: Column, y: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < rows.length; e++) sum += values[e]! * y[rows[e]!]!;
  return sum;
}

export interface Newton {
  /** Of the slacks: Cholesky factors. */
  readonly factors: readonly Float64Array[];
  /** The direction with X S → μ I, less products of a direction before it. */
  direction(residuals: Residuals, mu: number, before?: Iterate): Iterate;
}

/** Makes the system at an iterate; undefined where a slack has lost its definiteness to rounding. */
export function newtonFor(form: ConicForm): (at: Iterate) => Newton | undefined {
  const q = form.free.length;
  const own = Float64Array.from({ length: q }, (_, j) => ownCurvature(form.curvature, q, j));
  const kept = [...own.keys()].filter((j) => own[j] === 0);
  const size = form.m + kept.length;
  const shared: Shared = { form, own, kept, size, signs: new Int8Array(size).fill(-1).fill(1, 0, form.m) };
  return (at) => newtonAt(shared, at);
}

interface Shared {
  readonly form: ConicForm;
  /** Of free numbers whose second derivative is their own alone, that; 0 for the others, which are kept in the system. */
  readonly own: Float64Array;
  readonly kept: readonly number[];
  readonly size: number;
  readonly signs: Int8Array;
}

function newtonAt({ form, own, kept, size, signs }: Shared, at: Iterate): Newton | undefined {
  const factors: Float64Array[] = [];
  for (const [k, S] of at.S.entries()) {
    const L = choleskyFactor(S, must(form.orders[k]));
    if (!L) return undefined;
    factors.push(L);
  }
  const inverses = factors.map((L, k) => inverseFrom(L, must(form.orders[k])));
  const { m } = form;
  const q = form.free.length;
  const K = new Float64Array(size * size);
  form.maps.forEach((map, k) => addSchur(K, size, map, must(at.X[k]), must(inverses[k]), must(form.orders[k])));
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
  // Rows of very different sizes keep their digits; those of free numbers alone have none of their own.
  for (let i = 0; i < size; i++) K[i * size + i]! += i < m ? 1e-13 * (K[i * size + i]! || most) : -1e-12;
  const factor = factorDenseLdl(K, size, signs, size < kernelSize ? undefined : ldlKernel(size));

  /** What dX is where dS is D: μ S⁻¹ − X − sym((X D + second) S⁻¹). */
  const answering = (k: number, D: Float64Array, mu: number, second: Float64Array | undefined): Float64Array => {
    const [X, inverse, n] = [must(at.X[k]), must(inverses[k]), must(form.orders[k])];
    const out = turnedBack(X, D, inverse, n, second);
    for (let i = 0; i < out.length; i++) out[i] = mu * inverse[i]! - X[i]! - out[i]!;
    return out;
  };
  /** What is missed of the rows where μ S⁻¹ − X cancels is made good, as long as that helps. */
  const corrected = (first: Iterate, rows: Float64Array): Iterate => {
    let d = first;
    let rest = missed(form, d, rows);
    let left = maxNorm(rest);
    const enough = Math.max(precise * maxNorm(rows), noise * Math.max(1, maxNorm(form.right)));
    for (let turn = 0; turn < corrections && left > enough; turn++) {
      const right = new Float64Array(size);
      right.set(rest);
      const solution = refined(factor, exact, size, right);
      const y = solution.subarray(0, m);
      const S = form.maps.map((map, k) => {
        const D = new Float64Array(must(form.orders[k]) ** 2);
        addMapped(map, y, must(form.orders[k]), -1, D);
        return D;
      });
      const X = S.map((D, k) => turnedBack(must(at.X[k]), D, must(inverses[k]), must(form.orders[k])));
      const s = Float64Array.from(form.positive, (column) => -along(column, y));
      const f = Float64Array.from(form.free, (column, j) => (own[j]! > 0 ? along(column, y) / own[j]! : 0));
      kept.forEach((j, place) => (f[j] = solution[m + place]!));
      const next: Iterate = { X: d.X.map((D, k) => plus(D, -1, must(X[k]))), S: d.S.map((D, k) => plus(D, 1, must(S[k]))), x: d.x.map((v, j) => v - (at.x[j]! * s[j]!) / at.s[j]!), s: plus(d.s, 1, s), y: plus(d.y, 1, y), f: plus(d.f, 1, f) };
      rest = missed(form, next, rows);
      const now = maxNorm(rest);
      if (!(now < left)) break;
      [d, left] = [next, now];
    }
    return d;
  };
  return {
    factors,
    direction: (residuals, mu, before) => {
      const seconds = form.orders.map((n, k) => {
        if (!before) return undefined;
        const second = new Float64Array(n * n);
        timesSymmetric(must(before.X[k]), must(before.S[k]), n, second);
        return second;
      });
      const answer = (j: number, slack: number): number => (mu - (before ? before.x[j]! * before.s[j]! : 0) - at.x[j]! * slack) / at.s[j]! - at.x[j]!;
      const right = new Float64Array(size);
      right.set(residuals.rows);
      form.maps.forEach((map, k) => mapped(map, answering(k, must(residuals.cones[k]), mu, seconds[k]), must(form.orders[k]), -1, right));
      form.positive.forEach((column, j) => addColumn(right, column, -answer(j, residuals.positive[j]!)));
      form.free.forEach((column, j) => {
        if (own[j]! > 0) addColumn(right, column, residuals.free[j]! / own[j]!);
      });
      kept.forEach((j, place) => (right[m + place] = residuals.free[j]!));
      const solution = refined(factor, exact, size, right);
      const y = solution.slice(0, m);
      const f = new Float64Array(q);
      for (let j = 0; j < q; j++) if (own[j]! > 0) f[j] = (along(must(form.free[j]), y) - residuals.free[j]!) / own[j]!;
      kept.forEach((j, place) => (f[j] = solution[m + place]!));
      const S = form.maps.map((map, k) => {
        const D = must(residuals.cones[k]).slice();
        addMapped(map, y, must(form.orders[k]), -1, D);
        return D;
      });
      const s = residuals.positive.slice();
      form.positive.forEach((column, j) => (s[j]! -= along(column, y)));
      const first: Iterate = { X: S.map((D, k) => answering(k, D, mu, seconds[k])), S, x: s.map((slack, j) => answer(j, slack)), s, y, f };
      return corrected(first, residuals.rows);
    },
  };
}

/** sym((X D + second) S⁻¹) */
function turnedBack(X: Float64Array, D: Float64Array, inverse: Float64Array, n: number, second?: Float64Array): Float64Array {
  const turned = new Float64Array(n * n);
  timesSymmetric(X, D, n, turned);
  if (second) addTo(turned, 1, second);
  const out = new Float64Array(n * n);
  timesSymmetric(turned, inverse, n, out);
  symmetrise(out, n);
  return out;
}

/** What a direction misses of the rows. */
function missed(form: ConicForm, d: Iterate, rows: Float64Array): Float64Array {
  const rest = rows.slice();
  form.maps.forEach((map, k) => mapped(map, must(d.X[k]), must(form.orders[k]), -1, rest));
  form.positive.forEach((column, j) => addColumn(rest, column, -d.x[j]!));
  form.free.forEach((column, j) => addColumn(rest, column, -d.f[j]!));
  return rest;
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

/** Lower triangle of K[i, j] += ⟨Aᵢ, X Aⱼ S⁻¹⟩. */
function addSchur(K: Float64Array, size: number, map: ConeMap, X: Float64Array, inverse: Float64Array, n: number): void {
  const { starts } = map;
  const m = starts.length - 1;
  const total = starts[m]!;
  const U = new Float64Array(n * n);
  const left = new Float64Array(n * n);
  for (let j = 0; j < m; j++) {
    const count = starts[j + 1]! - starts[j]!;
    if (count === 0) continue;
    const isSparse = count * total < n * n * n;
    if (!isSparse) congruence(map, j, X, inverse, n, left, U);
    for (let i = j; i < m; i++) if (starts[i + 1]! > starts[i]!) K[i * size + j]! += isSparse ? cross(map, i, j, X, inverse, n) : innerWith(map, i, U, n);
  }
}

/** Σ Aᵢ[p, q] Aⱼ[r, s] X[p, r] S⁻¹[s, q] */
function cross({ starts, rows, cols, values }: ConeMap, i: number, j: number, X: Float64Array, inverse: Float64Array, n: number): number {
  let sum = 0;
  for (let b = starts[i]!; b < starts[i + 1]!; b++) {
    const [p, q] = [rows[b]! * n, cols[b]!];
    let part = 0;
    for (let a = starts[j]!; a < starts[j + 1]!; a++) part += values[a]! * X[p + rows[a]!]! * inverse[cols[a]! * n + q]!;
    sum += values[b]! * part;
  }
  return sum;
}

/** U ← X Aⱼ S⁻¹ for a sparse Aⱼ. */
function congruence({ starts, rows, cols, values }: ConeMap, j: number, X: Float64Array, inverse: Float64Array, n: number, left: Float64Array, U: Float64Array): void {
  left.fill(0);
  for (let a = starts[j]!; a < starts[j + 1]!; a++) {
    const [r, s, value] = [rows[a]!, cols[a]!, values[a]!];
    for (let p = 0; p < n; p++) left[p * n + s]! += X[p * n + r]! * value;
  }
  timesSymmetric(left, inverse, n, U);
}

function innerWith({ starts, rows, cols, values }: ConeMap, i: number, M: Float64Array, n: number): number {
  let sum = 0;
  for (let e = starts[i]!; e < starts[i + 1]!; e++) sum += values[e]! * M[rows[e]! * n + cols[e]!]!;
  return sum;
}

const refinements = 8;
// Beside the right side.
const noise = 1e-14;
// Of the rows that a direction should meet.
const precise = 1e-3;
const corrections = 3;

/** Solves against the matrix without what was added to its diagonal. */
function refined(factor: DenseLdl, exact: Float64Array, n: number, right: Float64Array): Float64Array {
  const x = new Float64Array(n);
  const enough = noise * Math.sqrt(dot(right, right));
  let rest = right;
  let size = Infinity;
  for (let k = 0; k <= refinements && size > enough; k++) {
    const next = rest.slice();
    solveDenseLdl(factor, next);
    addTo(next, 1, x);
    const left = right.slice();
    for (let i = 0; i < n; i++) {
      const row = i * n;
      const value = next[i]!;
      let sum = exact[row + i]! * value;
      for (let j = 0; j < i; j++) {
        sum += exact[row + j]! * next[j]!;
        left[j]! -= exact[row + j]! * value;
      }
      left[i]! -= sum;
    }
    const now = Math.sqrt(dot(left, left));
    if (!(now < size)) break;
    x.set(next);
    rest = left;
    size = now;
  }
  return x;
}
