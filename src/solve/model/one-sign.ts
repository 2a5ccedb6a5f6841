// Constraints whose sides differ by one sign wherever they are defined: no point keeps x'*x == -1 or sin(x) >= 2.

import { neg } from '../../ir/build.ts';
import type { Expr } from '../../ir/expr.ts';
import { leastValue } from '../../certify/range.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import type { Solution } from './answer.ts';
import type { Statement } from './statement.ts';

// What is violated by less may hold but for rounding far out, as exp(x) <= 0.
const clearly = 1e-6;

/** The answer, where no point near violates the constraints less, said of all points if the ranges of one constraint prove it. */
export function withSigns(answer: Omit<Solution, 'notices'>, { constraints }: Statement): Omit<Solution, 'notices'> {
  if (answer.outcome !== 'locally infeasible' || !(answer.violation > clearly)) return answer;
  const isAbove = (e: Expr): boolean => leastValue(simplify(e, lazy), 'positive');
  const never = constraints.find(({ expr, relation }) => (relation !== '>=' && isAbove(expr)) || (relation !== '<=' && isAbove(neg(expr))));
  if (!never) return answer;
  return { ...answer, outcome: 'infeasible', says: `no point keeps ${never.name}: wherever its sides are defined, they differ by one sign` };
}
