// Text to graph: the public door of the language.

import type { Diagnostic } from '../base/diagnostic.ts';
import { type Expr, type Shape, number } from '../ir/expr.ts';
import { notice } from './codes.ts';
import { type Declaration, type Declared, readDeclarations } from './declare.ts';
import type { LatexNames } from './latex-cursor.ts';
import { latexToText, looksLikeLatex } from './latex-in.ts';
import { type Lowered, lower } from './lower.ts';
import { parse } from './parse.ts';
import { type Resolved, type VariableInfo, resolve } from './resolve.ts';
import type { Program } from './syntax.ts';
import { type Orientation, kindOfOrder } from './type.ts';
import type { GivenShape } from './typing.ts';
import { hasError, ordered } from './ordered.ts';

export type { Declared, VariableKind } from './declare.ts';
export type { VariableInfo } from './resolve.ts';
export { readLatex } from './latex-in.ts';
export { parse } from './parse.ts';

export interface ReadOptions {
  /** `A: matrix(4, 4); x: vector(4)`, separated by semicolons or lines; with spans of its own. */
  readonly declare?: string;
  /** Variables that exist already, so that a derivative is read with those of its function. */
  readonly variables?: readonly Declared[];
  /** Declared functions that exist already. */
  readonly functions?: readonly string[];
  /** Known shape of the result: sizes `vector(1)`, `eye` and the like. */
  readonly expect?: Shape;
  /** Shapes of given numbers by variable name; sizes that are undefined are to be inferred. */
  readonly sizes?: ReadonlyMap<string, GivenShape>;
}

export interface Reading {
  /** Errors, warnings and notices, in the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when there is an error. */
  readonly expr?: Expr;
  /** Orientation of the result. */
  readonly kind?: Orientation;
  /** Declared ones first, used or not, then in order of appearance. */
  readonly variables: readonly VariableInfo[];
  /** Names of declared functions. */
  readonly functions: readonly string[];
}

/** A reading with what led to it. */
export interface Understanding {
  readonly reading: Reading;
  /** The text as it was parsed: another one where LaTeX was converted. */
  readonly source: string;
  /** Absent where the text could not be parsed at all. */
  readonly resolved?: Resolved;
  readonly program?: Program;
  /** Absent when there is an error. */
  readonly lowered?: Lowered;
  /** From places in `source` to places in the text. */
  readonly place: (d: Diagnostic) => Diagnostic;
}

/** Never throws for any text: what is wrong is in the diagnostics. */
export function read(text: string, options: ReadOptions = {}): Reading {
  return understand(text, options).reading;
}

/** The same, with the syntax and its types. */
export function understand(text: string, options: ReadOptions = {}): Understanding {
  const declared = readDeclarations(options.declare ?? '');
  const given = options.variables ?? [];
  const declarations: Declaration[] = [
    ...given
      .filter((v) => declared.variables.every((d) => d.name !== v.name))
      .map(({ name, kind, facts, shape }) => ({ name, kind, facts, dims: shape })),
    ...declared.variables,
  ];
  const functions = [...new Set([...(options.functions ?? []), ...declared.functions])];
  const isKnown = (name: string): boolean =>
    declarations.some((d) => d.name === name) || functions.includes(name) || (options.sizes?.has(name) ?? false);
  const latex = looksLikeLatex(text, isKnown) ? latexToText(text, latexNames(declarations, functions, options)) : undefined;
  const source = latex?.text ?? withTransposes(text, isKnown);
  const turned = latex === undefined && source !== text ? [transposeNotice(text)] : [];
  const place = (d: Diagnostic): Diagnostic => (latex ? latex.place(d) : d);
  if (latex && hasError(latex.diagnostics))
    return { source, place, reading: { diagnostics: ordered([...declared.diagnostics, ...latex.diagnostics]), variables: [], functions } };
  const parsed = parse(source);
  const before = [...declared.diagnostics, ...(latex?.diagnostics ?? []), ...turned, ...parsed.diagnostics.map(place)];
  const resolved = resolve({
    text: source,
    program: parsed.syntax,
    declarations,
    functions,
    data: options.sizes ?? new Map<string, GivenShape>(),
    ...(options.expect && { expect: options.expect }),
  });
  const found = [...before, ...resolved.diagnostics.map(place)];
  const done = hasError(found) ? undefined : lowered(resolved, options.expect);
  const diagnostics = ordered([...found, ...(done?.lowered.diagnostics ?? []).map(place)]);
  const result = { diagnostics, variables: resolved.variables, functions };
  const reading = done?.expr && !hasError(diagnostics) ? { ...result, expr: done.expr, kind: done.kind } : result;
  return { reading, source, resolved, program: parsed.syntax, place, ...(done && { lowered: done.lowered }) };
}

function latexNames(declarations: readonly Declaration[], functions: readonly string[], options: ReadOptions): LatexNames {
  const given = [...(options.sizes ?? [])].map(([name, shape]) => [name, kindOfOrder(shape.length)] as const);
  const { expect: _, ...rest } = options;
  return {
    declared: new Map([...given, ...declarations.map((d) => [d.name, d.kind] as const)]),
    functions: new Set(functions),
    kindOf: (part) => (looksLikeLatex(part) ? undefined : read(part, rest).kind),
  };
}

/** `x^T` is `x'` where nothing is called T; every other place stays where it is. */
function withTransposes(text: string, isKnown: (name: string) => boolean): string {
  if (isKnown('T') || /(?<!\^)\bT\b/.test(text)) return text;
  return text.replaceAll(/\^T\b/g, "' ");
}

function transposeNotice(text: string): Diagnostic {
  const at = text.indexOf('^T');
  return notice('latex-read', [at, at + 2], "^T is read as the transpose, '", { help: 'declare T if it is an exponent' });
}

function lowered(resolved: Resolved, expect: Shape | undefined): { expr: Expr | undefined; kind: Orientation; lowered: Lowered } {
  const done = lower(resolved);
  const { expr } = done;
  const type = resolved.reading.statements.at(-1)?.type.kind ?? 'scalar';
  const kind = type === 'unknown' ? 'scalar' : type;
  // A plain number stands for an array of it where an array is known to be.
  if (expr?.kind === 'number' && expect && expr.shape.length === 0 && expect.length > 0) {
    return {
      expr: number(expr.value, expect),
      kind: expect.length === 1 ? 'vector' : expect.length === 2 ? 'matrix' : 'tensor',
      lowered: done,
    };
  }
  return { expr, kind, lowered: done };
}
