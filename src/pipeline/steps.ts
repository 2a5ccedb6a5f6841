// A derivation that can be followed: first the derivative of every part from the inside out, each by one rule, then
// what simplification did to the result, in order.

import type { Expr, VariableNode } from '../ir/expr.ts';
import { parts } from '../diff/steps.ts';
import { toText, write } from '../lang/write.ts';
import { type Derivation, oneDerivative } from '../pipeline.ts';
import { readable } from '../simplify/pipelines.ts';
import type { Trace } from '../simplify/trace.ts';

/** A line of a derivation, with its sides as `E` says: text, or expressions. */
export interface Line<E> {
  /** The rule's name, stable. */
  readonly rule: string;
  /** The rule in words. */
  readonly says: string;
  /** What the line is about: a part of the expression, or the form before the rewriting. */
  readonly before: E;
  /** Its derivative, or the form after the rewriting. */
  readonly after: E;
  readonly kind: 'derivative' | 'simplification';
}

export type StepLine = Line<string>;

/** The steps of one order of a derivation. */
export interface Steps<E = string> {
  readonly by: string;
  readonly lines: readonly Line<E>[];
}

/**
 * A derivation line by line, for each order; what simplification did is there when it was derived with `trace`.
 *
 * @example stepsOf(derive("x'*x", { by: ['x'], trace: true })).map((order) => order.lines.at(-1)?.after) // 2*x
 */
export function stepsOf(d: Derivation): Steps[] {
  return writtenSteps(d, (e) => toText(write(e)), (text) => text);
}

/** The same with every expression written by `form`; lines whose sides look the same, by their texts, are left out. */
export function writtenSteps<E>(d: Derivation, form: (e: Expr) => E, textOf: (written: E) => string): Steps<E>[] {
  let of = d.function;
  return d.by.map(({ name, node }, i) => {
    const isLast = i === d.by.length - 1;
    const lines = stepLines(of, node, isLast ? d.trace : undefined, form, textOf);
    of = isLast ? of : oneDerivative(of, node);
    return { by: name, lines };
  });
}

function stepLines<E>(of: Expr, by: VariableNode, trace: Trace | undefined, form: (e: Expr) => E, textOf: (written: E) => string): Line<E>[] {
  const lines: Line<E>[] = parts(readable(of), by).map(({ of: part, rule, says }) => ({ rule, says, before: form(part), after: form(oneDerivative(part, by)), kind: 'derivative' }));
  const seen = new Set<string>();
  for (const { rules, before, after } of trace?.list ?? []) {
    const line: Line<E> = { rule: rules.join(', '), says: rules.map(words).join('; '), before: form(before), after: form(after), kind: 'simplification' };
    const [from, to] = [textOf(line.before), textOf(line.after)];
    if (from === to || seen.has(`${from} ${to}`)) continue;
    seen.add(`${from} ${to}`);
    lines.push(line);
  }
  return lines;
}

function words(rule: string): string {
  return rule.replaceAll('-', ' ');
}
