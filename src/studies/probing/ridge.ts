// Ridge regression: B = argmin |Xc B − Yc|² + μ |B|², centred by the training means, with one μ for all features.
//
// With Xc = U diag(s) Vᵀ all columns share one factorisation, and so do all μ. The μ is the one with the least error of
// leave-one-out, which needs no refits: residuals divided by 1 − H_ii, H = 1/n + U diag(s²/(s² + μ)) Uᵀ (Allen,
// Technometrics 16, 1974; the 1/n is of the means).

import { asInput, formulas } from './kernels.ts';
import type { Guess, Probe } from './probe.ts';
import type { Split } from './splits.ts';
import { type Matrix, columnMeans, lessRow, rowsOf } from './tables.ts';

export function ridge(): Probe {
  const kernels = ridgeKernels();
  return {
    name: 'ridge',
    says: 'ridge regression, μ by leave-one-out within the training words',
    chooses: 'μ, as a multiple of the mean eigenvalue of the training covariance',
    bind: (X, splits) => {
      const fits = splits.map((split) => fitting(X, split, kernels));
      return (Y) => fits.map((fit) => fit(Y));
    },
  };
}

/** μ as multiples of the mean of s². */
const multiples: readonly number[] = Array.from({ length: 13 }, (_, k) => 10 ** (-3 + k / 2));

function fitting(X: Matrix, { train, test }: Split, kernels: Kernels): (Y: Matrix) => Guess {
  const centre = columnMeans(rowsOf(X, train));
  const { U, squares, coordinates } = decomposition(lessRow(rowsOf(X, train), centre), kernels);
  const T = asInput(coordinates(lessRow(rowsOf(X, test), centre)));
  const typical = squares.reduce((sum, s) => sum + s, 0) / Math.min(X.cols, train.length);
  const shrinkages = multiples.map((m) => squares.map((s) => s / (s + m * typical)));
  const vectors = Object.fromEntries(shrinkages.flatMap((shrink, k) => [[`f${k}`, shrink], [`w${k}`, reciprocalResidualShares(U, shrink)]]));
  return (Y) => {
    const known = rowsOf(Y, train);
    const means = columnMeans(known);
    const found = kernels.errors({ U: asInput(U), Y: asInput(lessRow(known, means)), ...vectors });
    const scores = multiples.map((_, k) => found[`error${k}`]!.data[0]!);
    const best = scores.indexOf(Math.min(...scores));
    const values = Float64Array.from(kernels.guesses({ T, f: shrinkages[best]!, C: found['C']! }).P.data);
    for (let at = 0; at < values.length; at++) values[at]! += means[at % Y.cols]!;
    return { values, chosen: multiples[best]! };
  };
}

type Kernels = ReturnType<typeof ridgeKernels>;

function ridgeKernels() {
  const each = (text: (k: number) => string): string[] => multiples.map((_, k) => text(k));
  const errors: Record<string, string> = Object.fromEntries(multiples.map((_, k) => [`error${k}`, `norm2(diag(w${k})*(Y - U*(diag(f${k})*(U'*Y))))^2`]));
  return {
    errors: formulas<string>({ ...errors, C: "U'*Y" }, `U: matrix(n, r); Y: matrix(n, p); ${each((k) => `f${k}: vector(r); w${k}: vector(n)`).join('; ')}`),
    guesses: formulas({ P: 'T*(diag(f)*C)' }, 'T: matrix(m, r); f: vector(r); C: matrix(r, p)'),
    tall: formulas({ values: "eigvals(X'*X)", vectors: "eigvecs(X'*X)" }, 'X: matrix(n, d)'),
    wide: formulas({ values: "eigvals(X*X')", vectors: "eigvecs(X*X')" }, 'X: matrix(n, d)'),
    product: formulas({ P: 'A*B' }, 'A: matrix(a, b); B: matrix(b, c)'),
    cosines: formulas({ P: "A*B'" }, 'A: matrix(a, b); B: matrix(c, b)'),
  };
}

interface Decomposition {
  /** [n, r], orthonormal columns. */
  readonly U: Matrix;
  /** s², those that are not zero to rounding. */
  readonly squares: Float64Array;
  /** Rows of other words as T = X V diag(1/s), so that their guesses are T diag(s²/(s² + μ)) Uᵀ Y. */
  readonly coordinates: (rows: Matrix) => Matrix;
}

/** By the eigenvectors of the smaller one of XᵀX and XXᵀ. */
function decomposition(X: Matrix, { tall, wide, product, cosines }: Kernels): Decomposition {
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

/** 1/(1 − H_ii) for every training row. */
function reciprocalResidualShares({ rows, cols, data }: Matrix, shrink: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let leverage = 1 / rows;
    for (let k = 0; k < cols; k++) leverage += data[i * cols + k]! ** 2 * shrink[k]!;
    return 1 / Math.max(1 - leverage, 1e-9);
  });
}
