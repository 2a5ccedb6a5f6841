// Functions of whole arrays over the linear algebra of this folder, by their names in the table. What is not here is
// computed by the reference of its record.

import { must } from '../../base/internal.ts';
import type { Params } from '../../ops/op.ts';
import type { Blas } from './blas.ts';
import { cholesky, choleskySolve } from './lapack/cholesky.ts';
import { invert, isSingular, logDeterminant, lu, luSolve, temporaryMatrix } from './lapack/lu.ts';
import { lyap, lyapMap } from './lapack/lyapunov.ts';
import { cosmAndSinm, expm, logm, sqrtm } from './lapack/matrix-function.ts';
import { svd } from './lapack/svd.ts';
import { symmetricEigen, symmetricEigenvalues } from './lapack/symmetric-eigen.ts';
import { type Matrix, colOf, rowMajor, sub, transposed, vectorAt } from './matrix.ts';
import type { RowKernel } from './rows.ts';

/** Doubles in linear memory, row by row. */
export interface Placed {
  readonly at: number;
  readonly shape: readonly number[];
}

/** Writes the result; arguments stay as they are. */
export type Whole = (blas: Blas, args: readonly Placed[], to: Placed, params: Params) => void;

const matrix = ({ at, shape }: Placed): Matrix => rowMajor(at, must(shape[0]), must(shape[1]));
/** A vector is a matrix of one column. */
const columns = ({ at, shape: [rows, cols] }: Placed): Matrix => rowMajor(at, must(rows), cols ?? 1);
const put = (blas: Blas, to: Placed, values: ArrayLike<number>): void => blas.context.memory.f64().set(values, to.at / 8);
const spoil = (blas: Blas, { at, shape }: Placed): void => blas.fill(NaN, vectorAt(at, shape.reduce((a, b) => a * b, 1)));

/** With a copy of the first argument that may be overwritten. */
function onCopy(run: (blas: Blas, A: Matrix, args: readonly Placed[], to: Placed) => void): Whole {
  return (blas, args, to) => {
    const A = matrix(must(args[0]));
    temporaryMatrix(blas, A.rows, A.cols, (copy) => {
      blas.copyMatrix(A, copy);
      run(blas, copy, args, to);
    });
  };
}

/** With the symmetric part of the first argument, which is what functions of symmetric matrices read. */
function onSymmetricPart(run: (blas: Blas, A: Matrix, to: Placed) => void): Whole {
  return onCopy((blas, A, _, to) => {
    const view = blas.context.memory.f64();
    const [at, n] = [A.at / 8, A.rows];
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const mean = (view[at + i * n + j]! + view[at + j * n + i]!) / 2;
        view[at + i * n + j] = mean;
        view[at + j * n + i] = mean;
      }
    }
    run(blas, A, to);
  });
}

/** With all eigenvalues and eigenvectors of the symmetric part; the wanted one is the first or the last. */
function atEnd(end: 'first' | 'last', run: (blas: Blas, parts: { readonly values: Float64Array; readonly V: Matrix; readonly k: number }, to: Placed) => void): Whole {
  return onSymmetricPart((blas, A, to) => {
    temporaryMatrix(blas, A.rows, A.rows, (V) => {
      const values = symmetricEigen(blas, A, V);
      run(blas, { values, V, k: end === 'first' ? 0 : A.rows - 1 }, to);
    });
  });
}

const valueAt = (end: 'first' | 'last'): Whole => onSymmetricPart((blas, A, to) => put(blas, to, [symmetricEigenvalues(blas, A).at(end === 'first' ? 0 : -1) ?? NaN]));
const vectorOf = (end: 'first' | 'last'): Whole => atEnd(end, (blas, { V, k }, to) => blas.copyMatrix(sub(V, 0, k, V.rows, 1), columns(to)));
// Σ v_i v_i' / (l_k - l_i) over i ≠ k
const reducedAt = (end: 'first' | 'last'): Whole =>
  atEnd(end, (blas, { values, V, k }, to) => {
    temporaryMatrix(blas, V.rows, V.rows, (W) => {
      blas.copyMatrix(V, W);
      values.forEach((l, i) => (i === k ? blas.fill(0, colOf(W, i)) : blas.scal(1 / (values[k]! - l), colOf(W, i))));
      blas.gemm(1, W, transposed(V), 0, matrix(to));
    });
  });

function logOfDeterminant(of: (d: { readonly sign: number; readonly log: number }) => number): Whole {
  return onCopy((blas, A, _, to) => put(blas, to, [of(logDeterminant(blas, A, lu(blas, A)))]));
}

/** By the singular values; `which` says what is kept. */
function bySvd(which: (parts: { s: Float64Array; U: Matrix; V: Matrix }, blas: Blas, to: Placed) => void): Whole {
  return onCopy((blas, A, _, to) => {
    const r = Math.min(A.rows, A.cols);
    temporaryMatrix(blas, A.rows, r, (U) => temporaryMatrix(blas, A.cols, r, (V) => which({ s: svd(blas, A, U, V), U, V }, blas, to)));
  });
}

