// Multipliers of a numeric problem as prices of the rows of the model, entry by entry.

import { must } from '../../base/internal.ts';
import { toSparse } from '../matrix.ts';
import type { Multipliers } from '../method.ts';
import type { Problem } from '../problem.ts';
import { type Assembled, type Fate, isSameBound } from './assemble.ts';
import type { ConeRow } from './quadratic-rows.ts';
import type { Smooth } from './reformulate.ts';

/** An entry of a row that gives a bound: `factor` times the variable, plus the rest, compared with zero. */
export interface BoundRow {
  readonly row: number;
  readonly entry: number;
  readonly factor: number;
}

export interface Prices {
  /** By row of the smooth problem. */
  readonly prices: readonly Float64Array[];
  /** Entries that give the same bound; the first has the whole price. */
  readonly twins: readonly (readonly [BoundRow, BoundRow])[];
}

export function pricesOf({ rows }: Smooth, assembled: Assembled, z: Float64Array, multipliers: Multipliers): Prices {
  const first = new Map<number, BoundRow>();
  const twins: [BoundRow, BoundRow][] = [];
  const prices = rows.map((_, row) =>
    Float64Array.from(must(assembled.fates[row]), (fate, entry) => {
      const price = priceIn(fate, assembled, z, multipliers);
      if (fate.kind !== 'bound' || price === 0) return price;
      const mine: BoundRow = { row, entry, factor: fate.factor };
      const before = first.get(fate.place);
      if (before) twins.push([before, mine]);
      else first.set(fate.place, mine);
      return before ? 0 : price;
    }),
  );
  return { prices, twins };
}

/** The price of a row's entry; of a bound only where this row is the one that binds. */
function priceIn(fate: Fate, { problem }: Assembled, z: Float64Array, { linear, nonlinear, bounds, norms }: Multipliers): number {
  if (fate.kind === 'linear') return linear[fate.row]!;
  if (fate.kind === 'nonlinear') return nonlinear[fate.row]!;
  if (fate.kind === 'cone') return conePrice(fate, problem, z, norms);
  if (fate.kind === 'constant') return 0;
  const price = bounds[fate.place]!;
  const binds = price > 0 ? isSameBound(fate.lower, problem.lower[fate.place]!) : isSameBound(fate.upper, problem.upper[fate.place]!);
  return binds ? price / fate.factor : 0;
}

/** The price of a row that became a cone, at a point. */
export function conePrice({ head, factor, by }: ConeRow, { norms }: Problem, z: Float64Array, prices: Float64Array | undefined): number {
  if (!prices || !norms) return 0;
  if (by === 'sum') return factor * (prices[head]! + prices[head + 1]!);
  const M = toSparse(norms.matrix);
  let level = norms.offset[head]!;
  for (let at = M.starts[head]!; at < M.starts[head + 1]!; at++) level += M.values[at]! * z[M.indices[at]!]!;
  return level > 0 ? (factor * prices[head]!) / level : 0;
}
