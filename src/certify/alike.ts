// Parts of one problem that differ only in the names of what is given, and of its sizes, ask for one proof, and for one
// derivative.

import { type Dim, dim, dimNames, substituteDim } from '../ir/dim.ts';
import { type Expr, type VariableNode, apply, contextCache, contract, delta, number, shapeKey, size, stack, sum, variable } from '../ir/expr.ts';
import { type Facts, factsKey } from '../ir/fact.ts';
import { must, unreachable } from '../base/internal.ts';
import { children, postorder } from '../ir/walk.ts';

/** What alike parts have in common that is told at a glance: their nodes, without order. */
export function glance(e: Expr): string {
  return postorder([e]).map((node) => (node.kind === 'apply' ? node.op : `${node.kind}${node.shape.length}`)).sort().join();
}

export interface Nameless {
  readonly expr: Expr;
  /** What is given and the names of its sizes, in the order of their numbers. */
  readonly given: readonly VariableNode[];
  readonly sizes: readonly string[];
}

/**
 * The expression with everything but `by` and its sizes named by number, and without what is known of the given: where two
 * come out equal, they differ in names and facts alone. Undefined where sizes are named after others.
 */
export function withoutNames(e: Expr, by: readonly VariableNode[]): Nameless | undefined {
  const known = cache();
  const key = `${e.id} ${by.map((v) => v.id).join()}`;
  if (!known.has(key)) known.set(key, numberedNames(e, by));
  return known.get(key);
}

const cache = contextCache(() => new Map<string, Nameless | undefined>());

function numberedNames(e: Expr, by: readonly VariableNode[]): Nameless | undefined {
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
  const numbered = new Map(given.map((v, k) => [v, `#${k}`]));
  const expr = rebuilt(
    e,
    (d) => substituteDim(d, (name) => sizes.get(name)),
    (v, shape) => (numbered.has(v) ? variable(must(numbered.get(v)), shape) : variable(v.name, shape, v.facts)),
  );
  return { expr, given, sizes: [...sizes.keys()] };
}

/** What was made of `a`, as it comes out of `b`, which `a` covers. */
export function inNamesOf(e: Expr, a: Nameless, b: Nameless): Expr {
  const given = new Map(a.given.map((v, k) => [v, must(b.given[k])]));
  const sizes = new Map(a.sizes.map((name, k) => [name, dim(must(b.sizes[k]))]));
  return rebuilt(
    e,
    (d) => substituteDim(d, (name) => sizes.get(name)),
    (v, shape) => given.get(v) ?? variable(v.name, shape, v.facts),
  );
}

/** Whether what is proved for all values with the facts of `a` is proved for all with those of `b`. */
export function covers(a: Nameless, b: Nameless): boolean {
  return a.expr === b.expr && a.given.every((v, k) => isWithin(must(b.given[k]).facts, v.facts));
}

function isWithin(narrow: Facts, wide: Facts): boolean {
  return [...wide.has].every((fact) => narrow.has.has(fact)) && (wide.above === undefined || wide.above === narrow.above) && (wide.below === undefined || wide.below === narrow.below);
}

/** The graph with other sizes and variables. */
function rebuilt(e: Expr, renamed: (d: Dim) => Dim, variableOf: (v: VariableNode, shape: readonly Dim[]) => Expr): Expr {
  const done = new Map<Expr, Expr>();
  for (const node of postorder([e])) {
    const shape = node.shape.map(renamed);
    const args = children(node).map((c) => must(done.get(c)));
    done.set(node, node.kind === 'variable' ? variableOf(node, shape) : again(node, args, shape, renamed));
  }
  return must(done.get(e));
}

function again(node: Exclude<Expr, VariableNode>, args: readonly Expr[], shape: readonly Dim[], renamed: (d: Dim) => Dim): Expr {
  switch (node.kind) {
    case 'number':
      return number(node.value, shape);
    case 'size':
      return size(renamed(node.dim));
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
