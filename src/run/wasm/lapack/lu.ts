// LU with partial pivoting by recursive halving of the columns.  Toledo 1997, "Locality of reference in LU decomposition"

import { invariant } from '../../../base/internal.ts';
import { rowMajor, sub } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix } from '../matrix.ts';

const NARROW = 8;

export interface Pivots {
  /** Row i changed places with row `exchanges[i]`, for i in order. */
  readonly exchanges: Int32Array;
  /** Sign of the row permutation. */
  readonly sign: number;
}

/** Overwrites A [m, n], stored by rows, with the unit lower and the upper factor. */
export function lu(blas: Blas, A: Matrix): Pivots {
  invariant(A.colStep === 1, 'a matrix stored by rows');
  const { memory } = blas.context;
  const count = Math.min(A.rows, A.cols);
  return memory.temporary(count * 4, (at) => {
    factor(blas, A, at);
    const exchanges = memory.i32().slice(at / 4, at / 4 + count);
    return { exchanges, sign: exchanges.reduce((sign, row, i) => (row === i ? sign : -sign), 1) };
  });
}

function factor(blas: Blas, A: Matrix, pivots: number): void {
  const [m, n] = [A.rows, A.cols];
  if (n <= NARROW || m <= 1) {
    blas.luPanel(A, pivots);
    return;
  }
  const half = Math.min(m, Math.ceil(n / 2 / NARROW) * NARROW);
  const part = (i: number, j: number, rows: number, cols: number): Matrix => sub(A, i, j, rows, cols, blas.bytes);
  const [left, right] = [part(0, 0, m, half), part(0, half, m, n - half)];
  factor(blas, left, pivots);
  blas.swapRows(right, pivots, half);
  const A12 = part(0, half, half, n - half);
  blas.trsm('lower', part(0, 0, half, half), A12, { unit: true });
  if (m <= half) return;
  const A22 = part(half, half, m - half, n - half);
  blas.gemm(-1, part(half, 0, m - half, half), A12, 1, A22);
  const count = Math.min(m - half, n - half);
  const rest = pivots + half * 4;
  factor(blas, A22, rest);
  blas.swapRows(part(half, 0, m - half, half), rest, count);
  const all = blas.context.memory.i32();
  for (let i = 0; i < count; i++) all[rest / 4 + i]! += half;
}

/** B ← A⁻¹ B from the factors of A.  A zero pivot gives infinities and NaN: see `isSingular`. */
export function luSolve(blas: Blas, factors: Matrix, { exchanges }: Pivots, B: Matrix): void {
  invariant(B.colStep === 1 || B.cols === 1, 'right-hand sides stored by rows');
  const { memory } = blas.context;
  memory.temporary(exchanges.length * 4, (at) => {
    memory.i32().set(exchanges, at / 4);
    blas.swapRows(B, at, exchanges.length);
  });
  blas.trsm('lower', factors, B, { unit: true });
  blas.trsm('upper', factors, B);
}

/** Whether some pivot is zero or NaN. */
export function isSingular(blas: Blas, factors: Matrix): boolean {
  return diagonal(blas, factors).some((pivot) => !(Math.abs(pivot) > 0));
}

/** det A = sign · exp(log) */
export function logDeterminant(
  blas: Blas,
  factors: Matrix,
  pivots: Pivots,
): { readonly sign: number; readonly log: number } {
  const pivotsOf = diagonal(blas, factors);
  const sign = pivotsOf.reduce((product, pivot) => product * Math.sign(pivot), pivots.sign);
  const log = pivotsOf.reduce((sum, pivot) => sum + Math.log(Math.abs(pivot)), 0);
  return sign === 0 ? { sign: 0, log: -Infinity } : { sign, log };
}

function diagonal(blas: Blas, { at, rows, cols, rowStep, colStep }: Matrix): Float64Array {
  const { memory } = blas.context;
  const view = blas.real === 'f64' ? memory.f64() : memory.f32();
  return Float64Array.from(
    { length: Math.min(rows, cols) },
    (_, i) => view[at / blas.bytes + i * (rowStep + colStep)]!,
  );
}

/** inverse ← A⁻¹; A is overwritten by its factors.  False when A is singular. */
export function invert(blas: Blas, A: Matrix, inverse: Matrix): boolean {
  const pivots = lu(blas, A);
  if (isSingular(blas, A)) return false;
  setIdentity(blas, inverse);
  luSolve(blas, A, pivots, inverse);
  return true;
}

export function setIdentity(blas: Blas, A: Matrix): void {
  const { memory } = blas.context;
  for (let i = 0; i < A.rows; i++)
    blas.fill(0, { at: A.at + i * A.rowStep * blas.bytes, length: A.cols, step: A.colStep });
  const view = blas.real === 'f64' ? memory.f64() : memory.f32();
  for (let i = 0; i < Math.min(A.rows, A.cols); i++) view[A.at / blas.bytes + i * (A.rowStep + A.colStep)] = 1;
}

/** A fresh matrix for the time of the call. */
export function temporaryMatrix<T>(blas: Blas, rows: number, cols: number, use: (M: Matrix) => T): T {
  return blas.context.memory.temporary(rows * cols * blas.bytes, (at) => use(rowMajor(at, rows, cols)));
}
