// Other ways to write a polynomial, in which signs show: -x for an x that is never positive or negative semidefinite, x*f(x) as its lower bound plus
// what exceeds it, x as the end of its interval and the distance from it.

import { must } from '../base/internal.ts';
import { constant, neg, sub, times } from '../ir/build.ts';
import { type Expr, contract, sum, variable } from '../ir/expr.ts';
import { type Fact, facts } from '../ir/fact.ts';
import { add as plus, isInteger, isOne, isZero, minusOne, neg as negated, one, ratio } from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import { opNamed } from '../ops/table.ts';
import { power } from '../ops/scalar/power.ts';
import { type Atom, type Polynomial, networkOf, polynomial } from './network.ts';
import type { Drawn, Proof } from './proof.ts';
import { rangeOf } from './range.ts';

export interface Substitution {
  readonly terms: Polynomial;
  readonly drawn: readonly Drawn[];
  readonly premises: readonly Proof[];
}

/** The polynomial in other variables that are never negative: what they stand for, and why it has a sign. */
export function substitutions(q: Polynomial): readonly Substitution[] {
  const atoms = [...q.keys()].flatMap((key) => networkOf(key));
  return [...flipped(q, atoms), ...bounded(q, atoms), ...inIntervals(q, atoms)];
}

function flipped(q: Polynomial, atoms: readonly Atom[]): Substitution[] {
  const signs = new Map([...new Set(atoms.map((a) => a.base))].filter((b) => b.kind !== 'number').map((b): [Expr, Fact[]] => [b, opposites.flatMap(([low, high]) => (has(b, low) ? [high] : []))]));
  const bases = [...signs.keys()].filter((b) => must(signs.get(b)).length > 0);
  if (bases.length === 0) return [];
  const stands = new Map(bases.map((b, k) => [b, variable(`minus of it ${k}`, b.shape, facts(must(signs.get(b))))]));
  const terms = rewritten(q, (atom) => {
    const w = stands.get(atom.base);
    return w && isInteger(atom.exponent) ? [{ ...atom, base: w, sign: atom.exponent.num % 2 === 0 ? 1 : -1 }] : undefined;
  });
  const drawn = bases.map((b) => ({ variable: must(stands.get(b)), value: neg(b) }));
  return [{ terms, drawn, premises: drawn.map((d) => ({ property: has(d.variable, 'psd') ? 'psd' : 'nonnegative', of: d.value, reason: { rule: 'fact' }, premises: [] })) }];
}

// What is known of a number or matrix, and then of what is opposite to it.
const opposites = [['negative', 'positive'], ['nonpositive', 'nonnegative'], ['nd', 'pd'], ['nsd', 'psd']] as const satisfies readonly (readonly [Fact, Fact])[];

/** x = a + w for an x above a, or b - w for one below b: in all its powers, or in one of several. x may be a function. */
function inIntervals(q: Polynomial, atoms: readonly Atom[]): Substitution[] {
  const bases = [...new Set(atoms.map((a) => a.base))].filter((b) => b.kind === 'variable' || (b.kind === 'apply' && rangeOf(b).exact));
  return bases.flatMap((x, n) => {
    const { above, below } = rangeOf(x);
    const ends = [...(Number.isFinite(above) && above !== 0 ? [{ end: above, sign: one }] : []), ...(Number.isFinite(below) && below !== 0 ? [{ end: below, sign: minusOne }] : [])];
    return ends.flatMap(({ end, sign }) => {
      const w = variable(`distance of it ${n}`, x.shape, facts([rangeOf(x).reached ? 'nonnegative' : 'positive']));
      const value = sum([{ coef: sign, arg: x }, { coef: negated(sign), arg: constant(end, x.shape) }]);
      const by = sum([{ coef: one, arg: constant(end, x.shape) }, { coef: sign, arg: w }]);
      const drawn = [{ variable: w, value }];
      const premises: Proof[] = [{ property: 'nonnegative', of: value, reason: { rule: 'range' }, premises: [] }];
      return (['every', 'one'] as const).map((how): Substitution => ({ terms: withPowers(q, x, by, how), drawn, premises }));
    });
  });
}

