// Applications of functions: element-wise functions are taken before axes are reordered or repeated, matrix functions
// before a transposition, and the rules of the record are tried.

import { must } from '../base/internal.ts';
import { type ApplyNode, type Expr, type Label, apply, number } from '../ir/expr.ts';
import * as rational from '../ir/rational.ts';
import { has, isSymmetric } from '../ops/facts.ts';
import { opNamed, rulesOf } from '../ops/table.ts';
import { asPower } from '../ops/scalar/power.ts';
import { withoutRepeats } from './absorb.ts';
import type { ProductOptions } from './options.ts';
import { orientation } from './orient.ts';
import { product } from './product.ts';

/** The simplified application of a function to simplified arguments. */
export function simplifyApply(node: ApplyNode, options: ProductOptions): Expr {
  for (const rule of rulesOf('apply', node.op)) {
    const next = rule.rewrite(node, has);
    if (next === undefined || next === node) continue;
    options.trace?.rule(rule.name);
    return options.simplify(next);
  }
  const power = asPower(node);
  if (power) {
    const labels = node.shape.map((_, i) => i);
    if (power.base.kind === 'number') return constantPower(node, power.base.value, power.exponent);
    return product(rational.one, [{ expr: node, labels }], labels, node.shape, options);
  }
  const op = opNamed(node.op);
  const own = op.ranks(node.params);
  if (own.every((r) => r === 0)) return elementwise(node, options);
  if (op.commutesWithTranspose && node.args.length === 1 && node.shape.length === 2) return turned(node, options);
  return node;
}

function constantPower(node: ApplyNode, base: rational.Rational, exponent: rational.Rational): Expr {
  if (rational.isInteger(exponent) && !(rational.isZero(base) && exponent.num < 0)) {
    const value = rational.powInteger(base, exponent.num);
    return rational.isInRange(value, base) ? number(value, node.shape) : node;
  }
  if (rational.isOne(base)) return number(base, node.shape);
  const value = Math.pow(rational.toNumber(base), rational.toNumber(exponent));
  return Number.isInteger(value) ? number(rational.ratio(value), node.shape) : node;
}

interface View {
  readonly arg: Expr;
  /** For each axis of `arg`, the axis of the application it lies along. */
  readonly axes: readonly number[];
}

/** An argument that only reorders or repeats axes of something smaller. */
function asView(e: Expr): View {
  if (e.kind === 'number') return { arg: number(e.value), axes: [] };
  if (e.kind === 'contract' && new Set(e.out).size === e.out.length && e.args.length > 0) {
    const isPlain = e.args.length === 1 && must(e.labels[0]).every((l) => e.out.includes(l)) && new Set(e.labels[0]).size === must(e.labels[0]).length;
    if (isPlain) return { arg: must(e.args[0]), axes: must(e.labels[0]).map((l) => e.out.indexOf(l)) };
    const narrow = withoutRepeats(e);
    if (narrow) return { arg: narrow.expr, axes: narrow.axes };
  }
  const narrow = e.kind === 'sum' ? withoutRepeats(e) : undefined;
  if (narrow) return { arg: narrow.expr, axes: narrow.axes };
  const turn = orientation(e);
  if (turn) return { arg: turn.expr, axes: turn.order };
  return { arg: e, axes: e.shape.map((_, i) => i) };
}

/** f(A') = f(A)', f(x 1') = f(x) 1'. */
function elementwise(node: ApplyNode, options: ProductOptions): Expr {
  const views = node.args.map(asView);
  const order: number[] = [];
  // A symmetric argument reads the same either way: the others decide.
  const ranked = [...views.filter((v) => !isSymmetric(v.arg)), ...views.filter((v) => isSymmetric(v.arg))];
  for (const v of ranked) for (const axis of v.axes) if (!order.includes(axis)) order.push(axis);
  if (order.length === node.shape.length && order.every((axis, i) => axis === i)) return node;
  const shape = order.map((axis) => must(node.shape[axis]));
  const args = views.map((v) => spread(v, order, shape, options));
  const inner = simplifyApply(apply(node.op, node.params, args, shape), options);
  return product(rational.one, [{ expr: inner, labels: order }], labelsOf(node), node.shape, options);
}

function spread(v: View, order: readonly number[], shape: readonly Expr['shape'][number][], options: ProductOptions): Expr {
  return product(rational.one, [{ expr: v.arg, labels: v.axes }], order, shape, options);
}

function labelsOf(e: Expr): Label[] {
  return e.shape.map((_, i) => i);
}

/** f(X') = f(X)' for matrix functions. */
function turned(node: ApplyNode, options: ProductOptions): Expr {
  const X = must(node.args[0]);
  const flipped = transposedArgument(X);
  if (!flipped) return node;
  const inner = simplifyApply(apply(node.op, node.params, [flipped], node.shape.toReversed()), options);
  return product(rational.one, [{ expr: inner, labels: [0, 1] }], [1, 0], node.shape, options);
}

function transposedArgument(X: Expr): Expr | undefined {
  if (X.kind === 'contract' && X.args.length === 1 && X.labels[0]?.length === 2 && X.out[0] === X.labels[0]?.[1] && X.out[1] === X.labels[0]?.[0] && X.out[0] !== X.out[1]) return X.args[0];
  return X.kind === 'sum' || X.kind === 'contract' ? orientation(X)?.expr : undefined;
}

