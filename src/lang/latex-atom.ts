// Single values of a LaTeX formula: letters, numbers, brackets, norms, fractions, functions, sums, matrices.

import type { Span } from '../base/diagnostic.ts';
import { functionNamed } from '../ops/table.ts';
import { error, notice } from './codes.ts';
import { type LatexCursor, braced, closeGroup, plainText, rawArgument } from './latex-cursor.ts';
import { fraction, inner, norm, root } from './latex-frame.ts';
import { letters, named } from './latex-name.ts';
import { scripts } from './latex-scripts.ts';
import { matrix, total } from './latex-sum.ts';
import { type LatexToken, type Out, join, out, textOf, wrap } from './latex-tokens.ts';
import { accents, fonts, functionWords, greekNames, unsupported, upright } from './latex-words.ts';

/** One factor with its scripts; undefined where none starts. */
export function primary(c: LatexCursor): Out | undefined {
  const token = c.peek();
  if (token.kind === 'end') return undefined;
  if (token.kind === 'number') {
    c.next();
    return scripts(c, out(token.text, token.span));
  }
  if (token.kind === 'char') {
    if (/\p{L}/u.test(token.text)) return letters(c, call);
    switch (token.text) {
      case '(':
      case '[':
        return scripts(c, brackets(c, token.text === '(' ? ')' : ']'));
      case '{': {
        const open = c.next();
        const inside = c.expression();
        closeGroup(c, open, '}');
        return scripts(c, inside);
      }
      case '|':
        return c.closers.at(-1) === '|' ? undefined : scripts(c, bars(c, c.next(), '|'));
      default:
        return undefined;
    }
  }
  return command(c, token);
}

function command(c: LatexCursor, token: LatexToken): Out | undefined {
  const { text, span } = token;
  if (['rVert', 'rvert', 'rangle', 'end', '\\', '}', 'rbrace', 'rbrack'].includes(text)) return undefined;
  if ((text === '|' || text === 'Vert') && c.closers.at(-1) === '|2') return undefined;
  if (text === 'vert' && c.closers.at(-1) === '|') return undefined;
  c.next();
  switch (text) {
    case '|':
    case 'Vert':
    case 'lVert':
      return norm(c, token);
    case 'vert':
    case 'lvert':
      return scripts(c, bars(c, token, text === 'vert' ? 'vert' : 'rvert'));
    case 'langle':
      return inner(c, token);
    case 'frac':
    case 'tfrac':
    case 'dfrac':
      return fraction(c, token);
    case 'sqrt':
      return root(c, token);
    case 'sum':
      return total(c, token);
    case 'begin':
      return matrix(c, token);
    case '{':
    case 'lbrace':
    case 'lbrack': {
      const inside = c.expression();
      const closer = text === 'lbrack' ? 'rbrack' : text === '{' ? '}' : 'rbrace';
      closeGroup(c, token, closer);
      return scripts(c, join([span[0], c.end()], 3, '(', inside, ')'));
    }
  }
  if (fonts.has(text)) return styled(c, token);
  if (upright.has(text)) return word(c, rawArgument(c), token);
  if (accents.has(text)) return accented(c, token);
  if (text === 'sigma' && opensBracket(c) && !c.known.declared.has(text) && !c.known.functions.has(text)) {
    const help = 'declare sigma if it is a scalar or a function of its own';
    c.say(notice('latex-read', span, '\\sigma(…) is read as the logistic function, sigmoid', { help }));
    return call(c, 'sigmoid', span);
  }
  if (c.known.functions.has(text) && opensBracket(c)) return call(c, text, span);
  const extreme = greekNames.has(text) ? extremeWord(c, text) : undefined;
  if (extreme !== undefined) return call(c, extreme, [span[0], c.end()]);
  if (greekNames.has(text)) return named(c, text, span);
  const name = functionWords[text] ?? text;
  if (functionNamed(name) || text === 'max' || text === 'min') return call(c, name, span);
  const help = Object.hasOwn(unsupported, text) ? unsupported[text] : undefined;
  c.say(
    error('latex-unknown-command', span, `\\${text} is not understood`, {
      found: `\\${text}`,
      help: help ?? 'write this part in the plain language, or use another command',
    }),
  );
  if (c.isChar('{')) rawArgument(c);
  return out('0', span);
}

