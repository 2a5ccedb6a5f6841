// Terms that are one square with different weights: s*d² - s²*d² + 2*d² is (s - s² + 2)*d², and the sum of the weights may have a
// sign where the weights have none.

import { must } from '../base/internal.ts';
import { type Expr, type Label, contract, sum, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { type Rational, add, isOne, isZero, neg, one, same, toNumber, zero } from '../ir/rational.ts';
import { power } from '../ops/scalar/power.ts';
import { type Atom, type Network, type Polynomial, isEven, networkOf, polynomial, productOf } from './network.ts';
import type { Proof } from './proof.ts';
import type { Substitution } from './substitute.ts';

interface Weighted {
  readonly coef: Rational;
  readonly atoms: Network;
}

/** Squares, one label at most, whose weights are collected: all that stand in several terms, one after the other, where `shown` proves the sign. */
export function* collected(q: Polynomial, shown: (e: Expr) => Proof | undefined): Generator<Substitution> {
  let terms: readonly Weighted[] = [...q].map(([key, coef]) => ({ coef, atoms: networkOf(key) }));
  const premises: Proof[] = [];
  const drawn: Substitution['drawn'][number][] = [];
  for (const square of squaresIn(terms)) {
    const mine = terms.filter((t) => isWeighted(t.atoms, square));
    if (mine.length < 2 || (mine.every((t) => t.coef.num > 0 === mine[0]!.coef.num > 0) && mine.every((t) => t.atoms.every((a) => isEven(a.exponent) || shown(a.base))))) continue;
    const shared = [square, ...sharedBy(mine, square).filter((a) => isEven(a.exponent) || shown(a.base))];
    const weight = sum(mine.map(({ coef, atoms }) => ({ coef, arg: besides(atoms, shared, square) })));
    const proof = shown(weight);
    if (!proof) continue;
    const w = variable(`weight in all ${drawn.length}`, weight.shape, facts(['nonnegative']));
    drawn.push({ variable: w, value: weight });
    premises.push(proof);
    terms = [...terms.filter((t) => !mine.includes(t)), { coef: one, atoms: [...shared.map((a) => ({ ...a, labels: a.labels.length > 0 ? square.labels : [] })), { base: w, labels: square.labels, exponent: one }] }];
  }
  if (drawn.length > 0) yield { terms: polynomial(sum(terms.map(({ coef, atoms }) => ({ coef, arg: productOf(atoms) })))), drawn, premises };
}

/** Even powers on one label or none, without repetition. */
function squaresIn(terms: readonly Weighted[]): readonly Atom[] {
  const found: Atom[] = [];
  for (const atom of terms.flatMap((t) => t.atoms)) {
    if (!isEven(atom.exponent) || atom.exponent.num <= 0 || atom.labels.length > 1) continue;
    if (!found.some((other) => isSquare(atom, other))) found.push(atom);
  }
  return found;
}

function isSquare(atom: Atom, square: Atom): boolean {
  return atom.base === square.base && same(atom.exponent, square.exponent);
}

/** The square once, and beside it nothing that is summed over for itself. */
function isWeighted(atoms: Network, square: Atom): boolean {
  const here = atoms.filter((a) => isSquare(a, square));
  const label = here[0]?.labels[0];
  return here.length === 1 && atoms.every((a) => a.labels.every((l) => l === label));
}

/** Other factors that all terms have, to the least of their powers. */
function sharedBy(terms: readonly Weighted[], square: Atom): readonly Atom[] {
  const [first, ...others] = terms.map((t) => t.atoms);
  return (first ?? []).flatMap((atom): Atom[] => {
    if (isSquare(atom, square) || atom.labels.length > 1) return [];
    const all = [atom, ...others.map((list) => list.find((a) => a.base === atom.base && a.labels.length === atom.labels.length))];
    const exponents = all.map((a) => a?.exponent ?? zero);
    const least = exponents.reduce((a, b) => (Math.abs(toNumber(b)) < Math.abs(toNumber(a)) ? b : a));
    return exponents.every((e) => e.num * least.num > 0) ? [{ ...atom, exponent: least }] : [];
  });
}

/** What stands beside the shared factors, on the label of the square. */
function besides(atoms: Network, shared: readonly Atom[], square: Atom): Expr {
  const out: readonly Label[] = must(atoms.find((a) => isSquare(a, square))).labels;
  const rest = atoms.flatMap((a): Atom[] => {
    const taken = shared.find((other) => other.base === a.base && other.labels.length === a.labels.length);
    const exponent = taken ? add(a.exponent, neg(taken.exponent)) : a.exponent;
    return isZero(exponent) ? [] : [{ ...a, exponent }];
  });
  return contract(rest.map((a) => (isOne(a.exponent) ? a.base : power(a.base, a.exponent))), rest.map((a) => a.labels), out, square.base.shape);
}
