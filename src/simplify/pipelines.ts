// Named pipelines over a graph.
//
// normal    one form for equal expressions: products distributed, terms merged, labels canonical
// readable  the form a mathematician would write: the cheaper of the lazy and the expanded form, factored
// fast      no distribution and no merging of shared products: the size stays that of the graph

import { must } from '../base/internal.ts';
import { type Expr, contextCache, contract, sum } from '../ir/expr.ts';
import { isInteger, isOne, minusOne, neg } from '../ir/rational.ts';
import { asPower, power } from '../ops/scalar/power.ts';
import { children, postorder, withChildren } from '../ir/walk.ts';
import { cost } from './cost.ts';
import { factored } from './factor.ts';
import { ledByNames } from './lead.ts';
import { expanded, lazy, shared } from './mode.ts';
import type { ProductOptions } from './options.ts';
import { withOwnNames } from './own-names.ts';
import { withShortNumbers } from './short-numbers.ts';
import { settle, simplify, simplifyAll } from './simplify.ts';
import { withShorterPair, withoutTensorSums } from './partly.ts';
import { primitive, scaled, split } from './sum.ts';
import { type Trace, newTrace } from './trace.ts';

export function normal(e: Expr, trace?: Trace): Expr {
  // First without distribution, which opens products under negative powers: 1/(a*(b+c)) = a^-1*(b+c)^-1.
  return simplify(simplify(e, lazy, trace), expanded, trace);
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

const cache = contextCache(() => ({ answers: new Map<Expr, Expr>(), done: new Map<Expr, Expr>() }));

export function readable(e: Expr, trace?: Trace): Expr {
  const { answers } = cache();
  const known = trace ? undefined : answers.get(e);
  if (known) return known;
  const order = postorder([e]);
  if (order.length > readableNodes) return fast(e, trace);
  const result = (trace ? undefined : withoutSums(e, order)) ?? underOwnNames(e, trace);
  if (!trace) answers.set(e, result);
  return result;
}

/** Where there is no sum, and none comes about, there is nothing to factor. */
function withoutSums(e: Expr, order: readonly Expr[]): Expr | undefined {
  if (order.some(isSumOfTerms)) return undefined;
  const start = simplify(e, lazy);
  return postorder([start]).some(isSumOfTerms) ? undefined : cheapest([start, e]);
}

function isSumOfTerms(e: Expr): boolean {
  return e.kind === 'sum' && e.terms.length > 1;
}

function underOwnNames(e: Expr, trace: Trace | undefined): Expr {
  const { expr, restore } = withOwnNames(e);
  const steps = trace && newTrace();
  const found = readableOf(expr, steps);
  const led = ledByNames(restore(found));
  const short = withShortNumbers(led);
  // Beyond the range of exact fractions a number can change in its last digit.
  const result = short === led || normal(short) === normal(led) ? short : led;
  for (const { rules, before, after } of steps?.list ?? []) {
    rules.forEach((rule) => trace?.rule(rule));
    trace?.node(restore(before), restore(after));
  }
  // What was built is simplified; what was given may not be.
  if (!trace && found !== expr) for (const node of postorder([result])) settle(node, lazy);
  return result;
}

function readableOf(e: Expr, trace: Trace | undefined): Expr {
  const start = simplify(e, lazy, trace);
  const done = trace ? new Map<Expr, Expr>() : cache().done;
  const options: ProductOptions = { mode: lazy, ...(trace && { trace }), simplify: (x) => simplify(x, lazy, trace) };
  for (const node of postorder([start])) {
    if (done.has(node)) continue;
    const made = withChildren(
      node,
      children(node).map((c) => must(done.get(c))),
    );
    const tried = simplify(made, lazy, trace);
    const rebuilt = made !== node && isSplit(node, tried) && normal(tried) !== normal(node) ? node : tried;
    const best = withoutMinus(improve(rebuilt, options));
    if (!trace) settle(best, lazy);
    trace?.node(node, best);
    done.set(node, best);
  }
  const result = must(done.get(start));
  return cost(result) <= cost(e) ? result : cheapest([e, start, result]);
}

/** A rule has taken a function of a factored argument apart, as det(D*D*(D+I)) = det(D)^2 det(D+I). */
function isSplit(before: Expr, after: Expr): boolean {
  return before.kind === 'apply' && (after.kind !== 'apply' || after.op !== before.op);
}

function improve(e: Expr, options: ProductOptions): Expr {
  const direct = commonNumber(factored(e, options));
  if ((e.kind !== 'sum' && e.kind !== 'contract') || cost(e) > expandCost || !hasInnerSum(e)) return direct;
  const partly = e.kind === 'contract' ? [withoutTensorSums(e, options), withShorterPair(e, options, (opened) => commonNumber(factored(opened, options)))] : [];
  const found = cheapest([direct, ...partly.flatMap((p) => (p ? [commonNumber(factored(p, options))] : []))]);
  const wide = withArguments(simplify(e, expanded, options.trace), e, options);
  if (wide === e || cost(wide) > worthFactoring * cost(found)) return found;
  return cheapest([found, commonNumber(factored(wide, options))]);
}

/** Arguments of functions and powers, which distributing has opened too, as they read before: one thing has one spelling. */
function withArguments(wide: Expr, e: Expr, options: ProductOptions): Expr {
  const forms = new Map<Expr, Expr>();
  for (const node of postorder([e])) {
    for (const arg of node.kind === 'apply' ? node.args : []) {
      const opened = simplify(arg, expanded, options.trace);
      if (opened !== arg && opened.kind === 'sum') forms.set(opened, arg);
    }
  }
  if (forms.size === 0) return wide;
  const done = new Map<Expr, Expr>();
  for (const node of postorder([wide])) {
    const given = children(node);
    const restored = given.map((c) => (node.kind === 'apply' ? forms.get(c) : undefined) ?? must(done.get(c)));
    done.set(node, restored.every((c, i) => c === given[i]) ? node : simplify(withChildren(node, restored), lazy, options.trace));
  }
  return must(done.get(wide));
}

/** -(a - b)*c = (b - a)*c, also where the difference stands to an odd power. */
function withoutMinus(e: Expr): Expr {
  const { coef, arg } = split(e);
  if (e.kind !== 'sum' || coef.num >= 0) return e;
  const positive = (of: Expr): Expr => (isOne(neg(coef)) ? of : sum([{ coef: neg(coef), arg: of }]));
  if (arg.kind !== 'contract') {
    const flipped = opposite(arg);
    return flipped ? positive(flipped) : e;
  }
  for (const factor of arg.args) {
    // In (x-y)'*D*(x-y) both stay as they are.
    const isEven = arg.args.filter((other) => other === factor).length % 2 === 0;
    const flipped = isEven ? undefined : opposite(factor);
    if (flipped) return positive(contract(arg.args.map((other) => (other === factor ? flipped : other)), arg.labels, arg.out, arg.shape));
  }
  return e;
}

/** -e, when e is a difference without a number, or an odd power of one. */
function opposite(e: Expr): Expr | undefined {
  if (e.kind === 'sum') {
    const isDifference = e.terms.length > 1 && e.terms.some((t) => t.coef.num < 0) && e.terms.every((t) => t.arg.kind !== 'number');
    return isDifference ? scaled(minusOne, e) : undefined;
  }
  const p = asPower(e);
  if (!p || p.base.kind !== 'sum' || !isInteger(p.exponent) || p.exponent.num % 2 === 0) return undefined;
  const base = opposite(p.base);
  return base && power(base, p.exponent);
}

/** 0.5*A + 0.5*B = 0.5*(A + B) */
function commonNumber(e: Expr): Expr {
  const { coef, arg } = primitive(e);
  if (arg === e || (coef.num === -1 && coef.den === 1)) return e;
  return cheapest([e, sum([{ coef, arg }])]);
}

function hasInnerSum(e: Expr): boolean {
  return children(e).some((c) => {
    const base = asPower(c)?.base ?? c;
    return e.kind === 'contract' ? base.kind === 'sum' : base.kind === 'contract' && hasInnerSum(base);
  });
}

/** The first of the cheapest. */
function cheapest(list: readonly Expr[]): Expr {
  return list.reduce((best, e) => (cost(e) < cost(best) - 1e-9 ? e : best));
}
