// A problem with norms in the form that interior points for products of cones want:
//
//   minimise ½ xᵀPx + cᵀx   subject to  A x = b,  G x + s = h,  s in the cone K,
//
// where K is the product of numbers ≥ 0 and of second-order cones. Rows are divided by their lengths.

import { must } from '../../base/internal.ts';
import { type Matrix, type SparseMatrix, denseMatrix, eachEntry, toSparse } from '../matrix.ts';
import type { Multipliers } from '../method.ts';
import type { NormRows, Problem } from '../problem.ts';
import { norm } from '../vector.ts';
import type { Cones } from './cones.ts';
import { type RowList, rowList } from '../row-list.ts';

export interface ConeProgram extends Cones {
  readonly n: number;
  /** [n, n] by rows, in full; absent for a linear objective. */
  readonly P: Float64Array | undefined;
  readonly c: Float64Array;
  /** What the objective has beside ½ xᵀPx + cᵀx. */
  readonly constant: number;
  readonly A: SparseMatrix;
  readonly b: Float64Array;
  readonly G: SparseMatrix;
  readonly h: Float64Array;
  multipliers(y: Float64Array, z: Float64Array): Multipliers;
}

/** Which rows of a problem became those of a program, by variable or by dim + row; `factor` is what they were multiplied by. */
interface Owned {
  readonly rows: RowList;
  readonly of: number[];
  readonly factor: number[];
}

/** Of a problem with a linear or quadratic objective and linear rows. */
export function coneProgram(problem: Problem): ConeProgram {
  const { dim: n, objective, lower, upper, linear } = problem;
  const norms = must(problem.norms, 'norms');
  const c = new Float64Array(n);
  const origin = new Float64Array(n);
  const constant = objective.gradient(origin, c);
  const Q = objective.class === 'quadratic' ? objective.hessian?.(origin) : undefined;
  const equations: Owned = { rows: rowList(n), of: [], factor: [] };
  const sides: Owned = { rows: rowList(n), of: [], factor: [] };
  const put = ({ rows, of, factor }: Owned, from: SparseMatrix | undefined, row: number, right: number, by: number): void => {
    if (from === undefined) rows.single(row, by, by * right);
    else rows.add(from, row, by, by * right);
    of.push(from === undefined ? row : n + row);
    factor.push(by);
  };
  const add = (from: SparseMatrix | undefined, row: number, low: number, high: number): void => {
    if (low === -Infinity && high === Infinity) return;
    const by = from === undefined ? 1 : 1 / lengthOf(from, row);
    if (low === high) put(equations, from, row, low, by);
    else {
      if (high < Infinity) put(sides, from, row, high, by);
      if (low > -Infinity) put(sides, from, row, low, -by);
    }
  };
  for (let j = 0; j < n; j++) add(undefined, j, lower[j]!, upper[j]!);
  const rows = linear && toSparse(linear.matrix);
  for (let i = 0; i < (rows?.rows ?? 0); i++) add(rows, i, linear!.lower[i]!, linear!.upper[i]!);
  const first = sides.of.length;
  const scale = coneScales(norms);
  const M = toSparse(norms.matrix);
  for (let i = 0; i < M.rows; i++) sides.rows.add(M, i, -1 / scale[i]!, norms.offset[i]! / scale[i]!);
  const [A, G] = [equations.rows.matrix(), sides.rows.matrix()];
  return {
    n,
    P: Q && full(Q, n),
    c,
    constant,
    A,
    b: equations.rows.right(),
    G,
    h: sides.rows.right(),
    linear: first,
    starts: norms.starts.map((start) => start + first),
    multipliers: (y, z) => {
      const [bounds, linearRows] = [new Float64Array(n), new Float64Array(rows?.rows ?? 0)];
      const give = ({ of, factor }: Owned, prices: Float64Array): void => {
        for (let i = 0; i < of.length; i++) {
          const owner = of[i]!;
          if (owner < n) bounds[owner]! -= factor[i]! * prices[i]!;
          else linearRows[owner - n]! -= factor[i]! * prices[i]!;
        }
      };
      give(equations, y);
      give(sides, z);
      return { linear: linearRows, nonlinear: new Float64Array(0), bounds, norms: scale.map((size, i) => z[first + i]! / size) };
    },
  };
}

