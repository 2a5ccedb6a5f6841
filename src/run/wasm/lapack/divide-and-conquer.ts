// The symmetric tridiagonal eigenproblem by divide and conquer.  Cuppen 1981; Gu & Eisenstat 1995
//
// T = diag(T1, T2) + rho u uᵀ.  With the halves solved the matrix is D + rho z zᵀ: entries of z too small to
// matter and equal entries of D are set aside ("deflated"), the other eigenvalues are the roots of the secular
// equation, and z computed back from them makes the eigenvectors orthogonal to rounding.

import { rowMajor, rowOf, sub } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix } from '../matrix.ts';
import { secularRoot } from './secular.ts';
import { implicitQl } from './tridiagonal.ts';

const SMALL = 24;

/** Ascending eigenvalues; row j of Z becomes the eigenvector of value j. */
export function divideAndConquer(blas: Blas, diagonal: Float64Array, beside: Float64Array, Z: Matrix): Float64Array {
  const n = diagonal.length;
  for (let i = 0; i < n; i++) blas.fill(0, rowOf(Z, i));
  if (n === 0) return new Float64Array(0);
  return blas.context.memory.temporary(3 * n * n * 8, (work) => solve(blas, diagonal, beside, Z, work));
}

/** Z is zero on entry. */
function solve(blas: Blas, diagonal: Float64Array, beside: Float64Array, Z: Matrix, work: number): Float64Array {
  const n = diagonal.length;
  if (n <= SMALL) return solveSmall(blas, diagonal, beside, Z);
  const half = n >> 1;
  const coupling = beside[half - 1]!;
  const rho = Math.abs(coupling);
  const d = diagonal.slice();
  d[half - 1]! -= rho;
  d[half]! -= rho;
  const [Z1, Z2] = [sub(Z, 0, 0, half, half), sub(Z, half, half, n - half, n - half)];
  const values = new Float64Array(n);
  values.set(solve(blas, d.subarray(0, half), beside.subarray(0, half - 1), Z1, work));
  values.set(solve(blas, d.subarray(half), beside.subarray(half), Z2, work), half);
  // u has ones (and the sign of the coupling) at the seam.
  const z = new Float64Array(n);
  const all = blas.context.memory.f64();
  for (let i = 0; i < half; i++) z[i] = all[Z1.at / 8 + i * Z.rowStep + half - 1]!;
  for (let i = half; i < n; i++) z[i] = Math.sign(coupling) * all[Z2.at / 8 + (i - half) * Z.rowStep]!;
  return merge(blas, values, z, rho, half, Z, work);
}

function solveSmall(blas: Blas, diagonal: Float64Array, beside: Float64Array, Z: Matrix): Float64Array {
  const n = diagonal.length;
  const d = diagonal.slice();
  const rows = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)));
  implicitQl(d, beside, (i, c, s) => {
    const [a, b] = [rows[i]!, rows[i + 1]!];
    for (let k = 0; k < n; k++) {
      const f = b[k]!;
      b[k] = s * a[k]! + c * f;
      a[k] = c * a[k]! - s * f;
    }
  });
  const order = Array.from(d.keys()).sort((i, j) => d[i]! - d[j]!);
  const all = blas.context.memory.f64();
  order.forEach((from, to) => all.set(rows[from]!, Z.at / 8 + to * Z.rowStep));
  return Float64Array.from(order, (i) => d[i]!);
}

/** Which halves of a row of Z may be other than zero. */
type Side = 'left' | 'both' | 'right';

