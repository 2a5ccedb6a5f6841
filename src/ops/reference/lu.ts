// LU with partial pivoting and what follows from it.  Golub & Van Loan, sections 3.2 and 3.4

import { dense, squareDim } from './dense.ts';
import type { Dense } from './dense.ts';

export interface LU {
  /** Unit lower factor below the diagonal, upper factor on and above it. */
  readonly factors: Dense;
  /** Row i of the factors is row `rows[i]` of the matrix. */
  readonly rows: readonly number[];
  /** Sign of the row permutation. */
  readonly sign: number;
}

export function lu(A: Dense): LU {
  return factorized(A.data.slice(), squareDim(A));
}

/** Of the n×n matrix whose rows are in `f`, which the factors overwrite. */
export function factorized(f: Float64Array, n: number): LU {
  const rows = Array.from({ length: n }, (_, i) => i);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(f[i * n + k]!) > Math.abs(f[pivot * n + k]!)) pivot = i;
    if (pivot !== k) {
      for (let j = 0; j < n; j++) [f[k * n + j], f[pivot * n + j]] = [f[pivot * n + j]!, f[k * n + j]!];
      [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
      sign = -sign;
    }
    if (f[k * n + k] === 0) continue; // the whole column is zero below: singular, seen by the callers
    for (let i = k + 1; i < n; i++) {
      const factor = f[i * n + k]! / f[k * n + k]!;
      f[i * n + k] = factor;
      if (factor === 0) continue;
      for (let j = k + 1; j < n; j++) f[i * n + j]! -= factor * f[k * n + j]!;
    }
  }
  return { factors: { shape: [n, n], data: f }, rows, sign };
}

/** det A; 1 for the empty matrix. */
export function det(A: Dense): number {
  const n = squareDim(A);
  const { factors, sign } = lu(A);
  let product = sign;
  for (let i = 0; i < n; i++) product *= factors.data[i * n + i]!;
  return product + 0; // no negative zero
}

/** det A = sign · exp(log); sign 0 and log -Infinity when singular. */
export function slogdet(A: Dense): { readonly sign: number; readonly log: number } {
  return slogdetBy(lu(A));
}

export function slogdetBy({ factors, sign: rowSign }: LU): { readonly sign: number; readonly log: number } {
  const n = squareDim(factors);
  let sign = rowSign;
  let log = 0;
  for (let i = 0; i < n; i++) {
    sign *= Math.sign(factors.data[i * n + i]!);
    log += Math.log(Math.abs(factors.data[i * n + i]!));
  }
  return sign === 0 ? { sign: 0, log: -Infinity } : { sign, log };
}

/** X with A X = B, for B a matrix [n, m] or a vector [n]; NaN everywhere when a pivot is zero. */
export function solve(A: Dense, B: Dense): Dense {
  const n = squareDim(A);
  if (B.shape[0] !== n || B.shape.length > 2) {
    throw new Error(`internal: right side of shape [${B.shape.join(', ')}] for an ${n}×${n} system`);
  }
  const m = B.shape[1] ?? 1;
  const factors = lu(A);
  const result = dense(B.shape);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) result.data[i * m + j] = B.data[factors.rows[i]! * m + j]!;
  substitute(factors, result.data, m);
  return result;
}

export function inverse(A: Dense): Dense {
  const factors = lu(A);
  return { shape: factors.factors.shape, data: inverseBy(factors) };
}

/** The inverse of what was factorized, by rows; NaN everywhere when a pivot is zero. */
export function inverseBy(factors: LU): Float64Array {
  const n = factors.rows.length;
  const x = new Float64Array(n * n);
  factors.rows.forEach((row, i) => (x[i * n + row] = 1));
  substitute(factors, x, n);
  return x;
}

/** Solves in place for the m columns of `x`, whose rows are in the order of the factors. */
function substitute({ factors, rows: { length: n } }: LU, x: Float64Array, m: number): void {
  const f = factors.data;
  for (let i = 0; i < n; i++) {
    if (Math.abs(f[i * n + i]!) > 0) continue;
    x.fill(NaN);
    return;
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const factor = f[i * n + k]!;
      if (factor !== 0) for (let j = 0; j < m; j++) x[i * m + j]! -= factor * x[k * m + j]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) {
      const factor = f[i * n + k]!;
      if (factor !== 0) for (let j = 0; j < m; j++) x[i * m + j]! -= factor * x[k * m + j]!;
    }
    for (let j = 0; j < m; j++) x[i * m + j]! /= f[i * n + i]!;
  }
}
