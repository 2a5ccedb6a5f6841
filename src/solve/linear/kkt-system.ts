// The symmetric quasi-definite systems of interior points and projections onto active sets,
//
//     [ H + diag(d)   Aᵀ      ] [x]   [f]
//     [ A            -diag(e) ] [y] = [g]      with d, e ≥ 0,
//
// factored with a small regularisation of both diagonals (Vanderbei 1995; Friedlander & Orban 2012), which iterative
// refinement against the system itself takes out again. Sparse or dense, whichever costs less.

import {
  addProduct,
  addSymmetricProduct,
  addTransposedProduct,
  eachEntry,
  entryCount,
  fromCoordinates,
} from '../matrix.ts';
import type { Matrix, SparseMatrix } from '../matrix.ts';
import type { DenseKernel } from './dense-kernel.ts';
import { factorDenseLdl, kernelSize, ldlKernel, solveDenseLdl } from './dense-ldl.ts';
import { factorLdl, solveLdl, symbolicLdl } from './sparse-ldl.ts';
import type { SparseSymbolic } from './sparse-ldl.ts';

export interface KktPlan {
  readonly H: Matrix;
  readonly A: SparseMatrix;
  readonly signs: Int8Array;
  readonly layout:
    | { readonly kind: 'dense'; readonly kernel?: DenseKernel }
    | {
        readonly kind: 'sparse';
        readonly symbolic: SparseSymbolic;
        readonly values: Float64Array;
        /** Where the diagonal entries stand in `values`. */
        readonly diagonal: Int32Array;
      };
}

export interface KktFactors {
  /** Solves in place; `x` [n] and `y` [m] come as the right-hand side. Returns the relative residual reached. */
  solve(x: Float64Array, y: Float64Array): number;
}

// A dense multiplication costs about a fifth of one with indices.
const sparseFactor = 5;

/** Reads the pattern once; H is dense in full or sparse as its lower triangle. */
export function planKkt(H: Matrix, A: SparseMatrix): KktPlan {
  const n = H.rows;
  const m = A.rows;
  const size = n + m;
  const signs = new Int8Array(size).fill(1, 0, n).fill(-1, n);
  const dense = (): KktPlan => ({
    H,
    A,
    signs,
    layout: size < kernelSize ? { kind: 'dense' } : { kind: 'dense', kernel: ldlKernel(size) },
  });
  const entries = (H.kind === 'dense' ? entryCount(H) / 2 : entryCount(H)) + entryCount(A);
  if (size < 40 || entries > 0.2 * size * size) return dense();
  const matrix = lowerTriangle(H, A);
  const symbolic = symbolicLdl(matrix);
  if (size <= 6000 && symbolic.work * sparseFactor > size ** 3 / 3) return dense();
  // The diagonal is the last entry of each row of a lower triangle.
  const diagonal = matrix.starts.subarray(1).map((end) => end - 1);
  return { H, A, signs, layout: { kind: 'sparse', symbolic, values: matrix.values, diagonal } };
}

/** [H, ·; A, 0] below the diagonal, with a place for every entry of the diagonal. */
function lowerTriangle(H: Matrix, A: SparseMatrix): SparseMatrix {
  const n = H.rows;
  const size = n + A.rows;
  const most = size + entryCount(H) + entryCount(A);
  const [rowOf, colOf, values] = [new Int32Array(most), new Int32Array(most), new Float64Array(most)];
  for (let i = 0; i < size; i++) rowOf[i] = colOf[i] = i;
  let used = size;
  const put = (i: number, j: number, value: number): void => {
    [rowOf[used], colOf[used], values[used]] = [i, j, value];
    used++;
  };
  eachEntry(H, (i, j, value) => {
    if (j <= i) put(i, j, value);
  });
  eachEntry(A, (i, j, value) => put(n + i, j, value));
  return fromCoordinates(size, size, { rowOf: rowOf.subarray(0, used), colOf: colOf.subarray(0, used), values: values.subarray(0, used) });
}

/** Factors for one pair of diagonals; `regularisation` is added to both. */
export function factorKkt(plan: KktPlan, d: Float64Array, e: Float64Array, regularisation = 1e-8): KktFactors {
  const { H, A } = plan;
  const n = H.rows;
  const m = A.rows;
  const backward = factorRegularised(plan, d, e, regularisation);

  const multiplyInto = (x: Float64Array, y: Float64Array, outX: Float64Array, outY: Float64Array): void => {
    addSymmetricProduct(H, x, -1, outX);
    addTransposedProduct(A, y, -1, outX);
    addProduct(A, x, -1, outY);
    for (let i = 0; i < n; i++) outX[i]! -= d[i]! * x[i]!;
    for (let i = 0; i < m; i++) outY[i]! += e[i]! * y[i]!;
  };

  // A residual matters by what it moves: an unknown with a large diagonal entry moves little.
  const weightX = d.map((value) => 1 / Math.max(1, value));
  const weightY = e.map((value) => 1 / Math.max(1, value));
  const size = (x: Float64Array, y: Float64Array): number => Math.max(largest(x, weightX), largest(y, weightY));

  const solve = (x: Float64Array, y: Float64Array): number => {
    const rightX = x.slice();
    const rightY = y.slice();
    const scale = Math.max(size(rightX, rightY), 1e-300);
    const work = new Float64Array(n + m);
    x.fill(0);
    y.fill(0);
    const residualX = rightX.slice();
    const residualY = rightY.slice();
    let error = scale;
    for (let turn = 0; turn < 12; turn++) {
      work.set(residualX);
      work.set(residualY, n);
      backward(work);
      for (let i = 0; i < n; i++) x[i]! += work[i]!;
      for (let i = 0; i < m; i++) y[i]! += work[n + i]!;
      residualX.set(rightX);
      residualY.set(rightY);
      multiplyInto(x, y, residualX, residualY);
      const next = size(residualX, residualY);
      if (!(next < error)) {
        if (turn > 0) {
          for (let i = 0; i < n; i++) x[i]! -= work[i]!;
          for (let i = 0; i < m; i++) y[i]! -= work[n + i]!;
        } else error = next;
        break;
      }
      const slow = next > 0.5 * error;
      error = next;
      if (error <= 1e-15 * scale || (slow && turn > 0)) break;
    }
    return error / scale;
  };
  return { solve };
}

function factorRegularised(
  plan: KktPlan,
  d: Float64Array,
  e: Float64Array,
  regularisation: number,
): (x: Float64Array) => void {
  const { H, A, signs, layout } = plan;
  const n = H.rows;
  const size = n + A.rows;
  const shift = (i: number): number => (i < n ? d[i]! + regularisation : -e[i - n]! - regularisation);
  if (layout.kind === 'sparse') {
    const values = layout.values.slice();
    for (let i = 0; i < size; i++) values[layout.diagonal[i]!]! += shift(i);
    const factors = factorLdl(layout.symbolic, values, signs);
    return (x) => solveLdl(factors, x);
  }
  const full = new Float64Array(size * size);
  eachEntry(H, (i, j, value) => {
    if (j <= i) full[i * size + j]! += value;
  });
  eachEntry(A, (i, j, value) => (full[(n + i) * size + j]! += value));
  for (let i = 0; i < size; i++) full[i * size + i]! += shift(i);
  const factors = factorDenseLdl(full, size, signs, layout.kernel);
  return (x) => solveDenseLdl(factors, x);
}

function largest(x: Float64Array, weight: Float64Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(x[i]!) * weight[i]!;
    if (!(size <= most)) most = Number.isNaN(size) ? Infinity : size;
  }
  return most;
}
