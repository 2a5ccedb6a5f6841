// How much there is to read: the length of the written tree, with shared nodes counted wherever they are written.
// Pipelines never return a graph of higher cost than the one they were given.

import { must, unreachable } from '../base/internal.ts';
import { type Expr, type Label, contextCache } from '../ir/expr.ts';
import { type Rational, isOne } from '../ir/rational.ts';
import { children, postorder } from '../ir/walk.ts';
import { asPower } from '../ops/scalar/power.ts';

const cache = contextCache(() => new Map<Expr, number>());

export function cost(root: Expr): number {
  const known = cache();
  const found = known.get(root);
  if (found !== undefined) return found;
  const below = children(root);
  const order = below.every((c) => known.has(c)) ? [root] : postorder([root]);
  for (const node of order) {
    if (known.has(node)) continue;
    const args = node === root ? below : children(node);
    known.set(node, own(node, args.map((c) => must(known.get(c)))));
  }
  return must(known.get(root));
}

function own(e: Expr, args: readonly number[]): number {
  switch (e.kind) {
    case 'number':
      return costOfNumber(e.shape.length);
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return 1;
    case 'sum':
      return costOfSum(
        e.terms.map((t, i) => ({ coef: t.coef, cost: must(args[i]) })),
        e.shape.length,
      );
    case 'contract':
      return costOfProduct(args.map((n, i) => n + asFactor(must(e.args[i]))), e.labels, e.out);
    case 'apply': {
      const p = asPower(e);
      if (!p) return args.reduce((a, b) => a + b, 1);
      return must(args[0]) + (isOne({ num: Math.abs(p.exponent.num), den: p.exponent.den }) ? 0.5 : 1);
    }
    default:
      return unreachable(e);
  }
}

/** What a factor costs beyond itself. A function whose value has labels of its own is read with those of the product. */
function asFactor(e: Expr): number {
  if (e.kind === 'apply') return ofOrder(e.shape.length);
  return isSumOfTerms(e) ? costInProduct(e.shape.length) + ofBrackets(e) : 0;
}

/** The cost of a tensor of that order whose entries are one number. */
export function costOfNumber(order: number): number {
  return [0.5, 1, 3][order] ?? 4;
}

/** The cost of a sum whose terms have these costs. */
export function costOfSum(terms: readonly { readonly coef: Rational; readonly cost: number }[], order: number): number {
  const [only] = terms;
  if (terms.length === 1 && only) return only.cost + ofCoef(only.coef, false);
  return terms.reduce((n, t) => n + 1 + t.cost + ofCoef(t.coef, true), -0.5) + ofOrder(order);
}

/** The cost of a product of factors of these costs: operators, diagonals, and ones that only repeat (u*vector(1)' is ugly). */
export function costOfProduct(costs: readonly number[], labels: readonly (readonly Label[])[], out: readonly Label[]): number {
  let n = costs.reduce((a, b) => a + b, Math.max(costs.length - 1, 0) * 0.5) + ofOrder(out.length);
  out.forEach((l, i) => {
    if (out.indexOf(l) !== i) n += 0.5;
    else if (out.lastIndexOf(l) === i && !labels.some((mine) => mine.includes(l))) n += out.length > 1 ? 4 : 1;
  });
  return n;
}

/** What a sum inside a product costs beyond itself: a sum of tensors has labels of its own and then those of the product. */
export function costInProduct(order: number): number {
  return 2 * ofOrder(order);
}

/** Matrices in brackets in brackets read worse than the terms one after the other. */
function ofBrackets(factor: Expr): number {
  return factor.kind === 'sum' && factor.terms.some(({ arg }) => arg.kind === 'contract' && arg.args.some((inner) => inner.shape.length === 2 && isSumOfTerms(inner))) ? 2.5 : 0;
}

function isSumOfTerms(e: Expr): boolean {
  return e.kind === 'sum' && e.terms.length > 1;
}

/** Beyond matrices there is no notation without labels. */
function ofOrder(order: number): number {
  return Math.max(order - 2, 0) * 3;
}

/** A number costs as much as a scalar, a sign nothing between terms and little in front. */
function ofCoef(c: Rational, isTerm: boolean): number {
  if (isOne(c)) return 0;
  return c.num === -1 && c.den === 1 ? (isTerm ? 0 : 0.1) : 0.6;
}
