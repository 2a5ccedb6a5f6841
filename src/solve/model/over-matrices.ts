// The problem over its semidefinite matrices, with smooth functions, at an optimum that was found in another form: by factors
// of the matrices, or with norms as second-order cones. Its multipliers are read off those of the constraints.

import { must } from '../../base/internal.ts';
import { inContext } from '../../ir/expr.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import type { Multipliers } from '../method.ts';
import type { Solution } from './answer.ts';
import { type Assembled, assemble } from './assemble.ts';
import type { ModelData } from './data.ts';
import type { Derived } from './derived.ts';
import { type PreparedModel, readyFor } from './prepare.ts';
import { startAt } from './start.ts';

export interface OverMatrices {
  readonly derived: Derived;
  readonly assembled: Assembled;
  readonly z: Float64Array;
  readonly multipliers: Multipliers;
}

/** Undefined where constraints became several rows, or rows tie helpers: these have prices that the constraints do not tell. */
export function overMatricesAt(prepared: PreparedModel, given: ModelData, { x, multipliers }: Pick<Solution, 'x' | 'multipliers'>): OverMatrices | undefined {
  const { derived, statement } = readyFor(prepared, given.facts, 'matrices');
  const { smooth } = derived;
  const isAlike = smooth.rows.length === statement.constraints.length && smooth.rows.every((row, k) => row.constraint === k);
  if (smooth.cones.size === 0 || smooth.kinksLeft.length > 0 || !isAlike) return undefined;
  return inContext(prepared.context, () => {
    let z: Float64Array = new Float64Array(0);
    const assembled = assemble(derived, given, (layout) => {
      z = startAt({ statement, smooth, layout, known: given, given: new Map(Object.entries(x)) }, 'zeros');
      return { start: z, startGiven: true, convex: false };
    });
    const prices = statement.constraints.map(({ name, relation }) => must(multipliers[name]).data.map((y) => (relation === '>=' ? y : -y)));
    const cones = assembled.layout.blocks.flatMap(({ node: { name } }): Dense[] => {
      const sign = smooth.cones.get(name);
      return sign === undefined ? [] : [must(multipliers[`${name} ${sign === 1 ? 'psd' : 'nsd'}`])];
    });
    return { derived, assembled, z, multipliers: { ...rowPrices(assembled, prices), cones: cones.map((S) => S.data) } };
  });
}

function rowPrices({ problem, fates }: Assembled, prices: readonly Float64Array[]): Multipliers {
  const linear = new Float64Array(problem.linear?.matrix.rows ?? 0);
  const nonlinear = new Float64Array(problem.nonlinear?.count ?? 0);
  const bounds = new Float64Array(problem.dim);
  fates.forEach((list, k) =>
    list.forEach((fate, i) => {
      const price = prices[k]![i]!;
      if (fate.kind === 'linear') linear[fate.row] = price;
      else if (fate.kind === 'nonlinear') nonlinear[fate.row] = price;
      else if (fate.kind === 'bound') bounds[fate.place]! += price * fate.factor;
    }),
  );
  return { linear, nonlinear, bounds };
}
