// Singular values of centred embeddings, and coordinates by them.

import { asInput, formulas } from './kernels.ts';
import type { Matrix } from './tables.ts';

export interface Decomposition {
  /** [n, r], orthonormal columns. */
  readonly U: Matrix;
  /** s², those that are not zero to rounding. */
  readonly squares: Float64Array;
  /** Rows of other words as T = X V diag(1/s), so that their guesses are T diag(s²/(s² + μ)) Uᵀ Y. */
  readonly coordinates: (rows: Matrix) => Matrix;
}

/** Decompositions of matrices, by the eigenvectors of the smaller one of XᵀX and XXᵀ. */
export function spectrum(): (X: Matrix) => Decomposition {
  const kernels = spectrumKernels();
  return (X) => decomposition(X, kernels);
}

function spectrumKernels() {
  return {
    tall: formulas({ values: "eigvals(X'*X)", vectors: "eigvecs(X'*X)" }, 'X: matrix(n, d)'),
    wide: formulas({ values: "eigvals(X*X')", vectors: "eigvecs(X*X')" }, 'X: matrix(n, d)'),
    product: formulas({ P: 'A*B' }, 'A: matrix(a, b); B: matrix(b, c)'),
    cosines: formulas({ P: "A*B'" }, 'A: matrix(a, b); B: matrix(c, b)'),
  };
}

function decomposition(X: Matrix, { tall, wide, product, cosines }: ReturnType<typeof spectrumKernels>): Decomposition {
  const isWide = X.cols > X.rows;
  const { values, vectors } = (isWide ? wide : tall)({ X: asInput(X) });
  const order = values.data.length;
  const largest = Math.max(...values.data, 0);
  const kept = Array.from({ length: order }, (_, k) => order - 1 - k).filter((k) => values.data[k]! > largest * 1e-12);
  const squares = Float64Array.from(kept, (k) => values.data[k]!);
  const basis = (power: number): Matrix => {
    const data = new Float64Array(order * kept.length);
    for (let i = 0; i < order; i++) for (const [k, from] of kept.entries()) data[i * kept.length + k] = vectors.data[i * order + from]! / squares[k]! ** power;
    return { rows: order, cols: kept.length, data };
  };
  const times = (A: Matrix, B: Matrix): Matrix => ({ rows: A.rows, cols: B.cols, data: Float64Array.from(product({ A: asInput(A), B: asInput(B) }).P.data) });
  if (isWide) {
    // XXᵀ = U s² Uᵀ, and V = Xᵀ U / s.
    const inverse = basis(1);
    return { U: basis(0), squares, coordinates: (rows) => times({ rows: rows.rows, cols: X.rows, data: Float64Array.from(cosines({ A: asInput(rows), B: asInput(X) }).P.data) }, inverse) };
  }
  // XᵀX = V s² Vᵀ, and U = X V / s.
  const scaled = basis(0.5);
  return { U: times(X, scaled), squares, coordinates: (rows) => times(rows, scaled) };
}
