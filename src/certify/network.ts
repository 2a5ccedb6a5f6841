// A scalar in normal form as a weighted sum of networks: atoms joined by labels that are all summed over. The proofs of
// this room look at networks, never at notation.

import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import { type Expr, type Label, contract, labelDims, size } from '../ir/expr.ts';
import { constant } from '../ir/build.ts';
import { type Rational, add, inverse, isInteger, isOne, isZero, mul, one, zero } from '../ir/rational.ts';
import { isSymmetric } from '../ops/facts.ts';
import { asPower, power } from '../ops/scalar/power.ts';
import { normal } from '../simplify/pipelines.ts';

/** A factor `base^exponent`, entry by entry, with a label on every axis. */
export interface Atom {
  readonly base: Expr;
  readonly labels: readonly Label[];
  readonly exponent: Rational;
}

export type Network = readonly Atom[];

/** Coefficients of networks, each named by its normal form. */
export type Polynomial = ReadonlyMap<Expr, Rational>;

// A power of a contracted factor is written out up to this exponent.
const mostCopies = 4;

/** The terms of a scalar: each a product in normal form, of coefficient 1. */
export function polynomial(scalar: Expr): Polynomial {
  const terms = new Map<Expr, Rational>();
  const visit = (e: Expr, coef: Rational): void => {
    if (e.kind === 'sum') {
      for (const t of e.terms) visit(t.arg, mul(coef, t.coef));
      return;
    }
    const [key, factor] = e.kind === 'number' ? [constant(1), e.value] : [e, one];
    const total = add(terms.get(key) ?? zero, mul(coef, factor));
    if (isZero(total)) terms.delete(key);
    else terms.set(key, total);
  };
  visit(normal(scalar), one);
  return terms;
}

/** The atoms of a product in normal form. Labels are fresh numbers from `from` on. */
export function networkOf(product: Expr, from = 0): Network {
  let next = from;
  const atoms: Atom[] = [];
  const visit = (e: Expr, labels: readonly Label[], exponent: Rational): void => {
    // (x²)^½ is |x|, not x: only whole powers of a power are one power.
    const p = isInteger(exponent) ? asPower(e) : undefined;
    if (p) {
      const whole = mul(p.exponent, exponent);
      if (isInteger(whole) && whole.num > 1 && whole.num <= mostCopies && p.base.kind === 'contract') {
        for (let k = 0; k < whole.num; k++) visit(p.base, labels, one);
      } else visit(p.base, labels, whole);
      return;
    }
    if (e.kind === 'contract' && isOne(exponent) && new Set(e.out).size === e.out.length) {
      const names = new Map<Label, Label>(e.out.map((l, axis) => [l, must(labels[axis])]));
      const rename = (l: Label): Label => {
        const known = names.get(l) ?? next++;
        names.set(l, known);
        return known;
      };
      e.args.forEach((arg, k) => visit(arg, must(e.labels[k]).map(rename), one));
      return;
    }
    if (e.kind === 'number' && isOne(e.value)) return;
    atoms.push({ base: e, labels, exponent });
  };
  visit(product, product.shape.map(() => next++), one);
  return merged(atoms);
}

/** Equal factors at equal labels become one, with the sum of their exponents. */
export function merged(atoms: Network): Network {
  const found = new Map<string, Atom>();
  for (const atom of atoms) {
    const labels = isSymmetric(atom.base) ? [...atom.labels].sort((a, b) => a - b) : atom.labels;
    const key = `${atom.base.id}(${labels.join(',')})`;
    const before = found.get(key);
    found.set(key, { base: atom.base, labels, exponent: before ? add(before.exponent, atom.exponent) : atom.exponent });
  }
  return [...found.values()].filter((a) => !isZero(a.exponent));
}

export function dimsOf(atoms: Network): Map<Label, Dim> {
  return labelDims(
    atoms.map((a) => a.base),
    atoms.map((a) => a.labels),
  );
}

/** The product as an expression; labels of `over` that stand in no factor are summed over as well. */
export function productOf(atoms: Network, over: ReadonlyMap<Label, Dim> = new Map()): Expr {
  const used = new Set(atoms.flatMap((a) => a.labels));
  const factors = [...merged(atoms), ...[...over].filter(([l]) => !used.has(l)).map(([, d]) => ({ base: size(d), labels: [], exponent: one }))];
  return contract(
    factors.map((a) => (isOne(a.exponent) ? a.base : power(a.base, a.exponent))),
    factors.map((a) => a.labels),
    [],
  );
}

export function half(r: Rational): Rational {
  return mul(r, inverse({ num: 2, den: 1 }));
}

export function isEven(r: Rational): boolean {
  return isInteger(r) && r.num % 2 === 0;
}

/** A matrix at one label: its diagonal, which is not negative when it is psd. */
export function isDiagonal({ labels }: Atom): boolean {
  return labels.length === 2 && labels[0] === labels[1];
}
