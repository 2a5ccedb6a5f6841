// Polynomials: sums and products, and powers with positive whole exponents.

import type { Expr } from '../ir/expr.ts';
import { isInteger, one } from '../ir/rational.ts';
import { asPower } from '../ops/scalar/power.ts';

/** Whether a graph is a polynomial of its leaves, told from those of its nodes that move with them. */
export function isPolynomial(moving: readonly Expr[]): boolean {
  return moving.every((node) => {
    const exponent = node.kind === 'apply' ? asPower(node)?.exponent : one;
    return exponent !== undefined && isInteger(exponent) && exponent.num > 0;
  });
}
