// What a target is: how it spells the operations of a program, and how it lays out a file.

import type { Dim } from '../ir/dim.ts';
import type { DeltaNode, Label, Shape, StackNode } from '../ir/expr.ts';
import type { Rational } from '../ir/rational.ts';
import type { Code, Target } from '../ops/spell.ts';
import type { ModuleModel } from './module.ts';

/** An operand as code, with its shape. */
export interface Operand {
  readonly code: Code;
  readonly shape: Shape;
  /** The name it would have. */
  readonly wish?: string;
}

/** An operand laid along some axes of the result; it repeats along the others. A number lies along none. */
export interface Laid extends Operand {
  readonly along: readonly boolean[];
}

/** What a dialect may ask for while it spells. */
export interface Scope {
  /** A dim as an expression over the sizes of the arguments, which are then read from their shapes. */
  readonly dim: (d: Dim) => Code;
  /** The name of a function of the prelude, which is then included. */
  readonly helper: (name: string) => string;
  /** A statement that gives the operand a name, and that name. */
  readonly name: (of: Operand) => Code;
  /** The first argument: where an array library takes the device from. */
  readonly first: string | undefined;
}

/**
 * A target. Every operation gets codes of its operands and returns the code of the result; the core decides what is named
 * and what is written inline, and never asks for a step twice in one place.
 */
export interface Dialect {
  readonly target: Target;
  /** File name ending, with the dot. */
  readonly extension: string;
  /** Words that no name may be: of the language, and of what the module itself uses. */
  readonly reserved: ReadonlySet<string>;
  /** Words that no function may be, though a variable may. */
  readonly reservedForFunctions?: ReadonlySet<string>;
  /** The name of the file is that of a function, and no other function may have it. */
  readonly isNamedAsFile?: true;
  /** A function of the prelude as it is called; `_name` by default. */
  readonly helperName?: (name: string) => string;
  /** Longest line of a statement, without its indentation. */
  readonly width: number;

  /** The name of a function or of an intermediate result in the customs of the language; as it is when there are none. */
  readonly custom?: (wish: string) => string;

  readonly literal: (value: Rational) => Code;
  /** A size as a number to calculate with. */
  readonly count?: (size: Code) => Code;
  /** The smaller of two sizes. */
  readonly smaller: (a: Code, b: Code) => Code;

  readonly fill: (value: Rational, shape: Shape, scope: Scope) => Code;
  readonly unit: (node: DeltaNode | StackNode, scope: Scope) => Code;
  /** Axis i of the result is axis `order[i]` of the operand. */
  readonly transpose: (of: Operand, order: readonly number[], scope: Scope) => Code;
  /** Entries with equal positions on two axes, which stand at `first`; axis `second` disappears. */
  readonly diagonal: (of: Operand, first: number, second: number, scope: Scope) => Code;
  readonly trace: (of: Operand, scope: Scope) => Code;
  readonly reduce: (of: Operand, axes: readonly number[], scope: Scope) => Code;
  /** Repeats along the axes it does not lie along. */
  readonly expand: (of: Laid, shape: Shape, scope: Scope) => Code;
  /** The same entries, the last axis moving fastest, with other axes. */
  readonly reshape: (of: Operand, shape: Shape, scope: Scope) => Code;
  /** `length` entries of an axis from `offset` on. */
  readonly slice: (of: Operand, axis: number, offset: Dim, length: Dim, scope: Scope) => Code;
  /** Zeros around an axis, so that it has `whole` entries and its own begin at `offset`. */
  readonly pad: (of: Operand, axis: number, offset: Dim, whole: Dim, scope: Scope) => Code;
  /** Entry by entry. Operands whose code has `over` may be divided by. */
  readonly multiply: (operands: readonly Laid[], shape: Shape, scope: Scope) => Code;
  /** Weighted sum. Numbers come with their value as the weight and no operand. */
  readonly combine: (terms: readonly WeightedTerm[], shape: Shape, scope: Scope) => Code;
  /** Over the last axis of `left` and the first own axis of `right`, after `batch` leading axes they share. */
  readonly matmul: (left: Operand, right: Operand, batch: number, scope: Scope) => Code;
  /** Sum of the products of all entries. */
  readonly inner: (left: Operand, right: Operand, scope: Scope) => Code;
  /** Any other product of two, by labels. */
  readonly einsum: (left: Operand, right: Operand, labels: { readonly left: readonly Label[]; readonly right: readonly Label[]; readonly out: readonly Label[] }, scope: Scope) => Code;
  /**
   * Zeros except where axes with the same number in `pattern` agree. `along` says which numbers are axes of the operand; the
   * entries repeat along the others, which all stand twice or more.
   */
  readonly spread: (of: Laid, pattern: readonly number[], shape: Shape, scope: Scope) => Code;
  /** A function entry by entry, spelled on entries or on whole arrays; without this, on whole arrays of the result's shape. */
  readonly elementwise?: (args: readonly Laid[], shape: Shape, scope: Scope, spelled: Spelled) => Code;
  /** A function of the last axes, for each place on `batch` leading ones; without this, functions take such axes themselves. */
  readonly batched?: (args: readonly Operand[], batch: number, shape: Shape, scope: Scope, spelled: Spelled) => Code;
  /** A part of what a function gives that has several, without a name for them. */
  readonly partOf?: (code: string, part: number) => string;
  /** Arguments of a function, in order; last touches such as a number that must become an array. */
  readonly argument: (code: Code, shape: Shape, scope: Scope) => Code;

  /** The whole file. */
  readonly module: (model: ModuleModel) => string;
}

/** The record's spelling, with these arguments and ranks in the place of its own. */
export type Spelled = (args: readonly Code[], ranks: readonly number[]) => Code;

export interface WeightedTerm {
  readonly coef: Rational;
  readonly of: Laid | undefined;
}
