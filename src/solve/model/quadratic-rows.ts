// Quadratic rows as second-order cones: ½ z'Qz + q'z + r ≤ 0 with Q = L L' says for τ = -q'z - r that
//
//   |(τ/γ - γ, √2 L'z)| ≤ τ/γ + γ,   γ > 0,
//
// since the difference of the squares of both sides is 4τ - 2|L'z|². The multiplier of the row is the sum of those of the
// first two numbers, over γ. Lobo, Vandenberghe, Boyd & Lebret, Applications of second-order cone programming, 1998.

import { must } from '../../base/internal.ts';
import { eachEntry, toSparse } from '../matrix.ts';
import type { NonlinearRows, NormRows } from '../problem.ts';
import { rowList } from '../row-list.ts';

export interface ConeRow {
  /** The first row of the cone. */
  readonly head: number;
  /** Times the multipliers of the first two rows, that of the row. */
  readonly factor: number;
}

/** The rows as cones after these; undefined if one of them is an equation, or is not convex. The rows must be quadratic. */
export function conesOf(rows: NonlinearRows, dim: number, before: NormRows | undefined): { readonly norms: NormRows; readonly each: readonly ConeRow[] } | undefined {
  const origin = new Float64Array(dim);
  const values = new Float64Array(rows.count);
  rows.value(origin, values);
  const slopes = toSparse(rows.jacobian(origin));
  const list = rowList(dim);
  const starts = [...(before?.starts ?? [0])];
  if (before) {
    const own = toSparse(before.matrix);
    for (let i = 0; i < own.rows; i++) list.add(own, i, 1, before.offset[i]!);
  }
  const each: ConeRow[] = [];
  for (let i = 0; i < rows.count; i++) {
    const sign = rows.lower[i] === -Infinity ? 1 : -1;
    if (sign === -1 && rows.upper[i] !== Infinity) return undefined;
    const columns = factorOf(rows, i, sign, dim);
    if (!columns) return undefined;
    const r = sign * (values[i]! - (sign === 1 ? rows.upper[i]! : rows.lower[i]!));
    const gamma = Math.sqrt(Math.abs(r)) || 1;
    const head = must(starts.at(-1));
    list.add(slopes, i, -sign / gamma, gamma - r / gamma);
    list.add(slopes, i, -sign / gamma, -gamma - r / gamma);
    for (const column of columns) {
      list.empty(0);
      for (const [j, value] of column) list.extend(j, Math.SQRT2 * value);
    }
    starts.push(head + 2 + columns.length);
    each.push({ head, factor: -sign / gamma });
  }
  return { norms: { matrix: list.matrix(), offset: list.right(), starts: Int32Array.from(starts) }, each };
}

// Beside the largest entry: what is no curvature, and what is a negative one.
const [noCurvature, negative] = [1e-14, 1e-10];

/** The columns of a factor L L' of ± the second derivative of a row; undefined if that is not semidefinite. */
function factorOf(rows: NonlinearRows, i: number, sign: 1 | -1, dim: number): (readonly (readonly [number, number])[])[] | undefined {
  const Q = rows.hessian?.(new Float64Array(dim), new Float64Array(rows.count).fill(1, i, i + 1));
  if (!Q) return undefined;
  const used = new Set<number>();
  eachEntry(Q, (a, b, value) => value !== 0 && used.add(a).add(b));
  const support = [...used].toSorted((a, b) => a - b);
  const place = new Map(support.map((j, k) => [j, k]));
  const n = support.length;
  const R = new Float64Array(n * n);
  eachEntry(Q, (a, b, value) => {
    const [k, l] = [must(place.get(a)), must(place.get(b))];
    R[k * n + l] = sign * value;
    R[l * n + k] = sign * value;
  });
  const largest = R.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const columns: [number, number][][] = [];
  for (;;) {
    let pivot = 0;
    for (let k = 1; k < n; k++) if (R[k * (n + 1)]! > R[pivot * (n + 1)]!) pivot = k;
    if (columns.length === n || !(R[pivot * (n + 1)]! > noCurvature * n * largest)) break;
    const root = Math.sqrt(R[pivot * (n + 1)]!);
    const column = Float64Array.from({ length: n }, (_, k) => R[k * n + pivot]! / root);
    const moved = [...column.keys()].filter((k) => column[k] !== 0);
    for (const k of moved) for (const l of moved) R[k * n + l]! -= column[k]! * column[l]!;
    columns.push(moved.map((k) => [support[k]!, column[k]!]));
  }
  return R.every((v) => Math.abs(v) <= negative * largest) ? columns : undefined;
}
