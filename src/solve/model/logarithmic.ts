// Problems that are convex in the logarithms of their variables, as geometric programs are (Boyd, Kim, Vandenberghe & Hassibi, A
// tutorial on geometric programming, Optimization and Engineering 8, 2007; Agrawal, Diamond & Boyd, Disciplined geometric
// programming, Optimization Letters 13, 2019). Logarithms keep what is near near, so that no local optimum is worse than another.

import { add, neg, scale, sub } from '../../ir/build.ts';
import { type Expr, type VariableNode, sum, variable } from '../../ir/expr.ts';
import { dependents, rewriteUp, withChildren } from '../../ir/walk.ts';
import { has } from '../../ops/facts.ts';
import { sidesOfLarger } from '../../ops/scalar/piecewise.ts';
import { argOfExp, asPower, exponential, logarithm } from '../../ops/scalar/power.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { split } from '../../simplify/sum.ts';
import { convexityOf } from './convexity.ts';
import type { Constraint, Statement } from './statement.ts';

/**
 * The statement in the logarithms of its variables, if these are nowhere negative and it is seen to be convex so; what is not
 * found by `until`, in milliseconds of the clock, is not.
 */
export function inLogarithms(statement: Statement, until: number = Infinity): { readonly found: Statement | undefined; readonly isLate: boolean } {
  const other = withLogarithms(statement);
  if (!other) return { found: undefined, isLate: false };
  const { all, isLate } = convexityOf(other, until);
  return { found: all ? other : undefined, isLate };
}

/** The statement in the logarithms; of what is positive, and of both sides of constraints, the logarithms are asked for. */
function withLogarithms(statement: Statement): Statement | undefined {
  const { objective, constraints, variables, cones, positive } = statement;
  if (cones.size > 0 || variables.length === 0 || !variables.every((v) => has(v, 'nonnegative'))) return undefined;
  const all = new Set<Expr>(variables);
  if ([objective, ...constraints.map((c) => c.expr)].some((e) => hasDifferences(e, all))) return undefined;
  const mayVanish = new Set<Expr>(variables.filter((v) => !positive?.has(v.name) && !constraints.some((c) => keepsAway(c, v, all))));
  const exponents = new Map<Expr, VariableNode>(variables.map((v) => [v, variable(nameOfLogarithm(v.name), v.shape)]));
  const within = (e: Expr): Expr => rewriteUp(e, (node) => ((u) => (u ? exponential(u) : node))(exponents.get(node)));
  const log = logarithms(exponents, within);
  const { more, less } = sides(objective) ?? {};
  const rows: Constraint[] = [];
  for (const c of constraints) {
    const parts = sides(c.relation === '>=' ? neg(c.expr) : c.expr);
    if (parts === undefined) {
      rows.push({ ...c, expr: within(c.expr) });
      continue;
    }
    if (!parts.more && c.relation !== '==') continue;
    // Where both sides may vanish, their logarithms do not tell what becomes of them.
    if (!parts.more || !parts.less || [parts.more, parts.less].every((side) => dependents(side, mayVanish).size > 0)) return undefined;
    rows.push({ ...c, relation: c.relation === '==' ? '==' : '<=', expr: sub(log(parts.more), log(parts.less)) });
  }
  const goal = more && !less ? log(more) : less && !more ? neg(log(less)) : within(objective);
  return { objective: goal, constraints: rows, variables: [...exponents.values()], cones };
}

/** Logarithms of parts that are not negative, as sums of those of their factors, and of sums of exponentials. */
function logarithms(exponents: ReadonlyMap<Expr, VariableNode>, within: (e: Expr) => Expr): (e: Expr) => Expr {
  const moving = new Set<Expr>(exponents.keys());
  const known = new Map<Expr, Expr>(exponents);
  const made = (e: Expr): Expr => {
    if (dependents(e, moving).size === 0) return logarithm(e);
    const whole = (part: Expr): Expr => (dependents(part, moving).size === 0 ? part : exponential(log(part)));
    const raised = asPower(e);
    if (raised) return scale(raised.exponent, log(raised.base));
    const exponent = argOfExp(e);
    if (exponent) return within(exponent);
    const two = sidesOfLarger(e);
    if (two?.every((side) => has(side, dependents(side, moving).size === 0 ? 'positive' : 'nonnegative'))) return withChildren(e, two.map(log));
    if (e.kind === 'sum') return logarithm(sum(e.terms.map(({ coef, arg }) => ({ coef, arg: whole(arg) }))));
    if (e.kind === 'contract') return e.args.every((arg) => arg.shape.length === 0) ? add(...e.args.map(log)) : logarithm(withChildren(e, e.args.map(whole)));
    return logarithm(within(e));
  };
  const log = (e: Expr): Expr => {
    const found = known.get(e) ?? made(e);
    known.set(e, found);
    return found;
  };
  return log;
}

/** Whether there are differences of what moves below the uppermost sum: their logarithms are not asked for. */
function hasDifferences(e: Expr, moving: ReadonlySet<Expr>): boolean {
  const simple = simplify(e, lazy);
  return [...dependents(simple, moving)].some((node) => node !== simple && node.kind === 'sum' && node.terms.length > 1 && node.terms.some((t) => t.coef.num < 0 || !has(t.arg, 'nonnegative')));
}

/** Whether the constraint keeps a variable above a positive number. */
function keepsAway({ expr, relation }: Constraint, x: VariableNode, variables: ReadonlySet<Expr>): boolean {
  if (relation === '==') return false;
  const { more, less } = sides(relation === '>=' ? expr : neg(expr)) ?? {};
  return more !== undefined && less !== undefined && split(simplify(more, lazy)).arg === x && dependents(less, variables).size === 0 && has(less, 'positive');
}

/** Of the variable that is the logarithm of one of this name. */
export function nameOfLogarithm(name: string): string {
  return `#log ${name}`;
}

/** The expression as `more - less`, of parts that are not negative where the variables are not; undefined where a term is of neither sign. */
function sides(e: Expr): { readonly more?: Expr; readonly less?: Expr } | undefined {
  const simple = simplify(e, lazy);
  const terms = (simple.kind === 'sum' ? simple.terms : [split(simple)]).filter((t) => t.coef.num !== 0);
  if (!terms.every((t) => has(t.arg, 'nonnegative'))) return undefined;
  const [up, down] = [terms.filter((t) => t.coef.num > 0), terms.filter((t) => t.coef.num < 0).map(({ coef, arg }) => ({ coef: { ...coef, num: -coef.num }, arg }))];
  return { ...(up.length > 0 && { more: sum(up) }), ...(down.length > 0 && { less: sum(down) }) };
}
