// Lengths whose squares are written out: (x'x - 2*p'x + p'p).^0.5 is |x - p|. With u half the gradient of what stands below
// the root, entry by entry, it is |u|² if it is a sum of squares of x less something.

import { must } from '../../base/internal.ts';
import { add, scale, sub, total } from '../../ir/build.ts';
import type { Expr, VariableNode } from '../../ir/expr.ts';
import { isZero, ratio, same } from '../../ir/rational.ts';
import { dependents, postorder, rewriteUp } from '../../ir/walk.ts';
import { asPower, power } from '../../ops/scalar/power.ts';
import { expanded } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { isPolynomial } from '../polynomial.ts';
import { dependsOn, derivative, isAffine } from './derivatives.ts';
import { normOf } from './lengths.ts';

const half = ratio(1, 2);
const two = ratio(2);

/** The same with such roots as roots of sums of squares of affine parts. */
export function withLengths(e: Expr, by: readonly VariableNode[]): Expr {
  return postorder([e]).some((node) => isWrittenOut(node, by)) ? rewriteUp(e, (node) => (isWrittenOut(node, by) ? lengthOf(node, by) : node)) : e;
}

function isWrittenOut(node: Expr, by: readonly VariableNode[]): boolean {
  const p = asPower(node);
  if (!p || !same(p.exponent, half) || !dependsOn(p.base, by) || normOf(node)) return false;
  return isPolynomial([...dependents(p.base, new Set<Expr>(by))]);
}

function lengthOf(node: Expr, by: readonly VariableNode[]): Expr {
  const { base } = must(asPower(node));
  const moving = by.filter((v) => dependents(base, new Set<Expr>([v])).size > 0);
  const parts = moving.map((v) => ({ v, u: scale(half, derivative(base, v)) }));
  if (!parts.every(({ u }) => isAffine(u, moving))) return node;
  const squares = add(...parts.map(({ v, u }) => total(power(u, two), v.shape.length)));
  const rest = simplify(sub(base, squares), expanded);
  return rest.kind === 'number' && isZero(rest.value) ? power(squares, half) : node;
}
