// Expressions to the straight-line program that back ends run.

import type { Expr } from '../ir/expr.ts';
import { arranged, distributed } from '../plan/arrange.ts';
import { type Sizes, binarise } from '../plan/binarise.ts';
import { type Program, program } from '../plan/primitive.ts';
import { type Plan, type PlanOptions, planOf } from '../plan/plan.ts';
import { fastAll } from '../simplify/pipelines.ts';
import { lazy } from '../simplify/mode.ts';
import { isSettled } from '../simplify/simplify.ts';
import { stabilise, withSolves } from '../simplify/stabilise.ts';
import { sizeReader } from './layout.ts';

/** The same values in forms that are stable and quick, whatever the sizes. */
export function prepared(roots: readonly Expr[]): Expr[] {
  const fast = quickly(roots);
  const wide = distributed(fast);
  const start = wide.every((e, i) => e === fast[i]) ? fast : fastAll(wide);
  return arranged(stabilise(start));
}

/** The same for a few small calls: stable, without the search for the quickest. */
export function stablyPrepared(roots: readonly Expr[]): Expr[] {
  return stabilise(quickly(roots));
}

/** What is simplified already stays as it is. */
function quickly(roots: readonly Expr[]): readonly Expr[] {
  return roots.every((e) => isSettled(e, lazy)) ? roots : fastAll(roots);
}

/** Products in the order that costs least for these sizes. */
export function programFor(ready: readonly Expr[], sizes: Sizes): Program {
  return program(withSolves(binarise(ready, sizes)));
}

/** The plan of several results for given sizes. Throws a diagnostic when a size is not known. */
export function planFor(roots: readonly Expr[], sizes: Sizes, options?: PlanOptions): Plan {
  return planOf(programFor(prepared(roots), sizes), sizeReader(sizes), options);
}
