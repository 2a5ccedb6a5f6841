// Cholesky factor by recursive halving: everything above small blocks is matrix products.
// Gustavson 1997, "Recursion leads to automatic variable blocking"

import { invariant } from '../../../base/internal.ts';
import { sub, transposed } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix } from '../matrix.ts';

const SMALL = 24;

/**
 * Overwrites A, of which the lower triangle is read, with lower L, L Lᵀ = A, zero above the diagonal.
 * Gives the number of the first pivot that is not positive and finite, or n when there is none.
 */
export function cholesky(blas: Blas, A: Matrix): number {
  invariant(A.rows === A.cols && A.colStep === 1, `a square matrix by rows, not [${A.rows}, ${A.cols}]`);
  const found = factor(blas, A);
  for (let i = 0; i < A.rows; i++)
    blas.fill(0, { at: A.at + (i * A.rowStep + i + 1) * blas.bytes, length: A.cols - i - 1, step: 1 });
  return found;
}

function factor(blas: Blas, A: Matrix): number {
  const n = A.rows;
  if (n <= SMALL) return blas.choleskyPanel(A);
  const half = Math.ceil(n / 2 / 8) * 8;
  const part = (i: number, j: number, rows: number, cols: number): Matrix => sub(A, i, j, rows, cols, blas.bytes);
  const [A11, A21, A22] = [part(0, 0, half, half), part(half, 0, n - half, half), part(half, half, n - half, n - half)];
  const first = factor(blas, A11);
  if (first < half) return first;
  // A21 ← A21 L11⁻ᵀ
  blas.trsm('lower', A11, transposed(A21));
  blas.syrkLower(-1, A21, A21, 1, A22);
  return half + factor(blas, A22);
}

/** B ← A⁻¹ B from the factor L of A. */
export function choleskySolve(blas: Blas, L: Matrix, B: Matrix): void {
  blas.trsm('lower', L, B);
  blas.trsm('upper', transposed(L), B);
}
