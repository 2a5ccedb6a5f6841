// `#(ij,jk->ik; A, B)` and `#('ij,jk->ik', A, B)`.

import type { Span } from '../base/diagnostic.ts';
import { error } from './codes.ts';
import { type Cursor, since } from './cursor.ts';
import type { Syntax } from './syntax.ts';

export function einsum(c: Cursor, expression: () => Syntax): Syntax {
  const start = c.next().span;
  const open = c.eat('(');
  if (!open) {
    c.report(
      error('bad-einsum', start, 'an einsum is written #(ij,jk->ik; A, B)', { needed: '(', help: 'add the bracket' }),
    );
    return { kind: 'missing', span: start };
  }
  const quoted = c.peek().kind === 'string';
  const { text, span } = quoted ? quotedPattern(c) : barePattern(c);
  const args: Syntax[] = [];
  const separated = quoted ? c.at(',') || c.at(';') : c.at(';') || c.at(',');
  if (separated) {
    c.next();
    if (!c.at(')')) {
      do args.push(expression());
      while (c.eat(','));
    }
  }
  if (!c.eat(')'))
    c.report(
      error('unclosed-bracket', open.span, 'this bracket is not closed', { needed: ')', help: 'add ) where it ends' }),
    );
  return checked(c, text, span, args, since(c, start[0]));
}

function quotedPattern(c: Cursor): { text: string; span: Span } {
  const token = c.next();
  return { text: token.text.replaceAll(/\s/g, ''), span: token.span };
}

function barePattern(c: Cursor): { text: string; span: Span } {
  const start = c.peek().span[0];
  let text = '';
  while (c.peek().kind !== 'end' && c.peek().kind !== 'newline' && !c.at(';') && !c.at(')') && !c.at('('))
    text += c.next().text;
  return { text, span: since(c, start) };
}

function checked(c: Cursor, text: string, patternSpan: Span, args: readonly Syntax[], span: Span): Syntax {
  const wrong = (message: string, help: string): Syntax => {
    c.report(error('bad-einsum', patternSpan, message, { needed: 'a pattern such as ij,jk->ik', found: text, help }));
    return { kind: 'missing', span };
  };
  const sides = text.split('->');
  const [left = '', result = ''] = sides;
  if (sides.length !== 2) return wrong('this pattern has no single arrow', 'write the labels of the result after ->');
  if (!/^[\p{L},]*$/u.test(left) || !/^\p{L}*$/u.test(result))
    return wrong('labels are letters, separated by commas', 'use one letter for each axis');
  const operands = args.length === 0 && left === '' ? [] : left.split(',');
  if (operands.length !== args.length) {
    const message = `the pattern has ${count(operands.length, 'operand')}, but ${count(args.length, 'value')} ${args.length === 1 ? 'follows' : 'follow'}`;
    return wrong(message, 'give one value for each group of labels, after a semicolon');
  }
  return { kind: 'einsum', operands, result, patternSpan, args, span };
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n === 0 ? 'no' : n} ${n === 1 ? one : many}`;
}
