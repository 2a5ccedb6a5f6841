// What a back end runs: loops over entries, products of matrices, functions of whole arrays. Sizes are numbers here.

import { unreachable } from '../base/internal.ts';
import type { ApplyNode } from '../ir/expr.ts';
import type { Params } from '../ops/op.ts';
import type { Buffer, View } from './view.ts';

/** One number for each position of a loop; operands are positions in the loop's list. */
export type Operation =
  | { readonly kind: 'load'; readonly view: View }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'combine'; readonly terms: readonly { readonly coef: number; readonly of: number }[] }
  | { readonly kind: 'multiply'; readonly of: readonly number[] }
  | { readonly kind: 'call'; readonly op: string; readonly params: Params; readonly of: readonly number[] };

/** Entries of a loop written to a view, or summed over some axes of the loop; `to` has the other axes, in order. */
export interface Result {
  readonly of: number;
  readonly to: View;
  readonly sums: readonly number[];
}

/** Entry by entry over a space, in one pass. */
export interface Loop {
  readonly kind: 'loop';
  readonly space: readonly number[];
  readonly operations: readonly Operation[];
  readonly results: readonly Result[];
}

/** to[b, i, j] = scale Σ_k left[b, i, k] right[b, k, j]; all views have as many leading axes b as `batch` says. */
export interface Product {
  readonly kind: 'product';
  readonly left: View;
  readonly right: View;
  readonly to: View;
  readonly batch: number;
  readonly scale: number;
  /** The result is symmetric, so that half of it needs computing. */
  readonly symmetric: boolean;
}

/** A function of the table on whole arrays, row by row in memory, once for each position of `batch` leading axes. */
export interface Call {
  readonly kind: 'call';
  readonly node: ApplyNode;
  readonly args: readonly View[];
  readonly to: View;
  readonly batches: number;
}

/** Fills a buffer with zeros. */
export interface Clear {
  readonly kind: 'clear';
  readonly buffer: Buffer;
}

/** Compressed rows. Starts and indices are whole numbers of 4 bytes; `values` is one axis of entries. */
export interface SparseMatrix {
  readonly rows: number;
  readonly cols: number;
  readonly starts: Buffer;
  readonly indices: Buffer;
  readonly values: View;
}

/** to = scale M right, or scale M' right when turned; `right` and `to` have two axes. */
export interface SparseProduct {
  readonly kind: 'sparse-product';
  readonly matrix: SparseMatrix;
  readonly turned: boolean;
  readonly right: View;
  readonly to: View;
  readonly scale: number;
}

/** to = M' N for N of the same pattern with entries `other`. */
export interface SparseGram {
  readonly kind: 'sparse-gram';
  readonly matrix: SparseMatrix;
  readonly other: View;
  readonly to: View;
}

/** Each entry of M times that of `by` in its place. */
export interface SparseScale {
  readonly kind: 'sparse-scale';
  readonly matrix: SparseMatrix;
  readonly by: View;
  readonly to: View;
}

/** M with its zeros. */
export interface Densify {
  readonly kind: 'densify';
  readonly matrix: SparseMatrix;
  readonly to: View;
}

export type SparseKernel = SparseProduct | SparseGram | SparseScale | Densify;
export type Kernel = Loop | Product | Call | Clear | SparseKernel;

export function reads(k: Kernel): readonly Buffer[] {
  switch (k.kind) {
    case 'loop':
      return k.operations.flatMap((o) => (o.kind === 'load' ? [o.view.buffer] : []));
    case 'product':
      return [k.left.buffer, k.right.buffer];
    case 'call':
      return k.args.map((a) => a.buffer);
    case 'clear':
      return [];
    case 'sparse-product':
      return [...buffersOf(k.matrix), k.right.buffer];
    case 'sparse-gram':
      return [...buffersOf(k.matrix), k.other.buffer];
    case 'sparse-scale':
      return [...buffersOf(k.matrix), k.by.buffer];
    case 'densify':
      return buffersOf(k.matrix);
    default:
      return unreachable(k);
  }
}

export function writes(k: Kernel): readonly Buffer[] {
  switch (k.kind) {
    case 'loop':
      return k.results.map((r) => r.to.buffer);
    case 'product':
    case 'call':
    case 'sparse-product':
    case 'sparse-gram':
    case 'sparse-scale':
    case 'densify':
      return [k.to.buffer];
    case 'clear':
      return [k.buffer];
    default:
      return unreachable(k);
  }
}

function buffersOf({ starts, indices, values }: SparseMatrix): Buffer[] {
  return [starts, indices, values.buffer];
}
