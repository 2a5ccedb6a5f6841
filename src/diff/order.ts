// The order of accumulation. Every edge of the graph carries a local Jacobian; eliminating a vertex multiplies the
// Jacobians on its two sides. Eliminating from the result gives reverse mode, from the variable forward mode; greedy
// elimination of the cheapest vertex multiplies vectors before matrices before higher tensors (cross-country mode).
// Griewank & Walther, Evaluating Derivatives, 2008, chapters 9 and 10; Laue et al., AAAI 2020, section 4.

import { must, unreachable } from '../base/internal.ts';
import { once } from '../base/once.ts';
import { dimValue } from '../ir/dim.ts';
import { add, identityOn, scale, zeros } from '../ir/build.ts';
import { type Expr, type Label, contract, labelDims } from '../ir/expr.ts';
import type { Dim } from '../ir/dim.ts';
import { children, dependents, postorder } from '../ir/walk.ts';
import { localPartial } from './partial.ts';

export type Order = 'forward' | 'reverse' | 'cross-country';

export interface Accumulated {
  readonly derivative: Expr;
  /** Planned multiplications, with 10 for the size of every axis that has only a name. */
  readonly multiplications: number;
}

/**
 * A local Jacobian: `core` on distinct labels, and the labels of the axes of the node (`to`) and its argument (`from`). What a
 * product costs follows from labels, so that cores are built in the cheapest order alone.
 */
interface Jacobian {
  readonly core: (() => Expr) | undefined;
  readonly coreLabels: readonly Label[];
  readonly to: readonly Label[];
  readonly from: readonly Label[];
}

/** ∂of/∂by in the order that costs least; never more than reverse mode. Axes: of, by. */
export function crossCountry(of: Expr, by: Expr): Accumulated {
  const start = jacobiansOf(of, by);
  // One vertex leaves in one order.
  const orders: readonly Order[] = start.inner.length > 1 ? ['reverse', 'forward', 'cross-country'] : ['reverse'];
  const all = orders.map((order) => inOrder(start, order));
  return built(
    all.reduce((best, one) => (one.multiplications < best.multiplications ? one : best)),
    start,
  );
}

/** ∂of/∂by by vertex elimination in one of the three orders. */
export function accumulate(of: Expr, by: Expr, order: Order): Accumulated {
  const start = jacobiansOf(of, by);
  return built(inOrder(start, order), start);
}

/** The nodes between the two, and the Jacobians along the edges there. */
interface Start {
  readonly of: Expr;
  readonly by: Expr;
  readonly inner: readonly Expr[];
  readonly edges: readonly (readonly [node: Expr, child: Expr, jacobian: Jacobian])[];
}

function jacobiansOf(of: Expr, by: Expr): Start {
  const active = dependents(of, new Set([by]));
  const nodes = postorder([of]).filter((n) => active.has(n));
  const edges = nodes.flatMap((node) => {
    if (node === by) return [];
    return [...new Set(children(node))].flatMap((child) => (active.has(child) ? [[node, child, localJacobian(node, child)] as const] : []));
  });
  return { of, by, inner: nodes.filter((n) => n !== of && n !== by), edges };
}

interface Eliminated {
  /** Absent where nothing depends on the variable, and where the two are one. */
  readonly whole: Jacobian | undefined;
  readonly multiplications: number;
}

function built({ whole, multiplications }: Eliminated, { of, by }: Start): Accumulated {
  const derivative = whole ? spread(whole, of, by) : of === by ? identityOn(of.shape) : zeros([...of.shape, ...by.shape]);
  return { derivative, multiplications };
}

function inOrder(start: Start, order: Order): Eliminated {
  const edges = new Edges();
  for (const [node, child, jacobian] of start.edges) edges.set(node, child, jacobian);
  const inner = order === 'reverse' ? start.inner.toReversed() : [...start.inner];
  let multiplications = 0;
  while (inner.length > 0) {
    const next = order === 'cross-country' ? cheapest(inner, edges) : 0;
    const [vertex] = inner.splice(next, 1);
    multiplications += edges.eliminate(must(vertex));
  }
  return { whole: edges.get(start.of, start.by), multiplications };
}

