// A problem with norms in the form that interior points for products of cones want:
//
//   minimise ½ xᵀPx + cᵀx   subject to  A x = b,  G x + s = h,  s in the cone K,
//
// where K is the product of numbers ≥ 0 and of second-order cones. Rows are divided by their lengths.

import { must } from '../../base/internal.ts';
import { type Matrix, type SparseMatrix, denseMatrix, eachEntry, fromEntries, toSparse } from '../matrix.ts';
import type { Multipliers } from '../method.ts';
import type { NormRows, Problem } from '../problem.ts';

export interface ConeProgram {
  readonly n: number;
  /** [n, n] by rows, in full. */
  readonly P: Float64Array;
  readonly c: Float64Array;
  readonly A: SparseMatrix;
  readonly b: Float64Array;
  readonly G: SparseMatrix;
  readonly h: Float64Array;
  /** The first rows of G, whose slacks are numbers ≥ 0; then the second-order cones, cone k from starts[k] to starts[k + 1]. */
  readonly linear: number;
  readonly starts: Int32Array;
  multipliers(y: Float64Array, z: Float64Array): Multipliers;
}

type Row = { readonly entries: readonly (readonly [number, number])[]; readonly right: number; readonly of: number; readonly sign: 1 | -1 };

/** Of a problem with a linear or quadratic objective and linear rows. */
export function coneProgram(problem: Problem): ConeProgram {
  const { dim: n, objective, lower, upper, linear } = problem;
  const norms = must(problem.norms, 'norms');
  const c = new Float64Array(n);
  const origin = new Float64Array(n);
  objective.gradient(origin, c);
  const Q = objective.class === 'quadratic' ? objective.hessian?.(origin) : undefined;
  const equations: Row[] = [];
  const sides: Row[] = [];
  const add = (entries: Row['entries'], low: number, high: number, of: number): void => {
    if (low === high) equations.push({ entries, right: low, of, sign: 1 });
    else {
      if (high < Infinity) sides.push({ entries, right: high, of, sign: 1 });
      if (low > -Infinity) sides.push({ entries, right: low, of, sign: -1 });
    }
  };
  for (let j = 0; j < n; j++) add([[j, 1]], lower[j]!, upper[j]!, j);
  rowsOf(linear?.matrix, n).forEach((entries, i) => add(entries, linear!.lower[i]!, linear!.upper[i]!, n + i));
  const equationScale = equations.map(lengthOf);
  const sideScale = sides.map(lengthOf);
  const A = fromEntries(equations.length, n, equations.flatMap(({ entries }, i) => entries.map(([j, v]): [number, number, number] => [i, j, v / equationScale[i]!])));
  const cones = conesOf(norms, n);
  const first = sides.length;
  const G = fromEntries(first + norms.offset.length, n, [
    ...sides.flatMap(({ entries, sign }, i) => entries.map(([j, v]): [number, number, number] => [i, j, (sign * v) / sideScale[i]!])),
    ...cones.rows.flatMap((entries, i) => entries.map(([j, v]): [number, number, number] => [first + i, j, -v / cones.scale[i]!])),
  ]);
  const h = Float64Array.from([...sides.map(({ right, sign }, i) => (sign * right) / sideScale[i]!), ...norms.offset.map((o, i) => o / cones.scale[i]!)]);
  const rowCount = linear?.matrix.rows ?? 0;
  return {
    n,
    P: full(Q, n),
    c,
    A,
    b: Float64Array.from(equations, ({ right }, i) => right / equationScale[i]!),
    G,
    h,
    linear: first,
    starts: norms.starts.map((start) => start + first),
    multipliers: (y, z) => {
      const [bounds, rows] = [new Float64Array(n), new Float64Array(rowCount)];
      const put = (of: number, price: number): void => {
        if (of < n) bounds[of]! += price;
        else rows[of - n]! += price;
      };
      equations.forEach(({ of }, i) => put(of, -y[i]! / equationScale[i]!));
      sides.forEach(({ of, sign }, i) => put(of, (-sign * z[i]!) / sideScale[i]!));
      return { linear: rows, nonlinear: new Float64Array(0), bounds, norms: Float64Array.from(norms.offset, (_, i) => z[first + i]! / cones.scale[i]!) };
    },
  };
}

/**
 * The least violation of the same rows: minimise Σ p + Σ q + v subject to A x + p − q = b, G x + s = h + v e, p, q, v ≥ 0. It
 * has an optimum, and points inside all cones.
 */
export function elasticProgram({ n, A, b, G, h, linear, starts }: ConeProgram): ConeProgram {
  const p = b.length;
  const total = n + 2 * p + 1;
  const entriesOf = (M: SparseMatrix): [number, number, number][] => rowsOf(M, n).flatMap((entries, i) => entries.map(([j, v]): [number, number, number] => [i, j, v]));
  const extra = 2 * p + 1;
  const shifted = (i: number): number => (i < linear ? i : i + extra);
  const heads = [...Array.from({ length: linear }, (_, i) => i), ...starts.subarray(0, -1)];
  const c = new Float64Array(total).fill(1, n);
  const right = new Float64Array(h.length + extra);
  h.forEach((value, i) => (right[shifted(i)] = value));
  return {
    n: total,
    P: new Float64Array(total * total),
    c,
    A: fromEntries(p, total, [...entriesOf(A), ...Array.from(b, (_, i): [number, number, number] => [i, n + i, 1]), ...Array.from(b, (_, i): [number, number, number] => [i, n + p + i, -1])]),
    b,
    G: fromEntries(right.length, total, [
      ...entriesOf(G).map(([i, j, v]): [number, number, number] => [shifted(i), j, v]),
      ...heads.map((i): [number, number, number] => [shifted(i), total - 1, -1]),
      ...Array.from({ length: extra }, (_, k): [number, number, number] => [linear + k, n + k, -1]),
    ]),
    h: right,
    linear: linear + extra,
    starts: starts.map((start) => start + extra),
    multipliers: () => ({ linear: new Float64Array(0), nonlinear: new Float64Array(0), bounds: new Float64Array(0) }),
  };
}

function rowsOf(M: Matrix | undefined, n: number): [number, number][][] {
  const A = M ? toSparse(M) : fromEntries(0, n, []);
  return Array.from({ length: A.rows }, (_, i) => Array.from(A.indices.subarray(A.starts[i], A.starts[i + 1]), (j, at): [number, number] => [j, A.values[A.starts[i]! + at]!]));
}

function lengthOf({ entries }: Pick<Row, 'entries'>): number {
  return Math.hypot(...entries.map(([, v]) => v)) || 1;
}

/** One scale for all rows of a cone. */
function conesOf({ matrix, offset, starts }: NormRows, n: number): { rows: [number, number][][]; scale: Float64Array } {
  const rows = rowsOf(matrix, n);
  const scale = new Float64Array(offset.length);
  for (let k = 0; k + 1 < starts.length; k++) {
    const mine = rows.slice(starts[k], starts[k + 1]);
    scale.fill(Math.max(...mine.map((entries) => lengthOf({ entries }))), starts[k], starts[k + 1]);
  }
  return { rows, scale };
}

function full(Q: Matrix | undefined, n: number): Float64Array {
  if (Q?.kind === 'dense') return Q.data.slice();
  const { data } = denseMatrix(n, n);
  if (Q) {
    eachEntry(Q, (i, j, value) => {
      data[i * n + j]! += value;
      if (i !== j) data[j * n + i]! += value;
    });
  }
  return data;
}
