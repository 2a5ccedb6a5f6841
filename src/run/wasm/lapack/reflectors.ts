// Householder reflections in blocks, H1 H2 … Hk = I - Vᵀ T V with the vectors in the rows of V and T upper.
// Schreiber & Van Loan 1989, "A storage-efficient WY representation"

import { rowMajor, sub, transposed } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix, Vector } from '../matrix.ts';
import { temporaryMatrix } from './lu.ts';

export const BLOCK = 32;

export interface Reflectors {
  readonly V: Matrix;
  readonly T: Matrix;
}

/** x becomes the v (v_0 = 1) of H = I - tau v vᵀ with H x = beta e_0.  LAPACK's dlarfg */
export function reflector(blas: Blas, x: Vector): { readonly beta: number; readonly tau: number } {
  const { memory } = blas.context;
  const first = memory.f64()[x.at / 8]!;
  const length = blas.nrm2(x);
  const rest = { at: x.at + 8, length: x.length - 1, step: 1 };
  memory.f64()[x.at / 8] = 1;
  if (length === Math.abs(first)) {
    blas.fill(0, rest);
    return { beta: first, tau: 0 };
  }
  const beta = first < 0 ? length : -length;
  blas.scal(1 / (first - beta), rest);
  return { beta, tau: (beta - first) / beta };
}

/** T for the rows of V and their taus. */
export function setTriangle(blas: Blas, V: Matrix, taus: ArrayLike<number>, T: Matrix): void {
  const k = V.rows;
  temporaryMatrix(blas, k, k, (G) => {
    blas.gemm(1, V, transposed(V), 0, G);
    const all = blas.context.memory.f64();
    const [g, t] = [G.at / 8, T.at / 8];
    for (let j = 0; j < k; j++) {
      for (let i = 0; i < k; i++) {
        // T_ij = -tau_j Σ_p T_ip G_pj
        let sum = 0;
        for (let p = i; p < j; p++) sum += all[t + i * T.rowStep + p]! * all[g + p * k + j]!;
        all[t + i * T.rowStep + j] = i < j ? -taus[j]! * sum : i === j ? taus[j]! : 0;
      }
    }
  });
}

/** C ← (H1 … Hk) C, or its transpose times C. */
export function reflect(blas: Blas, { V, T }: Reflectors, C: Matrix, which: 'forward' | 'transposed'): void {
  const k = V.rows;
  temporaryMatrix(blas, 2 * k, C.cols, (both) => {
    const [W, TW] = [sub(both, 0, 0, k, C.cols), sub(both, k, 0, k, C.cols)];
    blas.gemm(1, V, C, 0, W);
    blas.gemm(1, which === 'forward' ? T : transposed(T), W, 0, TW);
    blas.gemm(-1, transposed(V), TW, 1, C);
  });
}

/** Room for the reflectors of a matrix with `count` columns of `length`: all V and one T after the other. */
export function reflectorRoom(count: number, length: number): number {
  return (count * length + count * BLOCK) * 8;
}

export function reflectorBlocks(at: number, count: number, length: number): (start: number) => Reflectors {
  return (start) => {
    const k = Math.min(BLOCK, count - start);
    return {
      V: sub(rowMajor(at, count, length), start, start, k, length - start),
      T: rowMajor(at + (count * length + start * BLOCK) * 8, k, k, BLOCK),
    };
  };
}
