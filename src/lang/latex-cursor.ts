// A place in LaTeX tokens, the declared names, the indices that sums around it bind, and what was said.

import type { Diagnostic } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { error } from './codes.ts';
import type { VariableKind } from './declare.ts';
import type { Orientation } from './type.ts';
import { type LatexToken, type Out, out } from './latex-tokens.ts';
import { fonts, upright } from './latex-words.ts';

export interface LatexNames {
  readonly declared: ReadonlyMap<string, VariableKind>;
  readonly functions: ReadonlySet<string>;
  /** What a text of the language is; undefined where it has an error. */
  readonly kindOf: (text: string) => Orientation | undefined;
}

export interface LatexCursor {
  readonly source: string;
  readonly known: LatexNames;
  readonly diagnostics: Diagnostic[];
  readonly say: (d: Diagnostic) => void;
  readonly peek: (ahead?: number) => LatexToken;
  readonly next: () => LatexToken;
  readonly end: () => number;
  readonly isChar: (char: string) => boolean;
  readonly isCommand: (name: string) => boolean;
  readonly shown: (token: LatexToken) => string;
  /** Indices of the sums around. */
  readonly bound: Set<string>;
  /** Open delimiters such as `|` that end where they are met again. */
  readonly closers: string[];
  /** Parses one level deeper; gives up beyond the limit. */
  readonly expression: () => Out;
  /** Takes one digit of the next number, as `\frac12` does. */
  readonly nextDigit: () => LatexToken;
  /** A cursor over some of the tokens that shares everything else. */
  readonly over: (tokens: readonly LatexToken[]) => LatexCursor;
  /** Every token of the formula. */
  readonly tokens: readonly LatexToken[];
  /** Names that are upper ends of sums, so sizes. */
  readonly sizes: Set<string>;
  readonly term: () => Out | undefined;
}

const maxDepth = 100;

/** The parts of the grammar that call each other. */
export interface LatexGrammar {
  readonly expression: (c: LatexCursor) => Out;
  readonly term: (c: LatexCursor) => Out | undefined;
}

type Shared = Pick<LatexCursor, 'source' | 'known' | 'diagnostics' | 'bound' | 'closers' | 'sizes' | 'tokens'> & {
  depth: number;
};

export function cursorOf(
  source: string,
  tokens: readonly LatexToken[],
  known: LatexNames,
  grammar: LatexGrammar,
): LatexCursor {
  const shared: Shared = {
    source,
    known,
    diagnostics: [],
    bound: new Set(),
    closers: [],
    sizes: new Set(),
    tokens,
    depth: 0,
  };
  return cursorWith(shared, tokens, grammar);
}

function cursorWith(shared: Shared, given: readonly LatexToken[], grammar: LatexGrammar): LatexCursor {
  const tokens = [...given];
  let position = 0;
  const last = tokens.length - 1;
  const { source, diagnostics } = shared;
  const peek = (ahead = 0): LatexToken => must(tokens[Math.min(position + ahead, last)]);
  const say = (d: Diagnostic): void => void (diagnostics.length < 30 && diagnostics.push(d));
  const c: LatexCursor = {
    ...shared,
    say,
    peek,
    next: () => {
      const token = peek();
      if (position < last) position++;
      return token;
    },
    end: () => (position === 0 ? 0 : must(tokens[position - 1]).span[1]),
    isChar: (char) => peek().kind === 'char' && peek().text === char,
    isCommand: (name) => peek().kind === 'command' && peek().text === name,
    shown: (token) => source.slice(...token.span) || 'the end',
    nextDigit: () => {
      const { text, span } = peek();
      if (text.length <= 1) return c.next();
      tokens[position] = { kind: 'number', text: text.slice(1), span: [span[0] + 1, span[1]] };
      return { kind: 'number', text: text.slice(0, 1), span: [span[0], span[0] + 1] };
    },
    over: (some) => {
      const stop = some.at(-1)?.span[1] ?? c.end();
      return cursorWith(shared, [...some, { kind: 'end', text: '', span: [stop, stop] }], grammar);
    },
    term: () => grammar.term(c),
    expression: () => {
      if (shared.depth >= maxDepth) {
        say(
          error('nesting-too-deep', peek().span, `groups are nested more than ${maxDepth} deep here`, {
            help: 'name a part and use the name',
          }),
        );
        position = last;
        return out('0', peek().span);
      }
      shared.depth++;
      try {
        return grammar.expression(c);
      } finally {
        shared.depth--;
      }
    },
  };
  return c;
}

export function closeGroup(c: LatexCursor, open: LatexToken, closer: string): void {
  const token = c.peek();
  if ((token.kind === 'char' || token.kind === 'command') && token.text === closer) {
    c.next();
    return;
  }
  c.say(
    error('latex-unclosed', open.span, `this ${c.shown(open)} is not closed`, {
      needed: closer,
      help: `add ${closer} where it ends`,
    }),
  );
}

/** The tokens of a `{…}` or the single next one, unread as an expression. */
export function rawArgument(c: LatexCursor): LatexToken[] {
  if (!c.isChar('{')) return c.peek().kind === 'end' ? [] : [c.next()];
  const open = c.next();
  const inside: LatexToken[] = [];
  for (let level = 0; c.peek().kind !== 'end';) {
    const token = c.peek();
    if (token.kind === 'char' && token.text === '}' && level === 0) break;
    if (token.kind === 'char' && token.text === '{') level++;
    if (token.kind === 'char' && token.text === '}') level--;
    inside.push(c.next());
  }
  closeGroup(c, open, '}');
  return inside;
}

/** An argument's tokens with its braces. */
export function braced(c: LatexCursor): LatexToken[] {
  const at = c.peek();
  const inside = rawArgument(c);
  const brace = (text: string): LatexToken => ({ kind: 'char', text, span: at.span });
  return [brace('{'), ...inside, brace('}')];
}

export function plainText(tokens: readonly LatexToken[]): string {
  return tokens
    .filter(
      (t) =>
        !(t.kind === 'char' && /[{}]/.test(t.text)) &&
        !(t.kind === 'command' && (fonts.has(t.text) || upright.has(t.text))),
    )
    .map((t) => t.text)
    .join('');
}

/** Whether a superscript says transpose. */
export function isTransposed(tokens: readonly LatexToken[]): boolean {
  const inner = tokens.filter(
    (t) =>
      !(t.kind === 'char' && /[{}]/.test(t.text)) &&
      !(t.kind === 'command' && (fonts.has(t.text) || upright.has(t.text))),
  );
  const [only] = inner;
  return (
    inner.length === 1 &&
    only !== undefined &&
    (only.kind === 'command'
      ? ['top', 'intercal', 'prime'].includes(only.text)
      : ['T', 't', 'H', '*', '⊤', '′'].includes(only.text))
  );
}
