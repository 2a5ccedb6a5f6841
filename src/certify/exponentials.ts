// Functions written by exponentials and logarithms, so that rational identities of these apply.

import type { Expr } from '../ir/expr.ts';
import { rewriteUp } from '../ir/walk.ts';
import { has } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';

/** Hyperbolic functions and their like written out. */
export function byExponentials(e: Expr): Expr {
  return rewriteUp(e, (node) => (node.kind === 'apply' ? (opNamed(node.op).inExponentials?.(node.args, has) ?? node) : node));
}

/** Smooth functions that stand for others too: softplus(x) as log(1+exp(x)). */
export function byElementary(e: Expr): Expr {
  const written = rewriteUp(e, (node) => {
    const { elementary, excludes, scalarValue } = node.kind === 'apply' ? opNamed(node.op) : {};
    return node.kind === 'apply' && elementary && scalarValue && excludes === undefined ? elementary(node.args, node.params) : node;
  });
  return byExponentials(written);
}
