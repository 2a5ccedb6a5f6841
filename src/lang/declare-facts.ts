// Facts behind a kind: `symmetric psd`, `positive definite`, `in (0, 1)`, `in simplex`, `>= 0`.

import type { Span } from '../base/diagnostic.ts';
import { type Fact, type Facts, facts, matrixFacts } from '../ir/fact.ts';
import { error } from './codes.ts';
import type { Cursor } from './cursor.ts';
import { removing, renamings } from './fixes.ts';
import { nearest } from './foreign.ts';

export interface Gathered {
  readonly facts: { readonly fact: Fact; readonly span: Span }[];
  above?: number;
  below?: number;
}

// Written → meant. Several words are joined by a space.
const aliases: Readonly<Record<string, readonly Fact[]>> = {
  symmetric: ['symmetric'],
  sym: ['symmetric'],
  psd: ['psd'],
  'positive semidefinite': ['psd'],
  'positive semi definite': ['psd'],
  positivesemidefinite: ['psd'],
  possemidef: ['psd'],
  semidefinite: ['psd'],
  pd: ['pd'],
  spd: ['pd'],
  'positive definite': ['pd'],
  positivedefinite: ['pd'],
  posdef: ['pd'],
  definite: ['pd'],
  nsd: ['nsd'],
  'negative semidefinite': ['nsd'],
  'negative semi definite': ['nsd'],
  nd: ['nd'],
  'negative definite': ['nd'],
  negdef: ['nd'],
  diagonal: ['diagonal'],
  diag: ['diagonal'],
  lower: ['lower'],
  'lower triangular': ['lower'],
  lowertriangular: ['lower'],
  tril: ['lower'],
  upper: ['upper'],
  'upper triangular': ['upper'],
  uppertriangular: ['upper'],
  triu: ['upper'],
  orthogonal: ['orthogonal'],
  orthonormal: ['orthogonal'],
  orth: ['orthogonal'],
  identity: ['identity'],
  unit_matrix: ['identity'],
  positive: ['positive'],
  pos: ['positive'],
  nonnegative: ['nonnegative'],
  nonneg: ['nonnegative'],
  negative: ['negative'],
  neg: ['negative'],
  nonpositive: ['nonpositive'],
  nonpos: ['nonpositive'],
  simplex: ['simplex'],
  unit: ['unit'],
  constant: ['constant'],
  const: ['constant'],
  sparse: ['sparse'],
  integer: ['integer'],
  int: ['integer'],
};

/** Takes one fact. False when there is none to take; then it has been reported, unless asked not to. */
export function readFact(c: Cursor, into: Gathered, say: 'report' | 'silent' = 'report'): boolean {
  const token = c.peek();
  if (c.eat(',') || token.text.toLowerCase() === 'and') {
    if (token.kind === 'name') c.next();
    return true;
  }
  if (token.kind === 'name' && token.text.toLowerCase() === 'in') {
    c.next();
    return interval(c, into);
  }
  if (['>', '<', '>=', '<='].some((o) => c.at(o))) {
    c.next();
    const bound = signedNumber(c);
    if (bound === undefined) return badInterval(c, token.span);
    if (token.text.startsWith('>')) lower(into, bound, token.text === '>=', token.span);
    else upper(into, bound, token.text === '<=', token.span);
    return true;
  }
  const { words, known } = longestFact(c);
  if (known !== undefined) {
    const span: Span = [token.span[0], c.peek(words - 1).span[1]];
    for (let k = 0; k < words; k++) c.next();
    for (const fact of known) into.facts.push({ fact, span });
    return true;
  }
  if (say === 'report') {
    const near = nearest(token.text, Object.keys(aliases));
    const help =
      near.length > 0
        ? `did you mean ${near.join(' or ')}?`
        : `known are ${matrixFacts.slice(0, 9).join(', ')}, positive, nonnegative, negative, in (0, 1), in simplex, unit, constant, sparse`;
    c.report(
      error('unknown-fact', token.span, `${token.text} is no fact`, {
        needed: 'a fact such as symmetric or positive',
        found: token.text,
        help,
        ...renamings(near, token.span),
      }),
    );
  }
  return false;
}

