// What a data file holds: named arrays, dense or sparse.

import { type Csr, csrEntries, isCsr } from '../base/csr.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { Dense } from '../ops/reference/dense.ts';

export type DataArray = Dense | Csr;

export interface DataFile {
  /** As it was given; errors about its arrays name it. */
  readonly file: string;
  readonly arrays: ReadonlyMap<string, DataArray>;
  /** The array that is meant by the file as a whole, where there is one. */
  readonly whole?: DataArray;
  readonly notices: readonly Diagnostic[];
}

export function shapeOf(array: DataArray): readonly number[] {
  return isCsr(array) ? [array.rows, array.cols] : array.shape;
}

/** With its zeros written out. */
export function toDense(array: DataArray): Dense {
  return isCsr(array) ? { shape: [array.rows, array.cols], data: csrEntries(array) } : array;
}

/** How many stored entries are NaN or infinite. */
export function notFiniteIn(array: DataArray): number {
  let count = 0;
  for (const value of isCsr(array) ? array.values : array.data) if (!Number.isFinite(value)) count++;
  return count;
}
