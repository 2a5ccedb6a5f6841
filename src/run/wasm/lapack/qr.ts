// Householder QR in blocks.  Golub & Van Loan, section 5.2

import { invariant } from '../../../base/internal.ts';
import { colOf, part, rowOf, sub, transposed } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix } from '../matrix.ts';
import { setIdentity } from './lu.ts';
import { BLOCK, reflect, reflector, reflectorBlocks, reflectorRoom, setTriangle } from './reflectors.ts';

/**
 * Thin A = Q R for A [m, n], r = min(m, n): Q [m, r], R [r, n] upper with diagonal ≥ 0.  A is overwritten.
 * Gives the smallest and the largest pivot: where the former is rounding of the latter, the first r columns
 * are dependent.
 */
export function qr(blas: Blas, A: Matrix, Q: Matrix, R: Matrix): { readonly least: number; readonly most: number } {
  const [m, n] = [A.rows, A.cols];
  const r = Math.min(m, n);
  invariant(blas.real === 'f64' && A.colStep === 1, 'doubles stored by rows');
  const { memory } = blas.context;
  return memory.temporary(reflectorRoom(r, m), (room) => {
    const blocks = reflectorBlocks(room, r, m);
    for (let start = 0; start < r; start += BLOCK) factorPanel(blas, A, start, blocks);
    for (let i = 0; i < r; i++) {
      blas.fill(0, rowOf(R, i, 0, i));
      blas.copy(1, rowOf(A, i, i), rowOf(R, i, i));
    }
    setIdentity(blas, Q);
    const last = Math.floor((r - 1) / BLOCK) * BLOCK;
    for (let start = last; start >= 0; start -= BLOCK) {
      reflect(blas, blocks(start), sub(Q, start, start, m - start, r - start), 'forward');
    }
    let [least, most] = [Infinity, 0];
    for (let i = 0; i < r; i++) {
      const pivot = memory.f64()[R.at / 8 + i * (R.rowStep + R.colStep)]!;
      const size = Math.abs(pivot);
      least = size >= least ? least : size;
      most = size <= most ? most : size;
      if (pivot >= 0) continue;
      blas.scal(-1, rowOf(R, i, i));
      blas.scal(-1, colOf(Q, i));
    }
    return { least, most };
  });
}

/** Columns start … of A are reduced, the rest of A updated. */
function factorPanel(blas: Blas, A: Matrix, start: number, blocks: ReturnType<typeof reflectorBlocks>): void {
  const { V, T } = blocks(start);
  const panel = sub(A, start, start, V.cols, V.rows);
  blas.copyMatrix(transposed(panel), V);
  const taus: number[] = [];
  const betas: number[] = [];
  for (let j = 0; j < V.rows; j++) {
    const v = rowOf(V, j, j);
    const { beta, tau } = reflector(blas, v);
    taus.push(tau);
    betas.push(beta);
    const rest = sub(V, j + 1, j, V.rows - j - 1, V.cols - j);
    if (rest.rows > 0 && tau !== 0) {
      blas.context.memory.temporary(rest.rows * 8, (at) => {
        const w = { at, length: rest.rows, step: 1 };
        blas.gemv(1, rest, v, 0, w);
        blas.ger(-tau, w, v, rest);
      });
    }
  }
  // The upper part of the panel is R; what V keeps is the unit lower trapezoid.
  for (let j = 0; j < V.rows; j++) {
    const above = rowOf(V, j, 0, j);
    blas.copy(1, above, colOf(panel, j, 0, j));
    blas.context.memory.f64()[panel.at / 8 + j * (panel.rowStep + 1)] = betas[j]!;
    blas.fill(0, part(colOf(panel, j), j + 1));
    blas.fill(0, above);
  }
  setTriangle(blas, V, taus, T);
  const right = sub(A, start, start + V.rows, V.cols, A.cols - start - V.rows);
  if (right.cols > 0) reflect(blas, { V, T }, right, 'transposed');
}