/** `\\lambda_{\\max}(A)` and its like, taken up to the bracket: the name of the function, unless the letter is one of the user's. */
function extremeWord(c: LatexCursor, letter: string): string | undefined {
  if (c.peek().text !== '_') return undefined;
  const grouped = c.peek(1).text === '{' ? 1 : 0;
  const below = c.peek(1 + grouped);
  const name = `${letter}_${below.text}`;
  const after = 2 + 2 * grouped;
  const opens = c.peek(after).text === '(' || (c.peek(after).text === 'left' && c.peek(after + 1).text === '(');
  if (below.kind !== 'command' || !opens || !Object.hasOwn(functionWords, name) || c.known.declared.has(name) || (grouped === 1 && c.peek(3).text !== '}')) return undefined;
  for (let k = 0; k < after; k++) c.next();
  return functionWords[name];
}

/** Whether a round bracket follows, also as \left(. */
function opensBracket(c: LatexCursor): boolean {
  return c.isChar('(') || (c.peek().text === 'left' && c.peek(1).text === '(');
}

function brackets(c: LatexCursor, closer: string): Out {
  const open = c.next();
  c.closers.push(closer);
  const inside = c.expression();
  c.closers.pop();
  closeGroup(c, open, closer);
  return join([open.span[0], c.end()], 3, '(', inside, ')');
}

/** `|x|`: the absolute value; of a square matrix the determinant. */
function bars(c: LatexCursor, open: LatexToken, closer: string): Out {
  c.closers.push('|');
  const inside = c.expression();
  c.closers.pop();
  closeGroup(c, open, closer);
  const span: Span = [open.span[0], c.end()];
  const text = textOf(inside);
  const isDeterminant = c.known.kindOf(text) === 'matrix' && c.known.kindOf(`det(${text})`) === 'scalar';
  if (isDeterminant) {
    const help = `write abs(${text}) for absolute values entry by entry`;
    c.say(notice('latex-read', span, `${c.source.slice(...span)} is read as the determinant`, { help }));
  }
  return join(span, 3, isDeterminant ? 'det(' : 'abs(', inside, ')');
}

/** `\mathbf{x}`, `\mathbf 1`. */
function styled(c: LatexCursor, token: LatexToken): Out {
  const inside = rawArgument(c);
  const text = plainText(inside);
  const span: Span = [token.span[0], c.end()];
  if (text === '1') return scripts(c, out('vector(1)', span));
  if (text === '0') return scripts(c, out('vector(0)', span));
  if (token.text === 'mathbb' && /^[RECNZ]$/.test(text)) {
    c.say(
      error('latex-unknown-command', span, `\\mathbb{${text}} is not understood`, {
        help: 'leave it out; declare variables beside the expression',
      }),
    );
    return out('0', span);
  }
  return word(c, inside, token);
}

/** An upright or styled word: a function, or a name. */
function word(c: LatexCursor, inside: readonly LatexToken[], token: LatexToken): Out {
  const text = plainText(inside);
  const span: Span = [token.span[0], c.end()];
  const name = Object.hasOwn(functionWords, text) ? functionWords[text] : text;
  if (
    name !== undefined &&
    !c.known.declared.has(text) &&
    (functionNamed(name) || c.known.functions.has(name)) &&
    text.length > 1
  )
    return call(c, name, span);
  if (/^[\p{L}][\p{L}\d]*$/u.test(text)) return named(c, text, span);
  return scripts(c, c.over(inside).expression());
}

