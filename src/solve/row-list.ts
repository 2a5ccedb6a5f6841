// Rows that are put one below the other to a sparse matrix with right sides.

import type { SparseMatrix } from './matrix.ts';

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
  const rights: number[] = [];
  let indices = new Int32Array(64);
  let values = new Float64Array(64);
  let used = 0;
  const reserve = (more: number): void => {
    if (used + more <= values.length) return;
    const length = Math.max(used + more, 2 * values.length);
    const [widerIndices, widerValues] = [new Int32Array(length), new Float64Array(length)];
    widerIndices.set(indices);
    widerValues.set(values);
    [indices, values] = [widerIndices, widerValues];
  };
  const put = (column: number, value: number): void => {
    reserve(1);
    indices[used] = column;
    values[used++] = value;
  };
  const end = (right: number): void => {
    starts.push(used);
    rights.push(right);
  };
  return {
    add: (from, i, by, right) => {
      const [begin, stop] = [from.starts[i]!, from.starts[i + 1]!];
      reserve(stop - begin);
      for (let at = begin; at < stop; at++) {
        indices[used] = from.indices[at]!;
        values[used++] = by * from.values[at]!;
      }
      end(right);
    },
    single: (column, value, right) => {
      put(column, value);
      end(right);
    },
    empty: end,
    extend: (column, value) => {
      put(column, value);
      starts[starts.length - 1] = used;
    },
    matrix: () => ({ kind: 'sparse', rows: rights.length, cols, starts: new Int32Array(starts), indices: indices.slice(0, used), values: values.slice(0, used) }),
    right: () => new Float64Array(rights),
  };
}
