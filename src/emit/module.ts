// What every target writes: a module with one function for each output. Built once for a target, laid out by its dialect.

import type { Dim } from '../ir/dim.ts';
import type { Shape, VariableNode } from '../ir/expr.ts';
import type { Code } from '../ops/spell.ts';

export interface Statement {
  /** Several for the parts of one value. */
  readonly names: readonly string[];
  readonly code: Code;
  /** Of the value; absent for parts. */
  readonly shape?: Shape;
}

export interface Body {
  readonly statements: readonly Statement[];
  readonly results: readonly Code[];
}

export interface Argument {
  readonly variable: VariableNode;
  readonly name: string;
}

/** A size read from an argument: `name` is axis `axis` of `from`. */
export interface SizeSource {
  readonly size: string;
  readonly name: string;
  readonly from: Argument;
  readonly axis: number;
}

/** A declared function, or its derivative, that the caller passes. */
export interface Callable {
  readonly function: string;
  readonly order: number;
  readonly name: string;
}

/** What a function takes, in order: arguments, sizes that no shape tells, functions. */
export interface Signature {
  readonly arguments: readonly Argument[];
  readonly sizes: readonly SizeSource[];
  readonly explicit: readonly { readonly size: string; readonly name: string }[];
  readonly callables: readonly Callable[];
}

export interface FunctionModel {
  readonly name: string;
  /** One sentence, plain text. */
  readonly says: string;
  readonly signature: Signature;
  /** How many leading arguments are those of the module, which one function checks together. */
  readonly shared: number;
  /** This argument is one array or, with several names, a tuple of these. */
  readonly core?: { readonly name: string; readonly parts: readonly string[] };
  /** Sizes that the statements use, in order of appearance. */
  readonly used: readonly SizeSource[];
  readonly body: Body;
  readonly results: readonly { readonly name: string; readonly shape: Shape }[];
}

/** `of` at an argument, differentiated numerically along a direction, against `derivative` applied to the direction. */
export interface SelfCheck {
  readonly of: string;
  readonly derivative: string;
  readonly by: Argument;
  /** An array to be applied to the direction, a function that takes the direction, or a core with its `apply`. */
  readonly how: 'array' | 'product' | 'core';
  /** The functions of the core. */
  readonly core?: string;
  readonly apply?: string;
}

export interface ModuleModel {
  readonly name: string;
  /** What is computed, as the user wrote it: plain text, to be escaped. */
  readonly title: string;
  readonly signature: Signature;
  readonly functions: readonly FunctionModel[];
  readonly checks: readonly SelfCheck[];
  /** Names of prelude functions that are used, sorted, by wish. */
  readonly helpers: ReadonlyMap<string, string>;
  /** A dim as code over given codes of the sizes. */
  readonly dimOver: (d: Dim, nameOf: (size: string) => string) => Code;
  /** The number of an axis in the self-check. */
  readonly sample: ReadonlyMap<string, number>;
}
