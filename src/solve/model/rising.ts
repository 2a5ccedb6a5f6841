// Whether an expression rises with a part of it, entry by entry: read off sums and products by factors of known sign, which
// is most of what models are, else from the sign of its derivative.

import { must } from '../../base/internal.ts';
import { scale } from '../../ir/build.ts';
import { type Expr, contract, variable } from '../../ir/expr.ts';
import { facts } from '../../ir/fact.ts';
import { minusOne } from '../../ir/rational.ts';
import { dependents, postorder, rewriteUp, variables as variablesOf } from '../../ir/walk.ts';
import { leastValue } from '../../certify/range.ts';
import { reverse } from '../../diff/differentiate.ts';
import { factsOf, has } from '../../ops/facts.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';

type Way = 1 | -1;

/** Whether no entry of `e` falls (rises, for -1) where entries of `node` rise. Unknown means no. */
export function rises(e: Expr, node: Expr, way: Way): boolean {
  return wayByForm(e, node) === way || byDerivative(way === 1 ? e : scale(minusOne, e), node);
}

/** The way in which `e` is seen to move with the node; 0 where none is seen. */
function wayByForm(e: Expr, node: Expr): Way | 0 {
  const moving = dependents(e, new Set([node]));
  const ways = new Map<Expr, Way | 0>();
  for (const part of postorder([e])) if (moving.has(part)) ways.set(part, part === node ? 1 : wayOf(part, ways));
  return ways.get(e) ?? 0;
}

/** Over parts that do not move, and the ways of those that do. */
function wayOf(e: Expr, ways: ReadonlyMap<Expr, Way | 0>): Way | 0 {
  if (e.kind === 'sum') {
    const found = new Set(e.terms.filter((t) => ways.has(t.arg)).map(({ coef, arg }) => (coef.num < 0 ? turned(must(ways.get(arg))) : must(ways.get(arg)))));
    return found.size === 1 ? must([...found][0]) : 0;
  }
  const [own, ...more] = e.kind === 'contract' ? e.args.filter((arg) => ways.has(arg)) : [];
  if (e.kind !== 'contract' || !own || more.length > 0) return 0;
  let way = must(ways.get(own));
  for (const other of e.args) {
    if (other === own || isKnown(other, 'nonnegative')) continue;
    way = isKnown(other, 'nonpositive') ? turned(way) : 0;
  }
  return way;
}

function isKnown(e: Expr, sign: 'nonnegative' | 'nonpositive'): boolean {
  return has(e, sign) || leastValue(sign === 'nonnegative' ? e : scale(minusOne, e), 'nonnegative');
}

function turned(way: Way | 0): Way | 0 {
  return way === 1 ? -1 : way === -1 ? 1 : 0;
}

function byDerivative(e: Expr, node: Expr): boolean {
  const t = variable('#value', node.shape, factsOf(node));
  const at = simplify(rewriteUp(e, (x) => (x === node ? t : x)), lazy);
  if (!variablesOf([at]).includes(t)) return true;
  // Any non-negative weights of the entries.
  const weights = variable('#weight', at.shape, facts(['nonnegative']));
  const labels = at.shape.map((_, i) => i);
  return has(simplify(reverse(contract([weights, at], [labels, labels], []), t), lazy), 'nonnegative');
}
