// Norms that are zero at the optimum, where they have no derivative: ‖u‖ is left out and u = 0 asked for. That is optimal
// for the problem with the norm exactly if the multiplier of u = 0 is no longer than the weight of the norm, since the
// subgradients of w‖u‖ at 0 are w times the unit ball. Rockafellar, Convex Analysis, section 23.

import { must } from '../../base/internal.ts';
import { zeros } from '../../ir/build.ts';
import { type Expr, variable } from '../../ir/expr.ts';
import { facts } from '../../ir/fact.ts';
import { ratio, same } from '../../ir/rational.ts';
import { dependents, postorder, rewriteUp, variables as variablesOf } from '../../ir/walk.ts';
import { reverse } from '../../diff/differentiate.ts';
import { sumOfSquares } from '../../ops/defined/reductions.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { asPower } from '../../ops/scalar/power.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { type Known, valuesAt } from '../evaluate.ts';
import type { Multipliers } from '../method.ts';
import type { Assembled } from './assemble.ts';
import { isAffine } from './derivatives.ts';
import type { Smooth } from './reformulate.ts';

export interface Norm {
  readonly node: Expr;
  /** Affine; the node is its Euclidean norm. */
  readonly of: Expr;
}

// Of the size of the other numbers.
const nearZero = 1e-5;

/** Norms of affine parts that stand in the objective alone and are nearly zero at a point. */
export function vanishing(smooth: Smooth, at: ReadonlyMap<string, Dense>, known: Known): Norm[] {
  const active = dependents(smooth.objective, new Set<Expr>(smooth.variables));
  const inRows = new Set(postorder(smooth.rows.map((r) => r.expr)));
  const norms = postorder([smooth.objective]).flatMap((node): Norm[] => {
    const p = active.has(node) && node.shape.length === 0 ? asPower(node) : undefined;
    const of = p && same(p.exponent, ratio(1, 2)) ? sumOfSquares(p.base) : undefined;
    return of && !inRows.has(node) && isAffine(of, smooth.variables) ? [{ node, of }] : [];
  });
  const size = [...at.values()].reduce((most, v) => v.data.reduce((m, x) => Math.max(m, Math.abs(x)), most), 1);
  const values = valuesAt(norms.map((n) => n.node), at, known);
  return norms.filter((_, k) => must(must(values[k]).data[0]) <= nearZero * size);
}

/** The problem with these norms held at zero. */
export function heldAtZero(smooth: Smooth, norms: readonly Norm[]): Smooth {
  const without = (e: Expr): Expr => rewriteUp(e, (node) => (norms.some((n) => n.node === node) ? zeros([]) : node));
  const objective = simplify(without(smooth.objective), lazy);
  return { ...smooth, objective, written: objective, rows: [...smooth.rows, ...norms.map((n) => ({ expr: simplify(n.of, lazy), relation: '==' as const }))] };
}

/** Whether the multipliers of the norms held at zero lie in the balls of their weights. */
export function holdsAtZero(smooth: Smooth, norms: readonly Norm[], solved: { readonly assembled: Assembled; readonly multipliers: Multipliers; readonly at: ReadonlyMap<string, Dense>; readonly known: Known }): boolean {
  const { assembled, multipliers, at, known } = solved;
  const first = assembled.fates.length - norms.length;
  return norms.every(({ node }, k) => {
    const t = variable('#norm', [], facts(['nonnegative']));
    const exchanged = rewriteUp(smooth.objective, (e) => (e === node ? t : e));
    const slope = simplify(reverse(exchanged, t), lazy);
    // A weight that changes with other norms at zero would need more than this test.
    if (variablesOf([slope]).includes(t)) return false;
    const weight = must(must(valuesAt([slope], at, known)[0]).data[0]);
    const y = must(assembled.fates[first + k]).map((fate) => (fate.kind === 'linear' ? multipliers.linear[fate.row]! : fate.kind === 'bound' ? multipliers.bounds[fate.place]! / fate.factor : 0));
    return Math.hypot(...y) <= weight * (1 + 1e-7);
  });
}
