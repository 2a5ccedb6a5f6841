// Declarations: `A: matrix(m, n) symmetric; x, y: vector(n) positive`, and as in GENO `matrix A symmetric`.

import type { Diagnostic, Span } from '../base/diagnostic.ts';
import { type Dim, dimValue } from '../ir/dim.ts';
import type { Shape } from '../ir/expr.ts';
import type { Facts } from '../ir/fact.ts';
import { type Details, error } from './codes.ts';
import { type Cursor, cursorOver, since } from './cursor.ts';
import { type Gathered, factsFor, readFact } from './declare-facts.ts';
import { renamings } from './fixes.ts';
import { nearest } from './foreign.ts';
import { expression } from './parse.ts';
import { isCountable, isSizeProblem, sizeOf } from './size.ts';
import { type Token, tokenize } from './tokens.ts';

export type VariableKind = 'scalar' | 'vector' | 'matrix' | 'tensor';

/** A variable whose shape is known. */
export interface Declared {
  readonly name: string;
  readonly kind: VariableKind;
  readonly shape: Shape;
  readonly facts: Facts;
}

/** A declaration as written: dims may be missing. */
export interface Declaration {
  readonly name: string;
  readonly kind: VariableKind;
  /** Absent where no sizes are given. */
  readonly dims?: readonly Dim[];
  readonly facts: Facts;
  /** Place of the name in the declarations; absent for variables given as data. */
  readonly span?: Span;
}

