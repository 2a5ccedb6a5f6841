// Bars as mathematicians write them: |x|, ||x||, ||x||_1, ‖X‖_F.

import { type Span, fix } from '../base/diagnostic.ts';
import { error } from './codes.ts';
import { type Cursor, since } from './cursor.ts';
import type { Syntax } from './syntax.ts';

const norms: Readonly<Record<string, string>> = {
  _1: 'norm1',
  _2: 'norm2',
  _F: 'norm2',
  _f: 'norm2',
  _fro: 'norm2',
  _inf: 'norminf',
  _infty: 'norminf',
  _nuc: 'nuc',
  _op: 'spectral',
};

/** How many bars stand here without a space between them: one or two, or none. */
export function barsHere(c: Cursor): 0 | 1 | 2 {
  if (c.at('‖')) return 2;
  if (!c.at('|')) return 0;
  const after = c.peek(1);
  return after.kind === 'operator' && after.text === '|' && after.span[0] === c.peek().span[1] ? 2 : 1;
}

/** A value between bars; the cursor is on the first. */
export function bars(c: Cursor, expression: () => Syntax): Syntax {
  const start = c.peek().span[0];
  const width = barsHere(c);
  const open = take(c, width);
  if (c.peek().kind === 'end') return unclosed(c, open, width === 2);
  const arg = c.nested(expression) ?? { kind: 'missing', span: c.peek().span };
  if (barsHere(c) < width) return unclosed(c, open, width === 2);
  const close = take(c, width);
  const name = width === 1 ? 'abs' : normNamed(c);
  const span = since(c, start);
  return { kind: 'call', name, nameSpan: open, primes: 0, args: [arg], span, bars: [close[0], span[1]] };
}

function take(c: Cursor, width: number): Span {
  const [start, end] = c.peek().span;
  const single = c.next().text === '‖' || width === 1;
  return single ? [start, end] : [start, c.next().span[1]];
}

/** What stands behind such a bar is not read: it would be said to be wrong because of the bar. */
function unclosed(c: Cursor, open: Span, isNorm: boolean): Syntax {
  const bar = isNorm ? '||' : '|';
  const found = c.peek().kind === 'end' ? 'the end' : c.peek().text;
  c.report(
    error('unclosed-bracket', open, `this ${bar} is not closed`, {
      needed: bar,
      found,
      help: `add ${bar} where it ends, or write ${isNorm ? 'norm2(…)' : 'abs(…)'}`,
    }),
  );
  for (let depth = 0; !['end', 'newline'].includes(c.peek().kind) && !c.at(';'); c.next()) {
    if (c.at('(') || c.at('[')) depth++;
    if ((c.at(')') || c.at(']')) && depth-- === 0) break;
  }
  return { kind: 'missing', span: since(c, open[0]) };
}

/** The norm that the subscript behind the bars names: `_1`, `_F`, `_inf`, `_∞`, `_*`. */
function normNamed(c: Cursor): string {
  const token = c.peek();
  if (token.kind !== 'name' || !token.text.startsWith('_') || token.span[0] !== c.end()) return 'norm2';
  c.next();
  const touches = token.text === '_' && c.peek().span[0] === token.span[1];
  if (touches && c.eat('∞')) return 'norminf';
  if (touches && c.eat('*')) return 'nuc';
  const name = Object.hasOwn(norms, token.text) ? norms[token.text] : undefined;
  if (name === undefined) {
    c.report(
      error('foreign-spelling', token.span, 'this norm is not known', {
        found: `the subscript ${token.text.slice(1)}`,
        needed: '1, 2, F, inf or *',
        help: 'write sum(abs(x).^p)^(1/p) for the norm with exponent p',
        fixes: [fix('leave the subscript out', token.span, '')],
      }),
    );
  }
  return name ?? 'norm2';
}
