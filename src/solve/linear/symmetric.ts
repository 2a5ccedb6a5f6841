// Symmetric matrices of moderate size: a factorisation that makes them positive definite, and their least eigenvalue.

import { eachEntry, fromCoordinates, partOf } from '../matrix.ts';
import type { Matrix } from '../matrix.ts';
import { factorDenseLdl, solveDenseLdl } from './dense-ldl.ts';
import type { DenseLdl } from './dense-ldl.ts';

/** The full dense form of a symmetric matrix, on the rows and columns listed. */
export function denseSymmetric(H: Matrix, kept: readonly number[]): Float64Array {
  const count = kept.length;
  const out = new Float64Array(count * count);
  if (H.kind === 'dense') {
    for (let row = 0, to = 0; row < count; row++) {
      const from = kept[row]! * H.cols;
      for (let col = 0; col < count; col++) out[to++] = H.data[from + kept[col]!]!;
    }
    return out;
  }
  const place = new Int32Array(H.rows).fill(-1);
  kept.forEach((row, i) => (place[row] = i));
  eachEntry(H, (i, j, value) => {
    const [row, col] = [place[i]!, place[j]!];
    if (row < 0 || col < 0) return;
    out[row * count + col]! += value;
    if (i !== j) out[col * count + row]! += value;
  });
  return out;
}

export interface Shifted {
  readonly factors: DenseLdl;
  readonly shift: number;
}

/**
 * Factors of H + shift · diag(scale), with the least shift on a ladder that makes all pivots clearly positive.
 * `from` is where the ladder starts if no shift at all is not enough.
 */
export function shiftedFactors(H: Float64Array, n: number, from: number): Shifted {
  let largest = 0;
  for (const value of H) if (Math.abs(value) > largest) largest = Math.abs(value);
  const floor = 1e-13 * largest;
  const signs = new Int8Array(n);
  for (let shift = 0; ; shift = shift === 0 ? Math.max(from, 1e-10 * largest, 1e-300) : shift * 4) {
    const copy = H.slice();
    for (let i = 0; i < n; i++) copy[i * n + i]! += shift;
    const factors = factorDenseLdl(copy, n, signs);
    if (factors.positive === n && factors.replaced === 0 && factors.diagonal.every((pivot) => pivot > floor))
      return { factors, shift };
    if (!(shift < 1e20 * Math.max(1, largest))) return { factors, shift };
  }
}

export function solveShifted({ factors }: Shifted, x: Float64Array): void {
  solveDenseLdl(factors, x);
}

/** The least eigenvalue and its vector, by inverse iteration from a shift below it; good to a few digits. */
export function leastEigenpair(H: Float64Array, n: number): { readonly value: number; readonly vector: Float64Array } {
  const shifted = shiftedFactors(H, n, 0);
  // Pivots positive: all eigenvalues are above -shift, and inverse iteration goes to the nearest, the least.
  let vector = new Float64Array(n).map((_, i) => 1 + 0.37 * Math.sin(i + 1));
  let value = 0;
  for (let turn = 0; turn < 60; turn++) {
    const next = vector.slice();
    solveShifted(shifted, next);
    let length = 0;
    for (const entry of next) length += entry * entry;
    length = Math.sqrt(length);
    vector = next.map((entry) => entry / length);
    let quotient = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) quotient += vector[i]! * H[i * n + j]! * vector[j]!;
    const settled = Math.abs(quotient - value) <= 1e-6 * Math.abs(quotient);
    value = quotient;
    if (settled && turn > 3) break;
  }
  return { value, vector };
}

/** The rows and columns listed, in that order. */
export function symmetricPart(P: Matrix, kept: ArrayLike<number>): Matrix {
  const count = kept.length;
  if (P.kind === 'dense') {
    const data = new Float64Array(count * count);
    for (let i = 0, to = 0; i < count; i++) {
      const from = kept[i]! * P.cols;
      for (let j = 0; j < count; j++) data[to++] = P.data[from + kept[j]!]!;
    }
    return { kind: 'dense', rows: count, cols: count, data };
  }
  const part = partOf(P, kept, kept);
  // Below the diagonal, whatever the order of those kept.
  const rowOf = new Int32Array(part.indices.length);
  const colOf = new Int32Array(part.indices.length);
  for (let i = 0; i < count; i++) {
    for (let at = part.starts[i]!; at < part.starts[i + 1]!; at++) {
      rowOf[at] = Math.max(i, part.indices[at]!);
      colOf[at] = Math.min(i, part.indices[at]!);
    }
  }
  return fromCoordinates(count, count, { rowOf, colOf, values: part.values });
}
