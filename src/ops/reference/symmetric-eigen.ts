// Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi.  Golub & Van Loan, section 8.5

import { dense, filled, identity, norm, squareDim, symmetricPart } from './dense.ts';
import type { Dense } from './dense.ts';

export interface SymmetricEigen {
  /** Shape [n], ascending. */
  readonly values: Dense;
  /** Shape [n, n]; column j belongs to values[j]. */
  readonly vectors: Dense;
}

/**
 * The symmetric part of A is V diag(values) Vᵀ.  Each column of V has its largest entry (by magnitude; the
 * first of those that tie to within rounding) positive.
 */
export function symmetricEigen(A: Dense): SymmetricEigen {
  const n = squareDim(A);
  const S = symmetricPart(A);
  const V = identity(n);
  if (!Number.isFinite(norm(S))) return { values: filled([n], NaN), vectors: filled([n, n], NaN) };
  let rotated = true;
  for (let sweep = 0; rotated && sweep < 60; sweep++) {
    rotated = false;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) if (rotate(S, V, p, q)) rotated = true;
  }
  const diagonal = Array.from({ length: n }, (_, i) => S.data[i * n + i]!);
  const order = diagonal.map((_, i) => i).sort((i, j) => diagonal[i]! - diagonal[j]!);
  const vectors = dense([n, n]);
  order.forEach((from, to) => {
    for (let i = 0; i < n; i++) vectors.data[i * n + to] = V.data[i * n + from]!;
  });
  columnSigns(vectors).forEach((sign, j) => flipColumn(vectors, j, sign));
  return {
    values: dense(
      [n],
      order.map((i) => diagonal[i]!),
    ),
    vectors,
  };
}

/** For each column, the sign of its largest entry; entries within rounding of the largest tie, the first wins. */
export function columnSigns(V: Dense): readonly number[] {
  const [rows, cols] = [V.shape[0]!, V.shape[1]!];
  return Array.from({ length: cols }, (_, j) => {
    let leader = 0;
    for (let i = 0; i < rows; i++) {
      const value = V.data[i * cols + j]!;
      if (Math.abs(value) > Math.abs(leader) * (1 + 1e-10)) leader = value;
    }
    return leader < 0 ? -1 : 1;
  });
}

export function flipColumn(V: Dense, j: number, sign: number): void {
  const [rows, cols] = [V.shape[0]!, V.shape[1]!];
  if (sign < 0) for (let i = 0; i < rows; i++) V.data[i * cols + j]! *= -1;
}

/** (cos, sin) of the angle that diagonalizes [[app, apq], [apq, aqq]]: the smaller root of t² + 2τt = 1. */
export function jacobiAngle(app: number, apq: number, aqq: number): readonly [cos: number, sin: number] {
  const tau = (aqq - app) / (2 * apq);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau));
  const cos = 1 / Math.hypot(1, t);
  return [cos, t * cos];
}

/** S ← Jᵀ S J and V ← V J with S[p,q] made zero; false when S[p,q] is already negligible. */
function rotate(S: Dense, V: Dense, p: number, q: number): boolean {
  const n = S.shape[0]!;
  const s = S.data;
  const [app, apq, aqq] = [s[p * n + p]!, s[p * n + q]!, s[q * n + q]!];
  // Relative to the two diagonal entries where they are large, absolute near underflow.
  if (
    Math.abs(apq) <= 1e-3 * Number.EPSILON * Math.sqrt(Math.abs(app)) * Math.sqrt(Math.abs(aqq)) ||
    Math.abs(apq) < 1e-300
  ) {
    return false;
  }
  const [cos, sin] = jacobiAngle(app, apq, aqq);
  for (let i = 0; i < n; i++) {
    rotatePair(s, i * n + p, i * n + q, cos, sin);
    rotatePair(V.data, i * n + p, i * n + q, cos, sin);
  }
  for (let j = 0; j < n; j++) rotatePair(s, p * n + j, q * n + j, cos, sin);
  s[p * n + q] = 0;
  s[q * n + p] = 0;
  return true;
}

/** (x, y) ← (c x - s y, s x + c y) for the two named entries. */
export function rotatePair(data: Float64Array, first: number, second: number, cos: number, sin: number): void {
  const [x, y] = [data[first]!, data[second]!];
  data[first] = cos * x - sin * y;
  data[second] = sin * x + cos * y;
}
