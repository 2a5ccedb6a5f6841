// Graphs as functions of the variables alone: what only parameters make is computed once.

import { must } from '../base/internal.ts';
import { type Expr, type VariableNode, variable } from '../ir/expr.ts';
import { children, dependents, postorder, rewriteUp } from '../ir/walk.ts';
import type { Dense } from '../ops/reference/dense.ts';
import { interpreter } from '../run/interpret.ts';
import { fastAll } from '../simplify/pipelines.ts';

/** Values of the graphs, for values of the variables by name. */
export type Evaluate = (variables: ReadonlyMap<string, Dense>) => readonly Dense[];

export interface Known {
  readonly parameters: ReadonlyMap<string, Dense>;
  readonly sizes: ReadonlyMap<string, number>;
}

// Largest number of multiplications of one product.
const mostSteps = 4e9;

/** The roots as one function, with what they share shared. Constants of the data are computed here and kept. */
export function evaluator(roots: readonly Expr[], by: readonly VariableNode[], { parameters, sizes }: Known): Evaluate {
  const prepared = fastAll(roots);
  const { rewritten, constants } = withoutConstants(prepared, by);
  const values = constants.length === 0 ? [] : interpreter(constants.map((c) => c.expr), sizes, mostSteps)(parameters);
  const fixed = new Map(parameters);
  constants.forEach((c, k) => fixed.set(c.name, must(values[k])));
  const run = interpreter(rewritten, sizes, mostSteps);
  return (variables) => run(new Map([...fixed, ...variables]));
}

/** The value of graphs of parameters alone. */
export function valuesOf(roots: readonly Expr[], { parameters, sizes }: Known): readonly Dense[] {
  return interpreter(roots, sizes, mostSteps)(parameters);
}

interface Constant {
  readonly name: string;
  readonly expr: Expr;
}

/** The largest parts that do not depend on the variables become variables of their own. */
function withoutConstants(roots: readonly Expr[], by: readonly VariableNode[]): { rewritten: readonly Expr[]; constants: readonly Constant[] } {
  const leaves = new Set<Expr>(by);
  const moving = new Set(roots.flatMap((r) => [...dependents(r, leaves)]));
  const order = postorder(roots);
  const parents = new Map<Expr, Expr[]>();
  for (const node of order) for (const c of children(node)) parents.set(c, [...(parents.get(c) ?? []), node]);
  const fixed = order.filter((e) => !moving.has(e) && children(e).length > 0 && (roots.includes(e) || (parents.get(e) ?? []).some((p) => moving.has(p))));
  const constants = fixed.map((expr, k) => ({ name: `#constant ${k}`, expr }));
  const swap = new Map<Expr, Expr>(constants.map(({ name, expr }) => [expr, variable(name, expr.shape)]));
  const cache = new Map<Expr, Expr>(swap);
  return { rewritten: roots.map((r) => rewriteUp(r, (node) => swap.get(node) ?? node, cache)), constants };
}
