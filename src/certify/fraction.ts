// Expressions of numbers as products: powers of factors times one polynomial without a common factor. Terms are products of powers
// of atoms (variables, values of functions, sums under roots); exponentials of sums are taken apart. Sums in denominators are
// multiplied out, and factors that were seen on the way are divided out: 2*(1-t²)/t³*(a-t) is found again in its expanded form.

import { must } from '../base/internal.ts';
import { constant, times } from '../ir/build.ts';
import { type Expr, apply, sum } from '../ir/expr.ts';
import { type Rational, add, inverse, isExact, isInteger, isOne, isZero, keyOf, mul, neg, one, powInteger, toNumber, zero } from '../ir/rational.ts';
import { argOfExp, argOfLog, asPower, exponential, power } from '../ops/scalar/power.ts';

type Powers = ReadonlyMap<Expr, Rational>;

export interface Term {
  readonly coef: Rational;
  readonly powers: Powers;
}

/** By what names their powers. */
type Terms = ReadonlyMap<string, Term>;

export interface Fraction {
  /** With the sign of the whole. */
  readonly coef: Rational;
  readonly factors: Powers;
  readonly rest: readonly Term[];
}

// Terms of a product that is multiplied out, powers that are, and rounds of it.
const mostTerms = 150;
const mostPower = 6;
const rounds = 4;

/** The expression as coef · Π factors · Σ rest. `isPositive` says where roots of products may be taken apart. */
export function fractionOf(e: Expr, isPositive: (e: Expr) => boolean): Fraction {
  let rest = termsOf(e, isPositive);
  let coef = one;
  const factors = new Map<Expr, Rational>();
  const draw = (powers: Powers): void => powers.forEach((k, atom) => factors.set(atom, add(factors.get(atom) ?? zero, k)));
  for (let round = 0; round < rounds; round++) {
    const { content, core } = withoutContent(rest);
    coef = mul(coef, content.coef);
    draw(content.powers);
    rest = core;
    const open = [...core.values()].some((t) => [...t.powers].some(([atom, k]) => isExpandable(atom, k)));
    if (!open) break;
    rest = [...core.values()].reduce<Terms>((all, t) => plus(all, expandedTerm(t, isPositive)), new Map());
  }
  for (const atom of [...factors.keys()].filter((a) => a.kind === 'sum')) {
    const divisor = termsOf(atom, isPositive);
    for (let quotient = divided(rest, divisor); quotient; quotient = divided(rest, divisor)) {
      rest = quotient;
      draw(new Map([[atom, one]]));
    }
  }
  const last = withoutContent(rest);
  draw(last.content.powers);
  return { coef: mul(coef, last.content.coef), factors: new Map([...factors].filter(([, k]) => !isZero(k))), rest: [...last.core.values()] };
}

export function sumOfTerms(terms: readonly Term[]): Expr {
  const [first, ...others] = terms;
  if (!first) return constant(0);
  if (others.length === 0 && isOne(first.coef)) return productOfPowers(first.powers);
  return sum(terms.map(({ coef, powers }) => ({ coef, arg: productOfPowers(powers) })));
}

export function productOfPowers(powers: Powers): Expr {
  const factors = [...powers].map(([atom, k]) => (isOne(k) ? atom : power(atom, k)));
  const [first, ...others] = factors;
  return first === undefined ? constant(1) : others.length === 0 ? first : times(...factors);
}

/** Terms divided by a product of powers. */
export function dividedByPowers(terms: readonly Term[], powers: Powers): Term[] {
  return terms.map((t) => product(t, { coef: one, powers: new Map([...powers].map(([atom, k]) => [atom, neg(k)])) }));
}

function isExpandable(atom: Expr, k: Rational): boolean {
  return atom.kind === 'sum' && isInteger(k) && k.num > 0 && k.num <= mostPower;
}

