// Tokens to syntax: statements, sums, products, powers. Never throws; after an error it goes on where it can.
//
//   expr = [sign] term { ("+" | "-") term }        term = unary { ("*" | "@" | "/" | ".*" | "./") unary }
//   unary = sign unary | power                      power = postfix [ ("^" | ".^") unary ]

import { type Diagnostic, type Span, fix } from '../base/diagnostic.ts';
import { functionNamed } from '../ops/table.ts';
import { error } from './codes.ts';
import { type Cursor, cursorOver, since } from './cursor.ts';
import { startsOperand, postfix } from './parse-atom.ts';
import { barsHere } from './parse-bars.ts';
import type { IndexItem, ProductOperator, Program, ProductSyntax, SignedTerm, Statement, Syntax } from './syntax.ts';
import { tokenize } from './tokens.ts';

export interface Parsed {
  readonly syntax: Program;
  readonly diagnostics: readonly Diagnostic[];
}

export function parse(text: string): Parsed {
  const { tokens, diagnostics } = tokenize(text);
  const found = [...diagnostics];
  const c = cursorOver(tokens, found);
  const refused = diagnostics.some((d) => d.code === 'text-too-long' || d.code === 'too-many-tokens');
  const statements = refused ? [] : program(c);
  if (statements.length === 0 && found.length === 0) {
    c.report(
      error('empty-text', [0, text.length], 'there is nothing to read', {
        needed: 'an expression',
        help: "write one, such as x'*A*x",
      }),
    );
  }
  return { syntax: { statements, span: [0, text.length] }, diagnostics: found };
}

function program(c: Cursor): Statement[] {
  const statements: Statement[] = [];
  while (c.peek().kind !== 'end') {
    if (c.peek().kind === 'newline' || c.at(';')) c.next();
    else statements.push(statement(c));
  }
  return statements;
}

function statement(c: Cursor): Statement {
  const start = c.peek().span[0];
  const left = expression(c);
  const equals = c.eat('=');
  const target = equals && targetOf(c, left);
  const value = equals ? expression(c) : left;
  rest(c);
  return { span: since(c, start), value, ...(target && { target }) };
}

const relations = ['<=', '>=', '==', '!=', '<', '>'];

/** Whatever stands between the value and the end of its statement is wrong; each thing is said once. */
function rest(c: Cursor): void {
  while (c.peek().kind !== 'end' && c.peek().kind !== 'newline' && !c.at(';')) {
    if (barsHere(c) > 0) {
      missingOperator(c, c.peek().span);
      expression(c);
      continue;
    }
    const token = c.next();
    const { span, text } = token;
    if (relations.includes(text)) {
      const help = 'leave it out; constraints belong to a model (min … st …)';
      c.report(error('relation-in-expression', span, `the comparison ${text} cannot stand in an expression`, { help }));
    } else if (text === ')' || text === ']' || text === '}') {
      c.report(
        error('unmatched-bracket', span, `this ${text} closes nothing`, {
          help: `leave it out, or open a bracket before`,
          fixes: [fix('leave it out', span, '')],
        }),
      );
    } else if (text === '=') {
      c.report(
        error('bad-definition', span, 'a second = in one line', { help: 'write each definition on a line of its own' }),
      );
    } else if (text === ':') {
      const help = 'declare variables beside the expression: x: vector(n)';
      c.report(error('bad-declaration', span, 'a declaration cannot stand inside the expression', { help }));
    } else if (text === ',') {
      c.report(
        error('unexpected-character', span, 'this comma stands outside of brackets', {
          help: 'separate statements by ; or a new line',
        }),
      );
    } else {
      c.report(
        error('unexpected-character', span, `${token.kind === 'string' ? 'a string' : text} cannot stand here`, {
          help: 'leave it out',
          fixes: [fix('leave it out', span, '')],
        }),
      );
    }
    if (c.peek().kind !== 'end' && c.peek().kind !== 'newline' && !c.at(';')) {
      if (startsOperand(c) || c.at('-') || c.at('+')) expression(c);
    }
  }
}

