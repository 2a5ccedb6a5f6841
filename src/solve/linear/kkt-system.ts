// The symmetric quasi-definite systems of interior points and projections onto active sets,
//
//     [ H + diag(d)   Aᵀ      ] [x]   [f]
//     [ A            -diag(e) ] [y] = [g]      with d, e ≥ 0,
//
// factored with a small regularisation of both diagonals (Vanderbei 1995; Friedlander & Orban 2012), which iterative
// refinement against the system itself takes out again; where that is slow, a short Krylov space does. Sparse or dense,
// whichever costs less.

import {
  addProduct,
  addSymmetricProduct,
  addTransposedProduct,
  eachEntry,
  entryCount,
  fromCoordinates,
} from '../matrix.ts';
import type { Matrix, SparseMatrix } from '../matrix.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import { rowMajor } from '../../run/wasm/matrix.ts';
import type { DenseKernel } from './dense-kernel.ts';
import { factorDenseLdl, kernelSize, ldlKernel, solveDenseLdl } from './dense-ldl.ts';
import { type Preconditioned, gmres } from './gmres.ts';
import { factorLdl, solveLdl, symbolicLdl } from './sparse-ldl.ts';
import type { SparseSymbolic } from './sparse-ldl.ts';

export interface KktPlan {
  readonly H: Matrix;
  readonly A: SparseMatrix;
  readonly signs: Int8Array;
  readonly layout:
    | { readonly kind: 'dense'; readonly kernel?: DenseKernel }
    /** H is diagonal and positive: its unknowns are eliminated, few rows are left. */
    | { readonly kind: 'rows'; readonly curvature: Float64Array }
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
  const areFew = m > 0 && fewRows * m <= n && m * n <= mostRoom && (m <= alwaysFew || entryCount(A) >= 0.1 * m * n);
  const curvature = areFew ? positiveDiagonal(H) : undefined;
  if (curvature) return { H, A, signs, layout: { kind: 'rows', curvature } };
  const entries = (H.kind === 'dense' ? entryCount(H) / 2 : entryCount(H)) + entryCount(A);
  if (size < 40 || entries > 0.2 * size * size) return dense();
  const matrix = lowerTriangle(H, A);
  const symbolic = symbolicLdl(matrix);
  if (size <= 6000 && symbolic.work * sparseFactor > size ** 3 / 3) return dense();
  // The diagonal is the last entry of each row of a lower triangle.
  const diagonal = matrix.starts.subarray(1).map((end) => end - 1);
  return { H, A, signs, layout: { kind: 'sparse', symbolic, values: matrix.values, diagonal } };
}

// Rows are few where there are so many times as many variables, and they are not mostly zeros, unless very few.
const fewRows = 4;
const alwaysFew = 60;
// Entries of the rows when all are written out.
const mostRoom = 1e7;

