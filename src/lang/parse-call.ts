// The arguments of a call, and what other languages write there: keywords, strings, slices.

import { type Diagnostic, type Span, fix } from '../base/diagnostic.ts';
import { error } from './codes.ts';
import { type Cursor, since } from './cursor.ts';
import { stringAdvice } from './foreign.ts';
import { type ParseExpression, close } from './parse-index.ts';
import type { Syntax } from './syntax.ts';

export interface Arguments {
  readonly values: readonly Syntax[];
  /** Whether something among them was wrong and has been reported, so that the call itself says nothing. */
  readonly spoiled: boolean;
}

/** Bracketed values, separated by commas; `of` is what is called. Quietly, where the call itself has been reported. */
export function callArguments(c: Cursor, expression: ParseExpression, of: string, how?: 'quietly'): Arguments {
  const open = c.next();
  const values: Syntax[] = [];
  if (c.eat(')')) return { values, spoiled: false };
  let spoiled = how === 'quietly';
  const report = (d: Diagnostic): void => {
    if (!spoiled) c.report(d);
    spoiled = true;
  };
  do {
    const wrong = foreignArgument(c, expression, of);
    if (wrong !== undefined) report(wrong);
    else if (!c.at(':')) values.push(expression());
    if (c.at(':')) {
      toCloser(c);
      report(sliceInRound([open.span[0], c.peek().span[1]], of));
    }
  } while (c.eat(','));
  close(c, open.span, ')');
  return { values, spoiled };
}

/** Takes an argument that has no meaning here, and says so. */
function foreignArgument(c: Cursor, expression: ParseExpression, of: string): Diagnostic | undefined {
  const token = c.peek();
  const after = c.peek(1);
  const isBefore = (sign: string): boolean => after.kind === 'operator' && after.text === sign;
  if (token.kind === 'string') {
    c.next();
    return error('foreign-spelling', token.span, 'a string is not a value', {
      found: `'${token.text}'`,
      help: stringAdvice(of, token.text),
    });
  }
  if (c.at('[') && isBefore(']')) {
    c.next();
    c.next();
    const help = `leave it out; an axis is said by name, as in ${of}(A, rows)`;
    return error('foreign-spelling', since(c, token.span[0]), 'an empty block means nothing here', { found: '[]', help });
  }
  if (token.kind !== 'name' || !isBefore('=')) return undefined;
  c.next();
  c.next();
  const value = c.peek().kind === 'string' ? undefined : expression();
  if (value === undefined) c.next();
  return keyword(of, token.text, value, since(c, token.span[0]));
}

/** `axis=0` is down the columns in NumPy: one value for each of them. */
function keyword(of: string, name: string, value: Syntax | undefined, span: Span): Diagnostic {
  if (!/^(axis|dim|axes)$/.test(name)) {
    return error('foreign-spelling', span, 'arguments have no names here', {
      found: `${name}=…`,
      help: 'give the value alone, or leave it out',
    });
  }
  const axis = value?.kind === 'number' && value.value.num === 0 ? 'cols' : 'rows';
  return error('unknown-axis', span, 'an axis is said by name', {
    needed: 'rows or cols',
    found: `${name}=…`,
    help: `write ${of}(…, rows) for one value per row, or cols for one per column; ${name}=0 is cols, ${name}=1 is rows`,
    fixes: [fix(`write ${axis}`, span, axis)],
  });
}

function sliceInRound(brackets: Span, of: string): Diagnostic {
  const [from, to] = brackets;
  return error('foreign-spelling', brackets, 'entries and slices stand in square brackets', {
    found: ':',
    help: `write ${of}[…], such as ${of}[1:3] or ${of}[:, 1]`,
    fixes: [
      {
        says: 'write square brackets',
        edits: [
          { span: [from, from + 1], text: '[' },
          { span: [to - 1, to], text: ']' },
        ],
      },
    ],
  });
}

/** Up to the bracket that closes this one. */
function toCloser(c: Cursor): void {
  for (let depth = 0; c.peek().kind !== 'end'; c.next()) {
    if (c.at('(')) depth++;
    if (c.at(')') && depth-- === 0) return;
  }
}