function cheapest(inner: readonly Expr[], edges: Edges): number {
  let best = 0;
  let least = Infinity;
  inner.forEach((vertex, i) => {
    const cost = edges.priceOf(vertex);
    if (cost < least) {
      least = cost;
      best = i;
    }
  });
  return best;
}

class Edges {
  readonly #into = new Map<Expr, Map<Expr, Jacobian>>(); // argument → node → Jacobian
  readonly #outOf = new Map<Expr, Set<Expr>>(); // node → arguments

  get(node: Expr, arg: Expr): Jacobian | undefined {
    return this.#into.get(arg)?.get(node);
  }

  set(node: Expr, arg: Expr, jacobian: Jacobian): void {
    const parents = this.#into.get(arg) ?? new Map<Expr, Jacobian>();
    parents.set(node, jacobian);
    this.#into.set(arg, parents);
    this.#outOf.set(node, (this.#outOf.get(node) ?? new Set()).add(arg));
  }

  priceOf(vertex: Expr): number {
    let price = 0;
    for (const [node, left] of this.#into.get(vertex) ?? []) {
      for (const arg of this.#outOf.get(vertex) ?? []) price += priceOfProduct(left, must(this.get(vertex, arg)), node, vertex, arg);
    }
    return price;
  }

  eliminate(vertex: Expr): number {
    const price = this.priceOf(vertex);
    const parents = this.#into.get(vertex) ?? new Map<Expr, Jacobian>();
    const args = this.#outOf.get(vertex) ?? new Set<Expr>();
    for (const [node, left] of parents) {
      for (const arg of args) {
        const product = compose(left, must(this.get(vertex, arg)), node, vertex, arg);
        const known = this.get(node, arg);
        this.set(node, arg, known ? plus(known, product, node, arg) : product);
      }
      this.#outOf.get(node)?.delete(vertex);
    }
    for (const arg of args) this.#into.get(arg)?.delete(vertex);
    this.#into.delete(vertex);
    this.#outOf.delete(vertex);
    return price;
  }
}

/** The sum over all places where `child` stands in `node`. */
function localJacobian(node: Expr, child: Expr): Jacobian {
  switch (node.kind) {
    case 'number':
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return unreachable(node as never);
    case 'sum': {
      const axes = child.shape.map((_, i) => i);
      const parts = node.terms.filter((t) => t.arg === child).map((t) => scale(t.coef, oneAs()));
      return { core: () => (parts.length === 1 ? must(parts[0]) : add(...parts)), coreLabels: [], to: axes, from: axes };
    }
    case 'contract': {
      const parts = node.args.flatMap((a, k) => {
        if (a !== child) return [];
        const others = node.args.filter((_, i) => i !== k);
        const labels = node.labels.filter((_, i) => i !== k);
        return [packed(others.map((other) => () => other), labels, node.out, must(node.labels[k]), [...node.shape, ...child.shape])];
      });
      return parts.reduce((s, p) => plus(s, p, node, child));
    }
    case 'apply': {
      const parts = node.args.flatMap((a, k): Jacobian[] => {
        if (a !== child) return [];
        const { partial, labels, out, into } = localPartial(node, k);
        return [{ core: () => partial, coreLabels: labels, to: out, from: into }];
      });
      return parts.reduce((s, p) => plus(s, p, node, child));
    }
    default:
      return unreachable(node);
  }
}

function oneAs(): Expr {
  return contract([], [], []);
}

/** Factors as a Jacobian: labels of no factor stay free, the others carry the core. */
function packed(
  factors: readonly (() => Expr)[],
  labels: readonly (readonly Label[])[],
  to: readonly Label[],
  from: readonly Label[],
  shape: readonly Dim[],
): Jacobian {
  if (factors.length === 0) return { core: undefined, coreLabels: [], to, from };
  const used = new Set(labels.flat());
  const coreLabels = [...new Set([...to, ...from])].filter((l) => used.has(l));
  const core = once((): Expr => {
    const args = factors.map((make) => make());
    const dims = labelDims(args, labels);
    [...to, ...from].forEach((l, i) => dims.set(l, must(shape[i])));
    return contract(
      args,
      labels,
      coreLabels,
      coreLabels.map((l) => must(dims.get(l))),
    );
  });
  return { core, coreLabels, to, from };
}

function joined(left: Jacobian, right: Jacobian): { left: Jacobian; right: Jacobian; rename: (l: Label) => Label } {
  const shift = 1 + Math.max(0, ...left.to, ...left.from, ...left.coreLabels);
  const moved: Jacobian = {
    core: right.core,
    coreLabels: right.coreLabels.map((l) => l + shift),
    to: right.to.map((l) => l + shift),
    from: right.from.map((l) => l + shift),
  };
  const parent = new Map<Label, Label>();
  const rename = (l: Label): Label => {
    const p = parent.get(l);
    return p === undefined ? l : rename(p);
  };
  left.from.forEach((l, i) => {
    const [a, b] = [rename(l), rename(must(moved.to[i]))];
    if (a !== b) parent.set(b, a);
  });
  return { left, right: moved, rename };
}

function compose(leftJ: Jacobian, rightJ: Jacobian, node: Expr, middle: Expr, arg: Expr): Jacobian {
  const { left, right, rename } = joined(leftJ, rightJ);
  const factors = [left, right].filter((j) => j.core !== undefined);
  const [to, from] = [left.to.map(rename), right.from.map(rename)];
  // A middle axis that stands nowhere else is summed over ones.
  const loose = middle.shape.flatMap((d, i) => {
    const l = rename(must(left.from[i]));
    return factors.some((j) => j.coreLabels.map(rename).includes(l)) || to.includes(l) || from.includes(l) ? [] : [{ l, d }];
  });
  const extra = loose.length === 0 ? [] : [() => contract([], [], loose.map((_, i) => i), loose.map((x) => x.d))];
  return packed(
    [...factors.map((j) => must(j.core)), ...extra],
    [...factors.map((j) => j.coreLabels.map(rename)), ...extra.map(() => loose.map((x) => x.l))],
    to,
    from,
    [...node.shape, ...arg.shape],
  );
}

function priceOfProduct(leftJ: Jacobian, rightJ: Jacobian, node: Expr, middle: Expr, arg: Expr): number {
  const { left, right, rename } = joined(leftJ, rightJ);
  if (left.core === undefined || right.core === undefined) return 0;
  const sizes = new Map<Label, number>();
  const note = (labels: readonly Label[], shape: readonly Dim[]): void => labels.forEach((l, i) => void sizes.set(rename(l), dimValue(must(shape[i])) ?? 10));
  note(left.to, node.shape);
  note(left.from, middle.shape);
  note(right.from, arg.shape);
  const used = new Set([...left.coreLabels, ...right.coreLabels].map(rename));
  return [...used].reduce((n, l) => n * (sizes.get(l) ?? 10), 1);
}

/** Equal label patterns keep their pattern; different ones are written out in full. */
function plus(a: Jacobian, b: Jacobian, node: Expr, arg: Expr): Jacobian {
  const pattern = (j: Jacobian): string => {
    const all = [...j.to, ...j.from];
    return `${all.map((l) => all.indexOf(l)).join('.')}|${j.coreLabels.map((l) => all.indexOf(l)).join('.')}`;
  };
  const [left, right] = [a.core, b.core];
  if (left && right && pattern(a) === pattern(b)) return { ...a, core: once(() => add(left(), right())) };
  const to = node.shape.map((_, i) => i);
  const from = arg.shape.map((_, i) => to.length + i);
  return { core: once(() => add(spread(a, node, arg), spread(b, node, arg))), coreLabels: [...to, ...from], to, from };
}

function spread(j: Jacobian, node: Expr, arg: Expr): Expr {
  return contract(j.core ? [j.core()] : [], j.core ? [j.coreLabels] : [], [...j.to, ...j.from], [...node.shape, ...arg.shape]);
}
