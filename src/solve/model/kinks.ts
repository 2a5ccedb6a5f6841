// Kinks that are added to the rest of an objective, as rows with bounded weights: w |e| is the largest y e of all y between
// -w and w, and w times the norm of u the largest y'u of all y no longer than w. A method of multipliers takes such rows as
// it takes constraints, whose weights have no bound, and needs no variables for them.
//
// Bertsekas, Constrained Optimization and Lagrange Multiplier Methods, 1982, chapter 3.

import { must } from '../../base/internal.ts';
import { neg, ones, sub, times, zeros } from '../../ir/build.ts';
import { type Expr, type VariableNode, contract, variable } from '../../ir/expr.ts';
import { ratio, same } from '../../ir/rational.ts';
import { children, dependents, postorder, rewriteUp } from '../../ir/walk.ts';
import { reverse } from '../../diff/differentiate.ts';
import { has } from '../../ops/facts.ts';
import type { Kinks } from '../../ops/op.ts';
import { asPower } from '../../ops/scalar/power.ts';
import { opNamed } from '../../ops/table.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { dependsOn, isAffine } from './derivatives.ts';
import { isBoundOf } from './reformulate.ts';
import type { Statement } from './statement.ts';

/** The objective has the largest sum of weight times row, over the weights that are allowed. */
export interface KinkedRow {
  readonly expr: Expr;
  readonly weights: RowWeights;
}

export type RowWeights =
  /** Entry by entry between these, of the row's shape. */
  | { readonly kind: 'interval'; readonly least: Expr; readonly most: Expr }
  /** Along the axes that the radius does not have, which are the last ones, no longer than it. */
  | { readonly kind: 'ball'; readonly radius: Expr };

/** The statement without those kinks of its objective, and the rows for them. */
export function withoutBareKinks(statement: Statement): { readonly statement: Statement; readonly rows: readonly KinkedRow[] } {
  const swap = new Map<Expr, Expr>();
  const rows: KinkedRow[] = [];
  const objective = simplify(statement.objective, lazy);
  for (const node of bareFunctions(objective, statement.variables)) {
    const found = rowFor(node, objective, statement);
    if (!found) continue;
    swap.set(node, found.rest);
    rows.push(found.row);
  }
  return rows.length === 0 ? { statement, rows } : { statement: { ...statement, objective: simplify(rewriteUp(objective, (e) => swap.get(e) ?? e), lazy) }, rows };
}

/** Functions that are added to the rest as they are, times what does not move. */
function bareFunctions(f: Expr, by: readonly VariableNode[]): ReadonlySet<Expr> {
  const active = dependents(f, new Set<Expr>(by));
  const found = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (e.kind === 'apply') found.add(e);
    const moving = children(e).filter((arg) => active.has(arg));
    if (e.kind === 'sum' || (e.kind === 'contract' && moving.length === 1)) moving.forEach(visit);
  };
  visit(f);
  return found;
}

interface Replaced {
  /** In place of the function. */
  readonly rest: Expr;
  readonly row: KinkedRow;
}

function rowFor(node: Expr, objective: Expr, statement: Statement): Replaced | undefined {
  const { variables } = statement;
  const value = variable('#value', node.shape);
  const weight = simplify(reverse(rewriteUp(objective, (e) => (e === node ? value : e)), value), lazy);
  if (dependsOn(weight, [...variables, value])) return undefined;
  const u = has(weight, 'nonnegative') ? lengthsOf(node) : undefined;
  if (u && isAffine(u, variables)) return { rest: zeros(node.shape), row: { expr: simplify(u, lazy), weights: { kind: 'ball', radius: weight } } };
  const op = node.kind === 'apply' ? opNamed(node.op) : undefined;
  if (node.kind !== 'apply' || !op?.kinks || postorder(node.args).some((e) => e.kind === 'apply' && opNamed(e.op).kinks && dependsOn(e, variables))) return undefined;
  const isConvex = (op.curvature?.is ?? 'convex') === 'convex';
  if (!has(weight, isConvex ? 'nonnegative' : 'nonpositive')) return undefined;
  return op.kinks.parts ? byParts(node.args, op.kinks, weight, statement) : byPieces(node, op.kinks, isConvex, weight);
}

/** The value at x = p - q is a p + b q: its slope is a above zero and -b below. */
function byParts([x]: readonly Expr[], { parts }: Kinks, weight: Expr, statement: Statement): Replaced | undefined {
  // A known sign leaves one piece; of a free variable positive and negative parts are variables with bounds.
  if (!x || !parts || has(x, 'nonnegative') || has(x, 'nonpositive') || isFree(x, statement)) return undefined;
  const [nothing, unit] = [zeros(x.shape), ones(x.shape)];
  const along = (p: Expr, q: Expr): Expr => simplify(times(weight, parts(p, q)), lazy);
  const weights = { kind: 'interval', least: simplify(neg(along(nothing, unit)), lazy), most: along(unit, nothing) } as const;
  return { rest: nothing, row: { expr: simplify(x, lazy), weights } };
}

function isFree(x: Expr, { variables, constraints, cones }: Statement): boolean {
  const own = variables.find((v) => v === x);
  return own !== undefined && own.facts.has.size === 0 && !cones.has(own.name) && !constraints.some((c) => isBoundOf({ expr: simplify(c.expr, lazy) }, own));
}

/** max(u, v) = v + max(u - v, 0), and min(u, v) = v - max(v - u, 0). */
function byPieces(node: Expr & { readonly kind: 'apply' }, { pieces }: Kinks, isConvex: boolean, weight: Expr): Replaced | undefined {
  const [u, v, ...more] = pieces?.(node.args) ?? [];
  if (!u || !v || more.length > 0 || u.shape.length !== node.shape.length || v.shape.length !== node.shape.length) return undefined;
  const size = isConvex ? weight : neg(weight);
  const weights = { kind: 'interval', least: zeros(node.shape), most: simplify(size, lazy) } as const;
  return { rest: v, row: { expr: simplify(isConvex ? sub(u, v) : sub(v, u), lazy), weights } };
}

/** u, when the node has the lengths of u along its last axes. */
function lengthsOf(node: Expr): Expr | undefined {
  const root = asPower(node);
  const e = root && same(root.exponent, ratio(1, 2)) ? root.base : undefined;
  if (e?.kind !== 'contract') return undefined;
  const [first, second, ...more] = e.args;
  const labels = e.labels[0];
  if (!first || !labels || more.length > 0 || new Set(labels).size < labels.length || !e.out.every((l) => labels.includes(l)) || e.out.length === labels.length) return undefined;
  const square = second ? undefined : asPower(first);
  const isSquare = second ? first === second && must(e.labels[1]).every((l, axis) => l === labels[axis]) : square !== undefined && same(square.exponent, ratio(2));
  if (!isSquare) return undefined;
  return contract([square?.base ?? first], [labels], [...e.out, ...labels.filter((l) => !e.out.includes(l))]);
}
