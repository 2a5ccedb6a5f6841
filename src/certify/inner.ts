// Inner parts of compositions: h(‖x‖) is convex where h is convex and rises on what the norm can be (Boyd, Vandenberghe, Convex
// Optimization, 2004, section 3.2.4). A part that stands under several powers is seen through its root: x'x/(1+‖x‖) is a function of ‖x‖,
// and an even function one of |x|.

import { components } from '../base/components.ts';
import { must } from '../base/internal.ts';
import { type Expr, type VariableNode, contract, variable } from '../ir/expr.ts';
import { type Facts, facts, signFacts } from '../ir/fact.ts';
import { structureOf } from '../ir/structure.ts';
import { mul, ratio, toNumber } from '../ir/rational.ts';
import { dependents, postorder, rewriteUp, variables } from '../ir/walk.ts';
import { factsOf, has } from '../ops/facts.ts';
import { argOfAbs } from '../ops/scalar/piecewise.ts';
import { asPower, power } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { checkEqual } from '../run/check.ts';
import { rangeOf } from './range.ts';
import { replaced } from './regular.ts';

export interface Inner {
  /** The expression in which the part stands as one node. */
  readonly whole: Expr;
  readonly node: Expr;
  /** For the part inside the set of its values. */
  readonly variable: VariableNode;
}

// Parts that are tried.
const mostParts = 4;

/** Scalar parts that are not the variables, those first through which alone the variables are seen; then absolute values. */
export function innerParts(given: Expr, by: readonly VariableNode[]): readonly Inner[] {
  const start = rewriteUp(given, inScalarFactors);
  const varied = new Set<Expr>(by);
  const active = dependents(start, varied);
  const nodes = postorder([start]).filter((node) => active.has(node) && node !== start && node.shape.length === 0);
  const parts = new Map<Expr, ReadonlyMap<Expr, Expr>>();
  for (const node of nodes) {
    const p = asPower(node);
    const den = p && (p.exponent.den > 1 ? p.exponent.den : has(p.base, 'nonnegative') ? 2 : 1);
    if (p && den && den > 1) parts.set(power(p.base, ratio(1, den)), underRoot(nodes, p.base, den));
    else if (node.kind === 'apply' && !p) parts.set(node, new Map());
  }
  const found = [...parts].map(([node, powers], k): Inner => ({ whole: replaced(start, powers), node, variable: variable(`inner ${k}`, node.shape, insideOf(node)) }));
  const isAlone = ({ whole, node, variable: v }: Inner): boolean => !variables([replaced(whole, new Map([[node, v]]))]).some((w) => varied.has(w));
  return [...found.filter(isAlone), ...found.filter((p) => !isAlone(p))].filter((p) => p.node !== p.whole).slice(0, mostParts);
}

// Signs of entries are mixed in so many ways.
const points = 12;

/** For functions that do not change with the sign of an entry: of absolute values. */
export function evenParts(start: Expr, by: readonly VariableNode[]): readonly Inner[] {
  return by.flatMap((x, k): Inner[] => {
    if (hasOtherKinks(start, x) || structureOf(x) !== 'none' || [...x.facts.has].length > 0 || x.facts.above !== undefined || x.facts.below !== undefined || !variables([start]).includes(x)) return [];
    const node = power(power(x, 2), ratio(1, 2));
    const whole = rewriteUp(start, (e) => (e === x || argOfAbs(e) === node ? node : e));
    return checkEqual(start, whole, { points }).equal ? [{ whole, node, variable: variable(`size ${k}`, x.shape, facts(['positive'])) }] : [];
  });
}

/** Equal values at a few points tell nothing of a function in pieces. */
function hasOtherKinks(e: Expr, x: VariableNode): boolean {
  const active = dependents(e, new Set<Expr>([x]));
  return postorder([e]).some((node) => node.kind === 'apply' && active.has(node) && opNamed(node.op).curvature !== undefined && opNamed(node.op).excludes !== undefined && argOfAbs(node) !== x);
}

/** A product with its factors that are numbers as nodes of their own: x'x*t is one product of three. */
function inScalarFactors(node: Expr): Expr {
  if (node.kind !== 'contract' || node.args.length < 2) return node;
  const groups = components(node.args.length, (i, k) => must(node.labels[i]).some((l) => must(node.labels[k]).includes(l)));
  const isOpen = (group: readonly number[]): boolean => group.some((k) => must(node.labels[k]).some((l) => node.out.includes(l)));
  const closed = groups.filter((g) => !isOpen(g));
  if (groups.length < 2 || closed.length === 0) return node;
  const open = groups.filter(isOpen).flat();
  const factors = closed.map((g) => (g.length === 1 && must(node.labels[must(g[0])]).length === 0 ? must(node.args[must(g[0])]) : contract(g.map((k) => must(node.args[k])), g.map((k) => must(node.labels[k])), [])));
  return contract([...factors, ...open.map((k) => must(node.args[k]))], [...factors.map(() => []), ...open.map((k) => must(node.labels[k]))], node.out, node.shape);
}

/** Powers of one base as powers of its root. */
function underRoot(nodes: readonly Expr[], base: Expr, den: number): ReadonlyMap<Expr, Expr> {
  const root = power(base, ratio(1, den));
  const found = new Map<Expr, Expr>([[base, power(root, den)]]);
  for (const node of nodes) {
    const p = asPower(node);
    const whole = p && p.base === base ? mul(p.exponent, ratio(den)) : undefined;
    if (whole && Number.isInteger(toNumber(whole))) found.set(node, toNumber(whole) === 1 ? root : power(root, whole));
  }
  return found;
}

const insides = { nonnegative: 'positive', nonpositive: 'negative' } as const;

function insideOf(node: Expr): Facts {
  const known = [...factsOf(node).has].filter((f) => (signFacts as readonly string[]).includes(f));
  const { above, below, exact } = rangeOf(node);
  const more = known.flatMap((f) => (f === 'nonnegative' || f === 'nonpositive' ? [insides[f]] : []));
  return facts([...known, ...more], exact ? { ...(Number.isFinite(above) && above !== 0 && { above }), ...(Number.isFinite(below) && below !== 0 && { below }) } : {});
}
