// Powers whose exponents are not numbers: x^(p-1) is x^p times x^-1, with x^p as a variable that has a sign, so that the terms of
// second derivatives share their factors.

import { times } from '../ir/build.ts';
import { type Expr, apply, sum, variable } from '../ir/expr.ts';
import { facts, signFacts } from '../ir/fact.ts';
import { type Rational, isZero, mul, zero } from '../ir/rational.ts';
import { postorder, rewriteUp } from '../ir/walk.ts';
import { factsOf, has } from '../ops/facts.ts';
import { asGeneralPower, asPower, power } from '../ops/scalar/power.ts';
import type { Drawn } from './proof.ts';

export interface Split {
  readonly scalar: Expr;
  readonly drawn: readonly Drawn[];
  /** With what the variables stand for. */
  readonly back: (e: Expr) => Expr;
}

/** Undefined where no exponent has a number to be split off. */
export function splitPowers(scalar: Expr): Split | undefined {
  if (!postorder([scalar]).some((node) => partsOf(node)?.shift.num)) return undefined;
  const known = new Map<string, Drawn>();
  const meant = new Map<Expr, Expr>();
  const back = (e: Expr): Expr => rewriteUp(e, (node) => meant.get(node) ?? node);
  const rewritten = rewriteUp(scalar, (node) => {
    const parts = partsOf(node);
    if (!parts || node.kind !== 'apply' || !has(parts.base, 'nonnegative')) return node;
    const { base, exponent, shift } = parts;
    const key = `${base.id} ${exponent.id}`;
    const rest = apply(node.op, node.params, [base, exponent], node.shape);
    const found = known.get(key) ?? { variable: variable(`general power of it ${known.size}`, node.shape, facts(signFacts.filter((f) => factsOf(rest).has.has(f)))), value: back(rest) };
    known.set(key, found);
    meant.set(found.variable, found.value);
    return isZero(shift) ? found.variable : times(found.variable, power(base, shift));
  });
  return { scalar: rewritten, drawn: [...known.values()], back };
}

interface Parts {
  readonly base: Expr;
  /** Without the number that was added to it. */
  readonly exponent: Expr;
  readonly shift: Rational;
}

function partsOf(node: Expr): Parts | undefined {
  const general = asPower(node) ? undefined : asGeneralPower(node);
  if (!general) return undefined;
  const { base, exponent } = general;
  if (exponent.kind !== 'sum') return { base, exponent, shift: zero };
  const number = exponent.terms.find((t) => t.arg.kind === 'number');
  if (number?.arg.kind !== 'number') return { base, exponent, shift: zero };
  const others = exponent.terms.filter((t) => t !== number);
  const only = others.length === 1 && others[0]!.coef.num === 1 && others[0]!.coef.den === 1;
  return { base, exponent: only ? others[0]!.arg : sum(others), shift: mul(number.coef, number.arg.value) };
}

