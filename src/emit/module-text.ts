// What the layouts of modules have in common, whatever the language: words about arguments, text of users made harmless.

import { must } from '../base/internal.ts';
import { type Dim, dimName, dimValue } from '../ir/dim.ts';
import type { Shape, VariableNode } from '../ir/expr.ts';
import type { FunctionModel, ModuleModel, Signature, Statement } from './module.ts';

/** The text as a string literal of ASCII, as JavaScript and C++ read it. */
export function stringLiteral(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** No control characters, nothing that turns the direction of text; `end` is what must not occur, such as the end of a comment. */
export function harmless(text: string, end: RegExp, instead: string): string {
  return [...text]
    .map((c) => (isControl(c) ? ' ' : c))
    .join('')
    .replaceAll(end, instead);
}

function isControl(c: string): boolean {
  const code = must(c.codePointAt(0));
  return code < 32 || (code >= 127 && code < 160) || code === 0x2028 || code === 0x2029 || (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/** Rows of two columns. */
export function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([a]) => a.length));
  return rows.map(([a, b]) => `    ${a.padEnd(width)}  ${b}`.trimEnd());
}

export function wrapped(text: string, width = 100): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** What is known of an argument, in words. */
export function factWords(v: VariableNode): string {
  const words = [...v.facts.has].filter((f) => ['symmetric', 'pd', 'psd', 'positive', 'nonnegative', 'diagonal', 'lower', 'upper', 'orthogonal'].includes(f));
  const kept = words.filter((f) => !(f === 'symmetric' && words.some((w) => ['pd', 'psd', 'diagonal'].includes(w))) && !(f === 'psd' && words.includes('pd')) && !(f === 'nonnegative' && words.includes('positive')) && !((f === 'lower' || f === 'upper') && words.includes('diagonal')));
  const named: Readonly<Record<string, string>> = { pd: 'positive definite', psd: 'positive semidefinite', lower: 'lower triangular', upper: 'upper triangular' };
  return kept.length === 0 ? '' : `, ${kept.map((f) => named[f] ?? f).join(', ')}`;
}

export function shapeWords(shape: Shape): string {
  if (shape.length === 0) return 'a number';
  const word = shape.length === 1 ? 'vector' : shape.length === 2 ? 'matrix' : 'tensor';
  return `${word} (${shape.map((d) => d.key).join(', ')})`;
}

/** A table of the arguments of a module. */
export function argumentRows(s: Signature): [string, string][] {
  return [
    ...s.arguments.map((a): [string, string] => [a.name, `${shapeWords(a.variable.shape)}${factWords(a.variable)}${a.name === a.variable.name ? '' : `; ${a.variable.name} in the formula`}`]),
    ...s.explicit.map((e): [string, string] => [e.name, 'a size, as a whole number']),
    ...s.callables.map((c): [string, string] => [c.name, c.order === 0 ? 'a function of a number' : `derivative of ${c.function} of order ${c.order}`]),
  ];
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

/** The size of an axis in the self-check. */
export function sampleOf(d: Dim, sample: ReadonlyMap<string, number>): number {
  return d.terms.reduce((sum, t) => sum + t.names.reduce((p, n) => p * (n.startsWith('min(') ? Math.min(...n.slice(4, -1).split(',').map((x) => Number(sample.get(x) ?? x))) : (sample.get(n) ?? 3)), t.coef), 0);
}
