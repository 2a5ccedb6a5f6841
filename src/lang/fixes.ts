// Edits that do what the help of a diagnostic says.

import { type Edit, type Fix, type Span, fix } from '../base/diagnostic.ts';
import type { Syntax } from './syntax.ts';

/** Each of these names in place of another. */
export function renamings(names: readonly string[], span: Span): { readonly fixes?: readonly Fix[] } {
  return names.length === 0 ? {} : { fixes: names.map((name) => fix(`write ${name}`, span, name)) };
}

export function removing(text: string, span: Span): Fix {
  return fix(`leave ${text} out`, span, '');
}

/** A mark behind an operand, which gets brackets where the mark would bind to a part of it; one mark more than one is one less. */
export function transposing(text: string, s: Syntax): Edit[] {
  const span = withBrackets(text, s.span);
  const last = text.slice(span[1] - 1, span[1]);
  const isAlone = span !== s.span || !['sum', 'product', 'power'].includes(s.kind);
  if (s.kind === 'transpose' && span === s.span && /['ᵀ⊤′’]/.test(last)) return [{ span: [span[1] - 1, span[1]], text: '' }];
  if (isAlone) return [{ span: [span[1], span[1]], text: "'" }];
  return [
    { span: [span[0], span[0]], text: '(' },
    { span: [span[1], span[1]], text: ")'" },
  ];
}

/** The span with the brackets that stand around nothing else; the same array where there are none. */
function withBrackets(text: string, span: Span): Span {
  let found = span;
  for (;;) {
    let [from, to] = [found[0] - 1, found[1]];
    while (/\s/.test(text[from] ?? '')) from--;
    while (/\s/.test(text[to] ?? '')) to++;
    if (text[from] !== '(' || text[to] !== ')') return found;
    found = [from, to + 1];
  }
}

/** The text after the edits, which do not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  return edits.toSorted((a, b) => b.span[0] - a.span[0] || b.span[1] - a.span[1]).reduce((t, e) => t.slice(0, e.span[0]) + e.text + t.slice(e.span[1]), text);
}

/** A fix that says what part of the text becomes. */
export function rewriting(text: string, around: Span, edits: readonly Edit[]): Fix {
  const inside = edits.map((e): Edit => ({ ...e, span: [e.span[0] - around[0], e.span[1] - around[0]] }));
  const becomes = edited(text.slice(...around), inside).replaceAll(/\s+/g, ' ').trim();
  return { says: `write ${becomes.length <= 40 ? becomes : `${becomes.slice(0, 37)}...`}`, edits };
}