function accented(c: LatexCursor, token: LatexToken): Out {
  const text = plainText(rawArgument(c));
  const mark = { widehat: 'hat', widetilde: 'tilde', overline: 'bar' }[token.text] ?? token.text;
  return named(c, `${text}_${mark}`, [token.span[0], c.end()]);
}

/** `\log x`, `\log\det X`, `\exp(…)`, `\sin^2 x`. */
export function call(c: LatexCursor, name: string, at: Span): Out {
  const power: LatexToken[] = [];
  let base: LatexToken[] | undefined;
  while (c.isChar('^') || c.isChar('_')) {
    if (c.next().text === '^') power.push({ kind: 'char', text: '^', span: at }, ...braced(c));
    else base = rawArgument(c);
  }
  const args: (Out | string)[] = [];
  const opener = c.peek();
  if (opener.kind === 'char' && (opener.text === '(' || opener.text === '[')) {
    const closer = opener.text === '(' ? ')' : ']';
    c.next();
    c.closers.push(closer);
    args.push(c.expression());
    while (c.isChar(',')) {
      c.next();
      args.push(', ', c.expression());
    }
    c.closers.pop();
    closeGroup(c, opener, closer);
  } else args.push(bareArgument(c, name, at));
  const span: Span = [at[0], c.end()];
  const over = base && (name === 'max' || name === 'min') ? overEntries(args, base) : undefined;
  if (over) return scripts(c, join(span, 3, `${name}(${over})`));
  let result: Out = join(span, 3, `${matrixWise(c, name, args, span)}(`, ...args, ')');
  if (base !== undefined && name === 'log') result = join(span, 3, '(', result, `/log(${plainText(base)}))`);
  else if (base !== undefined)
    c.say(
      error('latex-not-understood', span, `${name} with a subscript is not understood`, {
        help: 'write it in the plain language',
      }),
    );
  return power.length > 0 ? scripts(c.over(power), result) : scripts(c, result);
}

/** The softmax of a matrix is that of its rows in formulas of attention. */
function matrixWise(c: LatexCursor, name: string, args: readonly (Out | string)[], span: Span): string {
  const [only] = args;
  if (!/^(log)?softmax$/.test(name) || args.length !== 1 || only === undefined || typeof only === 'string') return name;
  if (c.known.kindOf(textOf(only)) !== 'matrix') return name;
  const message = `${name} of a matrix is read row by row`;
  c.say(notice('latex-read', span, message, { help: `write ${name}(…, cols) in the plain language for columns` }));
  return `${name}rows`;
}

/** `\max_i x_i` and `\max_{i,j} A_{ij}` are the largest entry of the whole array. */
function overEntries(args: readonly (Out | string)[], base: readonly LatexToken[]): string | undefined {
  const indices = plainText(base).replaceAll(',', '');
  const [only] = args;
  if (args.length !== 1 || only === undefined || typeof only === 'string') return undefined;
  const match = /^(abs\()?(\p{L}[\p{L}\d_]*)\[([\p{L},]+)\](\))?$/u.exec(textOf(only));
  const [, open = '', array = '', labels = '', close = ''] = match ?? [];
  return match && labels.replaceAll(',', '') === indices && open.length > 0 === close.length > 0 ? `${open}${array}${close}` : undefined;
}

function bareArgument(c: LatexCursor, name: string, at: Span): Out {
  // The trace of a product needs no brackets.
  const first = name === 'tr' ? c.term() : primary(c);
  if (first === undefined) {
    c.say(error('missing-operand', at, `${name} needs an argument`, { needed: 'a value', help: `write ${name}(x)` }));
    return out('0', at);
  }
  // \sin 2x is the sine of 2x.
  if (!/^\d+(\.\d+)?$/.test(textOf(first))) return first;
  const next = primary(c);
  return next ? join([first.span[0], c.end()], 1, first, '*', wrap(next, 2)) : first;
}