function merge(
  blas: Blas,
  values: Float64Array,
  z: Float64Array,
  coupling: number,
  half: number,
  Z: Matrix,
  work: number,
): Float64Array {
  const n = values.length;
  const order = Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!);
  const side: Side[] = Array.from({ length: n }, (_, i) => (i < half ? 'left' : 'right'));
  const size = order.reduce((most, i) => Math.max(most, Math.abs(values[i]!)), 0);
  // |z|² = 2: scaled to 1, with rho doubled.
  const rho = 2 * coupling;
  for (let i = 0; i < n; i++) z[i]! *= Math.SQRT1_2;
  const tolerance = 4 * Number.EPSILON * Math.max(size, rho);

  const active: number[] = [];
  const deflated: number[] = [];
  for (const i of order) {
    if (rho * Math.abs(z[i]!) <= tolerance) {
      deflated.push(i);
      continue;
    }
    const before = active.at(-1);
    if (before !== undefined) {
      // A rotation of the two rows that makes z_before zero leaves (d_i - d_before) c s beside the diagonal.
      const r = Math.hypot(z[i]!, z[before]!);
      const [c, s] = [z[i]! / r, -z[before]! / r];
      const gap = values[i]! - values[before]!;
      if (Math.abs(gap * c * s) <= tolerance) {
        z[i] = r;
        z[before] = 0;
        // Rows: before ← c before + s i, i ← c i - s before.
        blas.rot(rowOf(Z, before), rowOf(Z, i), c, s);
        if (side[before] !== side[i]) side[before] = side[i] = 'both';
        const [low, high] = [values[before]!, values[i]!];
        values[before] = low * c * c + high * s * s;
        values[i] = low * s * s + high * c * c;
        active.pop();
        deflated.push(before);
      }
    }
    active.push(i);
  }

  const k = active.length;
  const found = new Float64Array(n);
  const results: { readonly value: number; readonly row: number; readonly fresh: boolean }[] = deflated.map((i) => ({
    value: values[i]!,
    row: i,
    fresh: false,
  }));
  const [freshAt, coefficientsAt, gatheredAt] = [work, work + n * n * 8, work + 2 * n * n * 8];
  if (k > 0) {
    const poles = Float64Array.from(active, (i) => values[i]!);
    const weights = Float64Array.from(active, (i) => z[i]!);
    // Columns of the coefficients: rows of Z that live on the left, on both sides, on the right.
    const places = (['left', 'both', 'right'] as const).map((one) =>
      Array.from(active.keys()).filter((j) => side[active[j]!] === one),
    );
    const columns = places.flat();
    const C = rowMajor(coefficientsAt, k, k);
    const roots = secularEigen(blas, poles, weights, rho, columns, C, freshAt);
    const [left, both, right] = places.map((list) => list.length) as [number, number, number];
    const fresh = rowMajor(freshAt, k, n);
    // Left halves from the first two groups, right halves from the last two.
    for (const [from, count, column, width] of [
      [0, left + both, 0, half],
      [left, both + right, half, n - half],
    ] as const) {
      const target = sub(fresh, 0, column, k, width);
      if (count === 0) {
        for (let i = 0; i < k; i++) blas.fill(0, rowOf(target, i));
        continue;
      }
      const gathered = rowMajor(gatheredAt, count, width);
      for (let i = 0; i < count; i++) {
        blas.copyMatrix(sub(Z, active[columns[from + i]!]!, column, 1, width), sub(gathered, i, 0, 1, width));
      }
      blas.gemm(1, sub(C, 0, from, k, count), gathered, 0, target);
    }
    roots.forEach((value, row) => results.push({ value, row, fresh: true }));
  }
  results.sort((a, b) => a.value - b.value);
  // Deflated rows move too: through the gathering buffer, so that none is overwritten before it is read.
  const sorted = rowMajor(gatheredAt, n, n);
  const fresh = rowMajor(freshAt, k, n);
  results.forEach((result, i) => {
    found[i] = result.value;
    blas.copyMatrix(sub(result.fresh ? fresh : Z, result.row, 0, 1, n), sub(sorted, i, 0, 1, n));
  });
  blas.copyMatrix(sorted, Z);
  return found;
}

/**
 * Eigenvalues of diag(poles) + rho w wᵀ, ascending; row j of C is eigenvector j in the given order of entries.
 * `room` holds as many numbers as C.
 */
function secularEigen(
  blas: Blas,
  poles: Float64Array,
  w: Float64Array,
  rho: number,
  columns: readonly number[],
  C: Matrix,
  room: number,
): Float64Array {
  const k = poles.length;
  const values = new Float64Array(k);
  const squares = w.map((one) => rho * one * one);
  // Distance of pole i from root j at [j k + i], exact to rounding even where they nearly meet.
  const distances = blas.context.memory.doubles(room, k * k);
  // ŵ_i² = Π_j (root_j - pole_i) / Π_{j≠i} (pole_j - pole_i), both over rho, paired to stay in range.
  const products = new Float64Array(k).fill(1);
  for (let j = 0; j < k; j++) {
    const { origin, offset } = secularRoot(poles, squares, j);
    const base = poles[origin]!;
    values[j] = base + offset;
    const at = j * k;
    for (let i = 0; i < k; i++) distances[at + i] = poles[i]! - base - offset;
    // Root j lies between poles j and j + 1: it goes with pole j for the poles after it, else with j + 1.
    const next = poles[j + 1] ?? NaN;
    if (j < k - 1) {
      for (let i = 0; i <= j; i++) products[i]! *= distances[at + i]! / (poles[i]! - next);
      for (let i = j + 1; i < k; i++) products[i]! *= distances[at + i]! / (poles[i]! - poles[j]!);
    } else for (let i = 0; i < k; i++) products[i]! *= -distances[at + i]!;
  }
  const corrected = products.map((product, i) => Math.sign(w[i]!) * Math.sqrt(Math.abs(product)));
  const all = blas.context.memory.f64();
  const order = Int32Array.from(columns);
  for (let j = 0; j < k; j++) {
    let sum = 0;
    for (let i = 0; i < k; i++) {
      const entry = corrected[i]! / distances[j * k + i]!;
      distances[j * k + i] = entry;
      sum += entry * entry;
    }
    const factor = 1 / Math.sqrt(sum);
    const at = C.at / 8 + j * C.rowStep;
    for (let p = 0; p < k; p++) all[at + p] = distances[j * k + order[p]!]! * factor;
  }
  return values;
}
