// Thin singular value decomposition by one-sided Jacobi.  Golub & Van Loan, section 8.6; Hestenes 1958

import { dense, filled, identity, matmul, matrixShape, norm, scale, transpose } from './dense.ts';
import type { Dense } from './dense.ts';
import { columnSigns, flipColumn, jacobiAngle, rotatePair } from './symmetric-eigen.ts';

export interface Svd {
  /** Shape [m, r], orthonormal columns, r = min(m, n). */
  readonly u: Dense;
  /** Shape [r], descending. */
  readonly s: Dense;
  /** Shape [n, r], orthonormal columns. */
  readonly v: Dense;
}

/**
 * A = u diag(s) vᵀ.  Each column of v has its largest entry (by magnitude; the first of those that tie to
 * within rounding) positive.
 */
export function svd(A: Dense): Svd {
  const [m, n] = matrixShape(A);
  const r = Math.min(m, n);
  const size = norm(A);
  if (!Number.isFinite(size)) return { u: filled([m, r], NaN), s: filled([r], NaN), v: filled([n, r], NaN) };
  const unit = scale(A, size > 0 ? 1 / size : 1); // squares of entries neither overflow nor vanish
  const { left, values, right } = m >= n ? tallSvd(unit) : tallSvd(transpose(unit));
  const [u, v] = m >= n ? [left, right] : [right, left];
  columnSigns(v).forEach((sign, j) => {
    flipColumn(u, j, sign);
    flipColumn(v, j, sign);
  });
  return {
    u,
    s: dense(
      [r],
      values.map((value) => (size > 0 ? value * size : value)),
    ),
    v,
  };
}

/**
 * Moore–Penrose inverse.  Singular values up to max(1e-15, max(m, n) ε) times the largest count as zero:
 * the larger of the two tolerances of numpy.linalg.pinv (its `rcond` and its `rtol` default).
 */
export function pinv(A: Dense): Dense {
  const { u, s, v } = svd(A);
  const cutoff = Math.max(1e-15, Math.max(...matrixShape(A)) * Number.EPSILON) * (s.data[0] ?? 0);
  const r = s.data.length;
  const scaled = dense(
    v.shape,
    v.data.map((value, index) => {
      const singular = s.data[index % r]!;
      return singular <= cutoff ? 0 : value / singular;
    }),
  );
  return matmul(scaled, transpose(u));
}

/** Rotate columns of W = A V until they are orthogonal; then W = U diag(s). */
function tallSvd(A: Dense): { left: Dense; values: readonly number[]; right: Dense } {
  const [m, n] = matrixShape(A);
  const W = dense(A.shape, A.data);
  const V = identity(n);
  let rotated = true;
  for (let sweep = 0; rotated && sweep < 60; sweep++) {
    rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const dot = columnDot(W, p, q);
        const [pp, qq] = [columnDot(W, p, p), columnDot(W, q, q)];
        if (Math.abs(dot) <= Number.EPSILON * Math.sqrt(pp) * Math.sqrt(qq) || Math.abs(dot) < 1e-290) continue;
        const [cos, sin] = jacobiAngle(pp, dot, qq);
        for (let i = 0; i < m; i++) rotatePair(W.data, i * n + p, i * n + q, cos, sin);
        for (let i = 0; i < n; i++) rotatePair(V.data, i * n + p, i * n + q, cos, sin);
        rotated = true;
      }
    }
  }
  const lengths = Array.from({ length: n }, (_, j) => Math.sqrt(columnDot(W, j, j)));
  const order = lengths.map((_, j) => j).sort((i, j) => lengths[j]! - lengths[i]!);
  const left = dense([m, n]);
  const right = dense([n, n]);
  order.forEach((from, to) => {
    for (let i = 0; i < n; i++) right.data[i * n + to] = V.data[i * n + from]!;
    if (lengths[from]! > 1e-140) {
      for (let i = 0; i < m; i++) left.data[i * n + to] = W.data[i * n + from]! / lengths[from]!;
    } else {
      completeColumn(left, to);
    }
  });
  return { left, values: order.map((j) => lengths[j]!), right };
}

function columnDot(W: Dense, p: number, q: number): number {
  const [m, n] = matrixShape(W);
  let dot = 0;
  for (let i = 0; i < m; i++) dot += W.data[i * n + p]! * W.data[i * n + q]!;
  return dot;
}

/**
 * Column j ← a unit vector orthogonal to the columns before it: of all coordinate vectors the one they
 * cover least, orthogonalized twice (Parlett: twice is enough).
 */
function completeColumn(left: Dense, j: number): void {
  const [m, n] = matrixShape(left);
  const covered = (i: number): number => {
    let sum = 0;
    for (let k = 0; k < j; k++) sum += left.data[i * n + k]! ** 2;
    return sum;
  };
  const rows = Array.from({ length: m }, (_, i) => i);
  const start = rows.reduce((best, i) => (covered(i) < covered(best) ? i : best), 0);
  for (const i of rows) left.data[i * n + j] = i === start ? 1 : 0;
  for (let round = 0; round < 2; round++) {
    for (let k = 0; k < j; k++) {
      const dot = columnDot(left, j, k);
      for (const i of rows) left.data[i * n + j]! -= dot * left.data[i * n + k]!;
    }
    const length = Math.sqrt(columnDot(left, j, j));
    for (const i of rows) left.data[i * n + j]! /= length;
  }
}
