// Common denominators: where powers of one sum stand in several terms, the lowest is drawn out and the others are
// multiplied out, so that terms can cancel. ‖v‖²/‖x‖ - (x'v)²/‖x‖³ becomes (x'x·v'v - (x'v)²)·‖x‖⁻³.

import { must } from '../base/internal.ts';
import { constant } from '../ir/build.ts';
import { type Expr, type VariableNode, contract, sum, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { type Rational, add, isInteger, isOne, isZero, keyOf, neg, one, ratio, toNumber, zero } from '../ir/rational.ts';
import { asPower, power } from '../ops/scalar/power.ts';
import { type Atom, type Network, type Polynomial, dimsOf, isEven, networkOf, polynomial } from './network.ts';
import type { Drawn, Proof } from './proof.ts';

export interface Cleared {
  readonly terms: Polynomial;
  readonly drawn: readonly Drawn[];
  readonly premises: readonly Proof[];
}

/** The same polynomial over common denominators; their signs are the premises. */
export function drawn(q: Polynomial, nonnegative: (e: Expr) => Proof | undefined): Cleared {
  const networks = [...q].map(([key, coef]) => ({ coef, atoms: networkOf(key) }));
  const bases = new Set(networks.flatMap(({ atoms }) => atoms.filter(isDenominator).map((a) => a.base)));
  let current = networks;
  const weights: Drawn[] = [];
  const premises: Proof[] = [];
  for (const base of bases) {
    const next = cleared(current, base, weights.length, nonnegative);
    if (!next) continue;
    current = next.networks;
    weights.push(...next.weights);
    if (next.premise) premises.push(next.premise);
  }
  if (weights.length === 0) return { terms: q, drawn: [], premises: [] };
  const parts = current.map(({ coef, atoms }) => ({ coef, arg: written(atoms) }));
  return { terms: parts.length === 0 ? new Map() : polynomial(sum(parts)), drawn: weights, premises };
}

function isDenominator(atom: Atom): boolean {
  const isComposite = atom.base.kind === 'sum' || atom.base.kind === 'contract' || asPower(atom.base) !== undefined;
  return isComposite && (!isInteger(atom.exponent) || atom.exponent.num < 0);
}

interface Weighted {
  readonly coef: Rational;
  readonly atoms: Network;
}

// The highest power of a denominator that is multiplied out.
const mostPower = 4;

function cleared(
  networks: readonly Weighted[],
  base: Expr,
  index: number,
  nonnegative: (e: Expr) => Proof | undefined,
): { networks: Weighted[]; weights: Drawn[]; premise?: Proof } | undefined {
  const exponents = networks.flatMap(({ atoms }) => atoms.filter((a) => a.base === base).map((a) => a.exponent));
  const lowest = exponents.reduce((a, b) => (toNumber(b) < toNumber(a) ? b : a));
  // Roots are taken of what is not negative: there the domain itself gives the sign.
  const needsSign = isInteger(lowest) && !isEven(lowest);
  const premise = needsSign ? nonnegative(base) : undefined;
  if (needsSign && !premise) return undefined;
  const weights = new Map<string, Drawn>();
  const standing = (exponent: Rational): VariableNode => {
    const found = weights.get(keyOf(exponent)) ?? { variable: variable(`power of it ${index + weights.size}`, base.shape, facts([exponent.num < 0 ? 'positive' : 'nonnegative'])), value: power(base, exponent) };
    weights.set(keyOf(exponent), found);
    return found.variable;
  };
  const rewritten: Weighted[] = [];
  for (const { coef, atoms } of networks) {
    const here = atoms.some((a) => a.base === base) ? atoms : withBase(atoms, base);
    if (!here) return undefined;
    const replaced: Atom[] = [];
    for (const atom of here) {
      if (atom.base !== base) {
        replaced.push(atom);
        continue;
      }
      const above = add(atom.exponent, neg(lowest));
      const copies = Math.floor(toNumber(above));
      if (copies < 0 || copies > mostPower) return undefined;
      replaced.push({ base: standing(lowest), labels: atom.labels, exponent: one });
      // A root that is left over is a weight of its own.
      const rest = add(above, ratio(-copies));
      if (!isZero(rest)) replaced.push({ base: standing(rest), labels: atom.labels, exponent: one });
      for (let k = 0; k < copies; k++) replaced.push({ base, labels: atom.labels, exponent: one });
    }
    rewritten.push({ coef, atoms: replaced });
  }
  return { networks: rewritten, weights: [...weights.values()], ...(premise && { premise }) };
}

/** The base to the power 0 on the one label where it can stand. */
function withBase(atoms: Network, base: Expr): Network | undefined {
  if (base.shape.length === 0) return [...atoms, { base, labels: [], exponent: zero }];
  if (base.shape.length !== 1) return undefined;
  const places = [...dimsOf(atoms)].filter(([, d]) => d.key === must(base.shape[0]).key);
  const [only] = places;
  return places.length === 1 && only ? [...atoms, { base, labels: [only[0]], exponent: zero }] : undefined;
}

function written(atoms: Network): Expr {
  const kept = atoms.filter((a) => !isZero(a.exponent));
  if (kept.length === 0) return constant(1);
  return contract(
    kept.map((a) => (isOne(a.exponent) ? a.base : power(a.base, a.exponent))),
    kept.map((a) => a.labels),
    [],
  );
}
