// Differences as their names want them: x - y rather than y - x. A difference in a product is turned and its sign goes to
// the product, where it is a sign between terms; the reading cost stays what it is.

import { must } from '../base/internal.ts';
import { type ContractNode, type Expr, type Term, apply, sum } from '../ir/expr.ts';
import { type Rational, isInteger, minusOne, neg } from '../ir/rational.ts';
import { children, postorder } from '../ir/walk.ts';
import { isSymmetric } from '../ops/facts.ts';
import { asPower, power } from '../ops/scalar/power.ts';
import { assembleFactors } from './orient.ts';
import { isNegativeLead, scaled } from './sum.ts';

/** A node in two forms: turned is plain, or minus plain. */
interface Sides {
  readonly plain: Expr;
  readonly turned: Expr;
  readonly isOpposite: boolean;
}

export function ledByNames(root: Expr): Expr {
  const sides = new Map<Expr, Sides>();
  for (const node of postorder([root])) {
    sides.set(
      node,
      sidesOf(
        node,
        children(node).map((c) => must(sides.get(c))),
      ),
    );
  }
  return must(sides.get(root)).plain;
}

function sidesOf(node: Expr, args: readonly Sides[]): Sides {
  switch (node.kind) {
    case 'sum':
      // In front of a product alone a sign is one to read.
      return same(node.terms.length === 1 ? ofTerm(must(node.terms[0]), must(args[0]).plain) : sum(node.terms.map((t, i) => signed(t.coef, must(args[i])))));
    case 'contract':
      return ofProduct(node, args.map(asFactor));
    case 'apply': {
      const plain = args.every((a, i) => a.plain === node.args[i]) ? node : apply(node.op, node.params, args.map((a) => a.plain), node.shape);
      return asPower(plain) ? asFactor(same(plain)) : same(plain);
    }
    default:
      return same(node);
  }
}

function same(e: Expr): Sides {
  return { plain: e, turned: e, isOpposite: false };
}

/** -0.5*(-A - B) = 0.5*(A + B) */
function ofTerm({ coef }: Term, arg: Expr): Expr {
  const turns = coef.num < 0 && arg.kind === 'sum' && arg.terms.length > 1 && arg.terms.every((t) => t.coef.num < 0);
  if (!turns) return sum([{ coef, arg }]);
  const turned = scaled(minusOne, arg);
  return coef.num === -1 && coef.den === 1 ? turned : sum([{ coef: neg(coef), arg: turned }]);
}

function signed(coef: Rational, { turned, isOpposite }: Sides): Term {
  return { coef: isOpposite ? neg(coef) : coef, arg: turned };
}

/** A sum, or a power of one, as it stands in a product. */
function asFactor(s: Sides): Sides {
  const { plain } = s;
  if (plain.kind === 'sum' && plain.terms.length > 1) return isNegativeLead(plain.terms) ? { plain, turned: scaled(minusOne, plain), isOpposite: true } : s;
  const p = asPower(plain);
  if (!p || p.base.kind !== 'sum' || p.base.terms.length < 2 || !isInteger(p.exponent) || !isNegativeLead(p.base.terms)) return s;
  const turned = power(scaled(minusOne, p.base), p.exponent);
  return p.exponent.num % 2 === 0 ? same(turned) : { plain, turned, isOpposite: true };
}

function ofProduct(node: ContractNode, factors: readonly Sides[]): Sides {
  const build = (args: readonly Expr[]): Expr => (args.every((a, i) => a === node.args[i] && !isSymmetric(a)) ? node : assembleFactors(args.map((expr, i) => ({ expr, labels: must(node.labels[i]) })), node.out, node.shape));
  const opposite = factors.filter((f) => f.isOpposite);
  const turned = build(factors.map((f) => f.turned));
  if (opposite.length % 2 === 0) return same(turned);
  // One that stands an odd number of times stays, and with it the sign.
  const kept = opposite.find((f) => opposite.filter((g) => g.plain === f.plain).length % 2 === 1);
  return { plain: build(factors.map((f) => (f.plain === kept?.plain ? f.plain : f.turned))), turned, isOpposite: true };
}
