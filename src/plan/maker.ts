// The program under construction: buffers and kernels are made through here.

import type { Dim } from '../ir/dim.ts';
import type { Label } from '../ir/expr.ts';
import type { Kernel, Operation } from './kernel.ts';
import type { Step } from './primitive.ts';
import type { Buffer, View } from './view.ts';

/** What a dim is worth. */
export type SizeOf = (dim: Dim) => number;

/** Makes buffers and kernels of the program under construction. */
export interface Maker {
  readonly buffer: (length: number, role?: Buffer['role'], more?: Partial<Buffer>) => Buffer;
  readonly emit: (k: Kernel) => void;
  /** Operation `of` over a space, summed over axes, into a new buffer in the order in which the operands lie. */
  readonly loop: (space: readonly number[], operations: readonly Operation[], of: number, sums?: readonly number[]) => View;
  /** Copies into a view. */
  readonly into: (of: View, to: View) => void;
  readonly cleared: (shape: readonly number[]) => View;
  /** The same entries row by row, copied only where they are not. */
  readonly rowMajor: (v: View) => View;
}

export interface Labelled {
  readonly step: Step;
  readonly view: View;
  readonly labels: readonly Label[];
  /** Made entry by entry for this product alone. */
  readonly fresh: boolean;
}
