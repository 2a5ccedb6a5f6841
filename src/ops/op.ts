// What a record of the table says. Passes read records; no pass names a function.

import { invariant, must } from '../base/internal.ts';
import { type ApplyNode, type Expr, type Shape, contract } from '../ir/expr.ts';
import type { Dim } from '../ir/dim.ts';
import type { Fact, Facts } from '../ir/fact.ts';
import type { Rational } from '../ir/rational.ts';
import type { Dense } from './reference/dense.ts';
import type { Params } from './params.ts';
import type { Spell } from './spell.ts';

export type { Params };

/**
 * One way to call a function. The signature is text such as `matrix(m, n), matrix(p, q) -> matrix(m*p, n*q)`.
 * Kinds: scalar, vector(n), row(n), matrix(m, n), tensor(i, j, k, l); `any -> any` keeps kind and shape (all arguments alike, scalars
 * broadcast), `any -> scalar` takes every kind. A symbol on the left that is new stands for a dim; an argument `size(m)`
 * is a whole number or a dim, given to `build` as a `number` or `size` node.
 */
export interface Form {
  readonly signature: string;
  readonly build: (args: readonly Expr[]) => Expr;
}

/** A worked derivative, run by the tests and shown in the reference: `d of / d by == is`. */
export interface Example {
  readonly declare?: string;
  readonly of: string;
  readonly by: string;
  readonly is: string;
}

/** How a function is typeset where it is more than name(arguments): ‖x‖₂ has a fence and a mark below, X⁻¹ one above. */
export interface Look {
  readonly open?: string;
  readonly close?: string;
  readonly below?: string;
  readonly above?: string;
  /** Another name, such as Γ. */
  readonly symbol?: string;
  /** Stands between two arguments as ⊗. */
  readonly infix?: 'otimes';
}

/** A function of the language. */
export interface FunctionRecord {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly says: string;
  readonly family: 'element-wise' | 'matrix' | 'reduction' | 'structure' | 'learning' | 'spectral';
  readonly forms: readonly Form[];
  /** `f(A, rows)` means this function instead. A number there would be an axis in other languages, or the order of a norm. */
  readonly axis?: { readonly rows: string; readonly cols: string; readonly isByOrder?: true };
  /** Said when the argument is a matrix and people may expect something else. */
  readonly noticeForMatrix?: string;
  /** The domain in words, if it is not everything. */
  readonly needs?: string;
  /** Required facts of the first argument, beyond its shape. */
  readonly requires?: readonly Fact[];
  readonly source?: string;
  readonly examples: readonly Example[];
  /** The arguments, when the graph of this node is what this function expands to; lets notation write it again. */
  readonly recognise?: (e: Expr) => readonly Expr[] | undefined;
  /** The record of the node it builds, if it builds one of its own. */
  readonly op?: Op;
  readonly look?: Look;
}

/** Functions without end, one for each order: their names are an order and a word. */
export interface FunctionFamily {
  /** Groups 1 and 2 are the order and the word. */
  readonly pattern: RegExp;
  readonly member: (order: number, word: string) => FunctionRecord;
}

/** Sizes of the arguments' own axes. */
export type OwnSizes = readonly (readonly number[])[];

export interface Work {
  /** Additions and multiplications. */
  readonly flops: number;
  /** Evaluations of functions of numbers such as exp. */
  readonly functions?: number;
}