/** The diagonal of a sparse matrix that has nothing else, if all of it is clearly positive. */
function positiveDiagonal(H: Matrix): Float64Array | undefined {
  if (H.kind === 'dense' || entryCount(H) > H.rows) return undefined;
  const diagonal = new Float64Array(H.rows);
  let isAlone = true;
  eachEntry(H, (i, j, value) => {
    if (i !== j) isAlone = false;
    diagonal[i]! += value;
  });
  let [least, most] = [Infinity, 0];
  for (const value of diagonal) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return isAlone && least > 1e-6 * most ? diagonal : undefined;
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

// Of the right-hand side: what is left after refinement; above the second, a Krylov space is worth its price.
const enough = 1e-15;
const nearlyEnough = 1e-12;
const slow = 0.3;
const mostDirections = 10;

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

  const system: Preconditioned = {
    size: n + m,
    backward,
    multiply: (v) => {
      const out = new Float64Array(n + m);
      multiplyInto(v.subarray(0, n), v.subarray(n), out.subarray(0, n), out.subarray(n));
      for (let i = 0; i < out.length; i++) out[i] = -out[i]!;
      return out;
    },
    weight: Float64Array.from({ length: n + m }, (_, i) => (i < n ? weightX[i]! : weightY[i - n]!)),
  };

  const solve = (x: Float64Array, y: Float64Array): number => {
    const rightX = x.slice();
    const rightY = y.slice();
    const scale = Math.max(size(rightX, rightY), 1e-300);
    x.fill(0);
    y.fill(0);
    const residual = new Float64Array(n + m);
    const [residualX, residualY] = [residual.subarray(0, n), residual.subarray(n)];
    residualX.set(rightX);
    residualY.set(rightY);
    let error = scale;
    /** Keeps the correction if it helps, and says what is left. */
    const correct = (by: Float64Array): number => {
      for (let i = 0; i < n; i++) x[i]! += by[i]!;
      for (let i = 0; i < m; i++) y[i]! += by[n + i]!;
      const before = residual.slice();
      residualX.set(rightX);
      residualY.set(rightY);
      multiplyInto(x, y, residualX, residualY);
      const next = size(residualX, residualY);
      if (next < error) return next;
      for (let i = 0; i < n; i++) x[i]! -= by[i]!;
      for (let i = 0; i < m; i++) y[i]! -= by[n + i]!;
      residual.set(before);
      return error;
    };
    for (let turn = 0; turn < 4 && error > enough * scale; turn++) {
      const work = residual.slice();
      backward(work);
      const before = error;
      error = correct(work);
      if (error > slow * before) break;
    }
    for (let turn = 0; turn < 3 && error > nearlyEnough * scale; turn++) {
      const before = error;
      error = correct(gmres(system, residual, mostDirections, 1e-8));
      if (error > 0.5 * before) break;
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
  if (layout.kind === 'rows') return eliminated(A, layout.curvature.map((h, i) => h + shift(i)), Float64Array.from({ length: A.rows }, (_, i) => -shift(n + i)));
  const full = new Float64Array(size * size);
  eachEntry(H, (i, j, value) => {
    if (j <= i) full[i * size + j]! += value;
  });
  eachEntry(A, (i, j, value) => (full[(n + i) * size + j]! += value));
  for (let i = 0; i < size; i++) full[i * size + i]! += shift(i);
  const factors = factorDenseLdl(full, size, signs, layout.kernel);
  return (x) => solveDenseLdl(factors, x);
}

/** By the Schur complement A D⁻¹Aᵀ + E of the diagonal D. */
function eliminated(A: SparseMatrix, D: Float64Array, E: Float64Array): (x: Float64Array) => void {
  const [n, m] = [A.cols, A.rows];
  const over = D.map((value) => 1 / value);
  const root = over.map(Math.sqrt);
  const { context, blas } = sharedMachine();
  const S = context.memory.temporary(m * (n + m) * 8, (at) => {
    const scaled = context.memory.doubles(at, m * n).fill(0);
    for (let i = 0; i < m; i++) for (let k = A.starts[i]!; k < A.starts[i + 1]!; k++) scaled[i * n + A.indices[k]!]! += A.values[k]! * root[A.indices[k]!]!;
    const [B, C] = [rowMajor(at, m, n), rowMajor(at + m * n * 8, m, m)];
    blas('f64').syrkLower(1, B, B, 0, C);
    return context.memory.doubles(C.at, m * m).slice();
  });
  for (let i = 0; i < m; i++) S[i * m + i]! += E[i]!;
  const factors = factorDenseLdl(S, m, new Int8Array(m).fill(1), m < kernelSize ? undefined : ldlKernel(m));
  return (right) => {
    const [x, y] = [right.subarray(0, n), right.subarray(n)];
    for (let j = 0; j < n; j++) x[j]! *= over[j]!;
    for (let i = 0; i < m; i++) y[i] = -y[i]!;
    addProduct(A, x, 1, y);
    solveDenseLdl(factors, y);
    const back = new Float64Array(n);
    addTransposedProduct(A, y, -1, back);
    for (let j = 0; j < n; j++) x[j]! += back[j]! * over[j]!;
  };
}

function largest(x: Float64Array, weight: Float64Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(x[i]!) * weight[i]!;
    if (!(size <= most)) most = Number.isNaN(size) ? Infinity : size;
  }
  return most;
}