function withPowers(q: Polynomial, x: Expr, by: Expr, how: 'every' | 'one'): Polynomial {
  return polynomial(
    sum(
      [...q].map(([key, coef]) => ({
        coef,
        arg: product(
          networkOf(key).flatMap((a): Atom[] => {
            if (a.base !== x || !isInteger(a.exponent) || a.exponent.num < (how === 'every' ? 1 : 2)) return [a];
            const copies = how === 'every' ? a.exponent.num : 1;
            const rest = plus(a.exponent, ratio(-copies));
            return [...Array.from({ length: copies }, () => ({ ...a, base: by, exponent: one })), ...(isZero(rest) ? [] : [{ ...a, exponent: rest }])];
          }),
        ),
      })),
    ),
  );
}

/** For each function and each of its bounds. */
function bounded(q: Polynomial, atoms: readonly Atom[]): Substitution[] {
  const nodes = [...new Set(atoms.map((a) => a.base))].filter((b) => b.kind === 'apply').filter((b) => opNamed(b.op).timesArgument !== undefined);
  return nodes.flatMap((f, n) =>
    must(opNamed(f.op).timesArgument)(must(f.args[0])).map((bound, which): Substitution => {
      const x = must(f.args[0]);
      const w = variable(`above its bound ${n}`, x.shape, facts(['nonnegative']));
      const value = excess(f, bound);
      return {
        terms: withProduct(q, x, f, sum([{ coef: one, arg: w }, { coef: one, arg: bound }])),
        drawn: [{ variable: w, value }],
        premises: [{ property: 'nonnegative', of: value, reason: { rule: 'bound', of: f, which }, premises: [] }],
      };
    }),
  );
}

/** x*f(x) minus its bound. */
export function excess(f: Expr & { readonly kind: 'apply' }, bound: Expr): Expr {
  return sub(times(must(f.args[0]), f), bound);
}

function rewritten(q: Polynomial, change: (atom: Atom) => readonly (Atom & { readonly sign: number })[] | undefined): Polynomial {
  return polynomial(
    sum(
      [...q].map(([key, coef]) => {
        let sign = 1;
        const atoms = networkOf(key).flatMap((atom) => {
          const other = change(atom) ?? [{ ...atom, sign: 1 }];
          for (const o of other) sign *= o.sign;
          return other;
        });
        return { coef: sign < 0 ? { num: -coef.num, den: coef.den } : coef, arg: product(atoms) };
      }),
    ),
  );
}

/** x*f at the same labels, once in every term that has both, becomes `by`. */
function withProduct(q: Polynomial, x: Expr, f: Expr, by: Expr): Polynomial {
  return polynomial(
    sum(
      [...q].map(([key, coef]) => {
        const atoms = networkOf(key);
        const at = (a: Atom, b: Atom): boolean => a.labels.every((l, i) => l === b.labels[i]);
        const slope = atoms.find((a) => a.base === f && isOne(a.exponent) && atoms.some((b) => b.base === x && b.exponent.num > 0 && isInteger(b.exponent) && at(a, b)));
        if (!slope) return { coef, arg: key };
        const rest = atoms.flatMap((a): Atom[] => {
          if (a === slope) return [{ ...a, base: by }];
          if (a.base !== x || !at(a, slope)) return [a];
          const left = plus(a.exponent, minusOne);
          return isZero(left) ? [] : [{ ...a, exponent: left }];
        });
        return { coef, arg: product(rest) };
      }),
    ),
  );
}

function product(atoms: readonly Atom[]): Expr {
  return contract(
    atoms.map((a) => (isOne(a.exponent) ? a.base : power(a.base, a.exponent))),
    atoms.map((a) => a.labels),
    [],
  );
}
