// What the layouts of TypeScript and C++ modules have in common: which names the code of a function mentions, literals of text.

import { type Dim, dimName, dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import type { FunctionModel, ModuleModel, Statement } from './module.ts';

/** The text as a string literal of JavaScript, in ASCII. */
export function stringLiteral(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The text as a string literal of C++: UTF-8, bytes that are not plain in octal. */
export function cppString(text: string): string {
  const bytes = [...new TextEncoder().encode(text)].map((b) => (b >= 32 && b < 127 && !`"\\?`.includes(String.fromCharCode(b)) ? String.fromCharCode(b) : `\\${b.toString(8).padStart(3, '0')}`));
  return `"${bytes.join('')}"`;
}

export function shapeWords(shape: Shape): string {
  if (shape.length === 0) return 'a number';
  const word = shape.length === 1 ? 'vector' : shape.length === 2 ? 'matrix' : 'tensor';
  return `${word} (${shape.map((d) => d.key).join(', ')})`;
}

/** All code of a function, to look for the names in it. */
export function codeOf(f: FunctionModel): string {
  return [...f.body.statements.map((s) => s.code.text), ...f.body.results.map((r) => r.text)].join('\n');
}

/** Sizes and functions that a function of the core takes beside its arrays. */
export function beside(f: FunctionModel): readonly { readonly name: string; readonly isSize: boolean }[] {
  const all = [...f.signature.explicit.map(({ name }) => ({ name, isSize: true })), ...f.signature.callables.map(({ name }) => ({ name, isSize: false }))];
  return all.filter((p) => mentions(codeOf(f), p.name));
}

/** Without statements whose names nobody uses: an entry may need less than the whole. */
export function withoutUnused(f: FunctionModel): FunctionModel {
  const kept: Statement[] = [];
  let after = f.body.results.map((r) => r.text).join('\n');
  for (const s of f.body.statements.toReversed()) {
    if (!s.names.some((name) => mentions(after, name))) continue;
    kept.unshift(s);
    after += `\n${s.code.text}`;
  }
  return { ...f, body: { ...f.body, statements: kept } };
}

export function mentions(code: string, name: string): boolean {
  return new RegExp(`\\b${name}\\b`).test(code);
}

export interface CheckedArgument {
  readonly name: string;
  /** The axes; those with a name may be any size, the same everywhere. */
  readonly axes: readonly { readonly dim: Dim; readonly isNamed: boolean }[];
}

/** Arguments whose axes are all sizes with a name or numbers, then the others, which need sizes of other arguments. */
export function bySimplicity(m: ModuleModel): readonly CheckedArgument[] {
  const explicit = new Set(m.signature.explicit.map((e) => e.size));
  const isNamed = (d: Dim): boolean => dimValue(d) !== undefined || ((name) => name !== undefined && !explicit.has(name) && !name.startsWith('min('))(dimName(d));
  const all = m.signature.arguments.map((a) => ({ name: a.name, axes: a.variable.shape.map((dim) => ({ dim, isNamed: isNamed(dim) })) }));
  const isSimple = (a: CheckedArgument): boolean => a.axes.every((axis) => axis.isNamed);
  return [...all.filter(isSimple), ...all.filter((a) => !isSimple(a))];
}
