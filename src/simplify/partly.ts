// A product of sums multiplied out in part: all of it would often be longer, none of it hides what cancels.

import { must } from '../base/internal.ts';
import type { ContractNode, Expr } from '../ir/expr.ts';
import { one } from '../ir/rational.ts';
import type { Factor } from '../ops/op.ts';
import { cost } from './cost.ts';
import { expanded } from './mode.ts';
import type { ProductOptions } from './options.ts';
import { product } from './product.ts';
import { simplify } from './simplify.ts';
import { sumOf } from './sum.ts';

// Two factors are multiplied out by themselves up to this reading cost.
const pairCost = 40;

/** Sums of tensors are written with labels; distributed, and no other sum with them, their terms may be matrices. */
export function withoutTensorSums(e: ContractNode, options: ProductOptions): Expr | undefined {
  const at = e.args.findIndex((arg) => arg.kind === 'sum' && arg.terms.length > 1 && arg.shape.length > 2);
  const tensor = e.args[at];
  if (tensor?.kind !== 'sum') return undefined;
  const others = e.args.flatMap((expr, i): Factor[] => (i === at ? [] : [{ expr, labels: must(e.labels[i]) }]));
  const labels = must(e.labels[at]);
  return sumOf(
    tensor.terms.map((t) => ({ coef: t.coef, arg: product(one, [...others, { expr: t.arg, labels }], e.out, e.shape, options) })),
    e.shape,
    options.trace,
  );
}

/** Two sums that meet over a label and are shorter multiplied out, as `read` writes them: (x-mean(x))'*(eye-matrix(1)/n) = (x-mean(x))'. */
export function withShorterPair(e: ContractNode, options: ProductOptions, read: (e: Expr) => Expr): Expr | undefined {
  const sums = [...e.args.keys()].filter((i) => isSum(must(e.args[i])) && must(e.args[i]).shape.length <= 2);
  if (e.args.length < 3 || sums.length < 2) return undefined;
  for (const i of sums) {
    for (const k of sums) {
      if (k <= i) continue;
      const pair = [i, k].map((at): Factor => ({ expr: must(e.args[at]), labels: must(e.labels[at]) }));
      const others = e.args.flatMap((expr, at): Factor[] => (at === i || at === k ? [] : [{ expr, labels: must(e.labels[at]) }]));
      const held = new Set([...e.out, ...others.flatMap((f) => f.labels)]);
      const mine = [...new Set(pair.flatMap((f) => f.labels))];
      const out = mine.filter((l) => held.has(l));
      if (out.length === mine.length || !must(pair[0]).labels.some((l) => must(pair[1]).labels.includes(l) && !held.has(l))) continue;
      const shape = out.map((l) => must(pair.flatMap((f) => f.labels.map((own, axis) => (own === l ? f.expr.shape[axis] : undefined))).find((d) => d !== undefined)));
      const apart = product(one, pair, out, shape, options);
      if (cost(apart) > pairCost) continue;
      const opened = read(simplify(apart, expanded, options.trace));
      if (cost(opened) < cost(apart) - 1) return product(one, [...others, { expr: opened, labels: out }], e.out, e.shape, options);
    }
  }
  return undefined;
}

function isSum(e: Expr): boolean {
  return e.kind === 'sum' && e.terms.length > 1;
}
