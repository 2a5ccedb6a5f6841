// The type of a part of the input: orientation, dims, and the index labels it still has.

import type { Diagnostic, Note, Span } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { FunctionRecord, Form } from '../ops/op.ts';
import { error } from './codes.ts';
import type { Declaration, VariableKind } from './declare.ts';
import { type CallSyntax, type Syntax, partsOf } from './syntax.ts';
import type { Solver } from './unify.ts';

export type Orientation = 'scalar' | 'vector' | 'row' | 'matrix' | 'tensor';

export interface LabelDim {
  readonly name: string;
  readonly dim: Dim;
}

/** `unknown` stands behind an error and fits everywhere. */
export interface Type {
  readonly kind: Orientation | 'unknown';
  readonly dims: readonly Dim[];
  /** Free index labels, in order of appearance; they come before the axes of `dims`. */
  readonly labels: readonly LabelDim[];
}

export const scalarType: Type = { kind: 'scalar', dims: [], labels: [] };
export const unknownType: Type = { kind: 'unknown', dims: [], labels: [] };

export function typeWith(kind: Orientation, dims: readonly Dim[], labels: readonly LabelDim[] = []): Type {
  return { kind, dims, labels };
}

/** What an order means for something that nobody oriented. */
export function kindOfOrder(order: number): VariableKind {
  return order === 0 ? 'scalar' : order === 1 ? 'vector' : order === 2 ? 'matrix' : 'tensor';
}

export type ShowDim = (d: Dim) => string;

export function describe(type: Type, show: ShowDim): string {
  const shape = type.dims.map(show).join(', ');
  const own = type.kind === 'scalar' ? 'scalar' : `${type.kind}(${shape})`;
  const names = type.labels.map((l) => l.name);
  return names.length === 0 ? own : `${own} with ${names.length === 1 ? 'index' : 'indices'} ${names.join(', ')}`;
}

/** A name of the input: declared, or given a kind by its first letter, its use or its data. */
export interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly declaration?: Declaration;
  readonly how: 'declared' | 'default' | 'inferred' | 'data';
}

/** How a call was understood. */
export type ResolvedCall =
  | {
      readonly kind: 'form';
      readonly record: FunctionRecord;
      readonly form: Form;
      readonly args: readonly Syntax[];
      readonly fits: readonly Type[];
    }
  | { readonly kind: 'user'; readonly name: string; readonly order: number; readonly arg: Syntax }
  | { readonly kind: 'constant'; readonly value: Syntax }
  | { readonly kind: 'eye' };

/** One reading of the input, under one choice of kinds for names that are not declared. */
export interface Typing {
  readonly text: string;
  readonly solver: Solver;
  readonly types: Map<Syntax, Type>;
  readonly calls: Map<CallSyntax, ResolvedCall>;
  readonly typeOf: (s: Syntax) => Type;
  readonly variable: (name: string) => Variable | undefined;
  readonly isDefined: (name: string) => boolean;
  readonly isFunction: (name: string) => boolean;
  readonly isSizeName: (name: string) => boolean;
  /** An error, rendered at the end, when dims have names. A firm error is not explained away by other kinds. */
  readonly report: (make: (show: ShowDim) => Diagnostic, weight?: 'firm') => void;
  /** Something worth knowing that is not wrong. */
  readonly notify: (make: (show: ShowDim) => Diagnostic) => void;
  /** What stands here works, but is probably not meant, of a name that has its kind only by default. */
  readonly doubt: (name: string) => void;
  /** Checked at the end, when dims are known. */
  readonly later: (check: (show: ShowDim) => Diagnostic | undefined) => void;
}

/** A variable without a declaration, perhaps transposed: its kind is only a guess. */
export function isGuess(t: Typing, s: Syntax): boolean {
  if (s.kind === 'transpose') return isGuess(t, s.arg);
  const how = s.kind === 'name' ? t.variable(s.name)?.how : undefined;
  return how === 'default' || how === 'inferred';
}

/** The text of a part, cut to fit a message. */
export function quote(t: Pick<Typing, 'text'>, s: { readonly span: Span }): string {
  const text = t.text
    .slice(...s.span)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.length <= 40 ? text : `${text.slice(0, 37)}...`;
}

/** The text of a part, in brackets where an operator beside it would split it. */
export function wrapped(t: Pick<Typing, 'text'>, s: Syntax): string {
  const text = quote(t, s);
  return s.kind === 'name' ||
    s.kind === 'call' ||
    s.kind === 'transpose' ||
    s.kind === 'number' ||
    s.kind === 'index' ||
    text.startsWith('(')
    ? text
    : `(${text})`;
}

/** `A*x is vector(m)`. */
export function says(t: Typing, s: Syntax, type: Type, show: ShowDim): string {
  return `${quote(t, s)} is ${describe(type, show)}`;
}

/** What the variables of these parts are, and where that was said. */
export function origins(t: Typing, parts: readonly Syntax[], show: ShowDim): Note[] {
  const notes: Note[] = [];
  const seen = new Set<string>();
  const stack = [...parts].reverse();
  for (let s = stack.pop(), steps = 0; s !== undefined && notes.length < 4 && steps < 200; s = stack.pop(), steps++) {
    if (s.kind === 'name' && !seen.has(s.name)) {
      seen.add(s.name);
      const variable = t.variable(s.name);
      if (variable) notes.push(origin(variable, s.span, show));
    }
    stack.push(...partsOf(s).toReversed());
  }
  return notes;
}

function origin({ name, type, declaration, how }: Variable, use: Span, show: ShowDim): Note {
  const text = `${name} is ${describe(type, show)}`;
  if (declaration?.span) return { span: declaration.span, source: 'declare', text: `${text}, declared here` };
  const said = {
    declared: 'as given',
    default: 'by default',
    inferred: 'inferred from its use',
    data: 'as its numbers',
  }[how];
  return { span: use, text: `${text}, ${said}` };
}

/** The labels of several parts together; the same label has the same dim everywhere. */
export function joinLabels(
  t: Typing,
  parts: readonly { readonly type: Type; readonly span: Span }[],
  conflict: LabelConflict,
): LabelDim[] {
  const known = new Map<string, LabelDim>();
  for (const { type, span } of parts) {
    for (const label of type.labels) {
      const before = known.get(label.name);
      if (before === undefined) known.set(label.name, label);
      else if (t.solver.equate(before.dim, label.dim, span)) conflict(label.name, before.dim, label.dim, span);
    }
  }
  if (known.size <= maxLabels) return [...known.values()];
  const span = parts.at(-1)?.span ?? [0, 0];
  t.report(
    () =>
      error('bad-index', span, `more than ${maxLabels} different indices in one term`, {
        help: 'sum over some of them in a part of its own',
      }),
    'firm',
  );
  return [];
}

const maxLabels = 30;

export type LabelConflict = (name: string, a: Dim, b: Dim, span: Span) => void;

export function dimAt(type: Type, axis: number): Dim {
  return must(type.dims[axis], 'dim');
}
