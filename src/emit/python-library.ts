// What tells one Python array library from another.

import type { Code, Target } from '../ops/spell.ts';
import type { Operand } from './dialect.ts';
import type { Prelude } from './prelude.ts';

/** How one array library differs from the others. */
export interface ArrayLibrary {
  readonly target: Target;
  /** The name of the library in code. */
  readonly library: string;
  readonly imports: readonly string[];
  /** Lines after the imports. */
  readonly setup: readonly string[];
  readonly takes: string;
  readonly givesArray: string;
  readonly givesNumber: string;
  /** The library stands among the arguments of every function. */
  readonly isArgument: boolean;
  readonly decorator?: (f: { readonly isStatic: readonly string[] }) => string;
  readonly sentence: string;
  /** `name` as an array of double precision. */
  readonly converted: (name: string) => string;
  /** `ones` and the like, where the first argument tells the device. */
  readonly filled: (value: 'zeros' | 'ones' | number, shape: string, first: string | undefined) => string;
  readonly eye: (n: string, first: string | undefined) => string;
  readonly permuted: (x: string, order: string) => string;
  readonly axis: string;
  readonly repeated: (x: string, shape: string) => string;
  readonly padded: (x: Operand, axis: number, before: string, after: string) => string;
  readonly diagonal: (x: string) => string;
  readonly vdot: (a: Code, b: Code) => string;
  /** Whether Y.T @ Y costs a whole product here, although it is symmetric: then the prelude's `gram` takes its place. */
  readonly wholeGram: boolean;
  /** einsum's options. */
  readonly planned: string;
  /** A number where a function asks for an array. */
  readonly asArray: (code: string, first: string | undefined) => string;
  readonly prelude: Prelude;
}
