// Numbers as they were written: the normal form has coprime whole numbers in a sum, which reads badly where decimals were
// meant, as in 1/200000*(8943*x^3+200000*x). Such a number goes back into the sum where that leaves fewer digits.

import { must } from '../base/internal.ts';
import { type ContractNode, type Expr, type SumNode, type Term, contract, sum } from '../ir/expr.ts';
import { type Rational, inverse, isExact, isOne, mul, toNumber } from '../ir/rational.ts';
import { children, postorder, withChildren } from '../ir/walk.ts';
import { cost } from './cost.ts';
import { scaled } from './sum.ts';

// Numbers of fewer digits are left alone.
const manyDigits = 6;

export function withShortNumbers(root: Expr): Expr {
  const order = postorder([root]);
  if (!order.some((e) => e.kind === 'sum' && e.terms.some(isLong))) return root;
  const done = new Map<Expr, Expr>();
  for (const node of order) {
    const made = withChildren(
      node,
      children(node).map((c) => must(done.get(c))),
    );
    done.set(node, made.kind === 'sum' ? shorter(made) : made);
  }
  const result = must(done.get(root));
  return cost(result) <= cost(root) ? result : root;
}

/** Whether a long number stands in front, or in a sum there. */
function isLong({ coef, arg }: Term): boolean {
  return isLongNumber(coef) || (arg.kind === 'contract' && arg.args.some((f) => f.kind === 'sum' && f.terms.some((t) => isLongNumber(t.coef))));
}

function isLongNumber(r: Rational): boolean {
  // A number of few digits is told without writing it.
  return (r.den !== 1 || Math.abs(r.num) >= 10 ** (manyDigits - 1)) && isExact(r) && length(r) >= manyDigits;
}

/** The sum with the number of each term where it leaves the fewest digits. */
function shorter(e: SumNode): Expr {
  const terms = e.terms.map((t) => (isLong(t) ? placed(t) : t));
  if (terms.every((t, i) => t === e.terms[i])) return e;
  const [only] = terms;
  return terms.length === 1 && only && isOne(only.coef) ? only.arg : sum(terms);
}

/** The number in front of its product, or inside of one of the sums there. */
function placed(t: Term): Term {
  const { coef, arg } = t;
  if (arg.kind !== 'contract' || !isExact(coef)) return t;
  let best = { term: t, digits: digitsOf([t]) };
  for (const [k, factor] of arg.args.entries()) {
    if (factor.kind !== 'sum' || arg.args.indexOf(factor) !== arg.args.lastIndexOf(factor)) continue;
    // All of the number goes in, or as much of it as makes one of the terms there stand without a number.
    for (const share of [coef, ...factor.terms.map((inner) => inverse(positive(inner.coef)))]) {
      const into = scaled(share, factor);
      const inside = into.kind === 'sum' ? shorter(into) : into;
      const term: Term = { coef: mul(coef, inverse(share)), arg: replaced(arg, k, inside) };
      const digits = digitsOf([term]);
      if (digits < best.digits) best = { term, digits };
    }
  }
  return best.term;
}

function positive(r: Rational): Rational {
  return { ...r, num: Math.abs(r.num) };
}

function replaced(e: ContractNode, k: number, factor: Expr): Expr {
  return contract(
    e.args.map((arg, i) => (i === k ? factor : arg)),
    e.labels,
    e.out,
    e.shape,
  );
}

/** The digits of the numbers in these terms and in sums that are factors there. */
function digitsOf(terms: readonly Term[]): number {
  return terms.reduce((n, { coef, arg }) => {
    const inner = arg.kind === 'contract' ? arg.args : [arg];
    return inner.reduce((m, f) => m + (f.kind === 'sum' ? digitsOf(f.terms) : 0), n + (isOne(positive(coef)) ? 0 : length(coef)));
  }, 0);
}

/** Of a number as it is written: a decimal or a fraction, whichever is shorter. */
function length({ num, den }: Rational): number {
  const decimal = String(Math.abs(toNumber({ num, den }))).length;
  return den === 1 ? decimal : Math.min(decimal, String(Math.abs(num)).length + 1 + String(den).length);
}