/** A function that stands in the graph as an `apply` node. */
export interface Op {
  readonly name: string;
  /** How many trailing axes each argument takes; axes before them are batch axes. */
  readonly ranks: (params: Params) => readonly number[];
  /** Shape of the result's own axes, from the arguments' own axes. */
  readonly shape: (own: readonly Shape[], params: Params) => Shape;
  /** ∂out/∂arg[k]: axes batch, then the result's own, then the argument's own. */
  readonly partial: (node: Applied, k: number) => Expr;
  /** Reference meaning on the arguments' own axes. */
  readonly value: (args: readonly Dense[], params: Params) => Dense;
  /** What the usual algorithm needs on own axes of these sizes, an estimate where that depends on the numbers. */
  readonly work: (sizes: OwnSizes, params: Params) => Work;
  /** The same for functions of numbers, without arrays. */
  readonly scalarValue?: (args: readonly number[], params: Params) => number;
  /** Exact value modulo a prime, for rational functions; undefined where it has none (a zero denominator). */
  readonly modular?: (args: readonly Dense[], node: ApplyNode, prime: number) => Dense | undefined;
  /** Facts of the result, from those of the arguments. */
  readonly facts?: (args: readonly Facts[], node: ApplyNode) => readonly Fact[];
  /** True for matrix functions with f(X') = f(X)'. */
  readonly commutesWithTranspose?: boolean;
  /** Points where the function, or its derivative, does not exist: `(["X"]) => "det(X) = 0"`. */
  readonly excludes?: (args: readonly string[]) => string;
  /** Whether these facts of the arguments guarantee the domain and rule out the excluded points. */
  readonly holds?: (args: readonly Facts[]) => boolean;
  /** Domain in words, for the arguments' texts. */
  readonly needs?: (args: readonly string[]) => string;
  /** Where it has one of the whole: of functions with kinks, of which a second derivative does not tell, and of smooth ones. */
  readonly curvature?: Curvature;
  /** How the product of a number and the function of it bends, where the function has a value. */
  readonly byArgument?: Curvature['is'];
  /** The same function by exponentials of its arguments or of logarithms, where their facts allow it. */
  readonly inExponentials?: (args: readonly Expr[], has: (e: Expr, fact: Fact) => boolean) => Expr | undefined;
  /** The number of this function of numbers in AMPL's .nl files (Gay, Hooking your solver to AMPL, 1997, table of operators). */
  readonly ampl?: number;
  /** The same by functions that every calculator has, for formats that know few. */
  readonly elementary?: (args: readonly Expr[], params: Params) => Expr;
  /** How many trailing axes of the result there are over which its entries add up to 1. */
  readonly totalsOne?: (params: Params) => number;
  /** Every value lies between these, and strictly if not `reached`. */
  readonly range?: { readonly above: number; readonly below: number; readonly reached: boolean };
  /** Above zero in its last argument, the other ones fixed, its reciprocal is superadditive: 1/f(x+y) ≥ 1/f(x) + 1/f(y). */
  readonly hasSuperadditiveReciprocal?: (args: readonly Expr[]) => boolean;
  /** Lower bounds of x*f(x) for every x, entry by entry, of functions of one number. */
  readonly timesArgument?: (x: Expr) => readonly Expr[];
  /**
   * For functions of a symmetric matrix that see its eigenvalues alone: from the vector of eigenvalues, those of the result
   * in the same order, or the scalar.
   */
  readonly onSpectrum?: (eigenvalues: Expr) => Expr;
  /** The values it lists, whose order is no property of the matrix. */
  readonly lists?: 'eigenvalues' | 'singular values';
  /** Of positive definite matrices, in the order of semidefinite ones: v'f(X)v has this curvature in X for every v, and f keeps or turns the order. */
  readonly inLoewnerOrder?: { readonly is: 'convex' | 'concave'; readonly grows: 1 | -1 };
  /** Where the arguments are affine, what it needs of them is a convex set. */
  readonly hasConvexDomain?: true;
  /** A number that is concave in symmetric matrices that are positive semidefinite wherever it has a value. */
  readonly isConcaveOnDefinite?: true;
  /** The logarithm of positive definite matrices, about which there are theorems. */
  readonly isLogarithmOfMatrix?: true;
  readonly rules?: readonly Rule[];
  /** For functions with kinks: what they are made of. */
  readonly kinks?: Kinks;
  /** How the node is written in the language; by default the op's name over its arguments. */
  readonly written?: (node: ApplyNode) => Written;
  /** How it is written in every language we emit. */
  readonly spell: Spell;
}

/** Convex or concave in all arguments together, each entry of the result. */
export interface Curvature {
  readonly is: 'convex' | 'concave';
  /** For each argument whether the result never falls (1) or never rises (-1) as its entries grow, or neither (0). */
  readonly grows: readonly (1 | -1 | 0)[];
}

/**
 * A function with kinks by smooth means, so that a model can do without the kinks exactly. Where a problem only gains
 * from smaller values (larger ones, for a function that is concave by its `curvature`), each of these may stand for the function.
 * Boyd & Vandenberghe, Convex Optimization, section 4.1.3 (epigraph form).
 */
export interface Kinks {
  /** The value is the largest (concave: smallest) of these; a piece with further axes at its end, of all entries along them. */
  readonly pieces?: (args: readonly Expr[]) => readonly Expr[];
  /** The value at x = p - q is the least of this over p, q ≥ 0. */
  readonly parts?: (p: Expr, q: Expr) => Expr;
  /** The value is the least of this over y, of the shape of the first argument. */
  readonly least?: (args: readonly Expr[], y: Expr) => Expr;
  /** The value is the least (concave: largest) of `value` over numbers t and psd matrices Z that keep the equations. */
  readonly semidefinite?: (args: readonly Expr[]) => Semidefinite;
}

