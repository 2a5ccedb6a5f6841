// Named pipelines over a graph.
//
// normal    one form for equal expressions: products distributed, terms merged, labels canonical
// readable  the form a mathematician would write: the cheaper of the lazy and the expanded form, factored
// fast      no distribution and no merging of shared products: the size stays that of the graph

import { must } from '../base/internal.ts';
import { type Expr, contextCache, contract, sum } from '../ir/expr.ts';
import { isOne, minusOne, neg } from '../ir/rational.ts';
import { children, postorder, withChildren } from '../ir/walk.ts';
import { cost } from './cost.ts';
import { factored } from './factor.ts';
import { expanded, lazy, shared } from './mode.ts';
import type { ProductOptions } from './product.ts';
import { simplify, simplifyAll } from './simplify.ts';
import { primitive, scaled, split } from './sum.ts';
import type { Trace } from './trace.ts';

export function normal(e: Expr, trace?: Trace): Expr {
  return simplify(e, expanded, trace);
}

export function fast(e: Expr, trace?: Trace): Expr {
  return simplify(e, shared, trace);
}

/** `fast` for several results that share work, such as a function and its gradients. */
export function fastAll(list: readonly Expr[]): Expr[] {
  return simplifyAll(list, shared);
}

// Graphs beyond this size are shown as they are computed: distributing them would not make them more readable.
const readableNodes = 600;
// A node is distributed and factored again only up to this reading cost.
const expandCost = 400;

// Distributing pays when terms cancel or merge; a result this much longer shows that they did not.
const worthFactoring = 2;

const cache = contextCache(() => new Map<Expr, Expr>());

export function readable(e: Expr, trace?: Trace): Expr {
  if (postorder([e]).length > readableNodes) return fast(e, trace);
  const start = simplify(e, lazy, trace);
  const done = trace ? new Map<Expr, Expr>() : cache();
  const options: ProductOptions = { mode: lazy, ...(trace && { trace }), simplify: (x) => simplify(x, lazy, trace) };
  for (const node of postorder([start])) {
    if (done.has(node)) continue;
    const rebuilt = simplify(
      withChildren(
        node,
        children(node).map((c) => must(done.get(c))),
      ),
      lazy,
      trace,
    );
    const best = withoutMinus(improve(rebuilt, options));
    trace?.node(node, best);
    done.set(node, best);
  }
  const result = must(done.get(start));
  return cost(result) <= cost(e) ? result : cheapest([e, start, result]);
}

function improve(e: Expr, options: ProductOptions): Expr {
  const direct = commonNumber(factored(e, options));
  if ((e.kind !== 'sum' && e.kind !== 'contract') || cost(e) > expandCost || !hasInnerSum(e)) return direct;
  const wide = simplify(e, expanded, options.trace);
  if (wide === e || cost(wide) > worthFactoring * cost(direct)) return direct;
  return cheapest([direct, commonNumber(factored(wide, options))]);
}

/** -(a - b)*c = (b - a)*c */
function withoutMinus(e: Expr): Expr {
  const { coef, arg } = split(e);
  if (e.kind !== 'sum' || coef.num >= 0) return e;
  if (arg.kind === 'sum' && arg.terms.some((t) => t.coef.num < 0)) return sum([{ coef: neg(coef), arg: scaled(minusOne, arg) }]);
  if (arg.kind !== 'contract') return e;
  const k = arg.args.findIndex((a) => a.kind === 'sum' && a.terms.length > 1 && a.terms.some((t) => t.coef.num < 0) && a.terms.every((t) => t.arg.kind !== 'number'));
  const flipped = arg.args[k];
  if (!flipped) return e;
  const product = contract(arg.args.with(k, scaled(minusOne, flipped)), arg.labels, arg.out, arg.shape);
  const positive = neg(coef);
  return isOne(positive) ? product : sum([{ coef: positive, arg: product }]);
}

/** 0.5*A + 0.5*B = 0.5*(A + B) */
function commonNumber(e: Expr): Expr {
  const { coef, arg } = primitive(e);
  if (arg === e || (coef.num === -1 && coef.den === 1)) return e;
  return cheapest([e, sum([{ coef, arg }])]);
}

function hasInnerSum(e: Expr): boolean {
  return children(e).some((c) => (e.kind === 'contract' ? c.kind === 'sum' : c.kind === 'contract' && hasInnerSum(c)));
}

/** The first of the cheapest. */
function cheapest(list: readonly Expr[]): Expr {
  return list.reduce((best, e) => (cost(e) < cost(best) - 1e-9 ? e : best));
}
