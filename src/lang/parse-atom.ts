// Values without operators around them: numbers, names, calls, brackets, blocks, einsums, indexed sums, and what
// may stand directly behind a value.

import { type Fix, type Span, fix } from '../base/diagnostic.ts';
import { fromDecimal } from '../ir/rational.ts';
import { error } from './codes.ts';
import { type Cursor, since } from './cursor.ts';
import { isModuleName, methodAdvice, nameHere } from './foreign.ts';
import { bars, barsHere } from './parse-bars.ts';
import { callArguments } from './parse-call.ts';
import { einsum } from './parse-einsum.ts';
import { type ParseExpression, close, group, index, total } from './parse-index.ts';
import type { Syntax } from './syntax.ts';

export function startsOperand(c: Cursor): boolean {
  const token = c.peek();
  if (token.kind === 'number' || token.kind === 'name') return true;
  return token.kind === 'operator' && ['(', '[', '#', '√', '{'].includes(token.text);
}

/** A value with its transposes, indices and attributes. */
export function postfix(c: Cursor, expression: ParseExpression, place: 'before' | 'after'): Syntax {
  const start = c.peek().span[0];
  let value = atom(c, expression, place);
  let layers = 0;
  for (;;) {
    if (c.at("'")) {
      let count = 0;
      while (c.eat("'")) count++;
      value = { kind: 'transpose', arg: value, count, span: since(c, start) };
    } else if (c.at('[')) {
      value = index(c, expression, value);
    } else if (c.at('.') && c.peek(1).kind === 'name') {
      value = attribute(c, expression, value);
    } else return value;
    // Layers count like brackets, for those who read the tree recursively.
    if (++layers > 50) {
      c.report(
        error('nesting-too-deep', since(c, start), 'more than 50 indices and transposes on one value', {
          help: 'name the value on a line of its own',
        }),
      );
      while (c.peek().kind !== 'end') c.next();
      return value;
    }
  }
}

function atom(c: Cursor, expression: ParseExpression, place: 'before' | 'after'): Syntax {
  const token = c.peek();
  if (token.kind === 'number') {
    c.next();
    return { kind: 'number', value: fromDecimal(token.text), span: token.span };
  }
  if (token.kind === 'name') return name(c, expression);
  if (token.kind === 'operator') {
    switch (token.text) {
      case '(':
        return group(c, expression, ')');
      case '{':
        c.report(
          error('foreign-spelling', token.span, 'braces mean nothing here', {
            found: '{ }',
            help: 'group with ( ), as in X^(-1)',
          }),
        );
        return group(c, expression, '}');
      case '[':
        return block(c, expression);
      case '#':
        return einsum(c, expression);
      case '√': {
        c.next();
        const arg = c.nested(() => postfix(c, expression, 'after')) ?? missing(c);
        return {
          kind: 'call',
          name: 'sqrt',
          nameSpan: token.span,
          primes: 0,
          args: [arg],
          span: since(c, token.span[0]),
        };
      }
    }
  }
  if (barsHere(c) > 0) return bars(c, expression);
  return missingOperand(c, place);
}

function missing(c: Cursor): Syntax {
  return { kind: 'missing', span: c.peek().span };
}

function missingOperand(c: Cursor, place: 'before' | 'after'): Syntax {
  const token = c.peek();
  const after = { needed: 'a number, a name or a bracket' };
  if (token.kind === 'string') {
    c.next();
    c.report(
      error('missing-operand', token.span, 'a string is not a value', {
        ...after,
        help: "strings stand only in #('ij,jk->ik', A, B)",
      }),
    );
  } else if (place === 'after') {
    const at: Span =
      token.kind === 'end' || token.kind === 'newline' ? [Math.max(0, c.end() - 1), c.end()] : token.span;
    const found = token.kind === 'end' || token.kind === 'newline' ? 'the end' : token.text;
    c.report(
      error('missing-operand', at, 'a value is missing after the operator', {
        ...after,
        found,
        help: 'add it, or leave the operator out',
      }),
    );
  } else {
    const found = token.kind === 'end' || token.kind === 'newline' ? 'the end' : token.text;
    c.report(
      error('missing-operand', token.span, `a value is missing before ${found}`, {
        ...after,
        found,
        help: 'add a value here',
      }),
    );
    if (token.kind === 'operator' && !isCloserOrSeparator(token.text) && !/^(\.?[*/^]|@|\*\*|⊗|[-+])$/.test(token.text))
      c.next();
  }
  return { kind: 'missing', span: token.span };
}

