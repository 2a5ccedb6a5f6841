// The pass: every node rebuilt from simplified children by the builders of sums, products and applications.

import { must, unreachable } from '../base/internal.ts';
import { dimValue } from '../ir/dim.ts';
import { type ContractNode, type Expr, contextCache, number } from '../ir/expr.ts';
import { children, postorder, rebuilt } from '../ir/walk.ts';
import { one, ratio } from '../ir/rational.ts';
import { simplifyApply } from './function.ts';
import type { Mode } from './mode.ts';
import type { ProductOptions } from './options.ts';
import { product } from './product.ts';
import { sumOf } from './sum.ts';
import type { Trace } from './trace.ts';

const caches = contextCache(() => new Map<string, Map<Expr, Expr>>());

export function simplify(root: Expr, mode: Mode, trace?: Trace): Expr {
  return must(simplifyAll([root], mode, trace)[0]);
}

/** Several roots at once: what they share stays shared. */
export function simplifyAll(roots: readonly Expr[], mode: Mode, trace?: Trace): Expr[] {
  const known = caches();
  let cache = known.get(mode.name);
  if (!cache || mode.keepShared || trace) {
    cache = new Map();
    if (!mode.keepShared && !trace) known.set(mode.name, cache);
  }
  return run(roots, mode, cache, trace);
}

/** Takes a node as simplified, so that it stays as it is where it is an argument. */
export function settle(node: Expr, mode: Mode): void {
  const known = caches();
  const cache = known.get(mode.name) ?? new Map<Expr, Expr>();
  known.set(mode.name, cache.set(node, node));
}

/** Whether the node is known to be what this mode would make of it. */
export function isSettled(node: Expr, mode: Mode): boolean {
  return caches().get(mode.name)?.get(node) === node;
}

function run(roots: readonly Expr[], mode: Mode, cache: Map<Expr, Expr>, trace: Trace | undefined): Expr[] {
  if (roots.every((r) => cache.has(r))) return roots.map((r) => must(cache.get(r)));
  const opaque = new Set<Expr>();
  const options: ProductOptions = {
    mode,
    opaque,
    ...(trace && { trace }),
    simplify: (e) => must(run([e], mode, cache, trace)[0]),
  };
  const order = postorder(roots, cache);
  const uses = mode.keepShared ? countUses(order) : undefined;
  for (const node of order) {
    const over = rebuilt(node, cache);
    const result = cache.get(over) ?? visit(over, options);
    trace?.node(node, result);
    cache.set(node, result);
    cache.set(result, result);
    if (uses && (uses.get(node) ?? 0) > 1) {
      const made = withoutNumber(result);
      if (made.kind === 'contract' && made.args.length > 1) opaque.add(made);
    }
  }
  return roots.map((r) => must(cache.get(r)));
}

function countUses(order: readonly Expr[]): Map<Expr, number> {
  const uses = new Map<Expr, number>();
  for (const node of order) for (const c of new Set(children(node))) uses.set(c, (uses.get(c) ?? 0) + 1);
  return uses;
}

/** The product that a number stands before. */
function withoutNumber(e: Expr): Expr {
  const [only] = e.kind === 'sum' ? e.terms : [];
  return e.kind === 'sum' && e.terms.length === 1 && only ? only.arg : e;
}

function visit(e: Expr, options: ProductOptions): Expr {
  switch (e.kind) {
    case 'number':
    case 'variable':
      return e;
    case 'size': {
      const value = dimValue(e.dim);
      return value === undefined ? e : number(ratio(value));
    }
    case 'delta':
    case 'stack': {
      const labels = e.shape.map((_, i) => i);
      return product(one, [{ expr: e, labels }], labels, e.shape, options);
    }
    case 'sum':
      return sumOf(e.terms, e.shape, options.trace);
    case 'contract':
      if (isPlainProduct(e)) return e;
      return product(
        one,
        e.args.map((arg, i) => ({ expr: arg, labels: must(e.labels[i]) })),
        e.out,
        e.shape,
        options,
      );
    case 'apply':
      return simplifyApply(e, options);
    default:
      return unreachable(e);
  }
}

/** Of different variables that nothing is known of, no axis taken twice and none of size 1: there is nothing to do. */
function isPlainProduct({ args, labels, out }: ContractNode): boolean {
  if (args.length < 2) return false;
  for (let k = 0; k < args.length; k++) {
    const arg = args[k]!;
    if (arg.kind !== 'variable' || arg.facts.has.size > 0 || args.indexOf(arg) < k) return false;
    const own = labels[k]!;
    for (let axis = 0; axis < own.length; axis++) if (own.indexOf(own[axis]!) < axis || arg.shape[axis]!.key === '1') return false;
  }
  // A label of the result alone repeats it, one that stands there twice spreads it.
  for (let axis = 0; axis < out.length; axis++) if (out.indexOf(out[axis]!) < axis || !labels.some((own) => own.includes(out[axis]!))) return false;
  return true;
}
