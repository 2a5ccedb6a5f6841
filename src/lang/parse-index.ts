// What stands in brackets behind a value, and sums over indices: `A[i, 1:3]`, `sum[i=1:n](…)`.

import { type Span, fix } from '../base/diagnostic.ts';
import { error } from './codes.ts';
import { type Cursor, since } from './cursor.ts';
import type { IndexItem, Syntax, TotalSyntax } from './syntax.ts';

export type ParseExpression = () => Syntax;

export function index(c: Cursor, expression: ParseExpression, arg: Syntax): Syntax {
  const open = c.next();
  const items: IndexItem[] = [];
  if (c.at(']')) {
    c.report(
      error('bad-index', open.span, 'an index is missing', {
        needed: 'labels, entries or ranges',
        help: 'write A[i,j], x[2] or A[1:3, :]',
      }),
    );
  } else {
    do items.push(indexItem(c, expression));
    while (c.eat(','));
  }
  close(c, open.span, ']');
  return { kind: 'index', arg, items, span: since(c, arg.span[0]) };
}

function indexItem(c: Cursor, expression: ParseExpression): IndexItem {
  const start = c.peek().span[0];
  const ends = (): boolean => c.at(',') || c.at(']');
  if (c.eat(':')) {
    const to = ends() ? undefined : expression();
    return { kind: 'range', span: since(c, start), ...(to && { to }) };
  }
  const from = expression();
  if (c.eat(':')) {
    const to = ends() ? undefined : expression();
    if (c.at(':')) {
      c.report(error('bad-index', c.peek().span, 'ranges have no step here', { help: 'write first:last' }));
      c.next();
      expression();
    }
    return { kind: 'range', from, span: since(c, start), ...(to && { to }) };
  }
  if (from.kind === 'name' && from.name !== 'end') return { kind: 'label', name: from.name, span: from.span };
  return { kind: 'entry', at: from, span: from.span };
}

export function total(c: Cursor, expression: ParseExpression, start: number): Syntax {
  const open = c.next();
  const labels: TotalSyntax['labels'][number][] = [];
  do {
    const token = c.peek();
    if (token.kind !== 'name') {
      c.report(
        error('bad-index', token.span, 'the index of a sum is a name', {
          needed: 'a name such as i',
          help: 'write sum[i](…)',
        }),
      );
      if (!c.at(']') && !c.at(',')) c.next();
      continue;
    }
    c.next();
    labels.push({ name: token.text, span: token.span, ...upTo(c, expression) });
  } while (c.eat(','));
  close(c, open.span, ']');
  if (!c.at('(')) {
    c.report(
      error('missing-operand', c.peek().span, 'what is summed stands in brackets', {
        needed: '(',
        help: 'write sum[i](…)',
      }),
    );
    return { kind: 'missing', span: since(c, start) };
  }
  const arg = group(c, expression, ')');
  return { kind: 'total', labels, arg, span: since(c, start) };
}

/** The `=1:n` of `sum[i=1:n](…)`. */
function upTo(c: Cursor, expression: ParseExpression): { to?: Syntax } {
  if (!c.eat('=')) return {};
  const from = expression();
  if (from.kind !== 'number' || from.value.num !== 1 || from.value.den !== 1 || !c.eat(':')) {
    c.report(error('bad-index', from.span, 'a sum runs from 1', { needed: '1:n', help: 'write sum[i=1:n](…)' }));
    if (c.eat(':')) expression();
    return {};
  }
  return { to: expression() };
}

export function group(c: Cursor, expression: ParseExpression, closer: string): Syntax {
  const open = c.next();
  const value = expression();
  close(c, open.span, closer);
  return value;
}

/** Takes the closing bracket, or says that it is missing. */
export function close(c: Cursor, open: Span, closer: string): void {
  if (c.eat(closer)) return;
  if (c.at(',') && closer === ')') {
    c.report(
      error('unexpected-character', c.peek().span, 'this comma stands in a bracket of one value', {
        help: 'a vector is written [a; b]',
      }),
    );
    while (c.peek().kind !== 'end' && !c.at(closer)) c.next();
    if (c.eat(closer)) return;
  }
  c.report(
    error('unclosed-bracket', open, 'this bracket is not closed', {
      needed: closer,
      help: `add ${closer} where it ends`,
      fixes: [fix(`add ${closer}`, [c.end(), c.end()], closer)],
    }),
  );
}
