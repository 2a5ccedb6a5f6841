// Letters and names of a LaTeX formula: which letters are one name, and what a subscript means.

import type { Span } from '../base/diagnostic.ts';
import { functionNamed } from '../ops/table.ts';
import { notice } from './codes.ts';
import { type LatexCursor, isTransposed } from './latex-cursor.ts';
import { readScripts, superscript } from './latex-scripts.ts';
import { type LatexToken, type Out, join, out } from './latex-tokens.ts';
import { fonts, functionWords, upright } from './latex-words.ts';
import { defaultOrder } from './names.ts';

type Call = (c: LatexCursor, name: string, at: Span) => Out;

/** A run of letters: a declared name, a function before its bracket, else letter by letter. */
export function letters(c: LatexCursor, call: Call): Out {
  const first = c.peek();
  let run = '';
  for (let k = 0; ; k++) {
    const token = c.peek(k);
    if (token.kind !== 'char' || !/\p{L}/u.test(token.text) || token.span[0] !== first.span[0] + run.length) break;
    run += token.text;
  }
  const count = [...run].length;
  const take = (name: string): Span => {
    for (let k = 0; k < [...name].length; k++) c.next();
    return [first.span[0], c.end()];
  };
  const word = Object.hasOwn(functionWords, run) ? (functionWords[run] ?? run) : run;
  const opens = c.peek(count).kind === 'char' && c.peek(count).text === '(';
  if (opens && c.known.functions.has(run)) return call(c, run, take(run));
  const prefix = [...run].map((_, k) => [...run].slice(0, count - k).join('')).find((p) => c.known.declared.has(p));
  if (prefix !== undefined) return named(c, prefix, take(prefix));
  if (count > 1 && functionNamed(word) && opens) return call(c, word, take(run));
  // norm1(…), written as in the plain language.
  const digits = c.peek(count);
  const withDigits = run + (digits.kind === 'number' && digits.span[0] === first.span[0] + run.length ? digits.text : '');
  if (withDigits !== run && functionNamed(withDigits) && c.peek(count + 1).text === '(') {
    const span = take(run);
    return call(c, withDigits, [span[0], c.next().span[1]]);
  }
  const before = c.source[first.span[0] - 1] ?? ' ';
  if (count > 1 && !/\p{L}/u.test(before)) {
    const message = `${run} is read as the product ${[...run].join('*')}`;
    c.say(
      notice('latex-read', [first.span[0], first.span[0] + run.length], message, {
        help: `declare ${run} if it is one name`,
      }),
    );
  }
  const [letter = ''] = run;
  return named(c, letter, take(letter));
}

/** A name with its scripts. */
export function named(c: LatexCursor, name: string, span: Span): Out {
  const { below, above, marks } = readScripts(c);
  const declared = c.known.declared.has(name);
  if (name === 'e' && !declared && above.length > 0 && below === undefined) {
    return superscript(c, out('exp', span), [], marks, c.over(above).expression());
  }
  const whole: Span = [span[0], c.end()];
  let value: Out;
  if (below !== undefined) value = subscripted(c, name, below, whole, above);
  else if (!declared && c.sizes.has(name)) value = out(`sum(vector(1,${name}))`, whole);
  else if (!declared && name === 'I') {
    c.say(notice('identity-letter', span, 'I is read as the unit matrix', { help: 'declare I if it is a variable' }));
    value = out('eye', span);
  } else value = out(name, span);
  return superscript(c, value, above, marks);
}

