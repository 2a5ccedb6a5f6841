// The second derivative of a scalar along a line in all of its variables at once: q(d) = d²/dt² f(x + t d) at t = 0.
// f is convex where q is never negative.

import { must } from '../base/internal.ts';
import { add, zeros } from '../ir/build.ts';
import { type Expr, type VariableNode, contextCache, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { structureOf } from '../ir/structure.ts';
import { postorder, rewriteUp } from '../ir/walk.ts';
import { jvp } from '../diff/differentiate.ts';
import { freed } from '../diff/structured.ts';
import { lazy } from '../simplify/mode.ts';
import { simplify } from '../simplify/simplify.ts';

export interface AlongLine {
  /** Free of facts that hold on curved sets only. */
  readonly variables: readonly VariableNode[];
  readonly directions: readonly VariableNode[];
  readonly first: Expr;
  readonly second: Expr;
}

const cache = contextCache(() => new Map<string, AlongLine>());

export function alongLine(f: Expr, by: readonly VariableNode[]): AlongLine {
  const known = cache();
  const key = `${f.id} ${by.map((v) => v.id).join()}`;
  const found = known.get(key) ?? derived(f, by);
  known.set(key, found);
  return found;
}

function derived(f: Expr, by: readonly VariableNode[]): AlongLine {
  const variables = by.map((v) => variable(v.name, v.shape, freed(v)));
  const free = new Map<Expr, Expr>(by.map((v, k) => [v, must(variables[k])]));
  const start = simplify(
    rewriteUp(f, (node) => free.get(node) ?? node),
    lazy,
  );
  const directions = variables.map(directionOf);
  const first = derivative(start, variables, directions);
  return { variables, directions, first, second: derivative(first, variables, directions) };
}

/** Moves within the linear structure of the variable. No name of the language has a blank. */
function directionOf(v: VariableNode): VariableNode {
  const structure = structureOf(v);
  return variable(`change of ${v.name}`, v.shape, facts(structure === 'none' ? [] : [structure]));
}

function derivative(e: Expr, variables: readonly Expr[], directions: readonly Expr[]): Expr {
  const leaves = new Set<Expr>(postorder([e]).filter((node) => node.kind === 'variable'));
  const parts = variables.flatMap((v, k) => (leaves.has(v) ? [jvp(e, v, must(directions[k]))] : []));
  return simplify(parts.length === 0 ? zeros([]) : add(...parts), lazy);
}