/** Boyd & Vandenberghe, section 4.6.2; Fazel, Hindi, Boyd, A rank minimization heuristic, 2001, for the nuclear norm. */
export interface Semidefinite {
  /** Z is [order, order]. */
  readonly order: Dim;
  /** Matrices that take the rows of Z apart, where its blocks stand for different things. */
  readonly parts?: readonly Expr[];
  /** Whether there is a number t. */
  readonly hasLevel: boolean;
  /** What must vanish; `t` is zero where there is none. */
  readonly vanish: (Z: Expr, t: Expr) => readonly Expr[];
  readonly value: (Z: Expr, t: Expr) => Expr;
  /** The Z of the least (largest) value. */
  readonly best: Expr;
}

export interface Written {
  readonly name: string;
  readonly args: readonly Expr[];
  /** The node is the transpose of what is written. */
  readonly transposed?: boolean;
  /** A pattern of ones: entry by entry times a matrix it is this function of the matrix, or that when it is transposed. */
  readonly masks?: { readonly along: string; readonly across: string };
  /** Quotes behind the name: the order of a derivative of a declared function. */
  readonly primes?: number;
}

/** An `apply` node with its record's view of it. */
export interface Applied {
  readonly node: ApplyNode;
  readonly args: readonly Expr[];
  readonly params: Params;
  /** The number of leading batch axes. */
  readonly batch: number;
  /**
   * Index notation over the functions' own axes: `at('ia,bj->ijab', Y, Y)`. Batch axes are added to the operands that
   * have them and to the result.
   */
  readonly at: (pattern: string, ...operands: readonly Expr[]) => Expr;
}

/** A named equation used for rewriting; `example` is [before, after] in the language, evaluated by the tests. */
export type Rule = ApplyRule | ProductRule | SumRule;

interface RuleBase {
  readonly name: string;
  /** The op whose nodes the rule looks at; the record's own by default. */
  readonly on?: string;
  readonly example: { readonly declare?: string; readonly before: string; readonly after: string };
}

export interface ApplyRule extends RuleBase {
  readonly at: 'apply';
  readonly rewrite: (node: ApplyNode, has: (e: Expr, fact: Fact) => boolean) => Expr | undefined;
}

export interface Factor {
  readonly expr: Expr;
  readonly labels: readonly number[];
}

/** A product under construction in `simplify`; factor `k` is an `apply` node of the rule's op. */
export interface ProductView {
  readonly factors: readonly Factor[];
  readonly out: readonly number[];
  /** Labels summed over that stand in these factors alone. */
  readonly isPrivateTo: (label: number, factors: readonly number[]) => boolean;
}

export interface ProductChange {
  /** Positions of factors that go. */
  readonly remove: readonly number[];
  readonly add: readonly Factor[];
  readonly coef?: Rational;
}

export interface ProductRule extends RuleBase {
  readonly at: 'product';
  readonly rewrite: (product: ProductView, k: number, has: (e: Expr, fact: Fact) => boolean) => ProductChange | undefined;
}

export interface SumRule extends RuleBase {
  readonly at: 'sum';
  /** Terms are simplified and merged; the argument of term `k` is an `apply` node of the rule's op, or a product with one. */
  readonly rewrite: (terms: readonly { coef: Rational; arg: Expr }[], k: number) => SumChange | undefined;
}

export interface SumChange {
  readonly remove: readonly number[];
  readonly add: readonly { coef: Rational; arg: Expr }[];
}

/** The record's view of a node. */
export function applied(op: Op, node: ApplyNode): Applied {
  const ranks = op.ranks(node.params);
  const batch = must(node.args[0]).shape.length - must(ranks[0]);
  const batchLabels = [...Array(batch).keys()].map((i) => -1 - i);
  const at = (pattern: string, ...operands: readonly Expr[]): Expr => {
    const [left, right] = pattern.split('->') as [string, string];
    const codes = (s: string): number[] => [...s].map((c) => c.charCodeAt(0));
    const labels = operands.map((operand, i) => {
      const own = codes(must(left.split(',')[i]));
      const extra = operand.shape.length - own.length;
      invariant(extra === 0 || extra === batch, `operand ${i} of ${pattern} has ${operand.shape.length} axes`);
      return extra === 0 ? own : [...batchLabels, ...own];
    });
    const own = codes(right);
    const shape = must(node.args[0]).shape.slice(0, batch);
    return contract(operands, labels, [...batchLabels, ...own], [...shape, ...own.map((l) => dimOf(l, operands, labels))]);
  };
  return { node, args: node.args, params: node.params, batch, at };
}

function dimOf(label: number, operands: readonly Expr[], labels: readonly (readonly number[])[]): Dim {
  for (const [i, mine] of labels.entries()) {
    const axis = mine.indexOf(label);
    if (axis >= 0) return must(operands[i]?.shape[axis]);
  }
  throw new Error(`internal: label ${String.fromCharCode(label)} stands in no operand`);
}
