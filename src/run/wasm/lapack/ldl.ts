// P A Pᵀ = L D Lᵀ for symmetric, possibly indefinite A: D has blocks of order 1 and 2.
// Bunch & Kaufman 1977, partial pivoting; Golub & Van Loan, section 4.4

import { invariant } from '../../../base/internal.ts';
import { colOf, rowOf, sub, transposed } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix, Vector } from '../matrix.ts';

export interface Ldl {
  /** Diagonal of D. */
  readonly diagonal: Float64Array;
  /** Entry i is D[i + 1, i]: not zero where a block of order 2 begins. */
  readonly beside: Float64Array;
  /** Row i changed places with row `exchanges[i]`, for i in order. */
  readonly exchanges: Int32Array;
}

/** How many eigenvalues of each sign A has (Sylvester's law of inertia). */
export interface Inertia {
  readonly positive: number;
  readonly negative: number;
  readonly zero: number;
}

const ALPHA = (1 + Math.sqrt(17)) / 8;

/** Overwrites A (its lower triangle is read) with unit lower L, zero above. */
export function ldl(blas: Blas, A: Matrix): Ldl {
  const n = A.rows;
  invariant(blas.real === 'f64' && A.colStep === 1 && A.cols === n, 'a square matrix of doubles stored by rows');
  const { memory } = blas.context;
  const entry = (i: number, j: number): number => memory.f64()[A.at / 8 + i * A.rowStep + j]!;
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const exchanges = Int32Array.from({ length: n }, (_, i) => i);
  // The part not yet factored is kept whole, so that its columns are its rows.
  blas.mirrorLower(A);
  const exchange = (from: number, i: number, j: number): void => {
    if (i === j) return;
    blas.swap(rowOf(A, i), rowOf(A, j));
    blas.swap(colOf(A, i, from), colOf(A, j, from));
    exchanges[i] = j;
  };
  memory.temporary(2 * n * 8, (at) => {
    let k = 0;
    while (k < n) {
      const { row, order } = choosePivot(blas, A, k, entry);
      const next = k + order;
      exchange(k, next - 1, row);
      const length = n - next;
      const rest = sub(A, next, next, length, length);
      diagonal[k] = entry(k, k);
      if (order === 1) {
        if (diagonal[k] !== 0 && length > 0) {
          const v = rowOf(A, k, next);
          blas.ger(-1 / diagonal[k]!, v, v, rest);
          blas.copy(1 / diagonal[k]!, v, colOf(A, k, next));
        }
      } else {
        const [a, b, c] = [entry(k, k), entry(k + 1, k), entry(k + 1, k + 1)];
        [diagonal[k + 1], beside[k]] = [c, b];
        // D⁻¹ = [c -b; -b a] / det, scaled by b, which is the largest of the three.
        const det = (a / b) * (c / b) - 1;
        const [v1, v2] = [rowOf(A, k, next), rowOf(A, k + 1, next)];
        const columns = [0, 1].map((which): Vector => ({ at: at + which * n * 8, length, step: 1 }));
        const [l1, l2] = [columns[0]!, columns[1]!];
        blas.copy(c / b / b / det, v1, l1);
        blas.axpy(-1 / b / det, v2, l1);
        blas.copy(a / b / b / det, v2, l2);
        blas.axpy(-1 / b / det, v1, l2);
        if (length > 0) {
          blas.ger(-1, l1, v1, rest);
          blas.ger(-1, l2, v2, rest);
        }
        blas.copy(1, l1, colOf(A, k, next));
        blas.copy(1, l2, colOf(A, k + 1, next));
        memory.f64()[A.at / 8 + (k + 1) * A.rowStep + k] = 0; // it belongs to D
      }
      k = next;
    }
  });
  for (let i = 0; i < n; i++) {
    blas.fill(0, rowOf(A, i, i + 1));
    memory.f64()[A.at / 8 + i * (A.rowStep + 1)] = 1;
  }
  return { diagonal, beside, exchanges };
}

function choosePivot(
  blas: Blas,
  A: Matrix,
  k: number,
  entry: (i: number, j: number) => number,
): { readonly row: number; readonly order: 1 | 2 } {
  if (k === A.rows - 1) return { row: k, order: 1 };
  const column = rowOf(A, k, k + 1);
  const r = k + 1 + blas.iamax(column);
  const here = Math.abs(entry(k, k));
  const most = Math.abs(entry(k, r));
  if (!(here < ALPHA * most)) return { row: k, order: 1 };
  const before = blas.amax(rowOf(A, r, k, r - k));
  const mostOther = Math.max(before, blas.amax(rowOf(A, r, r + 1)));
  if (here * mostOther >= ALPHA * most * most) return { row: k, order: 1 };
  if (Math.abs(entry(r, r)) >= ALPHA * mostOther) return { row: r, order: 1 };
  return { row: r, order: 2 };
}

/** B ← A⁻¹ B.  A zero pivot gives infinities and NaN. */
export function ldlSolve(blas: Blas, L: Matrix, { diagonal, beside, exchanges }: Ldl, B: Matrix): void {
  const n = L.rows;
  exchanges.forEach((row, i) => {
    if (row !== i) blas.swap(rowOf(B, i), rowOf(B, row));
  });
  blas.trsm('lower', L, B, { unit: true });
  for (let k = 0; k < n; k++) {
    const [a, b] = [diagonal[k]!, beside[k]!];
    if (b === 0) {
      blas.scal(1 / a, rowOf(B, k));
      continue;
    }
    const c = diagonal[k + 1]!;
    const det = (a / b) * (c / b) - 1;
    const [x, y] = [rowOf(B, k), rowOf(B, k + 1)];
    // x ← (c x - b y) / det D, y ← (a y - b x) / det D
    blas.context.memory.temporary(B.cols * 8, (at) => {
      const old = { at, length: B.cols, step: 1 };
      blas.copy(1, x, old);
      blas.scal(c / b / b / det, x);
      blas.axpy(-1 / b / det, y, x);
      blas.scal(a / b / b / det, y);
      blas.axpy(-1 / b / det, old, y);
    });
    k++;
  }
  blas.trsm('upper', transposed(L), B, { unit: true });
  for (let i = n - 1; i >= 0; i--) if (exchanges[i] !== i) blas.swap(rowOf(B, i), rowOf(B, exchanges[i]!));
}

export function inertia({ diagonal, beside }: Ldl): Inertia {
  const count = { positive: 0, negative: 0, zero: 0 };
  for (let k = 0; k < diagonal.length; k++) {
    if (beside[k] !== 0) {
      // Blocks of order 2 are chosen indefinite.
      count.positive++;
      count.negative++;
      k++;
    } else if (diagonal[k]! > 0) count.positive++;
    else if (diagonal[k]! < 0) count.negative++;
    else count.zero++;
  }
  return count;
}
