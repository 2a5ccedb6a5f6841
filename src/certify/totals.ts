// The inequality of Cauchy and Schwarz for functions of a total: where 1/f is superadditive,
//
//   f(Σ p)·(Σ d)² ≤ Σ f(p)·d²   for all p > 0 and all d,
//
// because (Σ d)² ≤ Σ f(p) d² · Σ 1/f(p) and Σ 1/f(p) ≤ 1/f(Σ p). Normalisers such as lgamma(sum(x)) are held by it.

import { must } from '../base/internal.ts';
import { add, sub, times, total } from '../ir/build.ts';
import { type ApplyNode, type Expr, apply, number, sum, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { inverse, isOne, mul, neg, one } from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import { power } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { normal } from '../simplify/pipelines.ts';
import { type Atom, type Polynomial, networkOf, polynomial } from './network.ts';
import type { Parts } from './proof.ts';
import type { Substitution } from './substitute.ts';

/** For each function of a total whose parts stand in the polynomial under the same function, beside squares. */
export function ofTotals(q: Polynomial): readonly Substitution[] {
  const terms = [...q].map(([key, coef]) => ({ coef, atoms: networkOf(key) }));
  const functions = [...new Set(terms.flatMap((t) => t.atoms.filter(isHeld).map((a) => a.base as ApplyNode)))];
  const squares = terms.flatMap(({ coef, atoms }) => (coef.num > 0 ? squareBeside(atoms) : []));
  return functions.flatMap((f): Substitution[] => {
    const mine = squares.filter((s) => s.of !== f && s.of.op === f.op && s.of.args.slice(0, -1).every((a, k) => isSameNumber(a, must(f.args[k]))));
    const parts = mine.map(({ of, beside }) => ({ part: must(of.args.at(-1)), beside }));
    const found: Parts = { of: f, parts };
    if (parts.length === 0 || parts.some((p) => !has(p.part, 'positive')) || !isTotal(found)) return [];
    const value = shortfall(found);
    // As much of it as the term with the total asks for.
    const [key, coef] = must([...polynomial(value)].find(([node, c]) => c.num < 0 && networkOf(node).some((a) => a.base === f)));
    const asked = q.get(key);
    if (!asked || asked.num >= 0) return [];
    const share = mul(asked, inverse(coef));
    const w = variable('short of the total', [], facts(['nonnegative']));
    const rest = sum([...[...q].map(([arg, c]) => ({ coef: c, arg })), { coef: neg(share), arg: value }, { coef: share, arg: w }]);
    return [{ terms: polynomial(rest), drawn: [{ variable: w, value }], premises: [{ property: 'nonnegative', of: value, reason: { rule: 'totals', parts: found }, premises: [] }] }];
  });
}

function isHeld(a: Atom): boolean {
  return a.base.kind === 'apply' && a.base.shape.length === 0 && isOne(a.exponent) && opNamed(a.base.op).hasSuperadditiveReciprocal?.(a.base.args) === true;
}

/** f(p)·d² on one label or none. */
function squareBeside(atoms: readonly Atom[]): { readonly of: ApplyNode; readonly beside: Expr }[] {
  const [first, second, ...more] = [...atoms].sort((a, b) => b.exponent.num - a.exponent.num);
  if (!first || !second || more.length > 0 || first.exponent.num !== 2 || first.exponent.den !== 1 || !isOne(second.exponent)) return [];
  const { base } = second;
  if (base.kind !== 'apply' || opNamed(base.op).hasSuperadditiveReciprocal?.(base.args) !== true) return [];
  return first.labels.length < 2 && first.labels.every((l, k) => l === second.labels[k]) && first.labels.length === second.labels.length ? [{ of: base, beside: first.base }] : [];
}

/** Parameters such as an order, which are repeated for every entry. */
function isSameNumber(a: Expr, b: Expr): boolean {
  return a.kind === 'number' && b.kind === 'number' && a.value.num === b.value.num && a.value.den === b.value.den;
}

/** Whether the function stands at the total of the parts. */
export function isTotal({ of, parts }: Parts): boolean {
  return normal(must(of.args.at(-1))) === normal(add(...parts.map((p) => total(p.part))));
}

/** Σ f(p)·d² - f(Σ p)·(Σ d)² */
export function shortfall({ of, parts }: Parts): Expr {
  const held = parts.map(({ part, beside }) => {
    const orders = of.args.slice(0, -1).map((a) => (a.kind === 'number' ? number(a.value, part.shape) : a));
    return total(times(apply(of.op, of.params, [...orders, part], part.shape), power(beside, 2)));
  });
  return sub(sum(held.map((arg) => ({ coef: one, arg }))), times(of, power(sum(parts.map((p) => ({ coef: one, arg: total(p.beside) }))), 2)));
}
