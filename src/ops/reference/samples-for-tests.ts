// For the tests of this folder only: generic matrices and a relative comparison.  It is compiled with the
// sources, so it does without vitest.

import { add, dense, identity, matmul, norm, scale, sub, transpose } from './dense.ts';
import type { Dense } from './dense.ts';

/** |actual - wanted| ≤ tolerance · max(1, |wanted|) in the Frobenius norm, and the same shape. */
export function expectNear(actual: Dense, wanted: Dense, tolerance: number): void {
  const error = norm(sub(actual, wanted)) / Math.max(1, norm(wanted));
  if (!(error <= tolerance))
    throw new Error(`error ${error} above ${tolerance}: [${actual.data.join(', ')}] for [${wanted.data.join(', ')}]`);
}

export function expectAllNaN(actual: Dense): void {
  if (!actual.data.every((value) => Number.isNaN(value))) throw new Error(`not all NaN: [${actual.data.join(', ')}]`);
}

/** Entries in (-1, 1) without pattern, the same for the same seed. */
export function generic(rows: number, cols: number, seed: number): Dense {
  return dense(
    [rows, cols],
    Array.from({ length: rows * cols }, (_, i) => Math.sin((i + 1) ** 2 * 1.37 + seed * 2.11)),
  );
}

/** Symmetric positive definite. */
export function definite(n: number, seed: number): Dense {
  const A = generic(n, n, seed);
  return add(matmul(A, transpose(A)), scale(identity(n), 0.5));
}

/** Eigenvalues well inside the right half plane, not symmetric. */
export function rightHalf(n: number, seed: number): Dense {
  return add(scale(generic(n, n, seed), 1 / n), scale(identity(n), 2));
}
