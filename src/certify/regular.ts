// What a second derivative does not see: where an expression has kinks, and where its domain ends. Functions with kinks
// are set apart as variables of their own when their curvature is known (the composition rule of disciplined convex
// programming: Grant, Boyd, Ye 2006); arguments of functions with a domain must be affine, concave, or of proved sign.

import { must } from '../base/internal.ts';
import { neg } from '../ir/build.ts';
import { type ApplyNode, type Expr, type VariableNode, variable } from '../ir/expr.ts';
import { type Fact, type Facts, facts, signFacts } from '../ir/fact.ts';
import { type Rational, isInteger, toNumber } from '../ir/rational.ts';
import { dependents, postorder, rewriteUp } from '../ir/walk.ts';
import { factsOf, has, isSymmetric } from '../ops/facts.ts';
import { asGeneralPower, asPower } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { lazy } from '../simplify/mode.ts';
import { simplify } from '../simplify/simplify.ts';
import { prove, quadraticForm } from './prove.ts';
import type { Proof } from './proof.ts';
import { rangeOf } from './range.ts';

export type Bend = 'affine' | 'convex' | 'concave';

/** A part that stands in the expression as a variable: what bends it, and what is known of its arguments. */
export interface Lift {
  readonly variable: VariableNode;
  readonly node: Expr;
  readonly is: Bend;
  /** The variable lies inside the set where the part may lie on its edge: the rest follows by continuity. */
  readonly isInside?: true;
  /** The part is what is left of an argument without a positive factor. */
  readonly isRest?: true;
  /** The part is a symmetric matrix F and bends in the order of semidefinite ones: v'Fv does for every v. */
  readonly isOrdered?: true;
  /** The part is tr(A (log A - log B)). */
  readonly isRelativeEntropy?: true;
}

/** A root of what may vanish inside the domain: its kink points up. */
export interface Kink {
  readonly node: Expr;
}

export interface Regular {
  readonly whole: Expr;
  /** With lifted parts as variables. */
  readonly expr: Expr;
  readonly lifts: readonly Lift[];
  readonly kinks: readonly Kink[];
  /** Signs that the domain rests on. */
  readonly premises: readonly Proof[];
  /** Assumed beyond the declarations, for parts that stand in the expression. */
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly of: Expr;
  readonly fact: 'positive' | 'pd';
}

/** The node that stopped the analysis, and why in words. */
export interface Obstacle {
  readonly node: Expr;
  readonly reason: string;
  /** The domain of the node is in question, not its curvature. */
  readonly isDomain?: true;
}

type Analyse = (e: Expr, by: readonly VariableNode[]) => Bend | undefined;

/**
 * `bend` says how a part depends on the variables. With `apart`, concave arguments of functions with a domain become
 * variables too.
 */