/** The right sides move to where the result is wanted. */
function solving(run: (blas: Blas, A: Matrix, B: Matrix) => boolean): Whole {
  return onCopy((blas, A, [, B], to) => {
    const X = columns(to);
    blas.copyMatrix(columns(must(B)), X);
    if (!run(blas, A, X)) spoil(blas, to);
  });
}

/** Functions of the last axes, for all batches at once. */
export const byRows: Readonly<Record<string, RowKernel>> = { max: 'max', min: 'min', logsumexp: 'logsumexp', softmax: 'softmax' };

export const whole: Readonly<Record<string, Whole>> = {
  inv: onCopy((blas, A, _, to) => {
    if (!invert(blas, A, matrix(to))) spoil(blas, to);
  }),
  det: onCopy((blas, A, _, to) => {
    const { sign } = lu(blas, A);
    const view = blas.context.memory.f64();
    let product = sign;
    for (let i = 0; i < A.rows; i++) product *= view[A.at / 8 + i * (A.rows + 1)]!;
    put(blas, to, [product + 0]);
  }),
  logdet: logOfDeterminant(({ sign, log }) => (sign < 0 ? NaN : log)),
  logdetpd: onSymmetricPart((blas, A, to) => {
    const isDefinite = cholesky(blas, A) === A.rows;
    const view = blas.context.memory.f64();
    let sum = 0;
    for (let i = 0; i < A.rows; i++) sum += Math.log(view[A.at / 8 + i * (A.rows + 1)]!);
    put(blas, to, [isDefinite ? 2 * sum : NaN]);
  }),
  logabsdet: logOfDeterminant(({ log }) => log),
  solve: solving((blas, A, B) => {
    const pivots = lu(blas, A);
    if (isSingular(blas, A)) return false;
    luSolve(blas, A, pivots, B);
    return true;
  }),
  cholsolve: solving((blas, L, B) => {
    choleskySolve(blas, L, B);
    return true;
  }),
  chol: onSymmetricPart((blas, A, to) => {
    if (cholesky(blas, A) < A.rows) spoil(blas, to);
    else blas.copyMatrix(A, matrix(to));
  }),
  expm: onCopy((blas, A, _, to) => expm(blas, A, matrix(to))),
  logm: onCopy((blas, A, _, to) => logm(blas, A, matrix(to))),
  sqrtm: onCopy((blas, A, _, to) => sqrtm(blas, A, matrix(to))),
  eigvals: onSymmetricPart((blas, A, to) => put(blas, to, symmetricEigenvalues(blas, A))),
  eigvecs: onSymmetricPart((blas, A, to) => void symmetricEigen(blas, A, matrix(to))),
  svdvals: bySvd(({ s }, blas, to) => put(blas, to, s)),
  svdu: bySvd(({ U }, blas, to) => blas.copyMatrix(U, matrix(to))),
  svdv: bySvd(({ V }, blas, to) => blas.copyMatrix(V, matrix(to))),
  lmax: valueAt('last'),
  lmin: valueAt('first'),
  vmax: vectorOf('last'),
  vmin: vectorOf('first'),
  reducedmax: reducedAt('last'),
  reducedmin: reducedAt('first'),
  pinv: bySvd(({ s, U, V }, blas, to) => {
    // As numpy.linalg.pinv: singular values within rounding of zero are zero.
    const cutoff = Math.max(1e-15, Math.max(U.rows, V.rows) * Number.EPSILON) * (s[0] ?? 0);
    s.forEach((value, i) => (value <= cutoff ? blas.fill(0, colOf(V, i)) : blas.scal(1 / value, colOf(V, i))));
    blas.gemm(1, V, transposed(U), 0, matrix(to));
  }),
  lyap: (blas, [R, A], to) => {
    if (!lyap(blas, matrix(must(R)), matrix(must(A)), matrix(to))) spoil(blas, to);
  },
  lyapmap: (blas, [R], to) => {
    const { rows } = matrix(must(R));
    if (!lyapMap(blas, matrix(must(R)), rowMajor(to.at, rows ** 2, rows ** 2))) spoil(blas, to);
  },
  sinm: onCopy((blas, X, _, to) => cosmAndSinm(blas, X, { sin: matrix(to) })),
  cosm: onCopy((blas, X, _, to) => cosmAndSinm(blas, X, { cos: matrix(to) })),
  smax: bySvd(({ s }, blas, to) => put(blas, to, [s[0] ?? 0])),
  smin: bySvd(({ s }, blas, to) => put(blas, to, [s.at(-1) ?? 0])),
  nuc: bySvd(({ s }, blas, to) => put(blas, to, [s.reduce((a, b) => a + b, 0)])),
};
