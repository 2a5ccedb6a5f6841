// The Lyapunov equation R L + L R = A. Golub & Van Loan, section 12.3 (Kronecker products); by the eigenvalues where R is symmetric.

import type { Blas } from '../blas.ts';
import { type Matrix, rowMajor, transposed, vectorAt } from '../matrix.ts';
import { invert, isSingular, lu, luSolve, temporaryMatrix } from './lu.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** L ← the solution; false when two eigenvalues of R sum to zero. R, A and L are n × n by rows; R and A stay. */
export function lyap(blas: Blas, R: Matrix, A: Matrix, L: Matrix): boolean {
  if (isSymmetric(blas, R)) return bySpectrum(blas, R, A, L);
  const size = R.rows ** 2;
  return withSystem(blas, R, (system) => {
    blas.copyMatrix(A, L);
    const pivots = lu(blas, system);
    if (isSingular(blas, system)) return false;
    luSolve(blas, system, pivots, rowMajor(L.at, size, 1));
    return true;
  });
}

/** The linear map from A to L, as an n² × n² matrix on entries by rows. */
export function lyapMap(blas: Blas, R: Matrix, map: Matrix): boolean {
  return withSystem(blas, R, (system) => invert(blas, system, map));
}

// R = V diag(l) V': (V' L V)[i,j] = (V' A V)[i,j] / (l[i] + l[j])
function bySpectrum(blas: Blas, R: Matrix, A: Matrix, L: Matrix): boolean {
  const n = R.rows;
  return temporaryMatrix(blas, n, n, (V) =>
    temporaryMatrix(blas, n, n, (W) => {
      blas.copyMatrix(R, W);
      const values = symmetricEigen(blas, W, V);
      blas.gemm(1, A, V, 0, W);
      blas.gemm(1, transposed(V), W, 0, L);
      const view = blas.context.memory.f64();
      let isRegular = true;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          const sum = values[i]! + values[j]!;
          isRegular &&= sum !== 0;
          view[L.at / 8 + i * n + j]! /= sum;
        }
      }
      blas.gemm(1, V, L, 0, W);
      blas.gemm(1, W, transposed(V), 0, L);
      return isRegular;
    }),
  );
}

/** With R ⊗ I + I ⊗ R', which maps L to R L + L R, both as lists of rows. */
function withSystem(blas: Blas, R: Matrix, use: (system: Matrix) => boolean): boolean {
  const n = R.rows;
  return temporaryMatrix(blas, n * n, n * n, (system) => {
    blas.fill(0, vectorAt(system.at, n ** 4));
    const view = blas.context.memory.f64();
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const row = system.at / 8 + (i * n + j) * n * n;
        for (let k = 0; k < n; k++) {
          view[row + k * n + j]! += view[R.at / 8 + i * n + k]!;
          view[row + i * n + k]! += view[R.at / 8 + k * n + j]!;
        }
      }
    }
    return use(system);
  });
}

function isSymmetric(blas: Blas, R: Matrix): boolean {
  const view = blas.context.memory.f64();
  const [at, n] = [R.at / 8, R.rows];
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) if (view[at + i * n + j] !== view[at + j * n + i]) return false;
  return true;
}
