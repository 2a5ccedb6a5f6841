// Where an expression and its derivative exist, in words: what the functions of the table need and exclude, without
// what is known to hold.

import { must } from '../base/internal.ts';
import type { Expr } from '../ir/expr.ts';
import { isInteger } from '../ir/rational.ts';
import { postorder } from '../ir/walk.ts';
import { asPower } from '../ops/scalar/power.ts';
import { factsOf, has } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';

export interface Domain {
  /** Conditions on the function itself: "x > 0". */
  readonly needs: readonly string[];
  /** Points where the derivative does not exist: "A*x-y = 0". */
  readonly excluded: readonly string[];
}

/** `text` writes a sub-expression. */
export function domainOf(of: Expr, derivative: Expr, text: (e: Expr) => string): Domain {
  const needs = new Set<string>();
  const excluded = new Set<string>();
  const visit = (e: Expr): void => {
    if (e.kind !== 'apply') return;
    const power = asPower(e);
    if (power) {
      const { base, exponent } = power;
      if (has(base, 'positive') || isPlainNumber(base)) return;
      const squares = squared(base);
      if (!isInteger(exponent) && !squares && !has(base, 'nonnegative')) needs.add(`${text(base)} ${exponent.num < 0 ? '>' : '>='} 0`);
      else if (exponent.num < 0) excluded.add(`${text(squares ?? base)} = 0`);
      return;
    }
    const op = opNamed(e.op);
    if (op.holds?.(e.args.map(factsOf))) return;
    if (!op.needs && !op.excludes) return;
    const texts = e.args.map(text);
    const need = op.needs?.(texts);
    if (need !== undefined) needs.add(need);
    const exclude = op.excludes?.(texts);
    if (exclude !== undefined) excluded.add(exclude.replace(/^(?:0|(?:vector|matrix)\(0[^)]*\)) = (.*)$/, '$1 = 0'));
  };
  for (const node of postorder([of, derivative])) visit(node);
  for (const need of needs) if (need.endsWith(' > 0')) needs.delete(need.replace(/ > 0$/, ' >= 0'));
  return { needs: [...needs], excluded: [...excluded].filter((c) => !isSaid(c, needs, excluded)) };
}

/** A number without variables has its sign for good. */
function isPlainNumber(e: Expr): boolean {
  return e.shape.length === 0 && !postorder([e]).some((node) => node.kind === 'variable' || node.kind === 'size');
}

/** x = 0 beside x > 0, and x-y = 0 beside x = y. */
function isSaid(condition: string, needs: ReadonlySet<string>, excluded: ReadonlySet<string>): boolean {
  if (needs.has(condition.replace(/ = 0$/, ' > 0'))) return true;
  return [...excluded].some((other) => {
    const [left, right] = other.split(' = ');
    return condition === `${left}-${right} = 0` || condition === `${right}-${left} = 0`;
  });
}

/** u, when the node is the sum of the squares of the entries of u. */
function squared(e: Expr): Expr | undefined {
  if (e.kind !== 'contract' || e.out.length > 0) return undefined;
  if (e.args.length === 1) {
    const p = asPower(must(e.args[0]));
    return p && isInteger(p.exponent) && p.exponent.num === 2 ? p.base : undefined;
  }
  const [a, b] = e.args;
  return e.args.length === 2 && a === b && must(e.labels[0]).join() === must(e.labels[1]).join() ? a : undefined;
}
