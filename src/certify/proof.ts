// What a proof is: a tree of claims, each by a rule whose premises are the claims below it. `replay.ts` checks it again
// without the search that found it.

import type { ApplyNode, Expr, VariableNode } from '../ir/expr.ts';
import type { Block } from './squares.ts';

export type Property = 'nonnegative' | 'positive' | 'psd';

/** What has a sign, as a variable: base^exponent that was drawn out of sums, -x for an x that is never positive, x*f(x) minus its bound. */
export interface Drawn {
  readonly variable: VariableNode;
  readonly value: Expr;
}

/** Parts of a total, each a scalar or a vector, with a tensor of its shape for each. */
export interface Parts {
  readonly of: ApplyNode;
  readonly parts: readonly { readonly part: Expr; readonly beside: Expr }[];
}

/** Ends of the interval of a variable: what it is above, and what it is below. */
export type End = 'above' | 'below';

/** v = 1/w or v = log(w): every value of v belongs to one of w. */
export type Exchange = 'reciprocal' | 'logarithm';

export type Reason =
  /** Declared, or by the facts that the records of the table give. */
  | { readonly rule: 'fact' }
  /** The record of the function gives it from properties of its arguments. */
  | { readonly rule: 'function' }
  /** A sum of squares over weights and matrices whose properties are the premises. */
  | { readonly rule: 'squares'; readonly drawn: readonly Drawn[]; readonly blocks: readonly Block[] }
  /** A sum of non-negative terms, one of them positive. */
  | { readonly rule: 'positive term' }
  /** A product of positive factors. */
  | { readonly rule: 'product' }
  /** The least value that its terms can take together, each in its range. */
  | { readonly rule: 'range' }
  /** What a function of a total falls short of the sum of its values at the parts, beside squares; the parts are positive. */
  | { readonly rule: 'totals'; readonly parts: Parts }
  /** x*f(x) minus a lower bound that the record of f gives; `of` is f(x). */
  | { readonly rule: 'bound'; readonly of: ApplyNode; readonly which: number }
  /** The difference of two values of a function that keeps or turns the order of semidefinite matrices. */
  | { readonly rule: 'order'; readonly larger: ApplyNode; readonly smaller: ApplyNode }
  /** For the numbers that stand at one place. */
  | { readonly rule: 'entry' }
  /** A product of the first premise and of powers of what is positive, or even powers. */
  | { readonly rule: 'scaled'; readonly by: readonly Expr[] }
  /** Not falling from one end of the interval of a variable, by the first premise, and not negative there, by the second. */
  | { readonly rule: 'slope'; readonly variable: VariableNode; readonly end: End }
  /** In another variable, as the premise. */
  | { readonly rule: 'exchanged'; readonly variable: VariableNode; readonly how: Exchange }
  /** Above zero and below zero, by the two premises, and continuous there. */
  | { readonly rule: 'sides'; readonly variable: VariableNode };

export interface Proof {
  readonly property: Property;
  readonly of: Expr;
  readonly reason: Reason;
  readonly premises: readonly Proof[];
}
