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

export type Kernel = Loop | Product | Call | Clear;

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
      return [k.to.buffer];
    case 'clear':
      return [k.buffer];
    default:
      return unreachable(k);
  }
}
