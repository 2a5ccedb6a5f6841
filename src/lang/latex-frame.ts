// Norms, inner products, fractions and roots of a LaTeX formula.

import type { Span } from '../base/diagnostic.ts';
import { error, notice } from './codes.ts';
import { type LatexCursor, braced, closeGroup, plainText, rawArgument } from './latex-cursor.ts';
import { scripts } from './latex-scripts.ts';
import { type LatexToken, type Out, join, out, textOf, wrap } from './latex-tokens.ts';

const norms: Readonly<Record<string, string>> = {
  '': 'norm2',
  '1': 'norm1',
  '2': 'norm2',
  F: 'norm2',
  '*': 'nuc',
  infty: 'norminf',
  op: 'spectral',
  Fro: 'norm2',
  nuc: 'nuc',
};

export function norm(c: LatexCursor, open: LatexToken): Out {
  c.closers.push('|2');
  const inside = c.expression();
  c.closers.pop();
  const closer = open.text === 'lVert' ? 'rVert' : open.text;
  closeGroup(c, open, closer);
  let which = '';
  const power: LatexToken[] = [];
  if (c.isChar('^')) power.push(c.next(), ...braced(c));
  if (c.isChar('_')) {
    c.next();
    which = plainText(rawArgument(c));
  }
  const span: Span = [open.span[0], c.end()];
  const name = Object.hasOwn(norms, which) ? norms[which] : undefined;
  if (name === undefined) {
    c.say(
      error('latex-not-understood', span, `the norm with subscript ${which} is not known`, {
        needed: '1, 2, F, * or \\infty',
        help: 'write it in the plain language',
      }),
    );
  }
  if (which === '2' && c.known.kindOf(textOf(inside)) === 'matrix') {
    const help = `write spectral(${textOf(inside)}) for the largest singular value`;
    c.say(notice('latex-read', span, 'the norm of a matrix is read as the Frobenius norm', { help }));
  }
  const value = join(span, 3, `${name ?? 'norm2'}(`, inside, ')');
  return power.length > 0 ? scripts(c.over(power), value) : scripts(c, value);
}

export function inner(c: LatexCursor, open: LatexToken): Out {
  const left = c.expression();
  if (c.isChar(',') || c.isChar('|')) c.next();
  const right = c.expression();
  closeGroup(c, open, 'rangle');
  // ⟨A, B⟩_F is the same sum.
  if (c.isChar('_') && /^_\{?(\\(mathrm|text|rm) ?\{?)?F/.test(c.source.slice(c.peek().span[0]))) {
    c.next();
    rawArgument(c);
  }
  return scripts(c, join([open.span[0], c.end()], 3, 'sum(', wrap(left, 1), '.*', wrap(right, 2), ')'));
}

/** A `{…}` or a single sign, as LaTeX takes its arguments. */
function argument(c: LatexCursor, of: LatexToken): Out {
  const token = c.peek();
  if (token.kind === 'end') {
    c.say(
      error('latex-unclosed', of.span, `${c.shown(of)} needs an argument`, { needed: '{…}', help: 'add it in braces' }),
    );
    return out('0', token.span);
  }
  if (c.isChar('{')) {
    c.next();
    const inside = c.expression();
    closeGroup(c, token, '}');
    return inside;
  }
  if (token.kind === 'number') {
    const digit = c.nextDigit();
    return out(digit.text, digit.span);
  }
  const single = c.over([c.next()]);
  return single.expression();
}

export function fraction(c: LatexCursor, token: LatexToken): Out {
  const operator = /^\s*\{\s*(?:d|\\partial|\\mathrm\s*\{?d\}?)\s*(?:\^\{?\d\}?)?[^{}]*\}\s*\{\s*(?:d|\\partial|\\mathrm\s*\{?d\}?)\s*[\p{L}\\]/u;
  if (operator.test(c.source.slice(token.span[1])) && !c.known.declared.has('d')) {
    rawArgument(c);
    rawArgument(c);
    const span: Span = [token.span[0], c.end()];
    const help = 'write the function itself; the derivative is what is asked for';
    c.say(error('latex-unknown-command', span, `${c.source.slice(...span)} is a derivative, not a value`, { help }));
    return out('0', span);
  }
  const above = argument(c, token);
  const below = argument(c, token);
  const quotient = join([token.span[0], c.end()], 1, wrap(above, 1), '/', wrap(below, 3));
  return c.isChar('^') || c.isChar('_') ? scripts(c, wrap(quotient, 3)) : quotient;
}

export function root(c: LatexCursor, token: LatexToken): Out {
  let degree: Out | undefined;
  if (c.isChar('[')) {
    const open = c.next();
    c.closers.push(']');
    degree = c.expression();
    c.closers.pop();
    closeGroup(c, open, ']');
  }
  const inside = argument(c, token);
  const span: Span = [token.span[0], c.end()];
  return scripts(
    c,
    degree ? join(span, 2, wrap(inside, 3), '.^(1/', wrap(degree, 3), ')') : join(span, 3, 'sqrt(', inside, ')'),
  );
}