/** The longest run of words, hyphens between them allowed, that names a fact. */
function longestFact(c: Cursor): { words: number; known?: readonly Fact[] } {
  let text = '';
  let best: { words: number; known?: readonly Fact[] } = { words: 0 };
  for (let k = 0; k < 6; k++) {
    const token = c.peek(k);
    if (token.kind === 'operator' && token.text === '-' && k > 0) continue;
    if (token.kind !== 'name') break;
    text += (text === '' ? '' : ' ') + token.text.toLowerCase();
    const known = Object.hasOwn(aliases, text) ? aliases[text] : undefined;
    if (known) best = { words: k + 1, known };
  }
  return best;
}

function interval(c: Cursor, into: Gathered): boolean {
  const start = c.peek().span;
  if (c.peek().kind === 'name') return readFact(c, into);
  const open = c.eat('(') ?? c.eat('[');
  if (!open) return badInterval(c, start);
  const from = signedNumber(c);
  const comma = c.eat(',');
  const to = signedNumber(c);
  const close = c.eat(')') ?? c.eat(']');
  if (from === undefined || to === undefined || !comma || !close) return badInterval(c, start);
  const span: Span = [start[0], close.span[1]];
  if (from >= to) {
    c.report(
      error('bad-interval', span, 'this interval is empty', {
        needed: 'the smaller number first',
        help: `write (${to}, ${from})`,
      }),
    );
    return false;
  }
  lower(into, from, open.text === '[', span);
  upper(into, to, close.text === ']', span);
  return true;
}

function badInterval(c: Cursor, span: Span): false {
  c.report(
    error('bad-interval', span, 'this is not an interval', {
      needed: 'two numbers',
      help: 'write in (0, 1), in (0, inf) or in simplex',
    }),
  );
  return false;
}

function signedNumber(c: Cursor): number | undefined {
  const sign = c.eat('-') ? -1 : 1;
  c.eat('+');
  const token = c.peek();
  if (token.kind === 'number') return sign * Number(c.next().text);
  if (token.kind === 'name' && /^(inf|infinity|∞|oo)$/i.test(token.text)) {
    c.next();
    return sign * Infinity;
  }
  return undefined;
}

// Bounds are strict in the graph; a closed end at 0 is a sign fact instead.
function lower(into: Gathered, bound: number, closed: boolean, span: Span): void {
  if (bound === 0 && closed) into.facts.push({ fact: 'nonnegative', span });
  else if (Number.isFinite(bound)) into.above = bound;
}

function upper(into: Gathered, bound: number, closed: boolean, span: Span): void {
  if (bound === 0 && closed) into.facts.push({ fact: 'nonpositive', span });
  else if (Number.isFinite(bound)) into.below = bound;
}

export function factsFor(c: Cursor, kind: string, identity: boolean, gathered: Gathered): Facts {
  const fitting = gathered.facts.filter(({ fact, span }) => {
    const needs = (matrixFacts as readonly Fact[]).includes(fact)
      ? 'matrix'
      : fact === 'simplex'
        ? 'vector'
        : undefined;
    if (needs === undefined || needs === kind) return true;
    c.report(
      error('fact-does-not-fit', span, `a ${kind} cannot be ${fact}`, {
        needed: `a ${needs}`,
        found: kind,
        help: `leave ${fact} out`,
        fixes: [removing(fact, span)],
      }),
    );
    return false;
  });
  const { above, below } = gathered;
  const list: Fact[] = [...fitting.map((f) => f.fact), ...(identity ? (['identity'] as const) : [])];
  return facts(list, { ...(above !== undefined && { above }), ...(below !== undefined && { below }) });
}
