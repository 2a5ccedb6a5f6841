// How a function is written in the languages we emit. Every record names every target, or says why it has no spelling.

import { must } from '../base/internal.ts';
import type { ApplyNode } from '../ir/expr.ts';
import type { Fact } from '../ir/fact.ts';
import { type Rational, isInteger, toNumber } from '../ir/rational.ts';
import type { Params } from './params.ts';

export const targets = ['numpy', 'jax', 'torch', 'octave', 'cpp', 'r', 'typescript'] as const;
export type Target = (typeof targets)[number];

/** A piece of source text, and how tightly it binds: one of `level`. */
export interface Code {
  readonly text: string;
  readonly level: number;
  /** The text is one over this: products write a division. */
  readonly over?: Code;
  /** Entry by entry times a matrix of the same shape, where that is shorter than the product: `np.tril(X)`. */
  readonly mask?: (X: Code) => Code;
  /** The text is the transpose of this matrix, or of this array with its axes in reverse: transposed again, it is this. */
  readonly turned?: Code;
  /** A plain number of the language, not an array. */
  readonly plain?: true;
  /** For languages of loops: one entry of an array that need not be made for it. */
  readonly entry?: (at: readonly string[]) => Code;
  /** An entry takes more than arithmetic, so that nobody should ask for it twice. */
  readonly heavy?: true;
  /** An expression of Eigen that is an array; or a diagonal matrix, by its vector. */
  readonly form?: 'array' | { readonly diagonal: string };
}

/** From loose to tight. A matrix product stands below `*`, so that it never joins a chain of products without parentheses. */
export const level = { sum: 1, matmul: 2, product: 3, unary: 4, power: 5, atom: 6 } as const;

/** What a spelling sees of one call. */
export interface CallSite {
  /** Arguments of an element-wise function may be numbers, where another argument has the shape. */
  readonly args: readonly Code[];
  /** The number of a constant argument. */
  readonly values: readonly (Rational | undefined)[];
  readonly params: Params;
  /** How many leading batch axes the arguments have. */
  readonly batch: number;
  /** Axes of every argument. */
  readonly ranks: readonly number[];
  readonly node: ApplyNode;
  readonly has: (argument: number, fact: Fact) => boolean;
  /** The name in the emitted module of a function of the target's prelude, which is then included. */
  readonly helper: (name: string) => string;
  /** Names for the parts of a value that several calls share, such as a decomposition: computed once. */
  readonly shared: (parts: readonly string[], code: string) => readonly string[];
  /** The argument of the emitted function that stands for a declared function's derivative of that order. */
  readonly callable: (name: string, order: number) => string;
}

export interface Unsupported {
  readonly unsupported: string;
}

/**
 * A template with `{0}`, `{1}` for arguments that stand between commas or parentheses, `{0!}` where only a name or a call
 * may stand, `@name` for a function of the target's prelude; or a function of the call. A template is an atom.
 */
export type Spelling = string | ((site: CallSite) => Code | string) | Unsupported;
export type Spell = Readonly<Record<Target, Spelling>>;

export function unsupported(why: string): Unsupported {
  return { unsupported: why };
}

/** A function that the three Python array libraries have, of as many arguments as given. */
export function arrays(name: string, { torch = name, takes = 1 }: { torch?: string; takes?: number } = {}): Pick<Spell, 'numpy' | 'jax' | 'torch'> {
  const args = Array.from({ length: takes }, (_, i) => `{${i}}`).join(', ');
  return { numpy: `xp.${name}(${args})`, jax: `jnp.${name}(${args})`, torch: `torch.${torch}(${args})` };
}

/** A function of the preludes of the three Python targets; NumPy's takes the array module as its last argument. */
export function helpers(name: string, { args = '{0}', part = '' }: { args?: string; part?: string } = {}): Pick<Spell, 'numpy' | 'jax' | 'torch'> {
  return { numpy: `@${name}(${args}, xp)${part}`, jax: `@${name}(${args})${part}`, torch: `@${name}(${args})${part}` };
}

export function atom(text: string): Code {
  return { text, level: level.atom };
}

/** The text, in parentheses when it binds less tightly than asked. */
export function wrap(code: Code, atLeast: number): string {
  return code.level >= atLeast ? code.text : `(${code.text})`;
}

/** The template of a spelling with its arguments filled in. */
export function fillTemplate(template: string, { args, helper }: Pick<CallSite, 'args' | 'helper'>): Code {
  const text = template
    .replace(/@(\w+)/g, (_, name: string) => helper(name))
    .replace(/\{(\d)(!?)\}/g, (_, k: string, tight: string) => (tight === '' ? must(args[Number(k)]).text : wrap(must(args[Number(k)]), level.atom)));
  return atom(text);
}

/** Powers with an infix sign: squares, roots and divisions are written as such. */
export function powers({ infix, sqrt, slash = '/', literal = String }: { infix: string; sqrt: string; slash?: string; literal?: (value: number) => string }): (site: CallSite) => Code {
  const number = (e: Rational): Code => {
    const value = toNumber(e);
    if (isInteger(e) || String(value).length <= 6) return { text: literal(value), level: value < 0 ? level.unary : level.atom, plain: true };
    return { text: `${literal(e.num)} / ${literal(e.den)}`, level: level.product, plain: true };
  };
  const raised = (x: Code, e: Rational): Code => {
    if (e.num === e.den) return x;
    if (e.num * 2 === e.den) return atom(`${sqrt}(${x.text})`);
    return { text: `${wrap(x, level.atom)}${infix}${wrap(number(e), level.unary)}`, level: level.power };
  };
  return ({ args, values }) => {
    const [x, y] = [must(args[0]), must(args[1])];
    const e = values[1];
    // A root is a function, and may give an array.
    const isRoot = e !== undefined && Math.abs(e.num) * 2 === e.den;
    const plain = x.plain && y.plain && !isRoot ? { plain: true as const } : {};
    if (e === undefined) return { text: `${wrap(x, level.atom)}${infix}${wrap(y, level.unary)}`, level: level.power, ...plain };
    if (e.num >= 0) return { ...raised(x, e), ...plain };
    const over = raised(x, { num: -e.num, den: e.den });
    return { text: `${literal(1)} ${slash} ${wrap(over, level.unary)}`, level: level.product, over, ...plain };
  };
}

/** Sums, largest entries and the like over the last k axes: the argument that names these axes, empty for all of them. */
export function lastAxes({ params, ranks, batch }: CallSite): readonly number[] | undefined {
  const k = Number(params[0]);
  return batch === 0 && must(ranks[0]) === k ? undefined : Array.from({ length: k }, (_, i) => i - k);
}
