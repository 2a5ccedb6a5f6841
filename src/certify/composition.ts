// Curvature read off the form of an expression: sums, products with what has a sign, and functions whose records say how they
// bend (the composition rule of disciplined convex programming: Grant, Boyd, Ye 2006; Boyd & Vandenberghe, Convex
// Optimization, section 3.2). Found sooner than squares in a second derivative, and less often. Unknown means no.

import { must, unreachable } from '../base/internal.ts';
import type { ApplyNode, ContractNode, Expr, SumNode, VariableNode } from '../ir/expr.ts';
import { isInteger } from '../ir/rational.ts';
import { children, postorder } from '../ir/walk.ts';
import { factsOf, has } from '../ops/facts.ts';
import { asPower } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { type Bend, asksMoreThanSign } from './regular.ts';

/** How every entry of an expression, simplified, bends in the variables `by` together; undefined where its form does not tell. */
export function composed(e: Expr, by: readonly VariableNode[]): Bend | undefined {
  const bends = new Map<Expr, Bend>(by.map((v) => [v, 'affine']));
  for (const node of postorder([e])) {
    if (bends.has(node) || !children(node).some((c) => bends.has(c))) continue;
    const bend = bendOf(node, bends);
    if (!bend) return undefined;
    bends.set(node, bend);
  }
  return bends.get(e) ?? 'affine';
}

/** Over parts that move. */
function bendOf(node: Expr, bends: ReadonlyMap<Expr, Bend>): Bend | undefined {
  switch (node.kind) {
    case 'number':
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return undefined;
    case 'sum':
      return ofSum(node, bends);
    case 'contract':
      return ofProduct(node, bends);
    case 'apply':
      return ofFunction(node, bends);
    default:
      return unreachable(node);
  }
}

function ofSum({ terms }: SumNode, bends: ReadonlyMap<Expr, Bend>): Bend | undefined {
  let bend: Bend = 'affine';
  for (const { coef, arg } of terms) {
    const own = bends.get(arg) ?? 'affine';
    const here = coef.num < 0 ? mirrored(own) : own;
    if (here !== 'affine' && bend !== 'affine' && here !== bend) return undefined;
    if (here !== 'affine') bend = here;
  }
  return bend;
}

/** Of one factor that moves, or a number and a function of it, entry by entry, with others that do not. */
function ofProduct({ args, labels }: ContractNode, bends: ReadonlyMap<Expr, Bend>): Bend | undefined {
  const moving = args.flatMap((arg, k) => (bends.has(arg) ? [k] : []));
  let bend = moving.length === 1 ? bends.get(must(args[must(moving[0])])) : moving.length === 2 && hasSameLabels(labels, moving) ? ofPair(moving.map((k) => must(args[k])), bends) : undefined;
  if (!bend || bend === 'affine') return bend;
  for (const [k, arg] of args.entries()) {
    if (moving.includes(k)) continue;
    if (has(arg, 'nonpositive')) bend = mirrored(bend);
    else if (!has(arg, 'nonnegative')) return undefined;
  }
  return bend;
}

function hasSameLabels(labels: ContractNode['labels'], [i, k]: readonly number[]): boolean {
  const [a, b] = [must(labels[must(i)]), must(labels[must(k)])];
  return a.length === b.length && a.every((l, axis) => l === b[axis]);
}

/** u f(u) */
function ofPair(pair: readonly Expr[], bends: ReadonlyMap<Expr, Bend>): Bend | undefined {
  for (const [k, f] of pair.entries()) {
    const u = must(pair[1 - k]);
    const bend = f.kind === 'apply' && f.args.length === 1 && f.args[0] === u && bends.get(u) === 'affine' ? opNamed(f.op).byArgument : undefined;
    if (bend) return bend;
  }
  return undefined;
}

function ofFunction(node: ApplyNode, bends: ReadonlyMap<Expr, Bend>): Bend | undefined {
  const p = asPower(node);
  if (p) return isInteger(p.exponent) && p.exponent.num > 0 && p.exponent.num % 2 === 0 ? ofEvenPower(p.base, must(bends.get(p.base))) : undefined;
  const { curvature, needs, holds, isConcaveOnDefinite, hasConvexDomain } = opNamed(node.op);
  if (isConcaveOnDefinite) return node.args.every((M) => (bends.get(M) ?? 'affine') === 'affine' && has(M, 'psd')) ? 'concave' : undefined;
  // Where the function has a value its argument is above zero: a convex set, as the argument is affine or concave.
  const isConcaveRise = curvature?.is === 'concave' && curvature.grows.every((way) => way === 1);
  if (!curvature || (needs && !hasConvexDomain && !holds?.(node.args.map(factsOf)) && (!isConcaveRise || asksMoreThanSign(node)))) return undefined;
  const fits = node.args.every((arg, k) => {
    const how = bends.get(arg) ?? 'affine';
    const grows = must(curvature.grows[k]);
    return how === 'affine' || (grows !== 0 && how === (grows > 0 ? curvature.is : mirrored(curvature.is)));
  });
  return fits ? curvature.is : undefined;
}

function ofEvenPower(base: Expr, bend: Bend): Bend | undefined {
  return bend === 'affine' || has(base, bend === 'convex' ? 'nonnegative' : 'nonpositive') ? 'convex' : undefined;
}

function mirrored<B extends Bend>(bend: B): B | 'convex' | 'concave' {
  return bend === 'affine' ? bend : bend === 'convex' ? 'concave' : 'convex';
}
