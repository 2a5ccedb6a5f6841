// What every part of a text is, for those who point at it: kind and shape always, the graph (and so its facts) where the
// text has no errors.

import type { Span } from '../base/diagnostic.ts';
import type { Expr } from '../ir/expr.ts';
import type { Lowered } from './lower.ts';
import { type ReadOptions, type Reading, understand } from './read.ts';
import type { Resolved } from './resolve.ts';
import { type Statement, type Syntax, partsOf } from './syntax.ts';
import { describe } from './type.ts';

export interface Part {
  readonly span: Span;
  /** A function has its name here, and its type is that of the call. */
  readonly is: 'variable' | 'size' | 'definition' | 'function' | 'value';
  readonly name?: string;
  /** In words of the language, such as `vector(m)`; of a part with errors, `unknown`. */
  readonly type: string;
  /** Absent where the text has an error, or the part has index labels. */
  readonly expr?: Expr;
}

// Nobody points at more.
const mostParts = 2000;

/** A reading, and its parts from the outermost in. */
export function readParts(text: string, options: ReadOptions = {}): { readonly reading: Reading; readonly parts: readonly Part[] } {
  const { reading, program, resolved, lowered, place } = understand(text, options);
  const toText = (span: Span): Span => place({ code: 'latex-read', severity: 'notice', message: '', span }).span;
  return { reading, parts: program && resolved ? partsIn(program.statements, resolved, lowered, toText) : [] };
}

/** Those of statements that were resolved; `toText` gives the place in the text that the user sees. */
export function partsIn(statements: readonly Statement[], { reading, final, leaf }: Resolved, lowered: Lowered | undefined, toText: (span: Span) => Span): Part[] {
  const { typing } = reading;
  const parts: Part[] = [];
  const typeOf = (s: Syntax): string => {
    const type = typing.types.get(s);
    return type === undefined || type.kind === 'unknown' ? 'unknown' : describe(type, (d) => final(d).key);
  };
  const exprOf = (s: Syntax): { expr?: Expr } => {
    const expr = lowered?.exprOf(s) ?? (s.kind === 'name' && !typing.isDefined(s.name) ? leaf(s.name) : undefined);
    return expr ? { expr } : {};
  };
  const one = (s: Syntax): void => {
    const common = { type: typeOf(s), ...exprOf(s) };
    const span = toText(s.span);
    switch (s.kind) {
      case 'name': {
        const is = typing.isDefined(s.name) ? 'definition' : typing.isSizeName(s.name) ? 'size' : typing.variable(s.name) ? 'variable' : 'value';
        parts.push({ span, is, name: s.name, ...common });
        return;
      }
      case 'call':
        parts.push({ span, is: 'value', ...common }, { span: toText(s.nameSpan), is: 'function', name: s.name, ...common });
        return;
      case 'missing':
        return;
      case 'number':
      case 'sum':
      case 'product':
      case 'power':
      case 'transpose':
      case 'index':
      case 'einsum':
      case 'total':
      case 'block':
        parts.push({ span, is: 'value', ...common });
        return;
    }
  };
  for (const { value, target } of statements) {
    if (target) parts.push({ span: toText(target.span), is: 'definition', name: target.name, type: typeOf(value), ...exprOf(value) });
    const stack = [value];
    for (let s = stack.pop(); s !== undefined && parts.length < mostParts; s = stack.pop()) {
      one(s);
      stack.push(...partsOf(s).toReversed());
    }
  }
  return parts;
}
