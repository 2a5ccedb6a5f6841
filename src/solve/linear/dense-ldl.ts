// Dense A = L D Lᵀ with pivots in the order given, for quasi-definite matrices (Vanderbei 1995). Blocks of columns;
// the update of what remains takes tiles of 4 × 2 sums, so that each loaded number is used more than once.

import { lookAtTime } from '../../base/deadline.ts';
import type { DenseKernel } from './dense-kernel.ts';
import { denseKernel } from './dense-kernel.ts';
import { isLost, replacement } from './pivot.ts';

export interface DenseLdl {
  readonly n: number;
  /** Unit lower triangle by rows; the upper part is not used. */
  readonly lower: Float64Array;
  readonly diagonal: Float64Array;
  readonly replaced: number;
  readonly positive: number;
}

const blockSize = 48;

/** From this size on the kernel pays for its copies. */
export const kernelSize = 250;

export function ldlKernel(n: number): DenseKernel {
  return denseKernel(n, blockSize);
}

/**
 * `given` [n, n] by rows, whose lower triangle is overwritten. Signs and replacement as for the sparse factors. The
 * kernel is one of `ldlKernel(n)`.
 */
export function factorDenseLdl(given: Float64Array, n: number, signs: Int8Array, kernel?: DenseKernel): DenseLdl {
  const diagonal = new Float64Array(n);
  kernel?.matrix().set(given);
  let A = kernel?.matrix() ?? given;
  let scaled = kernel?.panel() ?? new Float64Array(n * blockSize); // L D of the block's columns, by rows
  const sizes = new Float64Array(n); // of the terms of a pivot
  for (let i = 0; i < n; i++) sizes[i] = Math.abs(A[i * n + i]!);
  let replaced = 0;
  let positive = 0;
  for (let start = 0; start < n; start += blockSize) {
    lookAtTime();
    const end = Math.min(n, start + blockSize);
    const width = end - start;
    // Rows below are solved against the block's own triangle as they are met.
    for (let i = start; i < n; i++) {
      const row = i * n;
      const own = i * blockSize;
      const stop = Math.min(i, end);
      for (let j = start; j < stop; j++) {
        const other = j * n;
        let sum = A[row + j]!;
        for (let k = start; k < j; k++) sum -= scaled[own + k - start]! * A[other + k]!;
        scaled[own + j - start] = sum;
      }
      let pivot = i < end ? A[row + i]! : 0;
      let size = 0;
      for (let j = start; j < stop; j++) {
        const value = scaled[own + j - start]!;
        const entry = value / diagonal[j]!;
        A[row + j] = entry;
        size += Math.abs(value * entry);
        if (i < end) pivot -= value * entry;
      }
      sizes[i]! += size;
      if (i >= end) continue;
      if (pivot > 0) positive++;
      const sign = signs[i]!;
      if (isLost(pivot, sign, sizes[i]!)) {
        pivot = replacement(pivot, sign, sizes[i]!);
        replaced++;
      }
      diagonal[i] = pivot;
    }
    if (kernel === undefined) updateRest(A, n, start, end, width, scaled);
    else {
      kernel.update(start, end);
      A = kernel.matrix();
      scaled = kernel.panel();
    }
  }
  if (kernel !== undefined) given.set(A);
  return { n, lower: given, diagonal, replaced, positive };
}

/** A[i, j] -= Σ_k (L D)[i, k] L[j, k] for end ≤ j ≤ i. */
function updateRest(A: Float64Array, n: number, start: number, end: number, width: number, scaled: Float64Array): void {
  for (let j = end; j < n; j += 2) {
    const pair = j + 1 < n;
    const b0 = j * n + start;
    const b1 = pair ? b0 + n : b0;
    let i = j;
    for (; i + 3 < n; i += 4) {
      const a0 = i * blockSize;
      const a1 = a0 + blockSize;
      const a2 = a1 + blockSize;
      const a3 = a2 + blockSize;
      let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
      for (let k = 0; k < width; k++) {
        const x0 = A[b0 + k]!;
        const x1 = A[b1 + k]!;
        const y0 = scaled[a0 + k]!;
        const y1 = scaled[a1 + k]!;
        const y2 = scaled[a2 + k]!;
        const y3 = scaled[a3 + k]!;
        s00 += y0 * x0;
        s01 += y0 * x1;
        s10 += y1 * x0;
        s11 += y1 * x1;
        s20 += y2 * x0;
        s21 += y2 * x1;
        s30 += y3 * x0;
        s31 += y3 * x1;
      }
      const at = i * n + j;
      A[at]! -= s00;
      A[at + n]! -= s10;
      A[at + 2 * n]! -= s20;
      A[at + 3 * n]! -= s30;
      if (!pair) continue;
      // (j, j + 1) lies above the diagonal, where nothing is read.
      A[at + 1]! -= s01;
      A[at + n + 1]! -= s11;
      A[at + 2 * n + 1]! -= s21;
      A[at + 3 * n + 1]! -= s31;
    }
    for (; i < n; i++) {
      const a = i * blockSize;
      let [s0, s1] = [0, 0];
      for (let k = 0; k < width; k++) {
        s0 += scaled[a + k]! * A[b0 + k]!;
        s1 += scaled[a + k]! * A[b1 + k]!;
      }
      A[i * n + j]! -= s0;
      if (pair) A[i * n + j + 1]! -= s1;
    }
  }
}

/** x ← (L D Lᵀ)⁻¹ x */
export function solveDenseLdl({ n, lower, diagonal }: DenseLdl, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    const row = i * n;
    for (let j = 0; j < i; j++) sum -= lower[row + j]! * x[j]!;
    x[i] = sum;
  }
  for (let i = 0; i < n; i++) x[i]! /= diagonal[i]!;
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i]!;
    const row = i * n;
    if (value !== 0) for (let j = 0; j < i; j++) x[j]! -= lower[row + j]! * value;
  }
}
