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
import type { Curvature } from './convexity.ts';
import type { Bend } from './regular.ts';

/** How every entry of a part bends, and the variables in which the sum of all entries bends strongly. */
interface Part {
  readonly bend: Bend;
  readonly strong: readonly Expr[];
}

const none: readonly Expr[] = [];

/**
 * How a scalar, simplified, bends in the variables `by` together. Undefined where the form does not tell, or where a
 * longer proof might tell more, as that it is strictly convex.
 */
export function composed(e: Expr, by: readonly VariableNode[]): Curvature | undefined {
  const parts = new Map<Expr, Part>(by.map((v) => [v, { bend: 'affine', strong: none }]));
  // Variables that are seen otherwise than through sums of their entries.
  const bare = new Set<Expr>();
  for (const node of postorder([e])) {
    if (parts.has(node)) continue;
    const moving = children(node).filter((c) => parts.has(c));
    if (moving.length === 0) continue;
    const part = partOf(node, parts);
    if (!part) return undefined;
    parts.set(node, part);
    for (const c of moving) if (c.kind === 'variable' && !isMixed(c, node)) bare.add(c);
  }
  const whole = parts.get(e);
  if (!whole || whole.bend === 'affine') return 'affine';
  if (by.every((v) => whole.strong.includes(v))) return `strongly ${whole.bend}`;
  return by.every((v) => bare.has(v)) ? undefined : whole.bend;
}

/** Whether a product sums entries of the variable wherever it stands in it: then it does not tell each of them. */
function isMixed(v: Expr, node: Expr): boolean {
  return node.kind === 'contract' && node.args.every((arg, k) => arg !== v || must(node.labels[k]).some((l) => !node.out.includes(l)));
}

/** Over parts that move. */
function partOf(node: Expr, parts: ReadonlyMap<Expr, Part>): Part | undefined {
  switch (node.kind) {
    case 'number':
    case 'size':
    case 'variable':
    case 'delta':
    case 'stack':
      return undefined;
    case 'sum':
      return ofSum(node, parts);
    case 'contract':
      return ofProduct(node, parts);
    case 'apply':
      return ofFunction(node, parts);
    default:
      return unreachable(node);
  }
}

function ofSum({ terms }: SumNode, parts: ReadonlyMap<Expr, Part>): Part | undefined {
  let bend: Bend = 'affine';
  const strong: Expr[] = [];
  for (const { coef, arg } of terms) {
    const part = parts.get(arg);
    if (!part) continue;
    const here = coef.num < 0 ? mirrored(part.bend) : part.bend;
    if (here !== 'affine' && bend !== 'affine' && here !== bend) return undefined;
    if (here !== 'affine') bend = here;
    strong.push(...part.strong);
  }
  return { bend, strong };
}

/** One factor that moves, and others that do not. */
function ofProduct({ args, labels }: ContractNode, parts: ReadonlyMap<Expr, Part>): Part | undefined {
  const [place, ...more] = args.flatMap((arg, k) => (parts.has(arg) ? [k] : []));
  if (place === undefined || more.length > 0) return undefined;
  const part = must(parts.get(must(args[place])));
  if (part.bend === 'affine') return part;
  let { bend } = part;
  const own = must(labels[place]);
  // On a diagonal, and where a weight may be zero, entries are lost.
  let isWhole = new Set(own).size === own.length;
  for (const [k, arg] of args.entries()) {
    if (k === place) continue;
    if (has(arg, 'nonpositive')) bend = mirrored(bend);
    else if (!has(arg, 'nonnegative')) return undefined;
    isWhole &&= has(arg, 'positive') || has(arg, 'negative');
  }
  return { bend, strong: isWhole ? part.strong : none };
}

function ofFunction(node: ApplyNode, parts: ReadonlyMap<Expr, Part>): Part | undefined {
  const p = asPower(node);
  if (p) return isInteger(p.exponent) && p.exponent.num > 0 && p.exponent.num % 2 === 0 ? ofEvenPower(p.base, p.exponent.num, must(parts.get(p.base))) : undefined;
  const { curvature, needs, holds } = opNamed(node.op);
  if (!curvature || (needs && !holds?.(node.args.map(factsOf)))) return undefined;
  const fits = node.args.every((arg, k) => {
    const how = parts.get(arg)?.bend ?? 'affine';
    const grows = must(curvature.grows[k]);
    return how === 'affine' || (grows !== 0 && how === (grows > 0 ? curvature.is : mirrored(curvature.is)));
  });
  return fits ? { bend: curvature.is, strong: none } : undefined;
}

function ofEvenPower(base: Expr, exponent: number, part: Part): Part | undefined {
  if (part.bend === 'affine') return { bend: 'convex', strong: exponent === 2 && base.kind === 'variable' ? [base] : none };
  return has(base, part.bend === 'convex' ? 'nonnegative' : 'nonpositive') ? { bend: 'convex', strong: none } : undefined;
}

function mirrored<B extends Bend>(bend: B): B | 'convex' | 'concave' {
  return bend === 'affine' ? bend : bend === 'convex' ? 'concave' : 'convex';
}
