// The record's partial of a function, with labels for its axes.

import { must } from '../base/internal.ts';
import type { ApplyNode, Expr, Label } from '../ir/expr.ts';
import { applied } from '../ops/op.ts';
import { opNamed } from '../ops/table.ts';

export interface LocalPartial {
  readonly partial: Expr;
  /** Labels of the partial: batch axes, the result's own axes, the argument's own axes. */
  readonly labels: readonly Label[];
  /** Labels of the result and of the argument, which share the batch axes. */
  readonly out: readonly Label[];
  readonly into: readonly Label[];
}

/** ∂node/∂args[k]. Labels lie below 1000. */
export function localPartial(node: ApplyNode, k: number): LocalPartial {
  const op = opNamed(node.op);
  const view = applied(op, node);
  const own = (from: number, axes: number): Label[] => Array.from({ length: axes - view.batch }, (_, i) => from + i);
  const batch = [...Array(view.batch).keys()];
  const [out, into] = [own(100, node.shape.length), own(200, must(node.args[k]).shape.length)];
  return { partial: op.partial(view, k), labels: [...batch, ...out, ...into], out: [...batch, ...out], into: [...batch, ...into] };
}
