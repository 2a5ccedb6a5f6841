// Rows that are put one below the other to a sparse matrix with right sides.

import type { SparseMatrix } from '../matrix.ts';

export interface RowList {
  /** Row i of a matrix times a number. */
  add(from: SparseMatrix, i: number, by: number, right: number): void;
  single(column: number, value: number, right: number): void;
  empty(right: number): void;
  /** One more entry of the last row. */
  extend(column: number, value: number): void;
  matrix(): SparseMatrix;
  right(): Float64Array;
}

export function rowList(cols: number): RowList {
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  const rights: number[] = [];
  const end = (right: number): void => {
    starts.push(indices.length);
    rights.push(right);
  };
  return {
    add: (from, i, by, right) => {
      for (let at = from.starts[i]!; at < from.starts[i + 1]!; at++) {
        indices.push(from.indices[at]!);
        values.push(by * from.values[at]!);
      }
      end(right);
    },
    single: (column, value, right) => {
      indices.push(column);
      values.push(value);
      end(right);
    },
    empty: end,
    extend: (column, value) => {
      indices.push(column);
      values.push(value);
      starts[starts.length - 1] = indices.length;
    },
    matrix: () => ({ kind: 'sparse', rows: rights.length, cols, starts: new Int32Array(starts), indices: new Int32Array(indices), values: new Float64Array(values) }),
    right: () => new Float64Array(rights),
  };
}
