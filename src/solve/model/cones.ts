// A semidefinite variable is solved for by a factor, X = V V', and a stationary V need not be an optimal X. In a convex
// problem it is one exactly if the gradient of the Lagrangian by X is semidefinite too (it vanishes along V already).
// Burer & Monteiro, Local minima and convergence in low-rank semidefinite programming, Math. Programming 103, 2005.

import { must } from '../../base/internal.ts';
import { add, scale } from '../../ir/build.ts';
import { type Expr, contract, variable } from '../../ir/expr.ts';
import { reverse } from '../../diff/differentiate.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { leastEigenvalue } from '../../ops/reference/least-eigenvalue.ts';
import { lazy } from '../../simplify/mode.ts';
import { simplify } from '../../simplify/simplify.ts';
import { type Known, valuesAt } from '../evaluate.ts';
import type { Statement } from './statement.ts';

export interface ConeReport {
  /** The multiplier of each semidefinite variable: the gradient of the Lagrangian by it. */
  readonly multipliers: ReadonlyMap<string, Dense>;
  /** Most negative eigenvalue of any of them, relative to the largest entry; 0 if there is none. */
  readonly worst: number;
  /** Whether every semidefinite variable is well inside its cone: then V is invertible, and its stationarity is that of X. */
  readonly inside: boolean;
}

// Least eigenvalue beside the largest, or beside 1.
const wellInside = 1e-4;

/** `multipliers` by constraint, with the signs of an answer: those of inequalities are ≥ 0. */
export function coneReport(statement: Statement, x: ReadonlyMap<string, Dense>, multipliers: Readonly<Record<string, Dense>>, { parameters, sizes }: Known): ConeReport {
  const values = new Map(parameters);
  const terms = statement.constraints.map(({ name, relation, expr }, k): Expr => {
    const y = variable(`#multiplier ${k}`, expr.shape);
    values.set(y.name, must(multipliers[name]));
    const labels = expr.shape.map((_, i) => i);
    return scale(relation === '>=' ? -1 : 1, contract([y, expr], [labels, labels], []));
  });
  const lagrangian = simplify(terms.length === 0 ? statement.objective : add(statement.objective, ...terms), lazy);
  const found = new Map<string, Dense>();
  let worst = 0;
  let inside = true;
  for (const [name, sign] of statement.cones) {
    const X = must(statement.variables.find((v) => v.name === name));
    const [G] = valuesAt([reverse(lagrangian, X)], x, { parameters: values, sizes });
    const S = symmetricPart(must(G), sign);
    const largest = S.data.reduce((most, s) => Math.max(most, Math.abs(s)), 0);
    const order = must(S.shape[0]);
    const least = Math.min(0, leastEigenvalue(S.data, order));
    if (largest > 0) worst = Math.max(worst, -least / Math.max(1, largest));
    found.set(name, S);
    const P = symmetricPart(must(x.get(name)), sign).data;
    inside &&= leastEigenvalue(P, order) > wellInside * Math.max(1, -leastEigenvalue(P.map((v) => -v), order));
  }
  return { multipliers: found, worst, inside };
}

function symmetricPart({ shape, data }: Dense, sign: 1 | -1): Dense {
  const n = must(shape[0]);
  return { shape, data: data.map((g, at) => (sign * (g + data[(at % n) * n + Math.floor(at / n)]!)) / 2) };
}
