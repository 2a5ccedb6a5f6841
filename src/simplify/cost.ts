// How much there is to read: the length of the written tree, with shared nodes counted wherever they are written.
// Pipelines never return a graph of higher cost than the one they were given.

import { must, unreachable } from '../base/internal.ts';
import { type ContractNode, type Expr, contextCache } from '../ir/expr.ts';
import { type Rational, isOne } from '../ir/rational.ts';
import { children, postorder } from '../ir/walk.ts';
import { asPower } from '../ops/scalar/power.ts';

const cache = contextCache(() => new Map<Expr, number>());

export function cost(root: Expr): number {
  const known = cache();
  const found = known.get(root);
  if (found !== undefined) return found;
  for (const node of postorder([root])) {
    if (known.has(node)) continue;
    known.set(
      node,
      own(
        node,
        children(node).map((c) => must(known.get(c))),
      ),
    );
  }
  return must(known.get(root));
}

function own(e: Expr, args: readonly number[]): number {
  const below = args.reduce((a, b) => a + b, 0);
  switch (e.kind) {
    case 'number':
      return [0.5, 1, 3][e.shape.length] ?? 4;
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return 1;
    case 'sum':
      return below + e.terms.reduce((n, t, i) => n + (i > 0 ? 1 : 0) + ofCoef(t.coef, e.terms.length > 1), 0) + (e.terms.length > 1 ? 0.5 + ofOrder(e) : 0);
    case 'contract':
      return below + ofContract(e) + ofOrder(e);
    case 'apply': {
      const p = asPower(e);
      if (!p) return below + 1;
      return must(args[0]) + (isOne({ num: Math.abs(p.exponent.num), den: p.exponent.den }) ? 0.5 : 1);
    }
    default:
      return unreachable(e);
  }
}

/** Beyond matrices there is no notation without labels. */
function ofOrder(e: Expr): number {
  return Math.max(e.shape.length - 2, 0) * 3;
}

/** A number costs as much as a scalar, a sign nothing between terms and little in front. */
function ofCoef(c: Rational, isTerm: boolean): number {
  if (isOne(c)) return 0;
  return c.num === -1 && c.den === 1 ? (isTerm ? 0 : 0.1) : 0.6;
}

/** Operators between factors, diagonals, and ones that only repeat (u*vector(1)' is ugly). */
function ofContract(e: ContractNode): number {
  const used = new Set(e.labels.flat());
  const diagonal = e.out.length - new Set(e.out).size;
  const repeated = e.out.filter((l) => !used.has(l) && e.out.indexOf(l) === e.out.lastIndexOf(l)).length;
  return Math.max(e.args.length - 1, 0) * 0.5 + diagonal * 0.5 + repeated * (e.out.length > 1 ? 4 : 1);
}
