// Eigenvalues and eigenvectors of a symmetric matrix: to tridiagonal form by blocked reflections, the
// tridiagonal problem by divide and conquer, and back.  Golub & Van Loan, sections 8.3 and 8.4

import { invariant } from '../../../base/internal.ts';
import { part, rowMajor, rowOf, sub, transposed, vectorAt } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix } from '../matrix.ts';
import { divideAndConquer } from './divide-and-conquer.ts';
import { temporaryMatrix } from './lu.ts';
import { BLOCK, reflect, reflector, reflectorBlocks, reflectorRoom, setTriangle } from './reflectors.ts';
import { tridiagonalValues } from './tridiagonal.ts';

/**
 * A = vectors diag(values) vectorsᵀ for symmetric A [n, n] (its lower triangle counts; overwritten), values
 * ascending.  Each column of `vectors` has its largest entry positive (of those that tie to within rounding,
 * the first).  NaN throughout for entries that are not finite.
 */
export function symmetricEigen(blas: Blas, A: Matrix, vectors: Matrix): Float64Array {
  const n = A.rows;
  invariant(blas.real === 'f64' && A.colStep === 1 && A.cols === n, 'a square matrix of doubles stored by rows');
  const { memory } = blas.context;
  const scale = scaleOf(blas, A);
  if (Number.isNaN(scale)) {
    for (let i = 0; i < n; i++) blas.fill(NaN, rowOf(vectors, i));
    return new Float64Array(n).fill(NaN);
  }
  return memory.temporary(reflectorRoom(n, n), (room) => {
    const { diagonal, beside } = tridiagonalise(blas, A, room);
    return temporaryMatrix(blas, n, n, (Z) => {
      const values = divideAndConquer(blas, diagonal, beside, Z); // eigenvectors in the rows of Z
      const blocks = reflectorBlocks(room, n, n);
      const last = n < 2 ? -1 : Math.floor((n - 2) / BLOCK) * BLOCK;
      for (let start = last; start >= 0; start -= BLOCK) {
        const { V, T } = blocks(start);
        reflect(blas, { V, T }, transposed(sub(Z, 0, start, n, n - start)), 'forward');
      }
      makeLeadersPositive(blas, Z);
      blas.copyMatrix(transposed(Z), vectors);
      return values.map((value) => value * scale);
    });
  });
}

/** The values alone, ascending; A is overwritten. */
export function symmetricEigenvalues(blas: Blas, A: Matrix): Float64Array {
  const n = A.rows;
  const scale = scaleOf(blas, A);
  if (Number.isNaN(scale)) return new Float64Array(n).fill(NaN);
  return blas.context.memory.temporary(reflectorRoom(n, n), (room) => {
    const { diagonal, beside } = tridiagonalise(blas, A, room);
    return tridiagonalValues(diagonal, beside).map((value) => value * scale);
  });
}

/** Divides A by a power of two near its largest entry and gives that; NaN when some entry is not finite. */
function scaleOf(blas: Blas, A: Matrix): number {
  let most = 0;
  for (let i = 0; i < A.rows; i++) {
    const row = rowOf(A, i, 0, i + 1);
    // An infinite sum may also come from finite entries.
    if (!Number.isFinite(blas.sum(row)) && !blas.context.memory.doubles(row.at, row.length).every(Number.isFinite))
      return NaN;
    most = Math.max(most, blas.amax(row));
  }
  if (most === 0 || (most > 1e-100 && most < 1e100)) {
    blas.mirrorLower(A);
    return 1;
  }
  const scale = 2 ** Math.max(-1000, Math.floor(Math.log2(most)));
  for (let i = 0; i < A.rows; i++) blas.scal(1 / scale, rowOf(A, i, 0, i + 1));
  blas.mirrorLower(A);
  return scale;
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i stands at (i + 1, i). */
  readonly beside: Float64Array;
}

/**
 * Reflections H with Hᵀ A H tridiagonal; reflector j acts on rows j + 1 ….  Within a block of columns A is
 * not touched: A - V'W - W'V stands for the updated matrix.  LAPACK's dlatrd
 */
