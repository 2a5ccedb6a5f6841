// LaTeX, as people paste it, to text of the language. What is ambiguous is decided by the declarations and said.

import { type Diagnostic, type Span, fix } from '../base/diagnostic.ts';
import { error, notice } from './codes.ts';
import { type LatexCursor, type LatexNames, cursorOf } from './latex-cursor.ts';
import { primary } from './latex-atom.ts';
import { findSizes } from './latex-sum.ts';
import { type Out, join, latexTokens, out, placeOf, textOf, wrap } from './latex-tokens.ts';
import { operatorWords } from './latex-words.ts';
import { maxCharacters, maxTokens } from './tokens.ts';

export interface LatexReading {
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  /** A diagnostic of the text, moved to its place in the LaTeX. */
  readonly place: (d: Diagnostic) => Diagnostic;
}

/**
 * Whether a text is LaTeX: it has a command, a script in braces, or a transpose `^T` with a factor directly behind it where
 * nothing declared has a name that begins there.
 */
export function looksLikeLatex(text: string, isKnown: (name: string) => boolean = () => false): boolean {
  if (text.length > maxCharacters) return false;
  if (/\\[a-zA-Z]{2,}|\\[|{]|[\^_]\{/.test(text)) return true;
  return [...text.matchAll(/\^(T)\s*[\p{L}(]/gu)].some(({ index }) => !isKnown('T') && !isKnown(wordAt(text, index + 1)));
}

function wordAt(text: string, start: number): string {
  return /^[\p{L}_][\p{L}\d_]*/u.exec(text.slice(start))?.[0] ?? '';
}

/** The text of the language for a LaTeX formula; `read` does this by itself. */
export function readLatex(text: string): { readonly text: string; readonly diagnostics: readonly Diagnostic[] } {
  const { text: converted, diagnostics } = latexToText(text, { declared: new Map(), functions: new Set(), kindOf: () => undefined });
  return { text: converted, diagnostics };
}

export function latexToText(text: string, known: LatexNames): LatexReading {
  const tokens = text.length > maxCharacters ? [] : latexTokens(text);
  if (tokens.length === 0 || tokens.length > maxTokens) {
    const message = `the text is longer than ${maxCharacters} characters or ${maxTokens} signs`;
    const tooLong = error(tokens.length === 0 ? 'text-too-long' : 'too-many-tokens', [0, text.length], message, {
      help: 'split it into several expressions',
    });
    return { text: '', diagnostics: [tooLong], place: (d) => d };
  }
  const c = cursorOf(text, tokens, known, { expression, term });
  findSizes(c);
  const result = whole(c);
  const converted = textOf(result);
  const toSource = placeOf(result.pieces);
  const said = notice(
    'latex-read',
    [0, text.length],
    `read as ${converted.length > 200 ? `${converted.slice(0, 197)}...` : converted}`,
    { fixes: [fix('write it so', [0, text.length], converted)] },
  );
  const move = (d: Diagnostic): Diagnostic => {
    if (d.source) return d;
    const notes = d.notes?.map((n) => (n.source ? n : { ...n, span: toSource(n.span) }));
    // Edits are of the text it was converted to.
    const { fixes: _, ...rest } = d;
    return { ...rest, span: toSource(d.span), ...(notes && { notes }) };
  };
  const failed = c.diagnostics.some((d) => d.severity === 'error');
  return { text: converted, diagnostics: failed ? c.diagnostics : [...c.diagnostics, said], place: move };
}

function whole(c: LatexCursor): Out {
  let result = expression(c);
  if (c.isChar('=')) {
    const equals = c.next().span;
    const left = textOf(result);
    c.say(notice('latex-read', [0, equals[1]], `the left side ${left} is left out`, {}));
    result = expression(c);
  }
  while (c.peek().kind !== 'end') {
    const token = c.next();
    // What follows an error stands where it stands because of that.
    if (c.diagnostics.some((d) => d.severity === 'error')) break;
    c.say(
      error('latex-not-understood', token.span, `${c.shown(token)} cannot stand here`, {
        help: 'leave it out, or write the formula in the plain language',
      }),
    );
  }
  return result;
}

/** Terms with their signs. */
export function expression(c: LatexCursor): Out {
  const start = c.peek().span[0];
  const parts: (Out | string)[] = [];
  let terms = 0;
  for (;;) {
    if (c.isChar('+') || c.isChar('-') || c.isChar('−')) {
      const sign = c.next();
      parts.push(out(sign.text === '+' ? (terms === 0 ? '' : '+') : '-', sign.span));
      if (c.isChar('-') || c.isChar('+')) continue;
    } else if (terms > 0) break;
    const next = term(c);
    if (next === undefined) {
      c.say(
        error('missing-operand', c.peek().span, 'a value is missing here', {
          needed: 'a number, a letter or a bracket',
          help: 'add it',
        }),
      );
      parts.push(out('0', c.peek().span));
      return join([start, c.end()], 0, ...parts);
    }
    parts.push(next);
    terms++;
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined && typeof only !== 'string'
    ? only
    : join([start, c.end()], 0, ...parts);
}

/** Factors side by side, or with an operator between them. */
export function term(c: LatexCursor): Out | undefined {
  const start = c.peek().span[0];
  const first = primary(c);
  if (first === undefined) return undefined;
  const parts: Out[] = [wrap(first, 1)];
  let last = first;
  for (;;) {
    const op = operator(c);
    const sign = op !== undefined && c.isChar('-') ? c.next() : undefined;
    const next = primary(c);
    if (next === undefined) {
      if (op !== undefined) c.say(afterOperator(op.span));
      break;
    }
    // Two factors side by side are the place of the product between them.
    const between: Span = op?.span ?? [last.span[0], next.span[1]];
    parts.push(out(op?.text ?? '*', between));
    parts.push(sign ? join([sign.span[0], c.end()], 3, '(-', wrap(next, 2), ')') : wrap(next, 2));
    last = next;
  }
  return parts.length === 1 ? first : join([start, c.end()], 1, ...parts);
}

function afterOperator(span: Span): Diagnostic {
  const help = 'add it, or leave the operator out';
  return error('missing-operand', span, 'a value is missing after the operator', { needed: 'a value', help });
}

function operator(c: LatexCursor): { text: string; span: Span } | undefined {
  const { kind, text, span } = c.peek();
  const after = c.peek(1);
  if (kind === 'char' && text === '.' && after.kind === 'char' && (after.text === '*' || after.text === '/')) {
    c.next();
    c.next();
    return { text: `.${after.text}`, span: [span[0], after.span[1]] };
  }
  const word = kind === 'command' && Object.hasOwn(operatorWords, text) ? operatorWords[text] : undefined;
  const found = word ?? (kind === 'char' && '*/⊙⊗⊘·'.includes(text) ? text : undefined);
  if (found === undefined) return undefined;
  c.next();
  return { text: found, span };
}
