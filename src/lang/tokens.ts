// Text to tokens. Unicode signs become the ASCII operator they stand for; spans stay those of the text.

import { type Diagnostic, type Span, fix } from '../base/diagnostic.ts';
import { error, notice } from './codes.ts';
import { signAdvice } from './foreign-signs.ts';

export type TokenKind = 'number' | 'name' | 'operator' | 'string' | 'newline' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The operator's ASCII spelling, the string without its quotes, else the text as written. */
  readonly text: string;
  readonly span: Span;
}

export interface Tokens {
  readonly tokens: readonly Token[];
  readonly diagnostics: readonly Diagnostic[];
}

export const maxCharacters = 100_000;
export const maxTokens = 20_000;

// Longest first. `**` and `.'` are understood only to be corrected or forgiven.
const operators = ['...', '.*', './', '.^', ".'", '**', '->', '<=', '>=', '==', '!='];
const single = "+-*/@^()[]{},;:=<>#.'&|!~\\";

const unicode: Readonly<Record<string, string>> = {
  '⊙': '.*',
  '∘': '.*',
  '⊘': './',
  '·': '*',
  '⋅': '*',
  '∙': '*',
  '×': '*',
  '−': '-',
  '–': '-',
  '÷': '/',
  ᵀ: "'",
  '⊤': "'",
  '′': "'",
  '’': "'",
  '⊗': '⊗',
  '√': '√',
  '≤': '<=',
  '≥': '>=',
  '≠': '!=',
  '→': '->',
  '‖': '‖',
  '∥': '‖',
  '∣': '|',
  '∞': '∞',
};

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const superscript = /[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/y;
const lowered = /[₀-₉]+/y;
const space = /[^\S\n\r]+/y;
const lineEnd = /\r\n|\n|\r/y;
const numeral = /(?:\d+(?:\.(?![*/^'.])\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const word = /[\p{L}_](?:(?![ᵀ])[\p{L}\p{M}\p{N}_₀-₉ₐ-ₜ](?<![⁰¹²³⁴-⁹]))*/uy;

const einsumStart = /#\s*\(/y;
// In a model `# (…)` is a comment too: an einsum shows its arrow, and a ; or quotes.
const einsumHead = /#[^\S\n\r]*\(\s*(?:(["'])[^"'\n]*(?:->|→)[^"'\n]*\1\s*,|[\p{L}\s,.]*(?:->|→)[\p{L}\s.]*;)/uy;

export function tokenize(text: string): Tokens {
  return tokensOf(text, false);
}

/** The same with the comments of model files. */
export function tokenizeModel(text: string): Tokens {
  return tokensOf(text, true);
}

function tokensOf(text: string, inModel: boolean): Tokens {
  if (text.length > maxCharacters) {
    const message = `the text has ${text.length} characters; ${maxCharacters} is the most that is read`;
    const help = 'give large data as numbers, not inside the expression';
    return {
      tokens: [end(text)],
      diagnostics: [error('text-too-long', [maxCharacters, text.length], message, { help })],
    };
  }
  const tokens: Token[] = [];
  const diagnostics: Diagnostic[] = [];
  let depth = 0;
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: TokenKind, spelled: string, length: number): void => {
    tokens.push({ kind, text: spelled, span: [at, at + length] });
    at += length;
  };
  while (at < text.length && tokens.length <= maxTokens) {
    const rest = match(space);
    if (rest !== undefined) {
      at += rest.length;
      continue;
    }
    const line = match(lineEnd);
    if (line !== undefined) {
      if (depth === 0) push('newline', '\n', line.length);
      else at += line.length;
      continue;
    }
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (char === '%' || (char === '#' && match(inModel ? einsumHead : einsumStart) === undefined)) {
      const start = at;
      while (at < text.length && text[at] !== '\n') at++;
      if (!inModel && endsOperand(tokens.at(-1)) && !text.trim().includes('\n')) diagnostics.push(comment(text, [start, at]));
      continue;
    }
    const raised = match(superscript);
    if (raised !== undefined) {
      pushSuperscript(tokens, raised, at);
      at += raised.length;
      continue;
    }
    // ‖x‖₁; a name takes its subscripts itself.
    const below = endsBars(tokens.at(-1)) ? match(lowered) : undefined;
    if (below !== undefined) {
      push('name', `_${[...below].map((d) => '₀₁₂₃₄₅₆₇₈₉'.indexOf(d)).join('')}`, below.length);
      continue;
    }
    const named = char in unicode ? undefined : match(word);
    if (named !== undefined) {
      push('name', named.normalize('NFC'), named.length);
      continue;
    }
    const digits = match(numeral);
    if (digits !== undefined) {
      if (!isInRange(digits)) diagnostics.push(outOfRange(digits, [at, at + digits.length]));
      push('number', digits, digits.length);
      continue;
    }
    if ((char === "'" || char === '"') && !(char === "'" && endsOperand(tokens.at(-1)))) {
      const close = text.indexOf(char, at + 1);
      const lineStop = text.indexOf('\n', at + 1);
      if (close < 0 || (lineStop >= 0 && lineStop < close)) {
        diagnostics.push(unclosed(char, [at, at + 1]));
        at++;
      } else push('string', text.slice(at + 1, close), close + 1 - at);
      continue;
    }
    const long = operators.find((o) => text.startsWith(o, at));
    if (long !== undefined) {
      push('operator', long === ".'" ? "'" : long, long.length);
      continue;
    }
    const sign = unicode[char] ?? (single.includes(char) ? char : undefined);
    if (sign === undefined) {
      const span: Span = [at, at + char.length];
      diagnostics.push(
        error('unexpected-character', span, `the character ${shown(char)} means nothing here`, {
          help: signAdvice(char) ?? 'leave it out',
          ...(signAdvice(char) === undefined && { fixes: [fix('leave it out', span, '')] }),
        }),
      );
      at += char.length;
      continue;
    }
    if ('([{'.includes(sign)) depth++;
    if (')]}'.includes(sign)) depth = Math.max(0, depth - 1);
    push('operator', sign, char.length);
  }
  if (tokens.length > maxTokens) {
    const message = `the text has more than ${maxTokens} words and signs`;
    const help = 'split it into several expressions';
    return { tokens: [end(text)], diagnostics: [error('too-many-tokens', [at, text.length], message, { help })] };
  }
  tokens.push(end(text));
  return { tokens, diagnostics: merged(diagnostics) };
}

function end(text: string): Token {
  return { kind: 'end', text: '', span: [text.length, text.length] };
}

/** `x⁻¹` is `x^-1`. */
function pushSuperscript(tokens: Token[], raised: string, at: number): void {
  const span: Span = [at, at + raised.length];
  tokens.push({ kind: 'operator', text: '^', span });
  if (raised.startsWith('⁻')) tokens.push({ kind: 'operator', text: '-', span });
  const digits = [...raised.replace(/[⁻⁺]/, '')].map((c) => superscripts.indexOf(c)).join('');
  tokens.push({ kind: 'number', text: digits, span });
}

/** Whether a quote after this token is a transpose. */
function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'name' || token.kind === 'number') return true;
  return token.kind === 'operator' && [')', ']', '}', "'", '^'].includes(token.text);
}

function endsBars(token: Token | undefined): boolean {
  return token?.kind === 'operator' && (token.text === '|' || token.text === '‖');
}

function comment(text: string, span: Span): Diagnostic {
  const sign = text.slice(span[0], span[0] + 1);
  const help = sign === '%' ? 'there is no remainder of a division here; leave it out if it is not a comment' : 'leave it out if it is not a comment';
  return notice('comment-read', span, `what stands behind ${sign} is a comment`, { help });
}

/** Whether a numeral is a number of double precision, and not zero by rounding. */
function isInRange(digits: string): boolean {
  const value = Number(digits);
  return Number.isFinite(value) && (value !== 0 || !/[1-9]/.test(digits.replace(/[eE].*/, '')));
}

function outOfRange(digits: string, span: Span): Diagnostic {
  const isLarge = Number(digits) !== 0;
  return error('number-out-of-range', span, `${digits.length > 30 ? 'this number' : digits} is too ${isLarge ? 'large' : 'small'} for a number of double precision`, {
    needed: isLarge ? 'at most about 1.8e308' : 'at least about 4.9e-324',
    help: 'write the formula in other units, or take logarithms',
  });
}

function unclosed(quote: string, span: Span): Diagnostic {
  return quote === "'"
    ? error('unclosed-string', span, "this ' stands after nothing that could be transposed", {
        needed: "a value directly before '",
        help: "write x' with the mark after the value",
      })
    : error('unclosed-string', span, 'this quote is not closed', { help: 'add the closing quote' });
}

function shown(char: string): string {
  return /\p{C}/u.test(char) ? `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` : char;
}

/** Neighbouring characters make one message, and a flood is cut. */
function merged(list: readonly Diagnostic[]): Diagnostic[] {
  const out: Diagnostic[] = [];
  for (const d of list) {
    const last = out.at(-1);
    if (last?.code === 'unexpected-character' && d.code === last.code && last.span[1] === d.span[0]) {
      const span: Span = [last.span[0], d.span[1]];
      out[out.length - 1] = error('unexpected-character', span, 'these characters mean nothing here', {
        help: 'leave them out',
        fixes: [fix('leave them out', span, '')],
      });
    } else out.push(d);
  }
  return out.slice(0, 20);
}