function targetOf(c: Cursor, left: Syntax): Statement['target'] {
  if (left.kind === 'name') return { name: left.name, span: left.span, labels: [] };
  if (left.kind === 'index' && left.arg.kind === 'name') {
    const labels = left.items.filter((i): i is Extract<IndexItem, { kind: 'label' }> => i.kind === 'label');
    if (labels.length === left.items.length) return { name: left.arg.name, span: left.span, labels };
  }
  const isFunction = left.kind === 'call' && left.args.every((a) => a.kind === 'name');
  const help = isFunction ? `write the value alone, without ${left.name}(…) =` : 'write y = … or C[i,j] = …';
  c.report(
    error('bad-definition', left.span, 'only a name, or a name with indices, can be defined', {
      needed: 'a name before =',
      help,
    }),
  );
  return undefined;
}

export function expression(c: Cursor): Syntax {
  return c.nested(() => sumOf(c)) ?? { kind: 'missing', span: c.peek().span };
}

function sumOf(c: Cursor): Syntax {
  const start = c.peek().span[0];
  const terms: SignedTerm[] = [];
  do {
    const at = c.peek().span;
    const sign = signs(c);
    skipNewlineAfterOperator(c);
    terms.push({ sign, at, arg: term(c, terms.length > 0 || at[0] !== c.peek().span[0] ? 'after' : 'before') });
  } while (c.at('+') || c.at('-'));
  const [only] = terms;
  if (terms.length === 1 && only?.sign === 1) return only.arg;
  return { kind: 'sum', terms, span: since(c, start) };
}

/** The sign of a run of plus and minus signs. */
function signs(c: Cursor): 1 | -1 {
  let sign: 1 | -1 = 1;
  while (c.at('+') || c.at('-')) {
    if (c.next().text === '-') sign = sign === 1 ? -1 : 1;
    skipNewlineAfterOperator(c);
  }
  return sign;
}

const productOperators: Readonly<Record<string, ProductOperator>> = {
  '*': '*',
  '@': '*',
  '/': '/',
  '.*': '.*',
  './': './',
};

function term(c: Cursor, place: 'before' | 'after'): Syntax {
  const start = c.peek().span[0];
  let first = unary(c, place);
  let others: ProductSyntax['rest'][number][] = [];
  const product = (): Syntax =>
    others.length === 0 ? first : { kind: 'product', first, rest: others, span: since(c, start) };
  for (let layers = 0; ;) {
    const token = c.peek();
    if (c.at('⊗')) {
      if (++layers > maxKroneckerChain) return tooManyLayers(c, product());
      const left = product();
      c.next();
      skipNewlineAfterOperator(c);
      const args = [left, unary(c, 'after')];
      first = { kind: 'call', name: 'kron', nameSpan: token.span, primes: 0, args, span: since(c, start) };
      others = [];
      continue;
    }
    const op = token.kind === 'operator' ? productOperators[token.text] : undefined;
    if (op !== undefined) {
      c.next();
      skipNewlineAfterOperator(c);
      others.push({ op, at: token.span, arg: unary(c, 'after') });
    } else if (c.at('\\')) {
      leftDivision(c, others.at(-1)?.arg ?? first);
      others.push({ op: '*', at: token.span, arg: unary(c, 'after') });
    } else if (startsOperand(c) && !c.at('[')) {
      const wrong = foreignBeginning(c, product());
      if (wrong) return wrong;
      missingOperator(c, token.span);
      others.push({ op: '*', at: token.span, arg: unary(c, 'after') });
    } else break;
  }
  return product();
}

// A ⊗ B ⊗ C is kron(kron(A, B), C), so long chains are deep.
const maxKroneckerChain = 150;

function tooManyLayers(c: Cursor, left: Syntax): Syntax {
  const help = 'name a part on a line of its own (Y = …) and use the name';
  c.report(
    error('nesting-too-deep', left.span, `a chain of more than ${maxKroneckerChain} Kronecker products`, { help }),
  );
  while (c.peek().kind !== 'end') c.next();
  return left;
}

/** `A\\b`: MATLAB solves a system so. */
function leftDivision(c: Cursor, matrix: Syntax): void {
  const { span } = c.next();
  c.report(
    error('foreign-spelling', span, 'a system is not solved by \\ here', {
      found: '\\',
      help: 'write inv(A)*b, or pinv(A)*b for least squares',
      fixes: [
        {
          says: 'write inv(…)*',
          edits: [
            { span: [matrix.span[0], matrix.span[0]], text: 'inv(' },
            { span: [matrix.span[1], span[1]], text: ')*' },
          ],
        },
      ],
    }),
  );
  skipNewlineAfterOperator(c);
}