function expandedTerm({ coef, powers }: Term, isPositive: (e: Expr) => boolean): Terms {
  let made: Terms = termMap([{ coef, powers: new Map([...powers].filter(([atom, k]) => !isExpandable(atom, k))) }]);
  for (const [atom, k] of powers) if (isExpandable(atom, k)) made = multiplied(made, raised(termsOf(atom, isPositive), k.num));
  return made;
}

function termsOf(e: Expr, isPositive: (e: Expr) => boolean): Terms {
  const of = (arg: Expr): Terms => termsOf(arg, isPositive);
  if (e.kind === 'number') return termMap([{ coef: e.value, powers: new Map() }]);
  if (e.kind === 'sum') return e.terms.reduce<Terms>((all, { coef, arg }) => plus(all, scaledBy(of(arg), coef)), new Map());
  if (e.kind === 'contract' && e.shape.length === 0 && e.labels.every((l) => l.length === 0)) return e.args.reduce<Terms>((all, arg) => multiplied(all, of(arg)), termMap([unit]));
  const p = asPower(e);
  if (p) return inPower(p.base, p.exponent, isPositive);
  const u = argOfExp(e);
  if (!u) return atomOf(e.kind === 'apply' ? apply(e.op, e.params, e.args.map((arg) => sumOfTerms([...of(arg).values()])), e.shape) : e);
  // exp(2a+b+1) = exp(a)² exp(b) exp(1).
  return [...of(u).values()].reduce<Terms>((all, { coef, powers }) => {
    const part = productOfPowers(powers);
    const base = argOfLog(part);
    return multiplied(all, base ? inPower(base, coef, isPositive) : atomOf(exponential(part), coef));
  }, termMap([unit]));
}

/** Whole powers of products and of powers are taken apart before anything is multiplied out. */
function inPower(base: Expr, exponent: Rational, isPositive: (e: Expr) => boolean): Terms {
  const inner = asPower(base);
  if (isInteger(exponent) && inner) return inPower(inner.base, mul(inner.exponent, exponent), isPositive);
  if (isInteger(exponent) && base.kind === 'contract' && base.shape.length === 0 && base.labels.every((l) => l.length === 0)) {
    return base.args.reduce<Terms>((all, arg) => multiplied(all, inPower(arg, exponent, isPositive)), termMap([unit]));
  }
  return powerOf(termsOf(base, isPositive), exponent, isPositive);
}

function powerOf(base: Terms, exponent: Rational, isPositive: (e: Expr) => boolean): Terms {
  if (isInteger(exponent) && exponent.num >= 0 && exponent.num <= mostPower) return raised(base, exponent.num);
  const { content, core } = withoutContent(base);
  const isWhole = isInteger(exponent);
  const canPart = isWhole || (content.coef.num > 0 && [...content.powers.keys()].every(isPositive));
  if (!canPart) return atomOf(sumOfTerms([...base.values()]), exponent);
  const inside = new Map<Expr, Rational>([...content.powers].map(([atom, k]) => [atom, mul(k, exponent)]));
  if (!isWhole && !isOne(content.coef)) inside.set(constant(content.coef), exponent);
  const [only] = core.values();
  if (core.size > 1 || (only && only.powers.size > 0)) inside.set(sumOfTerms([...core.values()]), exponent);
  return termMap([{ coef: isWhole ? powInteger(content.coef, exponent.num) : one, powers: inside }]);
}

const unit: Term = { coef: one, powers: new Map() };

function atomOf(e: Expr, exponent: Rational = one): Terms {
  return termMap([{ coef: one, powers: new Map([[e, exponent]]) }]);
}

function termMap(terms: readonly Term[]): Terms {
  return plus(new Map(), new Map(terms.map((t) => [nameOf(t.powers), t])));
}

function nameOf(powers: Powers): string {
  return [...powers].filter(([, k]) => !isZero(k)).map(([atom, k]) => `${String(atom.id).padStart(9, '0')}^${keyOf(k)}`).sort().join(' ');
}