function tridiagonalise(blas: Blas, A: Matrix, room: number): Tridiagonal {
  const n = A.rows;
  const { memory } = blas.context;
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(Math.max(0, n - 1));
  const blocks = reflectorBlocks(room, n, n);
  const taus: number[] = [];
  // Rows of X are V then W, rows of Y are W then V: one product XᵀY updates by both.
  memory.temporary((4 * BLOCK * n + 2 * n + 2 * BLOCK) * 8, (at) => {
    const column = vectorAt(at, n);
    const product = vectorAt(at + n * 8, n);
    const few = vectorAt(at + 2 * n * 8, 2 * BLOCK);
    const both = at + (2 * n + 2 * BLOCK) * 8;
    for (let start = 0; start < n; start += BLOCK) {
      const k = Math.min(BLOCK, n - start);
      const X = rowMajor(both, 2 * k, n);
      const Y = rowMajor(both + 2 * BLOCK * n * 8, 2 * k, n);
      taus.length = 0;
      for (let j = 0; j < k; j++) {
        const i = start + j;
        const a = part(column, 0, n - i);
        blas.copy(1, rowOf(A, i, i), a);
        if (j > 0) {
          // a -= Xᵀ y over the rows so far, V before W.
          for (const [from, other] of [
            [0, k],
            [k, 0],
          ] as const) {
            const coefficients = { at: X.at + (other * n + i) * 8, length: j, step: n };
            blas.gemv(-1, transposed(sub(X, from, i, j, n - i)), coefficients, 1, a);
          }
        }
        diagonal[i] = memory.f64()[a.at / 8]!;
        if (i === n - 1) break;
        const length = n - i - 1;
        const v = rowOf(X, j, i + 1);
        blas.copy(1, part(a, 1), v);
        blas.fill(0, rowOf(X, j, 0, i + 1));
        const { beta, tau } = reflector(blas, v);
        beside[i] = beta;
        taus.push(tau);
        // w = tau (p - ½ tau (p·v) v) with p = (A - V'W - W'V) v
        const p = part(product, 0, length);
        blas.gemv(1, sub(A, i + 1, i + 1, length, length), v, 0, p);
        if (j > 0) {
          const dots = part(few, 0, j);
          for (const [from, other] of [
            [0, k],
            [k, 0],
          ] as const) {
            blas.gemv(1, sub(X, other, i + 1, j, length), v, 0, dots);
            blas.gemv(-1, transposed(sub(X, from, i + 1, j, length)), dots, 1, p);
          }
        }
        blas.axpy(-0.5 * tau * blas.dot(p, v), v, p);
        const w = rowOf(X, k + j, i + 1);
        blas.fill(0, rowOf(X, k + j, 0, i + 1));
        blas.copy(tau, p, w);
      }
      const next = start + k;
      if (next < n) {
        blas.copyMatrix(sub(X, 0, 0, k, n), sub(Y, k, 0, k, n));
        blas.copyMatrix(sub(X, k, 0, k, n), sub(Y, 0, 0, k, n));
        const [x, y] = [sub(X, 0, next, 2 * k, n - next), sub(Y, 0, next, 2 * k, n - next)];
        const rest = sub(A, next, next, n - next, n - next);
        blas.syrkLower(-1, transposed(x), transposed(y), 1, rest);
        blas.mirrorLower(rest);
      }
      const { V, T } = blocks(start);
      const used = taus.length;
      blas.copyMatrix(sub(X, 0, start, used, n - start), sub(V, 0, 0, used, n - start));
      for (let j = used; j < k; j++) blas.fill(0, rowOf(V, j));
      setTriangle(blas, V, [...taus, 0], T);
    }
  });
  return { diagonal, beside };
}

/** Rows with a negative leading entry are negated. */
function makeLeadersPositive(blas: Blas, Z: Matrix): void {
  for (let i = 0; i < Z.rows; i++) {
    const row = rowOf(Z, i);
    const most = blas.amax(row) / (1 + 1e-10);
    const leader = blas.context.memory.doubles(row.at, row.length).find((value) => Math.abs(value) >= most);
    if (leader !== undefined && leader < 0) blas.scal(-1, row);
  }
}