const keywords = ['if', 'for', 'while', 'return', 'def', 'let', 'where', 'function'];

/**
 * What is no product of the values it looks like: `sin x`, `d/dx x^2`, `if x > 0 …`. One error for the whole of it, and a value
 * that says nothing more.
 */
function foreignBeginning(c: Cursor, left: Syntax): Syntax | undefined {
  const missing = (): Syntax => ({ kind: 'missing', span: since(c, left.span[0]) });
  if (left.kind === 'name' && keywords.includes(left.name)) {
    c.report(error('foreign-spelling', left.span, `${left.name} is not part of the language`, { help: 'write max, min, abs, relu or step for cases, and sum[i](…) for loops' }));
    while (c.peek().kind !== 'end' && c.peek().kind !== 'newline') c.next();
    return missing();
  }
  if (left.kind === 'name' && left.name.length > 1 && functionNamed(left.name)) {
    const { name, span } = left;
    const [from] = c.peek().span;
    unary(c, 'after');
    c.report(
      error('function-without-arguments', span, `${name} is a function and needs brackets around its argument`, {
        needed: `${name}(…)`,
        help: `write ${name}(…), or declare ${name} as a variable`,
        fixes: [{ says: `write ${name}(…)`, edits: [{ span: [span[1], from], text: '(' }, { span: [c.end(), c.end()], text: ')' }] }],
      }),
    );
    return missing();
  }
  if (!isDifferential(left)) return undefined;
  unary(c, 'after');
  const help = 'write the function itself; the derivative is what is asked for';
  c.report(error('foreign-spelling', left.span, 'this is a derivative, not a value', { help, fixes: [fix('leave it out', left.span, '')] }));
  return missing();
}

/** `d/dx`, and nothing else. */
function isDifferential(s: Syntax): boolean {
  if (s.kind !== 'product' || s.rest.length !== 1) return false;
  const [below] = s.rest;
  const isName = (part: Syntax, pattern: RegExp): boolean => part.kind === 'name' && pattern.test(part.name);
  return isName(s.first, /^[d∂]$/u) && below?.op === '/' && isName(below.arg, /^[d∂]\p{L}\w*$/u);
}

function missingOperator(c: Cursor, span: Span): void {
  const help = 'write the operator: * for the matrix product, .* entry by entry, + or -';
  c.report(
    error('missing-operator', span, 'an operator is missing before this', {
      needed: 'an operator between two values',
      help,
      fixes: [
        { says: 'write * before it', edits: [{ span: [span[0], span[0]], text: '*' }] },
        { says: 'write .* before it', edits: [{ span: [span[0], span[0]], text: '.*' }] },
      ],
    }),
  );
}

function unary(c: Cursor, place: 'before' | 'after'): Syntax {
  const at = c.peek().span;
  if (signs(c) === 1) return power(c, place);
  const arg = power(c, place);
  return { kind: 'sum', terms: [{ sign: -1, at, arg }], span: since(c, at[0]) };
}

function power(c: Cursor, place: 'before' | 'after'): Syntax {
  const start = c.peek().span[0];
  const base = postfix(c, () => expression(c), place);
  const token = c.peek();
  const op = c.at('.^') ? '.^' : c.at('^') || c.at('**') ? '^' : undefined;
  if (op === undefined) return base;
  c.next();
  if (token.text === '**') {
    c.report(
      error('double-star', token.span, 'a power is written ^ here', {
        found: '**',
        help: 'write ^ (or .^ entry by entry)',
        fixes: [fix('write ^', token.span, '^'), fix('write .^', token.span, '.^')],
      }),
    );
  }
  skipNewlineAfterOperator(c);
  if (c.at("'")) {
    const mark = c.next().span;
    c.report(
      error('foreign-spelling', [token.span[0], mark[1]], "a transpose is written x'", {
        found: "^'",
        help: 'leave the ^ out',
        fixes: [fix('leave the ^ out', token.span, '')],
      }),
    );
    return { kind: 'transpose', arg: base, count: 1, span: since(c, start) };
  }
  const exponent = c.nested(() => unary(c, 'after')) ?? { kind: 'missing', span: c.peek().span };
  return { kind: 'power', base, exponent, op, at: token.span, span: since(c, start) };
}

/** A line that ends with an operator goes on in the next. */
function skipNewlineAfterOperator(c: Cursor): void {
  while (c.peek().kind === 'newline') c.next();
}
