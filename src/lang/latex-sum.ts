// Sums and matrices of a LaTeX formula.

import type { Span } from '../base/diagnostic.ts';
import { error } from './codes.ts';
import { type LatexCursor, closeGroup, plainText, rawArgument } from './latex-cursor.ts';
import { scripts } from './latex-scripts.ts';
import { type LatexToken, type Out, join, out } from './latex-tokens.ts';

/** `\sum_{i=1}^n …` over the product that follows. */
export function total(c: LatexCursor, token: LatexToken): Out {
  let below: LatexToken[] = [];
  let above: LatexToken[] = [];
  while (c.isChar('^') || c.isChar('_')) {
    if (c.next().text === '_') below = rawArgument(c);
    else above = rawArgument(c);
  }
  const span: Span = [token.span[0], c.end()];
  const text = plainText(below);
  const match = /^(\p{L}(?:,?\p{L})*)(?:=1)?$/u.exec(text);
  const indices = [...(match?.[1] ?? '').replaceAll(',', '')];
  if (indices.length === 0) {
    c.say(
      error('latex-not-understood', span, 'the index of this sum cannot be read', {
        needed: '\\sum_{i=1}^n or \\sum_{i,j}',
        found: text,
        help: 'sums run over whole axes, from 1',
      }),
    );
  }
  const upper = plainText(above);
  const end = indices.length === 1 && /^(\p{L}|\d+)$/u.test(upper) ? `=1:${upper}` : '';
  const added = indices.filter((i) => !c.bound.has(i));
  for (const i of added) c.bound.add(i);
  const body = c.term();
  for (const i of added) c.bound.delete(i);
  if (body === undefined) {
    c.say(error('missing-operand', span, 'this sum has no terms', { needed: 'a value after \\sum', help: 'add it' }));
    return out('0', span);
  }
  return join([span[0], c.end()], 3, out(`sum[${indices.join(', ')}${end}](`, span), body, ')');
}

/** Upper ends of sums are sizes wherever they stand: in `\frac1n\sum_{i=1}^n`, n is the number of terms. */
export function findSizes(c: LatexCursor): void {
  c.tokens.forEach((token, k) => {
    if (token.kind !== 'command' || token.text !== 'sum') return;
    const rest = c.tokens
      .slice(k + 1, k + 16)
      .map((t) => t.text)
      .join('');
    const upper =
      /^(?:_\{[^}]*\}|_.)\^\{?(\p{L})(?:\}|(?!\p{L}))/u.exec(rest)?.[1] ??
      /^(?:_\{[^}]*\}|_.)\^(\p{L})/u.exec(rest)?.[1];
    if (upper !== undefined && !c.known.declared.has(upper)) c.sizes.add(upper);
  });
}

export function matrix(c: LatexCursor, token: LatexToken): Out {
  const kind = plainText(rawArgument(c));
  const span: Span = [token.span[0], c.end()];
  if (!/^(b|p|small)?matrix\*?$|^array$/.test(kind)) {
    c.say(
      error('latex-unknown-command', span, `\\begin{${kind}} is not understood`, {
        help: 'only matrices (bmatrix, pmatrix) are read',
      }),
    );
    return out('0', span);
  }
  if (kind === 'array' && c.isChar('{')) rawArgument(c);
  const parts: (Out | string)[] = [];
  while (c.peek().kind !== 'end' && !c.isCommand('end')) {
    parts.push(c.expression());
    if (c.isChar('&')) parts.push(', ');
    else if (c.isCommand('\\')) parts.push('; ');
    else break;
    c.next();
  }
  if (c.isCommand('end')) {
    c.next();
    rawArgument(c);
  } else closeGroup(c, token, '\\end');
  if (parts.at(-1) === '; ') parts.pop();
  return scripts(c, join([span[0], c.end()], 3, '[', ...parts, ']'));
}
