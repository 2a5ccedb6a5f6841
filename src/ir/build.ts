// Short names for common nodes. Like the constructors they never simplify.

import { invariant, must } from '../base/internal.ts';
import { type Dim, sameShape } from './dim.ts';
import { type Expr, type Shape, type Term, contract, delta, number, sum } from './expr.ts';
import { type Rational, fromNumber, minusOne, neg as negated, one, ratio, same, zero } from './rational.ts';

export function constant(value: number | Rational, shape: Shape = []): Expr {
  return number(typeof value === 'number' ? (Number.isInteger(value) ? ratio(value) : fromNumber(value)) : value, shape);
}

export function zeros(shape: Shape): Expr {
  return number(zero, shape);
}

export function ones(shape: Shape): Expr {
  return number(one, shape);
}

export function add(...args: readonly Expr[]): Expr {
  return sum(args.map((arg) => ({ coef: one, arg })));
}

export function sub(a: Expr, b: Expr): Expr {
  return sum([
    { coef: one, arg: a },
    { coef: minusOne, arg: b },
  ]);
}

export function scale(by: number | Rational, a: Expr): Expr {
  return sum([{ coef: typeof by === 'number' ? (Number.isInteger(by) ? ratio(by) : fromNumber(by)) : by, arg: a }]);
}

export function neg(a: Expr): Expr {
  return scale(minusOne, a);
}

/** Entry by entry; scalars broadcast. */
export function times(...args: readonly Expr[]): Expr {
  const shape = args.find((a) => a.shape.length > 0)?.shape ?? [];
  invariant(args.every((a) => a.shape.length === 0 || sameShape(a.shape, shape)), 'element-wise product of different shapes');
  const out = shape.map((_, i) => i);
  return contract(
    args,
    args.map((a) => (a.shape.length === 0 ? [] : out)),
    out,
    shape,
  );
}

/** The scalar repeated over a shape. */
export function broadcast(a: Expr, shape: Shape): Expr {
  if (a.shape.length === shape.length) return a;
  invariant(a.shape.length === 0, 'only a scalar is broadcast');
  return contract(
    [a],
    [[]],
    shape.map((_, i) => i),
    shape,
  );
}

/** Reorders axes: axis i of the result is axis `order[i]` of the argument. */
export function permute(a: Expr, order: readonly number[]): Expr {
  if (order.every((axis, i) => axis === i)) return a;
  return contract([a], [a.shape.map((_, i) => i)], order);
}

/** Exchanges the last two axes. */
export function transpose(a: Expr): Expr {
  const r = a.shape.length;
  return permute(a, [...a.shape.keys()].map((i) => (i === r - 2 ? r - 1 : i === r - 1 ? r - 2 : i)));
}

/** Sums over the last `count` axes, all of them by default. */
export function total(a: Expr, count: number = a.shape.length): Expr {
  const labels = a.shape.map((_, i) => i);
  return contract([a], [labels], labels.slice(0, labels.length - count));
}

/** Unit tensor of order 2k that maps a tensor of this shape to itself: axes [shape, shape]. */
export function identityOn(shape: Shape): Expr {
  if (shape.length === 0) return number(one);
  const r = shape.length;
  const pairs = shape.map((d: Dim) => delta([[d], [d]]));
  return contract(
    pairs,
    pairs.map((_, i) => [i, r + i]),
    [...Array(2 * r).keys()],
  );
}

/** `a` with the numbers of its axes as labels, for writing contractions by position. */
export function axes(a: Expr, from = 0): number[] {
  return a.shape.map((_, i) => from + i);
}

export function axisDim(a: Expr, axis: number): Dim {
  return must(a.shape.at(axis), 'axis');
}

/** Whether the node is a unit matrix, as a leaf or as a contraction of nothing. */
export function isIdentity(e: Expr): boolean {
  if (e.shape.length !== 2) return false;
  return e.kind === 'delta' || (e.kind === 'contract' && e.args.length === 0 && e.out[0] === e.out[1]);
}

/** Whether b is written as -a: the same terms with opposite coefficients. */
export function isNegation(a: Expr, b: Expr): boolean {
  const terms = (e: Expr): readonly Term[] => (e.kind === 'sum' ? e.terms : e.kind === 'number' ? [{ coef: e.value, arg: number(one, e.shape) }] : [{ coef: one, arg: e }]);
  const [s, t] = [terms(a), terms(b)];
  return s.length === t.length && s.every((p) => t.some((q) => p.arg === q.arg && same(p.coef, negated(q.coef))));
}
