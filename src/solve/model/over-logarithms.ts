// A model that is convex in the logarithms of its variables, as a problem in these.

import { must } from '../../base/internal.ts';
import type { Expr } from '../../ir/expr.ts';
import { exponential } from '../../ops/scalar/power.ts';
import { convexityOf } from './convexity.ts';
import { derive } from './derived.ts';
import { nameOfLogarithm } from './logarithmic.ts';
import type { Ready } from './prepare.ts';
import { reformulate } from './reformulate.ts';
import type { Statement } from './statement.ts';

/** Before why a method was chosen. */
export const byLogarithms = 'in the logarithms of the variables';

/** As `inLogarithms` states it, with the variables themselves as functions of its own. */
export function overLogarithms(ready: Ready, statement: Statement): Ready {
  const derived = derive(reformulate(statement, 'smooth'));
  const { smooth } = derived;
  const recover = new Map([...smooth.recover, ...ready.statement.variables.map((v): [string, Expr] => [v.name, exponential(must(smooth.recover.get(nameOfLogarithm(v.name))))])]);
  return { ...ready, statement, convexity: () => convexityOf(statement), inside: () => undefined, derived: { ...derived, smooth: { ...smooth, recover } }, forms: new Map() };
}
