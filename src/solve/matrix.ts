// Matrices as methods see them: dense by rows, or sparse by compressed rows (CSR).

import { lookAtTime } from '../base/deadline.ts';
import { csrFromCoordinates } from '../base/csr.ts';

/** Entry (i, j) is `data[i * cols + j]`. */
export interface DenseMatrix {
  readonly kind: 'dense';
  readonly rows: number;
  readonly cols: number;
  readonly data: Float64Array;
  /** A copy of all entries in the linear memory of the shared machine, at `address` as long as it is held. */
  readonly copy?: () => { readonly address: number };
}

/** Row i has the entries `starts[i] … starts[i + 1] - 1` of `indices` (columns, in any order) and `values`. */
export interface SparseMatrix {
  readonly kind: 'sparse';
  readonly rows: number;
  readonly cols: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

export type Matrix = DenseMatrix | SparseMatrix;

// Between two looks at the time.
const rowsAtOnce = 64;
const entriesAtOnce = 1 << 14;

/** Calls `visit` for each stored entry; for a dense matrix, each that is not zero. */
export function eachEntry(A: Matrix, visit: (row: number, col: number, value: number) => void): void {
  if (A.kind === 'dense') {
    for (let i = 0, at = 0; i < A.rows; i++)
      for (let j = 0; j < A.cols; j++, at++) if (A.data[at] !== 0) visit(i, j, A.data[at]!);
    return;
  }
  for (let i = 0; i < A.rows; i++)
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) visit(i, A.indices[at]!, A.values[at]!);
}

/** out ← out + scale · A x */
export function addProduct(A: Matrix, x: Float64Array, scale: number, out: Float64Array): void {
  for (let i = 0; i < A.rows; i++) {
    let sum = 0;
    if (A.kind === 'dense') sum = rowProduct(A.data, i * A.cols, A.cols, x);
    else for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) sum += A.values[at]! * x[A.indices[at]!]!;
    out[i]! += scale * sum;
  }
}

/** Four sums at a time, which do not wait for each other. */
function rowProduct(data: Float64Array, from: number, length: number, x: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let j = 0;
  for (; j + 3 < length; j += 4) {
    s0 += data[from + j]! * x[j]!;
    s1 += data[from + j + 1]! * x[j + 1]!;
    s2 += data[from + j + 2]! * x[j + 2]!;
    s3 += data[from + j + 3]! * x[j + 3]!;
  }
  for (; j < length; j++) s0 += data[from + j]! * x[j]!;
  return s0 + s1 + (s2 + s3);
}

/** out ← out + scale · Aᵀ y */
export function addTransposedProduct(A: Matrix, y: Float64Array, scale: number, out: Float64Array): void {
  for (let i = 0; i < A.rows; i++) {
    const factor = scale * y[i]!;
    if (factor === 0) continue;
    if (A.kind === 'dense') {
      const row = i * A.cols;
      for (let j = 0; j < A.cols; j++) out[j]! += factor * A.data[row + j]!;
    } else {
      for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) out[A.indices[at]!]! += factor * A.values[at]!;
    }
  }
}

/** out ← out + scale · H x for a symmetric H, dense in full or sparse as its lower triangle. */
export function addSymmetricProduct(H: Matrix, x: Float64Array, scale: number, out: Float64Array): void {
  if (H.kind === 'dense') {
    addProduct(H, x, scale, out);
    return;
  }
  for (let i = 0; i < H.rows; i++) {
    let sum = 0;
    for (let at = H.starts[i]!; at < H.starts[i + 1]!; at++) {
      const j = H.indices[at]!;
      const value = H.values[at]!;
      sum += value * x[j]!;
      if (j !== i) out[j]! += scale * value * x[i]!;
    }
    out[i]! += scale * sum;
  }
}

/** A sparse matrix from its entries; entries at the same place are added. */
export function fromEntries(
  rows: number,
  cols: number,
  entries: Iterable<readonly [row: number, col: number, value: number]>,
): SparseMatrix {
  const [rowOf, colOf, values]: number[][] = [[], [], []];
  for (const [i, j, value] of entries) {
    if (rowOf!.length % entriesAtOnce === 0) lookAtTime();
    rowOf!.push(i);
    colOf!.push(j);
    values!.push(value);
  }
  return fromCoordinates(rows, cols, { rowOf: rowOf!, colOf: colOf!, values: values! });
}

