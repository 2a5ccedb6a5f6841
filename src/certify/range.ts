// The least value of a sum whose terms are numbers and functions of bounded range, as in 1 + erf(x) > 0.

import type { Expr } from '../ir/expr.ts';
import { toNumber } from '../ir/rational.ts';
import { opNamed } from '../ops/table.ts';

/** Whether the ranges of the terms alone leave no value below zero (`positive`: nor zero). */
export function leastValue(e: Expr, property: 'positive' | 'nonnegative'): boolean {
  if (e.kind !== 'sum') return false;
  let [least, most, reached] = [0, 0, true];
  for (const t of e.terms) {
    const range = rangeOf(t.arg);
    if (!range) return false;
    const c = toNumber(t.coef);
    least += c * (c > 0 ? range.above : range.below);
    most += Math.abs(c) * Math.max(Math.abs(range.above), Math.abs(range.below));
    reached &&= range.reached;
  }
  if (least > rounding * most) return true;
  return least === 0 && e.terms.every((t) => isShort(toNumber(t.coef))) && (property === 'nonnegative' || !reached);
}

// Relative error of a short sum.
const rounding = 1e-14;

/** With few binary digits: sums of these are exact. */
function isShort(x: number): boolean {
  return Number.isInteger(x * 2 ** 20) && Math.abs(x) < 2 ** 20;
}

function rangeOf(e: Expr): { readonly above: number; readonly below: number; readonly reached: boolean } | undefined {
  if (e.kind === 'number') return { above: toNumber(e.value), below: toNumber(e.value), reached: true };
  if (e.kind === 'variable') return e.facts.above === undefined && e.facts.below === undefined ? undefined : { above: e.facts.above ?? -Infinity, below: e.facts.below ?? Infinity, reached: false };
  return e.kind === 'apply' ? opNamed(e.op).range : undefined;
}
