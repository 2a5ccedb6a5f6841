// Parameters that are a side of inequalities and nothing else, as l and u in `l <= A*x <= u`: there ∞ stands for no bound.

import { variables } from '../../ir/walk.ts';
import type { Expr } from '../../ir/expr.ts';
import type { Model } from '../../lang/model.ts';
import type { Parameter } from '../evaluate.ts';
import { none } from '../far-bounds.ts';

/** Their names. One that shares an inequality with another side is left out: ∞ - ∞ is no number. */
export function sidesOf(model: Model): ReadonlySet<string> {
  const parameters = new Set(model.parameters.map((p) => p.name));
  const refused = new Set(namesIn([model.objective.expr]));
  const sides = new Set<string>();
  for (const { expr, relation } of model.constraints) {
    const terms = termsOf(expr);
    const alone = relation === '==' ? [] : terms.filter((t) => t.kind === 'variable' && parameters.has(t.name));
    const [only] = alone;
    const side = alone.length === 1 && only?.kind === 'variable' ? only.name : undefined;
    if (side !== undefined) sides.add(side);
    for (const name of namesIn(side === undefined ? [expr] : terms.filter((t) => t !== only))) refused.add(name);
  }
  return new Set([...sides].filter((name) => !refused.has(name)));
}

/** Of sums in sums too; a number repeated along axes is the number. */
function termsOf(expr: Expr): readonly Expr[] {
  if (expr.kind === 'sum') return expr.terms.flatMap((t) => termsOf(t.arg));
  const [only, ...others] = expr.kind === 'contract' ? expr.args : [];
  return [only?.kind === 'variable' && only.shape.length === 0 && others.length === 0 ? only : expr];
}

function namesIn(exprs: readonly Expr[]): string[] {
  return variables(exprs).map((v) => v.name);
}

/** With a number that is no bound for ∞. */
export function withoutInfinities(value: Parameter): Parameter {
  if (value.sparse !== undefined || !value.data.some((x) => Math.abs(x) === Infinity)) return value;
  return { shape: value.shape, data: value.data.map((x) => (Math.abs(x) === Infinity ? Math.sign(x) * none : x)) };
}