/** `x_i`: an entry, a row, a label, or a part of the name. */
function subscripted(
  c: LatexCursor,
  name: string,
  below: readonly LatexToken[],
  span: Span,
  above: readonly LatexToken[],
): Out {
  const inner = below.filter(
    (t) =>
      !(t.kind === 'char' && /[{}]/.test(t.text)) &&
      !(t.kind === 'command' && (fonts.has(t.text) || upright.has(t.text))),
  );
  const plain = inner.map((t) => t.text).join('');
  const joined = `${name}_${plain.replaceAll(/[^\p{L}\d]/gu, '')}`;
  const short = `${name}${plain}`;
  if (c.known.declared.has(joined)) return out(joined, span);
  if (c.known.declared.has(short)) return out(short, span);
  const upright_ = below.some((t) => t.kind === 'command' && upright.has(t.text));
  const items = upright_ ? undefined : indexItems(inner);
  const kind = c.known.declared.get(name);
  const all = items?.flatMap((i) => (/^\p{L}$/u.test(i) ? [i] : [])) ?? [];
  const isIndex =
    items !== undefined &&
    (items.includes(':') ||
      (all.length > 0 && all.every((i) => c.bound.has(i) || kind !== undefined || /[i-n]/.test(i))) ||
      (all.length === 0 && kind !== undefined && kind !== 'scalar'));
  if (!isIndex || items === undefined || isLonely(c, name, items)) return out(joined, span);
  if (items.length === 1) return single(c, name, items[0] ?? '', span, above);
  return out(`${name}[${items.join(',')}]`, span);
}

/** Whether the letter below a name that is a scalar by its letter stands below no other: the k of d_k is part of the name. */
function isLonely(c: LatexCursor, name: string, items: readonly string[]): boolean {
  const [item = ''] = items;
  if (items.length !== 1 || c.bound.has(item) || c.known.declared.has(name) || defaultOrder(name) !== 0) return false;
  return !c.tokens.some((t, k) => {
    if (t.text !== '_' || c.tokens[k - 1]?.text === name) return false;
    const below = c.tokens.slice(k + 1, k + 6).map((b) => b.text);
    return below[0] === '{' ? below.slice(1, (below.indexOf('}') + 6) % 6).includes(item) : below[0] === item;
  });
}

/** Letters, numbers and colons, one for each axis; undefined for anything else. */
function indexItems(tokens: readonly LatexToken[]): string[] | undefined {
  const items: string[] = [];
  for (const t of tokens) {
    if (t.kind === 'char' && t.text === ',') continue;
    if (t.kind === 'number') items.push(t.text);
    else if (t.kind === 'char' && /\p{L}/u.test(t.text)) items.push(t.text);
    else if (
      (t.kind === 'char' && t.text === ':') ||
      (t.kind === 'command' && ['cdot', 'bullet', 'ast'].includes(t.text))
    )
      items.push(':');
    else return undefined;
  }
  return items.length > 0 ? items : undefined;
}

/** One subscript: an entry of a vector, or a row of a matrix where the formula treats it as a column. */
function single(c: LatexCursor, name: string, item: string, span: Span, above: readonly LatexToken[]): Out {
  const kind = c.known.declared.get(name);
  const upper = name.toUpperCase();
  const matrix =
    kind === 'matrix' ? name : kind === undefined && c.known.declared.get(upper) === 'matrix' ? upper : undefined;
  const used = kind === undefined && (isTransposed(above) || c.closers.includes('|2') || actsAsColumn(c, name, item));
  const rows = matrix ?? (used ? (c.known.declared.has(upper) ? name : upper) : undefined);
  if (rows === undefined) return out(`${name}[${item}]`, span);
  c.say(
    notice('latex-read', span, `${name}_${item} is read as row ${item} of a matrix ${rows}, as a column`, {
      help: `declare ${name}: vector(n) if it is an entry of a vector`,
    }),
  );
  return join(span, 3, `${rows}[${item},:]'`);
}

/** Whether x_i stands behind a transpose or is transposed anywhere in the formula. */
function actsAsColumn(c: LatexCursor, name: string, item: string): boolean {
  const texts = c.tokens.filter(
    (t) => !(t.kind === 'char' && /[{}]/.test(t.text)) && !(t.kind === 'command' && fonts.has(t.text)),
  );
  const isHere = (k: number): boolean =>
    texts[k]?.text === name && texts[k + 1]?.text === '_' && texts[k + 2]?.text === item;
  const turns = (t: LatexToken | undefined): boolean => t !== undefined && isTransposed([t]);
  return texts.some(
    (_, k) =>
      isHere(k) &&
      ((texts[k + 3]?.text === '^' && turns(texts[k + 4])) || (texts[k - 2]?.text === '^' && turns(texts[k - 1]))),
  );
}