const nothing = (): Multipliers => ({ linear: new Float64Array(0), nonlinear: new Float64Array(0), bounds: new Float64Array(0) });

/**
 * The least violation of the same rows: minimise Σ p + Σ q + v subject to A x + p − q = b, G x + s = h + v e, p, q, v ≥ 0. It
 * has an optimum, and points inside all cones.
 */
export function elasticProgram({ n, A, b, G, h, linear, starts }: ConeProgram): ConeProgram {
  const p = b.length;
  const total = n + 2 * p + 1;
  const extra = 2 * p + 1;
  const equations = rowList(total);
  for (let i = 0; i < p; i++) {
    equations.add(A, i, 1, b[i]!);
    equations.extend(n + i, 1);
    equations.extend(n + p + i, -1);
  }
  const sides = rowList(total);
  const put = (i: number, isHead: boolean): void => {
    sides.add(G, i, 1, h[i]!);
    if (isHead) sides.extend(total - 1, -1);
  };
  for (let i = 0; i < linear; i++) put(i, true);
  for (let k = 0; k < extra; k++) sides.single(n + k, -1, 0);
  for (let k = 0; k + 1 < starts.length; k++) for (let i = starts[k]!; i < starts[k + 1]!; i++) put(i, i === starts[k]);
  return {
    n: total,
    P: undefined,
    c: new Float64Array(total).fill(1, n),
    constant: 0,
    A: equations.matrix(),
    b,
    G: sides.matrix(),
    h: sides.right(),
    linear: linear + extra,
    starts: starts.map((start) => start + extra),
    multipliers: nothing,
  };
}

/**
 * The steepest way on which nothing bends and nothing ends: minimise cᵀx subject to P x = 0, A x = 0, −G x in K, |x| ≤ 1.
 * Where its optimum is negative, the objective falls for ever from any feasible point.
 */
export function recessionProgram({ n, P, c, A, G, linear, starts }: ConeProgram): ConeProgram {
  const equations = rowList(n);
  for (let i = 0; i < A.rows; i++) equations.add(A, i, 1, 0);
  if (P) {
    const curved = toSparse(denseMatrix(n, n, P));
    for (let i = 0; i < n; i++) if (curved.starts[i]! < curved.starts[i + 1]!) equations.add(curved, i, 1 / lengthOf(curved, i), 0);
  }
  const sides = rowList(n);
  for (let i = 0; i < G.rows; i++) sides.add(G, i, 1, 0);
  sides.empty(1);
  for (let j = 0; j < n; j++) sides.single(j, -1, 0);
  const matrix = sides.matrix();
  const more = new Int32Array(starts.length + 1);
  more.set(starts);
  more[starts.length] = matrix.rows;
  return { n, P: undefined, c, constant: 0, A: equations.matrix(), b: equations.right(), G: matrix, h: sides.right(), linear, starts: more, multipliers: nothing };
}

function lengthOf({ starts, values }: SparseMatrix, i: number): number {
  return norm(values.subarray(starts[i], starts[i + 1])) || 1;
}

/** One scale for all rows of a cone. */
function coneScales({ matrix, offset, starts }: NormRows): Float64Array {
  const rows = toSparse(matrix);
  const scale = new Float64Array(offset.length);
  for (let k = 0; k + 1 < starts.length; k++) {
    let most = 0;
    for (let i = starts[k]!; i < starts[k + 1]!; i++) most = Math.max(most, lengthOf(rows, i));
    scale.fill(most, starts[k], starts[k + 1]);
  }
  return scale;
}

function full(Q: Matrix, n: number): Float64Array {
  if (Q.kind === 'dense') return Q.data.slice();
  const { data } = denseMatrix(n, n);
  eachEntry(Q, (i, j, value) => {
    data[i * n + j]! += value;
    if (i !== j) data[j * n + i]! += value;
  });
  return data;
}
