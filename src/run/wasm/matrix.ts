// Matrices and vectors in linear memory, and views of their parts.

/** A view of linear memory: entry (i, j) is element i·rowStep + j·colStep after the address `at` (in bytes). */
export interface Matrix {
  readonly at: number;
  readonly rows: number;
  readonly cols: number;
  readonly rowStep: number;
  readonly colStep: number;
}

export interface Vector {
  readonly at: number;
  readonly length: number;
  readonly step: number;
}

/** Compressed sparse rows; `starts` (rows + 1) and `indices` are addresses of i32, `values` of the element type. */
export interface Csr {
  readonly rows: number;
  readonly cols: number;
  readonly starts: number;
  readonly indices: number;
  readonly values: number;
}

export function transposed({ at, rows, cols, rowStep, colStep }: Matrix): Matrix {
  return { at, rows: cols, cols: rows, rowStep: colStep, colStep: rowStep };
}

/** Rows and columns from (i, j) on; `bytes` of one element. */
export function sub(A: Matrix, i: number, j: number, rows: number, cols: number, bytes = 8): Matrix {
  return { at: A.at + (i * A.rowStep + j * A.colStep) * bytes, rows, cols, rowStep: A.rowStep, colStep: A.colStep };
}

export function rowOf(A: Matrix, i: number, from = 0, length: number = A.cols - from, bytes = 8): Vector {
  return { at: A.at + (i * A.rowStep + from * A.colStep) * bytes, length, step: A.colStep };
}

export function colOf(A: Matrix, j: number, from = 0, length: number = A.rows - from, bytes = 8): Vector {
  return { at: A.at + (from * A.rowStep + j * A.colStep) * bytes, length, step: A.rowStep };
}

export function part(x: Vector, from: number, length: number = x.length - from, bytes = 8): Vector {
  return { at: x.at + from * x.step * bytes, length, step: x.step };
}

/** A matrix stored row after row from an address on. */
export function rowMajor(at: number, rows: number, cols: number, rowStep: number = cols): Matrix {
  return { at, rows, cols, rowStep, colStep: 1 };
}

export function vectorAt(at: number, length: number): Vector {
  return { at, length, step: 1 };
}
