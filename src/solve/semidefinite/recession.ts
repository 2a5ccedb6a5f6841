// The steepest way on which a semidefinite program has no end and nothing bends:
//
//   minimise ⟨C, D⟩ + cᵀd + gᵀf   subject to  ⟨Aᵢ, D⟩ + (Aₓ d)ᵢ + (B f)ᵢ = 0,  Q f = 0,  tr D + Σ d + Σ |f| ≤ 1,  D psd,  d ≥ 0.
//
// It has an optimum; where that is negative, the objective falls for ever from any feasible point.

import { must } from '../../base/internal.ts';
import type { Column, ConeMap, ConicForm } from './conic-form.ts';
import type { Iterate } from './direction.ts';

/** Free numbers are differences of two positive ones; the last of these is what is left of the 1. */
export function recessionForm(form: ConicForm): ConicForm {
  const { m, orders, maps, positive, positiveCost, free, freeCost, curvature } = form;
  const q = free.length;
  const bends: Column[] = free.map(() => ({ rows: [], values: [] }));
  let rows = m;
  for (let i = 0; i < q; i++) {
    const columns = free.keys().filter((j) => curvature[i * q + j] !== 0).toArray();
    for (const j of columns) bends[j] = { rows: [...must(bends[j]).rows, rows], values: [...must(bends[j]).values, curvature[i * q + j]!] };
    if (columns.length > 0) rows++;
  }
  const last = rows;
  const ended = ({ rows: at, values }: Column, sign: 1 | -1): Column => ({ rows: [...at, last], values: [...values.map((v) => sign * v), 1] });
  const whole = free.map((column, j): Column => ({ rows: [...column.rows, ...must(bends[j]).rows], values: [...column.values, ...must(bends[j]).values] }));
  const right = new Float64Array(last + 1);
  right[last] = 1;
  return {
    ...form,
    m: last + 1,
    maps: maps.map((map, k) => withTrace(map, must(orders[k]), last)),
    positive: [...positive.map((column) => ended(column, 1)), ...whole.flatMap((column) => [ended(column, 1), ended(column, -1)]), { rows: [last], values: [1] }],
    positiveCost: Float64Array.from([...positiveCost, ...[...freeCost].flatMap((g) => [g, -g]), 0]),
    free: [],
    freeCost: new Float64Array(0),
    constant: 0,
    curvature: new Float64Array(0),
    right,
  };
}

/** Row `last` is the trace; rows between are empty. */
function withTrace({ starts, rows, cols, values }: ConeMap, order: number, last: number): ConeMap {
  const end = starts.at(-1)!;
  const more = new Int32Array(last + 2).fill(end);
  more.set(starts);
  more[last + 1] = end + order;
  const diagonal = Int32Array.from({ length: order }, (_, i) => i);
  return { starts: more, rows: Int32Array.from([...rows, ...diagonal]), cols: Int32Array.from([...cols, ...diagonal]), values: Float64Array.from([...values, ...diagonal.map(() => 1)]) };
}

/** The way in the variables of the problem. */
export function wayOf(form: ConicForm, { X, x }: Iterate): Float64Array {
  const p = form.positive.length;
  const f = Float64Array.from(form.free, (_, j) => x[p + 2 * j]! - x[p + 2 * j + 1]!);
  const end = form.point(X, x.subarray(0, p), f);
  const origin = form.point(X.map((D) => new Float64Array(D.length)), new Float64Array(p), new Float64Array(f.length));
  return end.map((v, j) => v - origin[j]!);
}