function plus(a: Terms, b: Terms): Terms {
  const all = new Map(a);
  for (const [name, t] of b) {
    const coef = add(all.get(name)?.coef ?? zero, t.coef);
    if (isZero(coef)) all.delete(name);
    else all.set(name, { coef, powers: t.powers });
  }
  return new Map([...all].sort(([x], [y]) => (x < y ? -1 : 1)));
}

function scaledBy(a: Terms, by: Rational): Terms {
  return new Map([...a].map(([name, t]) => [name, { ...t, coef: mul(t.coef, by) }]));
}

function product(a: Term, b: Term): Term {
  const powers = new Map(a.powers);
  for (const [atom, k] of b.powers) {
    const total = add(powers.get(atom) ?? zero, k);
    if (isZero(total)) powers.delete(atom);
    else powers.set(atom, total);
  }
  return { coef: mul(a.coef, b.coef), powers };
}

/** Products of too many terms stay products. */
function multiplied(a: Terms, b: Terms): Terms {
  if (a.size * b.size > mostTerms) {
    const [s, t] = [a, b].map((x) => sumOfTerms([...x.values()])) as [Expr, Expr];
    return termMap([product({ coef: one, powers: new Map([[s, one]]) }, { coef: one, powers: new Map([[t, one]]) })]);
  }
  return [...a.values()].reduce<Terms>((all, s) => [...b.values()].reduce<Terms>((sums, t) => plus(sums, termMap([product(s, t)])), all), new Map());
}

function raised(a: Terms, k: number): Terms {
  let made = termMap([unit]);
  for (let i = 0; i < k; i++) made = multiplied(made, a);
  return made;
}

/** What all terms have in common, and what is left of them; the first has coefficient 1 then. */
function withoutContent(a: Terms): { readonly content: Term; readonly core: Terms } {
  const [first] = a.values();
  if (!first) return { content: unit, core: a };
  const atoms = new Set([...a.values()].flatMap((t) => [...t.powers.keys()]));
  const common = new Map<Expr, Rational>();
  for (const atom of atoms) {
    const least = [...a.values()].map((t) => t.powers.get(atom) ?? zero).reduce((x, y) => (toNumber(y) < toNumber(x) ? y : x));
    if (!isZero(least)) common.set(atom, least);
  }
  const content: Term = { coef: first.coef, powers: common };
  const scale = inverse(first.coef);
  return { content, core: termMap(dividedByPowers([...a.values()], common).map((t) => ({ ...t, coef: mul(t.coef, scale) }))) };
}

// Steps of a division.
const mostSteps = 60;

/** The quotient where the division leaves nothing. */
function divided(a: Terms, by: Terms): Terms | undefined {
  const lead = leading(by);
  if (!lead || by.size < 2 || a.size < by.size) return undefined;
  let rest = a;
  let quotient: Terms = new Map();
  for (let step = 0; step < mostSteps && rest.size > 0; step++) {
    const top = must(leading(rest));
    const [share] = dividedByPowers([{ ...top, coef: mul(top.coef, inverse(lead.coef)) }], lead.powers);
    if (!share || !isExact(share.coef) || [...share.powers.values()].some((k) => k.num < 0)) return undefined;
    quotient = plus(quotient, termMap([share]));
    rest = plus(rest, scaledBy(multiplied(termMap([share]), by), { num: -1, den: 1 }));
  }
  return rest.size === 0 ? quotient : undefined;
}

/** First by the power of the first atom, and so on: an order that products keep. */
function leading(a: Terms): Term | undefined {
  const atoms = [...new Set([...a.values()].flatMap((t) => [...t.powers.keys()]))].sort((x, y) => x.id - y.id);
  return [...a.values()].reduce<Term | undefined>((top, t) => {
    if (!top) return t;
    const differing = atoms.find((atom) => keyOf(t.powers.get(atom) ?? zero) !== keyOf(top.powers.get(atom) ?? zero));
    return differing && toNumber(t.powers.get(differing) ?? zero) > toNumber(top.powers.get(differing) ?? zero) ? t : top;
  }, undefined);
}
