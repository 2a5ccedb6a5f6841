// The only traversal of the graph.

import { unreachable } from '../base/internal.ts';
import { type Expr, type VariableNode, apply, contract, sum } from './expr.ts';

const none: readonly Expr[] = [];

export function children(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'number':
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return none;
    case 'sum':
    case 'contract':
    case 'apply':
      return e.args;
    default:
      return unreachable(e);
  }
}

/** The same node over other children (of the same shapes, in the order of `children`). */
export function withChildren(e: Expr, args: readonly Expr[]): Expr {
  const now = children(e);
  for (let i = 0; i < args.length; i++) if (args[i] !== now[i]) return made(e, args);
  return e;
}

function made(e: Expr, args: readonly Expr[]): Expr {
  switch (e.kind) {
    case 'number':
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return e;
    case 'sum':
      return sum(e.terms.map((t, i) => ({ coef: t.coef, arg: args[i] ?? t.arg })));
    case 'contract':
      return contract(args, e.labels, e.out, e.shape);
    case 'apply':
      return apply(e.op, e.params, args, e.shape);
    default:
      return unreachable(e);
  }
}

/**
 * Every node below and including the roots once, children before parents; what is `known`, and what lies below it alone, is
 * left out. No recursion: depth is no limit.
 */
export function postorder(roots: readonly Expr[], known?: ReadonlyMap<Expr, unknown>): Expr[] {
  // Not there: not seen. False: its children are under way. True: in the order.
  const done = new Map<Expr, boolean>();
  const order: Expr[] = [];
  const stack = roots.toReversed();
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const state = done.get(node);
    if (state === undefined && known?.has(node)) {
      stack.pop();
      continue;
    }
    const below = state === undefined ? children(node) : none;
    if (below.length > 0) {
      done.set(node, false);
      for (let i = below.length - 1; i >= 0; i--) if (!done.get(below[i]!)) stack.push(below[i]!);
      continue;
    }
    stack.pop();
    if (state) continue;
    done.set(node, true);
    order.push(node);
  }
  return order;
}

/** Rebuilds the graph from the leaves up; `visit` sees each node once, with its children already replaced. */
export function rewriteUp(root: Expr, visit: (node: Expr) => Expr, cache: Map<Expr, Expr> = new Map()): Expr {
  for (const node of postorder([root], cache)) cache.set(node, visit(rebuilt(node, cache)));
  return cache.get(root) ?? root;
}

/** Over what became of its children, where anything did. */
export function rebuilt(node: Expr, known: ReadonlyMap<Expr, Expr>): Expr {
  const args = children(node);
  for (let i = 0; i < args.length; i++) {
    const now = known.get(args[i]!);
    if (now !== undefined && now !== args[i]) return made(node, args.map((a) => known.get(a) ?? a));
  }
  return node;
}

export function variables(roots: readonly Expr[]): VariableNode[] {
  return postorder(roots).filter((e) => e.kind === 'variable');
}

/** Whether nothing but sums, and products with one factor that moves, stands over the leaves: then the graph is affine in them. */
export function isLinearGraph(root: Expr, leaves: readonly Expr[]): boolean {
  const moving = new Set<Expr>();
  for (const node of postorder([root])) {
    const below = children(node);
    let count = leaves.includes(node) ? 1 : 0;
    for (let i = 0; i < below.length; i++) if (moving.has(below[i]!)) count++;
    if (count === 0) continue;
    if (node.kind === 'apply' || (node.kind === 'contract' && count > 1)) return false;
    moving.add(node);
  }
  return true;
}

/** The nodes below `root` that depend on any of `leaves`. */
export function dependents(root: Expr, leaves: ReadonlySet<Expr>): Set<Expr> {
  const found = new Set<Expr>();
  for (const node of postorder([root])) {
    const below = children(node);
    let isMoving = leaves.has(node);
    for (let i = 0; i < below.length && !isMoving; i++) isMoving = found.has(below[i]!);
    if (isMoving) found.add(node);
  }
  return found;
}