export function regular(f: Expr, by: readonly VariableNode[], bend: Analyse, options: { readonly apart: boolean }): Regular | Obstacle {
  const active = dependents(f, new Set(by));
  const order = postorder([f]).filter((node): node is ApplyNode => node.kind === 'apply' && active.has(node));
  const lifted = order.filter(hasKink);
  const outermost = lifted.filter((node) => !lifted.some((other) => other !== node && postorder([other]).includes(node)));
  const lifts: Lift[] = [];
  for (const node of outermost) {
    const is = bendOf(node, active, by, bend);
    if (is === undefined) return { node, reason: 'it has a kink and its curvature does not follow from that of its arguments' };
    lifts.push({ variable: variable(`part ${lifts.length}`, node.shape, factsAmong(node, signFacts)), node, is });
  }
  const hidden = new Set(outermost.flatMap((node) => postorder([node])));
  const kinks: Kink[] = [];
  const premises: Proof[] = [];
  const conditions: Condition[] = [];
  for (const node of order) {
    if (hidden.has(node) && !outermost.some((o) => o.args.includes(node))) continue;
    if (isElsewhere(node)) return { node, isDomain: true, reason: 'its domain is no half-line that ends at zero, and was not proved' };
    const asked = demandOf(node, active);
    for (const demand of asked ? demandsOfFactors(asked, active) : []) {
      const { argument, fact, isWhole } = demand;
      const shown = prove(fact === 'pd' ? 'psd' : demand.strict ? 'positive' : 'nonnegative', argument);
      if (shown) {
        premises.push(shown);
        // A zero of an affine or concave argument lies on the edge of the domain.
        if (demand.kink && !prove('positive', argument) && (bend(argument, by) ?? 'convex') === 'convex') kinks.push({ node });
        continue;
      }
      const everywhere = isWhole && fact === 'positive' && isPositiveOrNowhere(argument, active) ? prove('nonnegative', argument) : undefined;
      if (everywhere) {
        premises.push(everywhere);
        continue;
      }
      // A pole of an argument that is negative throughout is no less outside the domain.
      if (!isWhole && fact === 'positive' && prove('positive', simplify(neg(argument), lazy))) continue;
      if (has(argument, 'nonpositive')) return { node, isDomain: true, reason: 'its argument is never positive' };
      const how = bend(argument, by);
      const canHold = fact === 'positive' || isSymmetric(argument);
      if (canHold && (how === 'affine' || (how === 'concave' && fact === 'positive'))) {
        if ((how === 'affine' || options.apart) && !lifts.some((l) => l.node === argument)) {
          const sign: Fact = fact === 'pd' ? 'pd' : demand.strict ? 'positive' : 'nonnegative';
          lifts.push({ variable: variable(`part ${lifts.length}`, argument.shape, facts([sign])), node: argument, is: how });
        }
        // A pole on the edge of what the facts allow takes nothing more away.
        const isPoleOnEdge = asPower(node) !== undefined && prove('nonnegative', argument) !== undefined;
        if (!isWhole && !isPoleOnEdge) conditions.push({ of: argument, fact });
        continue;
      }
      if (fact === 'pd' && isSymmetric(argument) && bend(quadraticForm(argument), by) === 'concave') {
        if (!lifts.some((l) => l.node === argument)) lifts.push({ variable: variable(`part ${lifts.length}`, argument.shape, facts(['pd'])), node: argument, is: 'concave', isOrdered: true });
        conditions.push({ of: argument, fact });
        continue;
      }
      return { node, isDomain: true, reason: fact === 'pd' ? 'its argument was not proved positive definite' : 'its argument was not proved positive, and is neither affine nor concave' };
    }
  }
  // What happens inside a part is the part's own concern.
  const inside = new Set(lifts.flatMap((l) => postorder([l.node])));
  const to = new Map<Expr, Expr>(lifts.map((l) => [l.node, l.variable]));
  return { whole: f, expr: replaced(f, to), lifts, kinks: kinks.filter((k) => !inside.has(k.node)), premises, conditions };
}

/** The graph with these nodes exchanged, outermost first. */
export function replaced(e: Expr, to: ReadonlyMap<Expr, Expr>): Expr {
  return to.get(e) ?? rewriteUp(e, (node) => to.get(node) ?? node, new Map(to));
}

/** What is known of a part, for the variable that stands for it. */
export function factsAmong(node: Expr, kept: readonly Fact[]): Facts {
  return facts([...factsOf(node).has].filter((f) => kept.includes(f)));
}

function hasKink(node: ApplyNode): boolean {
  const op = opNamed(node.op);
  return op.curvature !== undefined && op.excludes !== undefined && !op.holds?.(node.args.map(factsOf));
}

function bendOf(node: ApplyNode, active: ReadonlySet<Expr>, by: readonly VariableNode[], bend: Analyse): Bend | undefined {
  const curvature = must(opNamed(node.op).curvature);
  const fits = node.args.every((arg, k) => {
    if (!active.has(arg)) return true;
    const how = bend(arg, by);
    const grows = must(curvature.grows[k]);
    return how === 'affine' || (how !== undefined && grows !== 0 && how === (grows > 0 ? curvature.is : curvature.is === 'convex' ? 'concave' : 'convex'));
  });
  return fits ? curvature.is : undefined;
}

/** A function of numbers that asks its arguments for something else than a sign, which their facts do not give. */
function isElsewhere(node: ApplyNode): boolean {
  const op = opNamed(node.op);
  if (asPower(node) || asGeneralPower(node) || op.needs === undefined || op.holds?.(node.args.map(factsOf))) return false;
  return !op.ranks(node.params).some((r) => r > 0) && asksMoreThanSign(node);
}

/** Its domain is not told by the sign of one argument. */
export function asksMoreThanSign(node: ApplyNode): boolean {
  const names = namesOfArguments(node);
  const asked = opNamed(node.op).needs?.(names);
  return asked !== undefined && !names.some((name) => asked === `${name} > 0` || asked === `${name} >= 0`);
}

function namesOfArguments({ args }: ApplyNode): string[] {
  return args.map((_, k) => `x${k}`);
}

/** The argument that the domain of a function is about: the first that its condition names. */
function restricted(node: ApplyNode): Expr | undefined {
  const names = namesOfArguments(node);
  const asked = opNamed(node.op).needs?.(names);
  return node.args[asked === undefined ? 0 : names.findIndex((name) => asked.includes(name))];
}

