// Ridge regression: B = argmin |Xc B − Yc|² + μ |B|², centred by the training means, with one μ for all features.
//
// With Xc = U diag(s) Vᵀ all columns share one factorisation, and so do all μ. The μ is the one with the least error of
// leave-one-out, which needs no refits: residuals divided by 1 − H_ii, H = 1/n + U diag(s²/(s² + μ)) Uᵀ (Allen,
// Technometrics 16, 1974; the 1/n is of the means).

import { asInput, formulas } from './kernels.ts';
import type { Guess, Probe } from './probe.ts';
import { spectrum } from './spectrum.ts';
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
  const { U, squares, coordinates } = kernels.decomposition(lessRow(rowsOf(X, train), centre));
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
    decomposition: spectrum(),
  };
}

/** 1/(1 − H_ii) for every training row. */
function reciprocalResidualShares({ rows, cols, data }: Matrix, shrink: Float64Array): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let leverage = 1 / rows;
    for (let k = 0; k < cols; k++) leverage += data[i * cols + k]! ** 2 * shrink[k]!;
    return 1 / Math.max(1 - leverage, 1e-9);
  });
}