/** The same from lists of equal length. */
export function fromCoordinates(
  rows: number,
  cols: number,
  { rowOf, colOf, values }: { readonly rowOf: ArrayLike<number>; readonly colOf: ArrayLike<number>; readonly values: ArrayLike<number> },
): SparseMatrix {
  const { indptr, indices, values: sums } = csrFromCoordinates(rows, cols, rowOf, colOf, values);
  return { kind: 'sparse', rows, cols, starts: indptr, indices, values: sums };
}

export function denseMatrix(
  rows: number,
  cols: number,
  data: Float64Array = new Float64Array(rows * cols),
): DenseMatrix {
  return { kind: 'dense', rows, cols, data };
}

export function sparseIdentity(n: number): SparseMatrix {
  const starts = Int32Array.from({ length: n + 1 }, (_, i) => i);
  return { kind: 'sparse', rows: n, cols: n, starts, indices: starts.slice(0, n), values: new Float64Array(n).fill(1) };
}

/** The transpose of a sparse matrix, with the entries of each row in order of columns. */
export function transposed(A: SparseMatrix): SparseMatrix {
  const starts = new Int32Array(A.cols + 1);
  for (const j of A.indices.subarray(0, A.starts[A.rows])) starts[j + 1]!++;
  for (let j = 0; j < A.cols; j++) starts[j + 1]! += starts[j]!;
  const next = starts.slice(0, A.cols);
  const indices = new Int32Array(starts[A.cols]!);
  const values = new Float64Array(starts[A.cols]!);
  for (let i = 0; i < A.rows; i++) {
    if (i % rowsAtOnce === 0) lookAtTime();
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) {
      const to = next[A.indices[at]!]!++;
      indices[to] = i;
      values[to] = A.values[at]!;
    }
  }
  return { kind: 'sparse', rows: A.cols, cols: A.rows, starts, indices, values };
}

/** The stored entries of a matrix as a sparse one; zeros of a dense matrix are left out. */
export function toSparse(A: Matrix): SparseMatrix {
  if (A.kind === 'sparse') return A;
  const { rows, cols, data } = A;
  let count = 0;
  for (let at = 0; at < data.length; at++) if (data[at] !== 0) count++;
  const starts = new Int32Array(rows + 1);
  const indices = new Int32Array(count);
  const values = new Float64Array(count);
  for (let i = 0, at = 0, to = 0; i < rows; i++) {
    if (i % rowsAtOnce === 0) lookAtTime();
    for (let j = 0; j < cols; j++, at++) {
      if (data[at] === 0) continue;
      indices[to] = j;
      values[to++] = data[at]!;
    }
    starts[i + 1] = to;
  }
  return { kind: 'sparse', rows, cols, starts, indices, values };
}

/** The entries in the rows and columns listed. */
export function partOf(A: SparseMatrix, rows: ArrayLike<number>, cols: ArrayLike<number>): SparseMatrix {
  const place = new Int32Array(A.cols).fill(-1);
  for (let at = 0; at < cols.length; at++) place[cols[at]!] = at;
  const starts = new Int32Array(rows.length + 1);
  let most = 0;
  for (let i = 0; i < rows.length; i++) most += A.starts[rows[i]! + 1]! - A.starts[rows[i]!]!;
  const indices = new Int32Array(most);
  const values = new Float64Array(most);
  let to = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    for (let at = A.starts[row]!; at < A.starts[row + 1]!; at++) {
      const col = place[A.indices[at]!]!;
      if (col < 0) continue;
      indices[to] = col;
      values[to++] = A.values[at]!;
    }
    starts[i + 1] = to;
  }
  return { kind: 'sparse', rows: rows.length, cols: cols.length, starts, indices: indices.subarray(0, to), values: values.subarray(0, to) };
}

/** Sum of entries that are not zero, a measure of work. */
export function entryCount(A: Matrix): number {
  return A.kind === 'sparse' ? A.starts[A.rows]! : A.rows * A.cols;
}