function isCloserOrSeparator(text: string): boolean {
  return [')', ']', '}', ',', ';', ':', '=', '<=', '>=', '==', '!=', '<', '>'].includes(text);
}

function name(c: Cursor, expression: ParseExpression): Syntax {
  const token = c.next();
  const { text, span } = token;
  if (text === 'sum' && c.at('[')) return total(c, expression, span[0]);
  let primes = 0;
  const isMark = (k: number): boolean => {
    const mark = c.peek(k);
    return mark.kind === 'operator' && mark.text === "'" && mark.span[0] === span[1] + k;
  };
  while (isMark(primes)) primes++;
  const opener = c.peek(primes);
  const opens = opener.kind === 'operator' && opener.text === '(';
  if (!opens || (primes > 0 && opener.span[0] !== span[1] + primes)) return { kind: 'name', name: text, span };
  for (let k = 0; k < primes; k++) c.next();
  const { values, spoiled } = callArguments(c, expression, text);
  if (spoiled) return { kind: 'missing', span: since(c, span[0]) };
  return { kind: 'call', name: text, nameSpan: span, primes, args: values, span: since(c, span[0]) };
}

function block(c: Cursor, expression: ParseExpression): Syntax {
  const open = c.next();
  const rows: Syntax[][] = [];
  do {
    if (c.at(']') && rows.length > 0) break;
    const row: Syntax[] = [];
    do row.push(expression());
    while (c.eat(','));
    rows.push(row);
  } while (c.eat(';'));
  close(c, open.span, ']');
  return { kind: 'block', rows, span: since(c, open.span[0]) };
}

function attributeFix(base: Syntax, property: string, dot: Span, ending: Span, isCall: boolean): { readonly fixes?: readonly Fix[] } {
  if (property === 'T' && !isCall) return { fixes: [fix("write '", [dot[0], ending[1]], "'")] };
  const isModule = base.kind === 'name' && isCall && isModuleName(base.name);
  const known = isModule ? nameHere(property) : undefined;
  return known === undefined ? {} : { fixes: [fix(`write ${known}`, [base.span[0], ending[1]], known)] };
}

/** `A.T`, `np.linalg.det(A)`: understood only to say how it is written here. */
function attribute(c: Cursor, expression: ParseExpression, base: Syntax): Syntax {
  const dot = c.next();
  let property = c.next();
  let written = `.${property.text}`;
  const owner = base.kind === 'name' ? base.name : undefined;
  const isModule = owner !== undefined && isModuleName(owner);
  // The modules inside of modules are no news.
  const goesOn = (): boolean => isModule && c.at('.') && c.peek(1).kind === 'name';
  while (goesOn()) {
    c.next();
    property = c.next();
    written += `.${property.text}`;
  }
  const span: Span = [base.span[0], property.span[1]];
  const isCall = c.at('(');
  c.report(
    error('foreign-spelling', [dot.span[0], property.span[1]], `${written} is a spelling of another language`, {
      ...methodAdvice(owner, property.text),
      ...attributeFix(base, property.text, dot.span, property.span, isCall),
    }),
  );
  if (isCall) callArguments(c, expression, property.text, 'quietly');
  if (property.text === 'T' && !isCall) return { kind: 'transpose', arg: base, count: 1, span };
  return { kind: 'missing', span: since(c, span[0]) };
}
