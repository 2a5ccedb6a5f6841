// Sparse A = L D Lᵀ with a fixed order of pivots, symbolic once and numeric many times.
// Up-looking: row k of L solves a triangular system whose pattern is a path set of the elimination tree
// (Liu 1990; Davis, Direct Methods for Sparse Linear Systems, ch. 4). Exists in every order for quasi-definite
// matrices (Vanderbei 1995); pivots of the wrong sign are replaced, so solves want refinement.

import { lookAtTime } from '../../base/deadline.ts';
import type { SparseMatrix } from '../matrix.ts';
import { minimumDegree } from './ordering.ts';
import { isLost, replacement } from './pivot.ts';

export interface SparseSymbolic {
  readonly n: number;
  /** Pivot k is row order[k] of the matrix. */
  readonly order: Int32Array;
  /** Entries of L, the diagonal left out. */
  readonly fill: number;
  /** Multiplications of one factorisation. */
  readonly work: number;
  readonly parent: Int32Array;
  readonly columnStarts: Int32Array;
  /** Column k of the permuted upper triangle: source[at] is the place in the values of the matrix. */
  readonly upperStarts: Int32Array;
  readonly upperRows: Int32Array;
  readonly source: Int32Array;
}

export interface SparseLdl {
  readonly symbolic: SparseSymbolic;
  readonly columnRows: Int32Array;
  readonly columnValues: Float64Array;
  readonly diagonal: Float64Array;
  /** How many pivots were replaced. */
  readonly replaced: number;
  /** Signs of the pivots as they were met, before replacement. */
  readonly positive: number;
}

/** From the lower (or upper) triangle of a symmetric matrix; only its pattern is read. */
export function symbolicLdl(triangle: SparseMatrix): SparseSymbolic {
  const n = triangle.rows;
  const order = minimumDegree(triangle);
  lookAtTime();
  const place = new Int32Array(n);
  order.forEach((row, k) => (place[row] = k));

  const upperStarts = new Int32Array(n + 1);
  const column = (i: number, at: number): number => Math.max(place[i]!, place[triangle.indices[at]!]!);
  for (let i = 0; i < n; i++)
    for (let at = triangle.starts[i]!; at < triangle.starts[i + 1]!; at++) upperStarts[column(i, at) + 1]!++;
  for (let k = 0; k < n; k++) upperStarts[k + 1]! += upperStarts[k]!;
  const next = upperStarts.slice(0, n);
  const upperRows = new Int32Array(upperStarts[n]!);
  const source = new Int32Array(upperStarts[n]!);
  for (let i = 0; i < n; i++) {
    for (let at = triangle.starts[i]!; at < triangle.starts[i + 1]!; at++) {
      const to = next[column(i, at)]!++;
      upperRows[to] = Math.min(place[i]!, place[triangle.indices[at]!]!);
      source[to] = at;
    }
  }

  const parent = new Int32Array(n).fill(-1);
  const counts = new Int32Array(n);
  const mark = new Int32Array(n).fill(-1);
  for (let k = 0; k < n; k++) {
    mark[k] = k;
    for (let at = upperStarts[k]!; at < upperStarts[k + 1]!; at++) {
      for (let i = upperRows[at]!; mark[i] !== k; i = parent[i]!) {
        if (parent[i] === -1) parent[i] = k;
        counts[i]!++;
        mark[i] = k;
      }
    }
  }
  const columnStarts = new Int32Array(n + 1);
  let work = 0;
  for (let k = 0; k < n; k++) {
    columnStarts[k + 1] = columnStarts[k]! + counts[k]!;
    work += counts[k]! * counts[k]!;
  }
  return { n, order, fill: columnStarts[n]!, work, parent, columnStarts, upperStarts, upperRows, source };
}

/**
 * The factors for the values of the triangle. `signs[i]` is the sign expected of the pivot of row i, 0 for any; a
 * pivot that has another sign, or that has cancelled away, is replaced.
 */
export function factorLdl(symbolic: SparseSymbolic, values: Float64Array, signs: Int8Array): SparseLdl {
  const { n, order, parent, columnStarts, upperStarts, upperRows, source } = symbolic;
  const columnRows = new Int32Array(symbolic.fill);
  const columnValues = new Float64Array(symbolic.fill);
  const diagonal = new Float64Array(n);
  const inverse = new Float64Array(n);
  const next = columnStarts.slice(0, n);
  const y = new Float64Array(n);
  const mark = new Int32Array(n).fill(-1);
  const pattern = new Int32Array(n);
  const path = new Int32Array(n);
  let replaced = 0;
  let positive = 0;
  for (let k = 0; k < n; k++) {
    if (k % 64 === 63) lookAtTime();
    mark[k] = k;
    let top = n;
    let pivot = 0;
    let size = 0;
    for (let at = upperStarts[k]!; at < upperStarts[k + 1]!; at++) {
      let i = upperRows[at]!;
      const value = values[source[at]!]!;
      if (i === k) {
        pivot += value;
        size += Math.abs(value);
        continue;
      }
      y[i]! += value;
      let length = 0;
      for (; mark[i] !== k; i = parent[i]!) {
        path[length++] = i;
        mark[i] = k;
      }
      while (length > 0) pattern[--top] = path[--length]!;
    }
    for (; top < n; top++) {
      const i = pattern[top]!;
      const yi = y[i]!;
      y[i] = 0;
      const end = next[i]!;
      for (let at = columnStarts[i]!; at < end; at++) y[columnRows[at]!]! -= columnValues[at]! * yi;
      const entry = yi * inverse[i]!;
      pivot -= entry * yi;
      size += Math.abs(entry * yi);
      columnRows[end] = k;
      columnValues[end] = entry;
      next[i] = end + 1;
    }
    if (pivot > 0) positive++;
    const sign = signs[order[k]!]!;
    if (isLost(pivot, sign, size)) {
      pivot = replacement(pivot, sign, size);
      replaced++;
    }
    diagonal[k] = pivot;
    inverse[k] = 1 / pivot;
  }
  return { symbolic, columnRows, columnValues, diagonal, replaced, positive };
}

/** x ← (L D Lᵀ)⁻¹ x, in the rows of the matrix. */
export function solveLdl(factors: SparseLdl, x: Float64Array): void {
  const { symbolic, columnRows, columnValues, diagonal } = factors;
  const { n, order, columnStarts } = symbolic;
  const y = new Float64Array(n);
  for (let k = 0; k < n; k++) y[k] = x[order[k]!]!;
  for (let k = 0; k < n; k++) {
    const value = y[k]!;
    if (value === 0) continue;
    for (let at = columnStarts[k]!; at < columnStarts[k + 1]!; at++) y[columnRows[at]!]! -= columnValues[at]! * value;
  }
  for (let k = n - 1; k >= 0; k--) {
    let value = y[k]! / diagonal[k]!;
    for (let at = columnStarts[k]!; at < columnStarts[k + 1]!; at++) value -= columnValues[at]! * y[columnRows[at]!]!;
    y[k] = value;
  }
  for (let k = 0; k < n; k++) x[order[k]!] = y[k]!;
}