export interface Declarations {
  readonly variables: readonly Declaration[];
  readonly functions: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

type DeclaredKind = VariableKind | 'function' | 'identity';

const kinds: Readonly<Record<string, DeclaredKind>> = {
  scalar: 'scalar',
  real: 'scalar',
  number: 'scalar',
  vector: 'vector',
  column: 'vector',
  vec: 'vector',
  matrix: 'matrix',
  mat: 'matrix',
  tensor: 'tensor',
  function: 'function',
  identity: 'identity',
};

/** The kinds as they are written, each in a few words. */
export const kindWords: readonly { readonly name: string; readonly form: string; readonly says: string }[] = [
  { name: 'scalar', form: 'scalar', says: 'a number' },
  { name: 'vector', form: 'vector(n)', says: 'a column of n numbers' },
  { name: 'matrix', form: 'matrix(m, n)', says: 'm rows, n columns' },
  { name: 'tensor', form: 'tensor(i, j, k)', says: 'an array of three or more axes' },
  { name: 'identity', form: 'identity(n)', says: 'the unit matrix' },
  { name: 'function', form: 'function', says: "a function of your own; its derivative is written f'" },
];

export function readDeclarations(text: string): Declarations {
  const { tokens, diagnostics } = tokenize(text);
  const found: Diagnostic[] = [...diagnostics];
  const sink: Sink = { variables: [], functions: [], seen: new Set() };
  declarationsAt(cursorOver(tokens, found), sink);
  const { variables, functions } = sink;
  return { variables, functions, diagnostics: found.map(ofDeclarations) };
}

function ofDeclarations({ fixes, ...d }: Diagnostic): Diagnostic {
  const placed = fixes?.map(({ says, edits }) => ({ says, edits: edits.map((e) => ({ ...e, source: 'declare' as const })) }));
  return { ...d, source: 'declare', ...(placed && { fixes: placed }) };
}

/** Where declarations go; `seen` has the names that are taken. */
export interface Sink {
  readonly variables: Declaration[];
  readonly functions: string[];
  readonly seen: Set<string>;
}

/** All declarations from here to the end. */
export function declarationsAt(c: Cursor, sink: Sink): void {
  while (c.peek().kind !== 'end') {
    if (c.peek().kind === 'newline' || c.at(';') || c.at(',')) c.next();
    else declaration(c, sink);
  }
}

function declaration(c: Cursor, sink: Sink): void {
  const leading = c.peek().kind === 'name' && c.peek(1).kind === 'name' && kindOf(c.peek().text) !== undefined;
  const gathered: Gathered = { facts: [] };
  const ahead = leading ? kindAndSizes(c, gathered) : undefined;
  const names = nameList(c, ahead !== undefined && ahead.sizes === undefined);
  if (names === undefined) return skip(c);
  let type = ahead;
  if (type === undefined) {
    if (!c.eat(':')) {
      const help = `write ${names[0]?.token.text ?? 'x'}: vector(n), or scalar, matrix(m, n), tensor(i, j, k), function`;
      report(c, 'bad-declaration', c.peek().span, 'a declaration is a name, a colon and a kind', { needed: ':', help });
      return skip(c);
    }
    type = kindAndSizes(c, gathered);
  }
  if (type === undefined) return skip(c);
  while (!atEnd(c)) if (!readFact(c, gathered)) return skip(c);
  for (const { token, sizes } of names) add(c, token, sizes ? { ...type, sizes } : type, gathered, sink);
}

interface Named {
  readonly token: Token;
  readonly sizes?: readonly Dim[];
}

/** `x, y`, and behind a kind also `x(5), y(n)`. */
function nameList(c: Cursor, withSizes: boolean): Named[] | undefined {
  const names: Named[] = [];
  do {
    const token = c.peek();
    if (token.kind !== 'name') {
      report(c, 'bad-declaration', token.span, 'a name is missing', {
        needed: 'a name',
        found: token.text,
        help: 'write x: vector(n)',
      });
      return undefined;
    }
    c.next();
    if (withSizes && c.at('[')) {
      report(c, 'bad-size', c.peek().span, 'sizes stand in round brackets', { found: '[', needed: `${token.text}(…)`, help: `write ${token.text}(3), or ${token.text}(3, 4) of a matrix` });
      return undefined;
    }
    const sizes = withSizes && c.at('(') ? sizeList(c) : undefined;
    names.push({ token, ...(sizes && { sizes }) });
  } while (c.eat(','));
  return names;
}

interface KindAndSizes {
  readonly kind: DeclaredKind;
  readonly sizes?: readonly Dim[];
  readonly span: Span;
}

/** `symmetric matrix(n, n)`: facts may stand before the kind. */
function kindAndSizes(c: Cursor, gathered: Gathered): KindAndSizes | undefined {
  for (;;) {
    const token = c.peek();
    if (token.kind !== 'name') {
      report(c, 'unknown-kind', token.span, 'a kind is missing', {
        needed: 'scalar, vector, matrix, tensor or function',
        help: 'write x: vector(n)',
      });
      return undefined;
    }
    const kind = kindOf(token.text);
    if (kind !== undefined) {
      c.next();
      const sizes = c.at('(') ? sizeList(c) : undefined;
      if (sizes === undefined && (c.at('[') || c.peek().kind === 'number')) {
        report(c, 'bad-size', c.peek().span, 'sizes stand in round brackets', {
          found: c.peek().text,
          needed: `${token.text}(…)`,
          help: 'write x: vector(3) or A: matrix(3, 4)',
        });
        return undefined;
      }
      return { kind, span: since(c, token.span[0]), ...(sizes && { sizes }) };
    }
    if (token.text.toLowerCase() === 'complex') {
      report(c, 'complex-not-yet', token.span, 'complex variables are not supported yet', {
        help: 'split it into a real and an imaginary part',
      });
      return undefined;
    }
    if (token.text.toLowerCase() === 'row') {
      report(c, 'unknown-kind', token.span, 'rows are written as transposed vectors', {
        found: 'row',
        help: "declare vector(n) and write x'",
      });
      return undefined;
    }
    const before = gathered.facts.length;
    if (!readFact(c, gathered, 'silent') || gathered.facts.length === before) {
      const near = nearest(token.text, Object.keys(kinds));
      const help =
        near.length > 0 ? `did you mean ${near.join(' or ')}?` : 'use scalar, vector, matrix, tensor or function';
      report(c, 'unknown-kind', token.span, `${token.text} is no kind`, {
        needed: 'scalar, vector, matrix, tensor or function',
        found: token.text,
        help,
        ...renamings(near, token.span),
      });
      return undefined;
    }
  }
}

/** The kind that this word names, in any case. */
export function kindOf(word: string): DeclaredKind | undefined {
  const lower = word.toLowerCase();
  return Object.hasOwn(kinds, lower) ? kinds[lower] : undefined;
}

/** Undefined when one of them is wrong, which has been said. */
function sizeList(c: Cursor): Dim[] | undefined {
  const open = c.next();
  const sizes: Dim[] = [];
  if (c.eat(')')) return sizes;
  let written = 0;
  do {
    written++;
    const text = expression(c);
    const size = sizeOf(text);
    if (isSizeProblem(size))
      report(c, 'bad-size', size.span, size.message, {
        needed: 'a number or a name',
        help: 'write matrix(m, n) or matrix(3, 4)',
      });
    else if ((dimValue(size) ?? 1) < 1)
      report(c, 'bad-size', text.span, 'a size is at least 1', {
        found: String(dimValue(size)),
        help: 'give a size of 1 or more',
      });
    else if (!isCountable(size))
      report(c, 'dim-too-large', text.span, 'this size is too large', { help: 'sizes end at 2^53' });
    else sizes.push(size);
  } while (c.eat(','));
  if (!c.eat(')'))
    report(c, 'unclosed-bracket', open.span, 'this bracket is not closed', {
      needed: ')',
      help: 'add ) after the sizes',
    });
  return sizes.length === written ? sizes : undefined;
}

const orders: Readonly<Record<VariableKind, number | undefined>> = {
  scalar: 0,
  vector: 1,
  matrix: 2,
  tensor: undefined,
};

function add(c: Cursor, token: Token, type: KindAndSizes, gathered: Gathered, sink: Sink): void {
  const name = token.text;
  if (sink.seen.has(name)) {
    report(c, 'declared-twice', token.span, `${name} is declared twice`, { help: 'leave one of the declarations out' });
    return;
  }
  sink.seen.add(name);
  if (type.kind === 'function') {
    sink.functions.push(name);
    return;
  }
  const kind = type.kind === 'identity' ? 'matrix' : type.kind;
  const [size] = type.sizes ?? [];
  const sizes = type.kind === 'identity' && type.sizes?.length === 1 && size ? [size, size] : type.sizes;
  const order = orders[kind];
  const wrong = sizes && (order === undefined ? sizes.length === 0 : sizes.length !== order);
  if (wrong) {
    const needed = { scalar: 'scalar', vector: 'vector(n)', matrix: 'matrix(m, n)', tensor: 'tensor(i, j, k)' }[kind];
    const found = `${kind}(${sizes.map((d) => d.key).join(', ')})`;
    report(c, 'bad-size', type.span, `this ${kind} has the wrong number of sizes`, {
      needed,
      found,
      help: `write ${needed}`,
    });
    return;
  }
  const facts = factsFor(c, kind, type.kind === 'identity', gathered);
  // A tensor of order 2 is a matrix, and so on.
  const actual = kind === 'tensor' && sizes && sizes.length < 3 ? (sizes.length === 1 ? 'vector' : 'matrix') : kind;
  sink.variables.push({ name, kind: actual, facts, span: token.span, ...(sizes && { dims: sizes }) });
}

export function atEnd(c: Cursor): boolean {
  return c.peek().kind === 'end' || c.peek().kind === 'newline' || c.at(';');
}

function skip(c: Cursor): void {
  while (!atEnd(c)) c.next();
}

function report(c: Cursor, code: Parameters<typeof error>[0], span: Span, message: string, details: Details): void {
  c.report(error(code, span, message, { ...details, source: 'declare' }));
}
