// Multiples of pi as such: sqrt(2*pi) rather than sqrt(6.283185307179586). For writing only; a graph knows pi as a number.

import { must } from '../base/internal.ts';
import { type Expr, type Term, contract, sum, variable } from '../ir/expr.ts';
import { type Rational, fromNumber, inverse, isExact, isOne, mul, powInteger, ratio, same, toNumber } from '../ir/rational.ts';
import { children, postorder, withChildren } from '../ir/walk.ts';
import { power } from '../ops/scalar/power.ts';
import { isPi } from './names.ts';

const pi: Rational = fromNumber(Math.PI);
const units = [1, -1].map((exponent) => ({ exponent, unit: powInteger(pi, exponent) }));

// Multiples by a fraction of small numbers are recognised.
const largestDenominator = 32;
const largestNumerator = 1000;

/** The graph with a variable pi in it, for writers; as it is where a variable of the user has that name. */
export function withPi(root: Expr): Expr {
  const order = postorder([root]);
  if (!order.some(mentionsPi) || order.some((e) => e.kind === 'variable' && isPi(e.name))) return root;
  const done = new Map<Expr, Expr>();
  for (const node of order) {
    const made = withChildren(
      node,
      children(node).map((c) => must(done.get(c))),
    );
    done.set(node, spelled(made));
  }
  return must(done.get(root));
}

function mentionsPi(e: Expr): boolean {
  if (e.kind === 'number') return multiple(e.value) !== undefined;
  return e.kind === 'sum' && e.terms.some((t) => multiple(t.coef) !== undefined);
}

interface Multiple {
  readonly coef: Rational;
  readonly exponent: number;
}

// 3*pi has few enough digits to be taken for a fraction, and then so is its reciprocal.
const manyDigits = 1e12;

/** q for q*pi or q/pi, where reading that gives the same number to the last bit. */
function multiple(value: Rational): Multiple | undefined {
  if (isExact(value) && Math.max(Math.abs(value.num), value.den) < manyDigits) return undefined;
  const x = toNumber(value);
  for (const { exponent, unit } of units) {
    const q = x / toNumber(unit);
    for (let den = 1; den <= largestDenominator; den++) {
      const num = Math.round(q * den);
      if (num === 0 || Math.abs(num) > largestNumerator || Math.abs(q * den - num) > 1e-12 * Math.abs(num)) continue;
      const coef = ratio(num, den);
      const read = exponent === 1 ? mul(coef, pi) : mul(ratio(num), inverse(mul(ratio(den), pi)));
      if (same(read, value) || (!isExact(value) && toNumber(mul(coef, unit)) === x)) return { coef, exponent };
    }
  }
  return undefined;
}

function spelled(e: Expr): Expr {
  if (e.kind === 'number') {
    const found = multiple(e.value);
    if (!found) return e;
    const factor = contract([powerOfPi(found)], [[]], [...e.shape.keys()], e.shape);
    return scaled({ coef: found.coef, arg: e.shape.length === 0 ? powerOfPi(found) : factor });
  }
  if (e.kind !== 'sum' || !mentionsPi(e)) return e;
  const terms = e.terms.map(withFactor);
  const [only] = terms;
  return terms.length === 1 && only ? scaled(only) : sum(terms);
}

function withFactor(t: Term): Term {
  const found = multiple(t.coef);
  if (!found) return t;
  const { arg } = t;
  const axes = [...arg.shape.keys()];
  const factor = powerOfPi(found);
  const product = arg.kind === 'contract' ? contract([factor, ...arg.args], [[], ...arg.labels], arg.out, arg.shape) : contract([factor, arg], [[], axes], axes, arg.shape);
  return { coef: found.coef, arg: product };
}

function powerOfPi({ exponent }: Multiple): Expr {
  const letter = variable('pi', []);
  return exponent === 1 ? letter : power(letter, exponent);
}

function scaled(t: Term): Expr {
  return isOne(t.coef) ? t.arg : sum([t]);
}
