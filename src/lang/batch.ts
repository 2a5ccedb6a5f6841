// A function of arrays, applied at every position of some leading axes: the graph of one application, with the batch
// axes added to every node that depends on the arguments.

import { must, unreachable } from '../base/internal.ts';
import { type Expr, type Shape, apply, contract, sum, variable } from '../ir/expr.ts';
import { children, postorder } from '../ir/walk.ts';

/** `build` over arguments that all have the same `batch` leading axes. */
export function batched(build: (args: readonly Expr[]) => Expr, args: readonly Expr[], batch: Shape): Expr {
  if (batch.length === 0) return build(args);
  const places = args.map((a, i) => variable(`‹${i}›`, a.shape.slice(batch.length)));
  const root = build(places);
  const done = new Map<Expr, Expr>(places.map((p, i) => [p, must(args[i])]));
  for (const node of postorder([root])) {
    if (!done.has(node) && children(node).some((c) => done.has(c))) done.set(node, lifted(node, done, batch));
  }
  return done.get(root) ?? repeated(root, batch);
}

function lifted(node: Expr, done: ReadonlyMap<Expr, Expr>, batch: Shape): Expr {
  const at = (e: Expr): Expr => done.get(e) ?? repeated(e, batch);
  const axes = batch.map((_, i) => -1 - i);
  switch (node.kind) {
    case 'sum':
      return sum(node.terms.map((t) => ({ coef: t.coef, arg: at(t.arg) })));
    case 'contract':
      return contract(
        node.args.map((a) => done.get(a) ?? a),
        node.args.map((a, i) => (done.has(a) ? [...axes, ...must(node.labels[i])] : must(node.labels[i]))),
        [...axes, ...node.out],
        [...batch, ...node.shape],
      );
    case 'apply':
      return apply(node.op, node.params, node.args.map(at), [...batch, ...node.shape]);
    case 'number':
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return node;
    default:
      return unreachable(node);
  }
}

/** The same value at every position of the batch. */
function repeated(e: Expr, batch: Shape): Expr {
  const own = e.shape.map((_, i) => i);
  return contract([e], [own], [...batch.map((_, i) => -1 - i), ...own], [...batch, ...e.shape]);
}
