// Arrays of Euclidean lengths: (u.^2+v.^2).^0.5 entry by entry, the lengths of the rows of a matrix, norms of vectors.

import { must } from '../../base/internal.ts';
import { times } from '../../ir/build.ts';
import { type Expr, contract, number } from '../../ir/expr.ts';
import { isOne, ratio, same } from '../../ir/rational.ts';
import { asPower, power } from '../../ops/scalar/power.ts';

const half = ratio(1, 2);

/**
 * The parts of which the node has the lengths: the first axes of each are those of the node, and an entry of the node is the
 * root of the sum of the squares of what stands at its labels.
 */
export function normOf(node: Expr): readonly Expr[] | undefined {
  const p = asPower(node);
  return p && same(p.exponent, half) ? squaredParts(p.base) : undefined;
}

function squaredParts(e: Expr): readonly Expr[] | undefined {
  const square = squareOf(e);
  if (square) return [square];
  if (e.kind !== 'sum') return undefined;
  const parts: Expr[] = [];
  for (const { coef, arg } of e.terms) {
    const found = squareOf(arg);
    if (!found || coef.num < 0) return undefined;
    parts.push(isOne(coef) ? found : times(power(number(coef), half), found));
  }
  return parts;
}

/** x, when `e` is the sum of squares of x over the axes that `e` has not; the axes of `e` come first. */
function squareOf(e: Expr): Expr | undefined {
  const square = asPower(e);
  if (square) return same(square.exponent, ratio(2)) ? square.base : undefined;
  if (e.kind !== 'contract') return undefined;
  const [a, b] = e.args;
  const [labels, again] = e.labels;
  const inner = e.args.length === 1 ? asPower(must(a)) : undefined;
  const base = inner ? same(inner.exponent, ratio(2)) && inner.base : e.args.length === 2 && a === b && labels?.every((l, i) => l === again?.[i]) && a;
  if (!base || !labels || new Set(labels).size < labels.length || !e.out.every((l) => labels.includes(l))) return undefined;
  const order = [...e.out, ...labels.filter((l) => !e.out.includes(l))];
  return order.every((l, i) => l === labels[i]) ? base : contract([base], [labels], order);
}
