// LaTeX to tokens, and text under construction that remembers which part of the LaTeX each piece came from.

import type { Span } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';

export interface LatexToken {
  /** `\frac` is a command named frac, everything visible a char, a run of digits a number. */
  readonly kind: 'command' | 'char' | 'number' | 'end';
  readonly text: string;
  readonly span: Span;
}

// Commands that only change the look.
const invisible = new Set(
  ', ; : ! > quad qquad limits nolimits displaystyle textstyle scriptstyle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr left right middle nonumber notag mathstrut'.split(
    ' ',
  ),
);

export function latexTokens(text: string): LatexToken[] {
  const tokens: LatexToken[] = [];
  const pattern = /\\([a-zA-Z]+)\*?|\\(.)|(\d+(?:\.\d+)?|\.\d+)|(\s+|~|%[^\n]*|\$+)|(.)/gsu;
  for (const match of withoutFrame(text).matchAll(pattern)) {
    const [whole, command, escaped, number, blank, char] = match;
    const span: Span = [match.index, match.index + whole.length];
    const named = command ?? escaped;
    if (blank !== undefined) continue;
    if (named !== undefined) {
      if (!invisible.has(named) && !/^[\s[\]()]$/.test(named)) tokens.push({ kind: 'command', text: named, span });
    } else if (number !== undefined) tokens.push({ kind: 'number', text: number, span });
    else if (char === '‖' || char === '∥') tokens.push({ kind: 'command', text: '|', span });
    else if (char !== undefined) tokens.push({ kind: 'char', text: char, span });
  }
  // A trailing full stop or comma belongs to the sentence around the formula.
  const last = tokens.at(-1);
  if (last?.kind === 'char' && (last.text === '.' || last.text === ',')) tokens.pop();
  tokens.push({ kind: 'end', text: '', span: [text.length, text.length] });
  return withNorms(tokens);
}

/** Two bars that touch are `\\|`, unless the first one closes a single bar: in |x||y| it does. */
function withNorms(tokens: readonly LatexToken[]): LatexToken[] {
  const done: LatexToken[] = [];
  let isOpen = false;
  for (let k = 0; k < tokens.length; k++) {
    const [token, after] = [must(tokens[k]), tokens[k + 1]];
    const isBar = token.kind === 'char' && token.text === '|';
    const touches = after?.kind === 'char' && after.text === '|' && after.span[0] === token.span[1];
    if (isBar && touches && !isOpen) {
      done.push({ kind: 'command', text: '|', span: [token.span[0], after.span[1]] });
      k++;
      continue;
    }
    if (isBar) isOpen = !isOpen;
    done.push(token);
  }
  return done;
}

/** The formula without the environment it is displayed in and its alignment marks, all other places kept. */
function withoutFrame(text: string): string {
  const frame = /\\(?:begin|end)\s*\{(?:equation|displaymath|math|align|aligned|gather|gathered|split|multline|eqnarray)\*?\}/g;
  if (!frame.test(text)) return text;
  return text.replaceAll(frame, (found) => ' '.repeat(found.length)).replaceAll(/&(\s*)=/g, ' $1=');
}

export interface Piece {
  readonly text: string;
  readonly span: Span;
}

/** How tightly a text holds together: a sum, a product, a power or sign, an atom. */
export type Tightness = 0 | 1 | 2 | 3;

export interface Out {
  readonly pieces: readonly Piece[];
  readonly tight: Tightness;
  readonly span: Span;
}

export function out(text: string, span: Span, tight: Tightness = 3): Out {
  return { pieces: [{ text, span }], tight, span };
}

/** The parts one after the other; strings take the place of the whole. */
export function join(span: Span, tight: Tightness, ...parts: readonly (Out | string)[]): Out {
  const pieces = parts.flatMap((p) => (typeof p === 'string' ? [{ text: p, span }] : p.pieces));
  return { pieces, tight, span };
}

/** In brackets, if it holds together less than needed. */
export function wrap(o: Out, tight: Tightness): Out {
  return o.tight >= tight ? o : join(o.span, 3, '(', o, ')');
}

export function textOf(o: Out): string {
  return o.pieces.map((p) => p.text).join('');
}

/** From places in the text to places in the LaTeX. */
export function placeOf(pieces: readonly Piece[]): (span: Span) => Span {
  const starts: number[] = [];
  let length = 0;
  for (const p of pieces) {
    starts.push(length);
    length += p.text.length;
  }
  return ([from, to]) => {
    let [low, high] = [Infinity, -Infinity];
    pieces.forEach((p, i) => {
      const start = starts[i] ?? 0;
      const end = start + p.text.length;
      if (end <= from || start >= Math.max(to, from + 1)) return;
      low = Math.min(low, p.span[0]);
      high = Math.max(high, p.span[1]);
    });
    const last = pieces.at(-1)?.span[1] ?? 0;
    return low <= high ? [low, high] : [last, last];
  };
}
