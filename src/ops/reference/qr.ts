// Householder QR.  Golub & Van Loan, section 5.2

import { block, dense, filled, identity, matrixShape, norm } from './dense.ts';
import type { Dense } from './dense.ts';

/**
 * Thin A = Q R for A of shape [m, n], r = min(m, n): Q [m, r] with orthonormal columns, R [r, n] upper
 * triangular with positive diagonal, which makes both unique.  NaN when the first r columns are
 * numerically dependent.
 */
export function qr(A: Dense): { readonly q: Dense; readonly r: Dense } {
  const [m, n] = matrixShape(A);
  const rank = Math.min(m, n);
  const R = dense(A.shape, A.data);
  const Q = identity(m);
  for (let k = 0; k < rank; k++) {
    // v = x ± |x| e1 with the sign that adds, so nothing cancels.
    const v = block(R, k, k, m - k, 1);
    const length = norm(v);
    if (length === 0) continue;
    v.data[0]! += v.data[0]! < 0 ? -length : length;
    const unit = v.data.map((value) => value / norm(v));
    reflectRows(R, unit, k);
    reflectCols(Q, unit, k);
  }
  const q = block(Q, 0, 0, m, rank);
  const r = block(R, 0, 0, rank, n);
  const tolerance = Math.max(m, n) * Number.EPSILON * norm(A);
  for (let i = 0; i < rank; i++) {
    const pivot = r.data[i * n + i]!;
    if (!(Math.abs(pivot) > tolerance)) return { q: filled(q.shape, NaN), r: filled(r.shape, NaN) };
    for (let j = 0; j < i; j++) r.data[i * n + j] = 0;
    if (pivot > 0) continue;
    for (let j = i; j < n; j++) r.data[i * n + j]! *= -1;
    for (let j = 0; j < m; j++) q.data[j * rank + i]! *= -1;
  }
  return { q, r };
}

/** Thin Q of A = Q R with positive diagonal of R. */
export function orthonormal(A: Dense): Dense {
  return qr(A).q;
}

/** R ← (I - 2 v vᵀ) R on rows start… */
function reflectRows(R: Dense, v: Float64Array, start: number): void {
  const [, cols] = matrixShape(R);
  for (let j = 0; j < cols; j++) {
    let dot = 0;
    for (let i = 0; i < v.length; i++) dot += v[i]! * R.data[(start + i) * cols + j]!;
    for (let i = 0; i < v.length; i++) R.data[(start + i) * cols + j]! -= 2 * dot * v[i]!;
  }
}

/** Q ← Q (I - 2 v vᵀ) on columns start… */
function reflectCols(Q: Dense, v: Float64Array, start: number): void {
  const [rows, cols] = matrixShape(Q);
  for (let i = 0; i < rows; i++) {
    let dot = 0;
    for (let j = 0; j < v.length; j++) dot += v[j]! * Q.data[i * cols + start + j]!;
    for (let j = 0; j < v.length; j++) Q.data[i * cols + start + j]! -= 2 * dot * v[j]!;
  }
}
