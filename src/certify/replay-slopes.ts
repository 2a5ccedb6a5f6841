// Checks the steps of a proof by slopes again.

import { must, unreachable } from '../base/internal.ts';
import { neg, times } from '../ir/build.ts';
import type { Expr } from '../ir/expr.ts';
import { isInteger } from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import { asPower } from '../ops/scalar/power.ts';
import { checkEqual } from '../run/check.ts';
import { inOneEntry } from './one-entry.ts';
import type { Proof, Property, Reason } from './proof.ts';
import { demands, endOf, exchanged, inOther, isContinuousAt, sides, slopeClaim, valueClaim } from './sloping.ts';

type Given = (wanted: Property, e: Expr) => boolean;

/** Undefined when the step holds if its premises do. */
export function wrongSlope({ of, property, premises }: Proof, reason: Extract<Reason, { rule: 'entry' | 'scaled' | 'slope' | 'exchanged' | 'sides' }>, given: Given): string | undefined {
  if (property !== 'nonnegative') return 'slopes show that nothing is negative, no more';
  const [first, second] = premises;
  if (!first || (first.property !== 'nonnegative' && first.property !== 'positive')) return 'a proof by slopes rests on nothing';
  switch (reason.rule) {
    case 'entry':
      return inOneEntry(of) === first.of ? undefined : 'the premise is not about the entries';
    case 'scaled':
      if (!reason.by.every((p) => isNonnegative(p, given))) return 'a factor has no sign';
      return checkEqual(of, times(...reason.by, first.of)).equal ? undefined : 'the factors do not make the expression';
    case 'slope': {
      const at = endOf(reason.variable, reason.end);
      if (at === undefined || !isContinuousAt(of, reason.variable, at, reason.end)) return 'the interval has no end at which the expression is continuous';
      const asked = demands(of);
      if (!asked?.every((d) => given('positive', d.of) || (d.orNegative && given('positive', neg(d.of))))) return 'the expression is not known to be smooth on the interval';
      if (first.of !== slopeClaim(of, reason.variable, reason.end)) return 'the premise is not about the slope';
      const value = valueClaim(of, reason.variable, at);
      return second?.of === value && given('nonnegative', value) ? undefined : 'the value at the end was not shown';
    }
    case 'exchanged': {
      const other = exchanged(reason.variable, reason.how);
      return other && checkEqual(inOther(of, reason.variable, other), first.of).equal ? undefined : 'the premise is not the claim in another variable';
    }
    case 'sides': {
      const { variable } = reason;
      const both = sides(variable);
      if (!both || !isContinuousAt(of, variable, 0, 'above') || !isContinuousAt(of, variable, 0, 'below')) return 'the expression is not continuous between the sides';
      const claims = [both.above, both.below].map((side) => inOther(of, variable, { variable: side, value: side }));
      return claims.every((claim, k) => must(premises[k]).of === claim && given('nonnegative', claim)) ? undefined : 'a side is missing';
    }
    default:
      return unreachable(reason);
  }
}

/** A product of even powers, and of powers of what is positive. */
function isNonnegative(e: Expr, given: Given): boolean {
  if (e.kind === 'number') return e.value.num >= 0;
  if (e.kind === 'contract' && e.shape.length === 0 && e.labels.every((l) => l.length === 0)) return e.args.every((a) => isNonnegative(a, given));
  const p = asPower(e);
  return p && isInteger(p.exponent) ? p.exponent.num % 2 === 0 || given('positive', p.base) : p !== undefined || given('positive', e) || has(e, 'nonnegative');
}
