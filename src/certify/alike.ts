// Parts of one problem that differ only in the names of what is given, and of its sizes, ask for one proof.

import { type Dim, dim, dimNames, substituteDim } from '../ir/dim.ts';
import { type Expr, type VariableNode, apply, contract, delta, number, shapeKey, size, stack, sum, variable } from '../ir/expr.ts';
import { type Facts, factsKey, noFacts } from '../ir/fact.ts';
import { must, unreachable } from '../base/internal.ts';
import { children, postorder } from '../ir/walk.ts';

/** What alike parts have in common that is told at a glance: their nodes, without order. */
export function glance(e: Expr): string {
  return postorder([e]).map((node) => (node.kind === 'apply' ? node.op : `${node.kind}${node.shape.length}`)).sort().join();
}

export interface Nameless {
  readonly expr: Expr;
  /** Of what is given, in the order of its numbers. */
  readonly facts: readonly Facts[];
}

/**
 * The expression with everything but `by` and its sizes named by number, and without what is known of the given: where two
 * come out equal, they differ in names and facts alone. Undefined where sizes are named after others.
 */
export function withoutNames(e: Expr, by: readonly VariableNode[]): Nameless | undefined {
  const nodes = postorder([e]);
  const own = new Set(by.flatMap((v) => v.shape.flatMap(dimNames)));
  const given = nodes.filter((node) => node.kind === 'variable' && !by.includes(node)) as VariableNode[];
  const shapeOf = (v: VariableNode): string => shapeKey(v.shape.map((d) => (dimNames(d).every((name) => own.has(name)) ? d : dim('*'))));
  const keys = new Map(given.map((v) => [v, `${shapeOf(v)}${factsKey(v.facts)}`]));
  given.sort((v, w) => (must(keys.get(v)) < must(keys.get(w)) ? -1 : must(keys.get(v)) > must(keys.get(w)) ? 1 : v.name < w.name ? -1 : 1));
  const sizes = new Map<string, Dim>();
  for (const name of [...given, ...nodes].flatMap((node) => node.shape.flatMap(dimNames))) {
    if (name.includes('(')) return undefined;
    if (!own.has(name) && !sizes.has(name)) sizes.set(name, dim(`#${sizes.size}`));
  }
  const renamed = (d: Dim): Dim => substituteDim(d, (name) => sizes.get(name));
  const done = new Map<Expr, Expr>();
  for (const node of nodes) {
    const shape = node.shape.map(renamed);
    const args = children(node).map((c) => must(done.get(c)));
    done.set(node, again(node, { args, shape, renamed, nameOf: (v) => (by.includes(v) ? v.name : `#${given.indexOf(v)}`) }));
  }
  return { expr: must(done.get(e)), facts: given.map((v) => v.facts) };
}

/** Whether what is proved for all values with the facts of `a` is proved for all with those of `b`. */
export function covers(a: Nameless, b: Nameless): boolean {
  return a.expr === b.expr && a.facts.every((known, k) => isWithin(must(b.facts[k]), known));
}

function isWithin(narrow: Facts, wide: Facts): boolean {
  return [...wide.has].every((fact) => narrow.has.has(fact)) && (wide.above === undefined || wide.above === narrow.above) && (wide.below === undefined || wide.below === narrow.below);
}

interface Renaming {
  readonly args: readonly Expr[];
  readonly shape: readonly Dim[];
  readonly renamed: (d: Dim) => Dim;
  readonly nameOf: (v: VariableNode) => string;
}

function again(node: Expr, { args, shape, renamed, nameOf }: Renaming): Expr {
  switch (node.kind) {
    case 'number':
      return number(node.value, shape);
    case 'size':
      return size(renamed(node.dim));
    case 'variable':
      return variable(nameOf(node), shape, nameOf(node) === node.name ? node.facts : noFacts);
    case 'delta':
      return delta(node.groups.map((group) => group.map(renamed)));
    case 'stack':
      return stack(shape[0]!, shape[1]!, renamed(node.offset));
    case 'sum':
      return sum(node.terms.map(({ coef }, k) => ({ coef, arg: args[k]! })));
    case 'contract':
      return contract(args, node.labels, node.out, shape);
    case 'apply':
      return apply(node.op, node.params, args, shape);
    default:
      return unreachable(node);
  }
}
