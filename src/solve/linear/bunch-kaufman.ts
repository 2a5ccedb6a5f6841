// P A Pᵀ = L D Lᵀ of a dense symmetric indefinite matrix, D with blocks of one or two rows, by the partial pivoting of
// Bunch & Kaufman (Golub & Van Loan, section 4.4). The signs of D are those of the eigenvalues of A.

import { lookAtTime } from '../../base/deadline.ts';

export interface BunchKaufman {
  readonly n: number;
  /** Rows of L below, blocks of D on and beside the diagonal; [n, n] by rows, lower part. */
  readonly data: Float64Array;
  /** Row `order[k]` of A is row k of the factors. */
  readonly order: Int32Array;
  /** 1 at a block of one row, 2 at the first of two, 0 at the second. */
  readonly blocks: Uint8Array;
  readonly positive: number;
  readonly negative: number;
  /** Pivots that vanish against the matrix. */
  readonly zero: number;
}

const alpha = (1 + Math.sqrt(17)) / 8;
// From this order on a column takes long enough to look at the time.
const many = 200;

/** The lower triangle of `A` [n, n] is read and overwritten. */
export function bunchKaufman(A: Float64Array, n: number): BunchKaufman {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const blocks = new Uint8Array(n);
  let size = 0;
  for (const value of A) if (Math.abs(value) > size) size = Math.abs(value);
  const tiny = 1e-15 * size;
  let positive = 0;
  let negative = 0;
  let zero = 0;
  const get = (i: number, j: number): number => (i >= j ? A[i * n + j]! : A[j * n + i]!);
  for (let k = 0; k < n;) {
    if (n > many) lookAtTime();
    const pivot = choosePivot(get, n, k);
    if (pivot.width === 1) {
      exchange(A, n, order, k, pivot.first);
      const d = A[k * n + k]!;
      blocks[k] = 1;
      if (Math.abs(d) <= tiny) zero++;
      else if (d > 0) positive++;
      else negative++;
      if (d !== 0) {
        for (let i = k + 1; i < n; i++) {
          const factor = A[i * n + k]! / d;
          if (factor === 0) continue;
          // Columns up to i of row i; the entries of column k are still those of A.
          for (let j = k + 1; j <= i; j++) A[i * n + j]! -= factor * A[j * n + k]!;
        }
        for (let i = k + 1; i < n; i++) A[i * n + k]! /= d;
      }
      k += 1;
      continue;
    }
    exchange(A, n, order, k + 1, pivot.first);
    const [a, b, c] = [A[k * n + k]!, A[(k + 1) * n + k]!, A[(k + 1) * n + k + 1]!];
    const determinant = a * c - b * b;
    blocks[k] = 2;
    if (determinant < 0) {
      positive++;
      negative++;
    } else if (a + c > 0) positive += 2;
    else negative += 2;
    const left = new Float64Array(n);
    const right = new Float64Array(n);
    for (let i = k + 2; i < n; i++) {
      const [p, q] = [A[i * n + k]!, A[i * n + k + 1]!];
      left[i] = (c * p - b * q) / determinant;
      right[i] = (a * q - b * p) / determinant;
    }
    for (let i = k + 2; i < n; i++) {
      const [u, v] = [left[i]!, right[i]!];
      if (u === 0 && v === 0) continue;
      for (let j = k + 2; j <= i; j++) A[i * n + j]! -= u * A[j * n + k]! + v * A[j * n + k + 1]!;
    }
    for (let i = k + 2; i < n; i++) {
      A[i * n + k] = left[i]!;
      A[i * n + k + 1] = right[i]!;
    }
    k += 2;
  }
  return { n, data: A, order, blocks, positive, negative, zero };
}

function choosePivot(
  get: (i: number, j: number) => number,
  n: number,
  k: number,
): { readonly width: 1 | 2; readonly first: number } {
  const own = Math.abs(get(k, k));
  let row = k;
  let largest = 0;
  for (let i = k + 1; i < n; i++) {
    const value = Math.abs(get(i, k));
    if (value > largest) [row, largest] = [i, value];
  }
  if (largest === 0 || own >= alpha * largest) return { width: 1, first: k };
  let rival = 0;
  for (let j = k; j < n; j++) if (j !== row) rival = Math.max(rival, Math.abs(get(row, j)));
  if (own * rival >= alpha * largest * largest) return { width: 1, first: k };
  if (Math.abs(get(row, row)) >= alpha * rival) return { width: 1, first: row };
  return { width: 2, first: row };
}

/** Swaps rows and columns k and r > k of what is left, and the rows of L already made. */
function exchange(A: Float64Array, n: number, order: Int32Array, k: number, r: number): void {
  if (r === k) return;
  [order[k], order[r]] = [order[r]!, order[k]!];
  const swap = (p: number, q: number): void => {
    const kept = A[p]!;
    A[p] = A[q]!;
    A[q] = kept;
  };
  for (let j = 0; j < k; j++) swap(k * n + j, r * n + j);
  swap(k * n + k, r * n + r);
  for (let i = k + 1; i < r; i++) swap(i * n + k, r * n + i);
  for (let i = r + 1; i < n; i++) swap(i * n + k, i * n + r);
}

/** x ← A⁻¹ x; entries that meet a vanishing pivot are set to 0. */
export function solveBunchKaufman({ n, data, order, blocks }: BunchKaufman, x: Float64Array): void {
  const y = Float64Array.from(order, (row) => x[row]!);
  for (let k = 0; k < n; k++) {
    const inBlock = blocks[k] === 2 ? 2 : 1;
    for (let i = k + inBlock; i < n; i++) {
      y[i]! -= data[i * n + k]! * y[k]!;
      if (inBlock === 2) y[i]! -= data[i * n + k + 1]! * y[k + 1]!;
    }
    if (inBlock === 2) k++;
  }
  for (let k = 0; k < n; k++) {
    if (blocks[k] === 2) {
      const [a, b, c] = [data[k * n + k]!, data[(k + 1) * n + k]!, data[(k + 1) * n + k + 1]!];
      const determinant = a * c - b * b;
      const [u, v] = [y[k]!, y[k + 1]!];
      y[k] = (c * u - b * v) / determinant;
      y[k + 1] = (a * v - b * u) / determinant;
      k++;
    } else y[k] = data[k * n + k] === 0 ? 0 : y[k]! / data[k * n + k]!;
  }
  for (let k = n - 1; k >= 0; k--) {
    // The second row of a block keeps D beside its diagonal, not L.
    const start = blocks[k] === 2 ? k + 2 : k + 1;
    for (let i = start; i < n; i++) y[k]! -= data[i * n + k]! * y[i]!;
  }
  order.forEach((row, k) => (x[row] = y[k]!));
}
