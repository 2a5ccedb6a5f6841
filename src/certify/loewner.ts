// Functions that keep or turn the order of semidefinite matrices: where A - B is positive semidefinite, so is inv(B) - inv(A)
// (Löwner 1934; Bhatia, Matrix Analysis, 1997, chapter V). One of two such values becomes the other and what exceeds it.

import { must } from '../base/internal.ts';
import { sub } from '../ir/build.ts';
import { sameShape } from '../ir/dim.ts';
import { type ApplyNode, type Expr, contract, sum, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { isInteger, isOne, one } from '../ir/rational.ts';
import { has } from '../ops/facts.ts';
import { power } from '../ops/scalar/power.ts';
import { opNamed } from '../ops/table.ts';
import { normal } from '../simplify/pipelines.ts';
import { type Polynomial, networkOf, polynomial } from './network.ts';
import type { Proof } from './proof.ts';
import type { Substitution } from './substitute.ts';

/** For each pair of values of one function at matrices whose difference `shown` proves semidefinite. */
export function* inOrder(q: Polynomial, shown: (matrix: Expr) => Proof | undefined): Generator<Substitution> {
  const values = [...new Set([...q.keys()].flatMap((key) => networkOf(key).map((a) => a.base)))].filter(isOrdered);
  for (const [n, larger] of values.entries()) {
    for (const [m, smaller] of values.entries()) {
      const value = n === m ? undefined : excess(larger, smaller);
      const premise = value && shown(gap(larger, smaller));
      if (!premise) continue;
      const W = variable(`excess ${n} ${m}`, value.shape, facts(['psd']));
      const whole = sum([{ coef: one, arg: smaller }, { coef: one, arg: W }]);
      const terms = polynomial(
        sum(
          [...q].map(([key, coef]) => {
            const atoms = networkOf(key).flatMap((a) => (a.base === larger && isInteger(a.exponent) && a.exponent.num > 0 ? Array.from({ length: a.exponent.num }, () => ({ ...a, base: whole, exponent: one })) : [a]));
            return { coef, arg: contract(atoms.map((a) => (isOne(a.exponent) ? a.base : power(a.base, a.exponent))), atoms.map((a) => a.labels), []) };
          }),
        ),
      );
      yield { terms, drawn: [{ variable: W, value }], premises: [{ property: 'psd', of: value, reason: { rule: 'order', larger, smaller }, premises: [premise] }] };
    }
  }
}

function isOrdered(e: Expr): e is ApplyNode {
  return e.kind === 'apply' && e.shape.length === 2 && opNamed(e.op).inLoewnerOrder !== undefined && has(must(e.args[0]), 'pd');
}

/** What is semidefinite where `larger` exceeds `smaller`; undefined for values of different functions. */
export function excess(larger: ApplyNode, smaller: ApplyNode): Expr | undefined {
  return isOrdered(larger) && isOrdered(smaller) && larger.op === smaller.op && sameShape(larger.shape, smaller.shape) && larger.params.every((p, k) => p === smaller.params[k]) ? sub(larger, smaller) : undefined;
}

/** The difference of their arguments, in the order in which the function has them. */
export function gap(larger: ApplyNode, smaller: ApplyNode): Expr {
  const [X, Y] = [must(larger.args[0]), must(smaller.args[0])];
  return normal(opNamed(larger.op).inLoewnerOrder?.grows === 1 ? sub(X, Y) : sub(Y, X));
}
