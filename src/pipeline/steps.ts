// A derivation that can be followed: first the derivative of every part from the inside out, each by one rule, then
// what simplification did to the result, in order.

import type { Expr, VariableNode } from '../ir/expr.ts';
import { parts } from '../diff/steps.ts';
import { toText, write } from '../lang/write.ts';
import { type Derivation, oneDerivative } from '../pipeline.ts';
import { readable } from '../simplify/pipelines.ts';
import type { Trace } from '../simplify/trace.ts';

export interface StepLine {
  /** The rule's name, stable. */
  readonly rule: string;
  /** The rule in words. */
  readonly says: string;
  /** What the line is about: a part of the expression, or the form before the rewriting. */
  readonly before: string;
  /** Its derivative, or the form after the rewriting. */
  readonly after: string;
  readonly kind: 'derivative' | 'simplification';
}

/** The steps of one order of a derivation. */
export interface Steps {
  readonly by: string;
  readonly lines: readonly StepLine[];
}

/**
 * A derivation line by line, for each order; what simplification did is there when it was derived with `trace`.
 *
 * @example stepsOf(derive("x'*x", { by: ['x'], trace: true })).map((order) => order.lines.at(-1)?.after) // 2*x
 */
export function stepsOf(d: Derivation): Steps[] {
  let of = d.function;
  return d.by.map(({ name, node }, i) => {
    const isLast = i === d.by.length - 1;
    const lines = stepLines(of, node, (part) => oneDerivative(part, node), isLast ? d.trace : undefined);
    of = isLast ? of : oneDerivative(of, node);
    return { by: name, lines };
  });
}

/** `derive` gives the derivative of a part by `by`, simplified. */
export function stepLines(of: Expr, by: VariableNode, derive: (part: Expr) => Expr, trace: Trace | undefined): StepLine[] {
  const text = (e: Expr): string => toText(write(e));
  const lines: StepLine[] = parts(readable(of), by).map((part) => {
    const derivative = derive(part.of);
    return { rule: part.rule, says: part.says, before: text(part.of), after: text(derivative), kind: 'derivative' };
  });
  const seen = new Set<string>();
  for (const { rules, before, after } of trace?.list ?? []) {
    const line: StepLine = { rule: rules.join(', '), says: rules.map(words).join('; '), before: text(before), after: text(after), kind: 'simplification' };
    const key = `${line.before} ${line.after}`;
    if (line.before === line.after || seen.has(key)) continue;
    seen.add(key);
    lines.push(line);
  }
  return lines;
}

function words(rule: string): string {
  return rule.replaceAll('-', ' ');
}