interface Demand {
  readonly argument: Expr;
  readonly fact: 'positive' | 'pd';
  readonly strict: boolean;
  /** The condition is the whole domain, not a part of it. */
  readonly isWhole: boolean;
  readonly kink?: boolean;
}

/** What the domain of a node asks of an argument that depends on the variables. */
function demandOf(node: ApplyNode, active: ReadonlySet<Expr>): Demand | undefined {
  const general = asGeneralPower(node);
  const constant = asPower(node);
  if (constant) return active.has(constant.base) ? powerDemand(constant.base, constant.exponent) : undefined;
  if (general) {
    if (active.has(general.exponent)) return { argument: general.base, fact: 'positive', strict: true, isWhole: true };
    return active.has(general.base) ? generalDemand(general.base, general.exponent) : undefined;
  }
  const op = opNamed(node.op);
  if ((op.needs === undefined && op.excludes === undefined) || (op.curvature !== undefined && op.excludes !== undefined)) return undefined;
  const argument = restricted(node);
  if (!argument || !active.has(argument) || op.holds?.(node.args.map(factsOf))) return undefined;
  const fact = argument.shape.length === 2 && (op.ranks(node.params)[0] ?? 0) === 2 ? 'pd' : 'positive';
  return { argument, fact, strict: true, isWhole: op.needs !== undefined && fact === 'positive' };
}

/**
 * A product, entry by entry, of factors that are never negative (all but one: positive) is positive exactly where each
 * of them is: then the demand is one on each factor, as for log(p./q).
 */
function demandsOfFactors(demand: Demand, active: ReadonlySet<Expr>): readonly Demand[] {
  if (demand.fact !== 'positive' || !demand.strict || !demand.isWhole) return [demand];
  const factors = factorsOf(demand.argument);
  const moving = factors.filter((f) => active.has(f));
  const others = factors.filter((f) => !active.has(f));
  const isSplit = factors.length > 1 || moving[0] !== demand.argument;
  if (!isSplit || !others.every((f) => prove('nonnegative', f))) return [demand];
  const open = moving.filter((f) => !prove('positive', f));
  if (open.length > 1 && !open.every((f) => prove('nonnegative', f))) return [demand];
  return moving.map((argument) => ({ ...demand, argument }));
}

/** Positive terms with given weights that are not negative, as in R*exp(w): an entry that is zero somewhere is so everywhere, and the domain empty. */
function isPositiveOrNowhere(e: Expr, active: ReadonlySet<Expr>): boolean {
  if (e.kind === 'sum') return e.terms.every((t) => t.coef.num > 0 && isPositiveOrNowhere(t.arg, active));
  const factors = e.kind === 'contract' && new Set(e.out).size === e.out.length ? e.args : [e];
  return factors.every((f) => prove(active.has(f) ? 'positive' : 'nonnegative', f));
}

/** The factors of a product, entry by entry, without their powers; the sign of an even power says nothing of its base. */
function factorsOf(e: Expr): readonly Expr[] {
  const p = asPower(e);
  if (p && (!isInteger(p.exponent) || p.exponent.num % 2 !== 0)) return factorsOf(p.base);
  if (e.kind === 'sum' && e.terms.length === 1 && must(e.terms[0]).coef.num > 0) return factorsOf(must(e.terms[0]).arg);
  const isEntrywise = e.kind === 'contract' && new Set(e.out).size === e.out.length && e.labels.every((list) => new Set(list).size === list.length && list.every((l) => e.out.includes(l)));
  return isEntrywise && e.kind === 'contract' && e.args.length > 0 ? e.args.flatMap(factorsOf) : [e];
}

/** Zero has powers above zero, and no kink there from the first power on. */
function generalDemand(base: Expr, exponent: Expr): Demand {
  const { above, exact } = rangeOf(exponent);
  const isAbove = (end: number): boolean => above > end || (above === end && exact);
  return { argument: base, fact: 'positive', strict: !has(exponent, 'positive') && !isAbove(1), isWhole: true, ...(!isAbove(1) && { kink: true }) };
}

function powerDemand(base: Expr, exponent: Rational): Demand | undefined {
  const p = toNumber(exponent);
  if (isInteger(exponent) && p >= 0) return undefined;
  if (isInteger(exponent)) return { argument: base, fact: 'positive', strict: true, isWhole: false };
  return { argument: base, fact: 'positive', strict: p < 0, isWhole: true, ...(p > 0 && p < 1 && { kink: true }) };
}
