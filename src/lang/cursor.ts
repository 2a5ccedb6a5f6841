// A place in a list of tokens, what has been reported so far, and the limit on nesting.

import type { Diagnostic, Span } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import { error } from './codes.ts';
import type { Token } from './tokens.ts';

export interface Cursor {
  readonly peek: (ahead?: number) => Token;
  readonly next: () => Token;
  /** Whether the next token is this operator. */
  readonly at: (operator: string) => boolean;
  /** Takes the next token if it is this operator. */
  readonly eat: (operator: string) => Token | undefined;
  /** End of what has been taken. */
  readonly end: () => number;
  readonly report: (d: Diagnostic) => void;
  /** Runs `work` one level deeper; beyond the limit reports once, gives up on the rest and returns undefined. */
  readonly nested: <T>(work: () => T) => T | undefined;
}

export const maxDepth = 200;
const maxReports = 50;

export function cursorOver(tokens: readonly Token[], diagnostics: Diagnostic[]): Cursor {
  let position = 0;
  let depth = 0;
  let givenUp = false;
  const last = tokens.length - 1;
  const peek = (ahead = 0): Token => must(tokens[Math.min(position + ahead, last)]);
  const next = (): Token => {
    const token = peek();
    if (position < last) position++;
    return token;
  };
  const at = (operator: string): boolean => peek().kind === 'operator' && peek().text === operator;
  const report = (d: Diagnostic): void => {
    if (!givenUp && diagnostics.length < maxReports) diagnostics.push(d);
  };
  const nested = <T>(work: () => T): T | undefined => {
    if (depth >= maxDepth) {
      report(tooDeep(peek().span));
      givenUp = true;
      position = last;
      return undefined;
    }
    depth++;
    try {
      return work();
    } finally {
      depth--;
    }
  };
  return {
    peek,
    next,
    at,
    eat: (operator) => (at(operator) ? next() : undefined),
    end: () => (position === 0 ? 0 : must(tokens[position - 1]).span[1]),
    report,
    nested,
  };
}

/** From a place to the end of what has been taken, which may be nothing. */
export function since(c: Cursor, start: number): Span {
  return [start, Math.max(start, c.end())];
}

function tooDeep(span: Span): Diagnostic {
  return error('nesting-too-deep', span, `brackets, powers or indices are nested more than ${maxDepth} deep here`, {
    help: 'name a part on a line of its own (y = …) and use the name',
  });
}
