// Derivatives of the parts of a problem by its variables, and what they show: affine, quadratic.

import { must } from '../../base/internal.ts';
import { add, zeros } from '../../ir/build.ts';
import { type Expr, type Term, type VariableNode, contract, sum, variable } from '../../ir/expr.ts';
import { one } from '../../ir/rational.ts';
import { dependents, isLinearGraph, postorder, variables as variablesOf } from '../../ir/walk.ts';
import { factsOf } from '../../ops/facts.ts';
import { opNamed } from '../../ops/table.ts';
import { alongChains } from '../../diff/chain.ts';
import { gradients, jvp, reverse } from '../../diff/differentiate.ts';
import { crossCountry } from '../../diff/order.ts';
import { fast, readable } from '../../simplify/pipelines.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { isPolynomial } from '../polynomial.ts';

/** Second derivatives by two variables each, [k][l] for l ≤ k; absent where they are zero. */
export type Blocks = readonly (readonly (Expr | undefined)[])[];

// Above this many nodes the accumulation of Jacobians in the cheapest order costs more than it saves.
const smallGraph = 300;

/** ∂of/∂by, not projected on the structure of `by`. Axes: of, by. */
export function derivative(of: Expr, by: VariableNode): Expr {
  return simplest(accumulated(of, by), by, true);
}

/** The same as it comes, but for polynomials. */
export function plainDerivative(of: Expr, by: VariableNode): Expr {
  return simplest(accumulated(of, by), by, false);
}

function accumulated(of: Expr, by: VariableNode): Expr {
  const start = simplify(of, lazy);
  if (!variablesOf([start]).includes(by)) return zeros([...of.shape, ...by.shape]);
  const linear = ofLinear(start, by);
  if (linear) return simplify(linear, lazy);
  return simplify(alongChains(start, by) ?? (start.shape.length === 0 || postorder([start]).length > smallGraph ? reverse(start, by) : crossCountry(start, by).derivative), lazy);
}

/** Of a sum of products in each of which the variable is one factor: the other factors, where they have all of its axes. */
function ofLinear(e: Expr, by: VariableNode): Expr | undefined {
  const parts: Term[] = [];
  for (const { coef, arg } of e.kind === 'sum' ? e.terms : [{ coef: one, arg: e }]) {
    if (!variablesOf([arg]).includes(by)) continue;
    const place = arg.kind === 'contract' ? arg.args.indexOf(by) : -1;
    if (arg.kind !== 'contract' || place < 0) return undefined;
    const own = must(arg.labels[place]);
    const others = arg.args.filter((_, k) => k !== place);
    const labels = arg.labels.filter((_, k) => k !== place);
    const isPlain = own.every((l, i) => own.indexOf(l) === i && !arg.out.includes(l) && labels.some((list) => list.includes(l)));
    if (!isPlain || variablesOf(others).includes(by)) return undefined;
    parts.push({ coef, arg: contract(others, labels, [...arg.out, ...own], [...arg.shape, ...by.shape]) });
  }
  return parts.length > 0 ? sum(parts) : undefined;
}

/**
 * What cancels in a polynomial may need its products written out; the forms of other functions decide how much of their
 * values is rounding, which residuals are worth the time for. Products of variables without a sum are simple as they are.
 */
function simplest(plain: Expr, by: VariableNode, isInFull: boolean): Expr {
  const moving = [...dependents(plain, new Set<Expr>([by]))];
  const isSimple = isPolynomial(moving) ? !moving.some((node) => node.kind === 'sum' && node.terms.length > 1) : !isInFull;
  return isSimple ? plain : readable(plain);
}

/** Gradients of a scalar by several variables; those of polynomials as they come, so that a sum that cancels may stand in them. */
export function gradientsOf(of: Expr, by: readonly VariableNode[]): Expr[] {
  return plainGradients(of, by).map((plain) => (isPolynomial([...dependents(plain, new Set<Expr>(by))]) ? plain : readable(plain)));
}

/** The same as they come. */
export function plainGradients(of: Expr, by: readonly VariableNode[]): Expr[] {
  const start = simplify(of, lazy);
  const [only] = by;
  const chained = only && by.length === 1 ? alongChains(start, only) : undefined;
  return (chained ? [chained] : gradients(start, by)).map((g) => simplify(g, lazy));
}

export function dependsOn(e: Expr, by: readonly VariableNode[]): boolean {
  return by.length > 0 && dependents(e, new Set<Expr>(by)).size > 0;
}

/** Whether the derivative does not mention the variables, in its simplified form. Unknown means no. */
export function isAffine(e: Expr, by: readonly VariableNode[]): boolean {
  if (isLinearGraph(e, by)) return true;
  const leaves = variablesOf([e]);
  return !hasJumps(e, by) && by.filter((v) => leaves.includes(v)).every((v) => !dependsOn(derivative(e, v), by));
}

/**
 * Whether a function with excluded points takes something that moves with the variables: then a derivative that is zero,
 * such as that of a sign, is zero only between those points.
 */
export function hasJumps(e: Expr, by: readonly VariableNode[]): boolean {
  const start = simplify(e, lazy);
  const moving = dependents(start, new Set<Expr>(by));
  return postorder([start]).some((node) => {
    if (node.kind !== 'apply' || !moving.has(node)) return false;
    const op = opNamed(node.op);
    return op.excludes !== undefined && !op.holds?.(node.args.map(factsOf));
  });
}

/** The direction that belongs to a variable. */
export function directionOf(v: VariableNode): VariableNode {
  return variable(`#along ${v.name}`, v.shape);
}

/** ∇²f · v for a scalar f with these gradients, one part for each variable, along `directionOf` the variables. */
export function hessianProducts(gradientList: readonly Expr[], by: readonly VariableNode[]): Expr[] {
  return gradientList.map((g, k) => {
    const parts = by.filter((v) => dependsOn(g, [v])).map((v) => jvp(g, v, directionOf(v)));
    return parts.length === 0 ? zeros(must(by[k]).shape) : fast(parts.length === 1 ? must(parts[0]) : add(...parts));
  });
}
