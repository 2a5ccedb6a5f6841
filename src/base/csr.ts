// Sparse matrices, row by row: what the readers of data files make and the sparse kernels take.

import { lookAtTime } from './deadline.ts';
import { InternalError } from './internal.ts';

/** Row r holds the entries indptr[r] … indptr[r + 1] - 1 of `indices` (columns, ascending, each once) and `values`. */
export interface Csr {
  readonly rows: number;
  readonly cols: number;
  /** rows + 1 numbers, from 0 up to the number of entries. */
  readonly indptr: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
}

export function isCsr(value: object): value is Csr {
  return 'indptr' in value;
}

/** Entries (rowOf[k], colOf[k]) = values[k], zero-based, in any order; entries at one place are added up. */
export function csrFromCoordinates(
  rows: number,
  cols: number,
  rowOf: ArrayLike<number>,
  colOf: ArrayLike<number>,
  values: ArrayLike<number>,
): Csr {
  const count = values.length;
  if (rowOf.length !== count || colOf.length !== count) throw new InternalError('coordinates and values differ in number');
  lookAtTime();
  if (isInOrder(rowOf, colOf)) return ofOrdered(rows, cols, rowOf, colOf, values);
  // Two stable counting sorts, by column and then by row, leave the columns of each row in order.
  const byCol = countingSort(colOf, cols, undefined);
  const order = countingSort(rowOf, rows, byCol);
  lookAtTime();
  const indptr = new Int32Array(rows + 1);
  const indices = new Int32Array(count);
  const entries = new Float64Array(count);
  let at = 0;
  let last = -1;
  for (const k of order) {
    const [r, c] = [rowOf[k]!, colOf[k]!];
    if (last === r && at > 0 && indices[at - 1] === c) entries[at - 1]! += values[k]!;
    else {
      indices[at] = c;
      entries[at++] = values[k]!;
      indptr[r + 1]!++;
    }
    last = r;
  }
  for (let r = 0; r < rows; r++) indptr[r + 1]! += indptr[r]!;
  return at === count
    ? { rows, cols, indptr, indices, values: entries }
    : { rows, cols, indptr, indices: indices.slice(0, at), values: entries.slice(0, at) };
}

/** Row by row, each column once. */
function isInOrder(rowOf: ArrayLike<number>, colOf: ArrayLike<number>): boolean {
  for (let k = 1; k < rowOf.length; k++) if (rowOf[k]! < rowOf[k - 1]! || (rowOf[k] === rowOf[k - 1] && colOf[k]! <= colOf[k - 1]!)) return false;
  return true;
}

function ofOrdered(rows: number, cols: number, rowOf: ArrayLike<number>, colOf: ArrayLike<number>, values: ArrayLike<number>): Csr {
  const indptr = new Int32Array(rows + 1);
  for (let k = 0; k < rowOf.length; k++) indptr[rowOf[k]! + 1]!++;
  for (let r = 0; r < rows; r++) indptr[r + 1]! += indptr[r]!;
  return { rows, cols, indptr, indices: Int32Array.from(colOf), values: Float64Array.from(values) };
}

/** All entries with the zeros, row by row. */
export function csrEntries(S: Csr): Float64Array {
  const all = new Float64Array(S.rows * S.cols);
  for (let r = 0; r < S.rows; r++) {
    for (let k = S.indptr[r]!; k < S.indptr[r + 1]!; k++) all[r * S.cols + S.indices[k]!] = S.values[k]!;
  }
  return all;
}

/** The row of each entry. */
export function csrRowOf({ rows, indptr, values }: Csr): Int32Array {
  const rowOf = new Int32Array(values.length);
  for (let r = 0; r < rows; r++) rowOf.fill(r, indptr[r], indptr[r + 1]);
  return rowOf;
}

/** The largest entry of S - S', by absolute value, of a square matrix. */
export function csrAsymmetry(S: Csr): number {
  const mirrored = csrFromCoordinates(S.cols, S.rows, S.indices, csrRowOf(S), S.values);
  let most = 0;
  for (let r = 0; r < S.rows; r++) {
    let [mine, its] = [S.indptr[r]!, mirrored.indptr[r]!];
    while (mine < S.indptr[r + 1]! || its < mirrored.indptr[r + 1]!) {
      const a = mine < S.indptr[r + 1]! ? S.indices[mine]! : Infinity;
      const b = its < mirrored.indptr[r + 1]! ? mirrored.indices[its]! : Infinity;
      const gap = (a <= b ? S.values[mine++]! : 0) - (b <= a ? mirrored.values[its++]! : 0);
      if (!(Math.abs(gap) <= most)) most = Math.abs(gap);
    }
  }
  return most;
}

/** What keeps these arrays from being a matrix in this form, if anything does. */
export function csrProblem(S: Csr): string | undefined {
  const { rows, cols, indptr, indices, values } = S;
  const count = values.length;
  if (indptr.length !== rows + 1) return `indptr has ${indptr.length} numbers, but ${rows} rows need ${rows + 1}`;
  if (indices.length !== count) return `${indices.length} indices do not match ${count} values`;
  if (indptr[0] !== 0 || indptr[rows] !== count) return `indptr runs from ${indptr[0]} to ${indptr[rows]}, not from 0 to ${count}`;
  for (let r = 0; r < rows; r++) {
    if (indptr[r + 1]! < indptr[r]!) return `indptr goes down after row ${r}`;
    for (let k = indptr[r]!; k < indptr[r + 1]!; k++) {
      const c = indices[k]!;
      if (c < 0 || c >= cols) return `row ${r} has an entry in column ${c}, beyond the ${cols} columns (counted from 0)`;
      if (k > indptr[r]! && c <= indices[k - 1]!) return `the columns of row ${r} do not ascend`;
    }
  }
  return undefined;
}

function countingSort(keys: ArrayLike<number>, size: number, before: Int32Array | undefined): Int32Array {
  const starts = new Int32Array(size + 1);
  for (let k = 0; k < keys.length; k++) starts[keys[k]! + 1]!++;
  for (let i = 0; i < size; i++) starts[i + 1]! += starts[i]!;
  const order = new Int32Array(keys.length);
  for (let k = 0; k < keys.length; k++) {
    const item = before === undefined ? k : before[k]!;
    order[starts[keys[item]!]!++] = item;
  }
  return order;
}
