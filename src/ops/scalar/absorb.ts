// Rules for products of two functions of one argument, such as sign(x) abs(x) = x.

import { must } from '../../base/internal.ts';
import type { Expr } from '../../ir/expr.ts';
import { isInteger } from '../../ir/rational.ts';
import type { ProductRule } from '../op.ts';
import { asPower, sameLabels } from './power.ts';

/** A product rule f(x) · other(x) = becomes(x), for the element-wise function f that owns it. */
export function absorb(name: string, before: string, after: string, other: (x: Expr) => Expr, becomes: (x: Expr) => Expr): ProductRule {
  return {
    name,
    at: 'product',
    example: { before, after },
    rewrite: ({ factors }, k) => {
      const here = must(factors[k]);
      if (here.expr.kind !== 'apply') return undefined;
      const x = must(here.expr.args[0]);
      const wanted = other(x);
      for (const [m, factor] of factors.entries()) {
        if (m === k || !sameLabels(here, factor)) continue;
        if (factor.expr === wanted) return { remove: [k, m], add: [{ expr: becomes(x), labels: here.labels }] };
        const p = asPower(factor.expr);
        if (p && p.base === wanted && isInteger(p.exponent) && p.exponent.num > 1 && becomes(x) === wanted) {
          return { remove: [k], add: [] };
        }
      }
      return undefined;
    },
  };
}
