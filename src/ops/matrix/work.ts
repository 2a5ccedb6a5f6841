// Additions and multiplications of the usual algorithms, for `ricci plan`. Golub & Van Loan, Matrix Computations, 4th edition (GVL);
// Higham, Functions of Matrices (FM)

import type { OwnSizes, Work } from '../op.ts';

type WorkOf = (sizes: OwnSizes) => Work;

const ofOrder =
  (factor: number, power = 3): WorkOf =>
  ([size]) => ({ flops: factor * (size?.[0] ?? 0) ** power });

/** Each entry of the argument so many times, and so many functions of numbers for each. */
export const ofEntries =
  (each: number, functions = 0): WorkOf =>
  ([size = []]) => {
    const count = size.reduce((a, b) => a * b, 1);
    return { flops: each * count, functions: functions * count };
  };

// By LU: GVL section 3.2; inverse: GVL section 3.4. By Cholesky: GVL section 4.2
export const lu: WorkOf = ofOrder(2 / 3);
export const inverse: WorkOf = ofOrder(2);
export const cholesky: WorkOf = ofOrder(1 / 3);

/** After `factor` of the first argument, two triangles for each right side. */
export const solving =
  (factor: WorkOf): WorkOf =>
  (sizes) => {
    const [[n = 0] = [], right = []] = sizes;
    return { flops: factor(sizes).flops + 2 * n * right.reduce((a, b) => a * b, 1) };
  };
export const nothing: WorkOf = () => ({ flops: 0 });

// To tridiagonal form, GVL section 8.3; with the vectors, GVL section 8.3.4
export const eigenvalues: WorkOf = ofOrder(4 / 3);
export const eigenvectors: WorkOf = ofOrder(9);
export const resolvent: WorkOf = ofOrder(11);

// GVL figure 8.6.1, for m ≥ n
const bySvd =
  (mnn: number, nnn: number): WorkOf =>
  ([[a = 0, b = 0] = []]) => {
    const [m, n] = [Math.max(a, b), Math.min(a, b)];
    return { flops: mnn * m * n * n + nnn * n ** 3 };
  };
export const singularValues: WorkOf = bySvd(4, -4 / 3);
export const singularVectors: WorkOf = bySvd(14, 8);
export const pseudoInverse: WorkOf = bySvd(16, 8);

// Six products and a solve, and about two squarings: FM section 10.3
export const exponential: WorkOf = ofOrder(6 * 2 + 8 / 3 + 2 * 2);
// Of twice the order
export const cosine: WorkOf = ofOrder(8 * (6 * 2 + 8 / 3 + 2 * 2));
// Two inverses a step of the iteration, about eight steps: FM section 6.3
export const squareRoot: WorkOf = ofOrder(8 * 4);
// Some square roots, and twelve solves: FM section 11.4
export const logarithm: WorkOf = ofOrder(3 * 8 * 4 + 12 * (8 / 3));

// By the eigenvectors and four products, for a symmetric matrix; the map by an inverse of order n²
export const lyapunov: WorkOf = ofOrder(9 + 4 * 2);
export const lyapunovMap: WorkOf = ofOrder(2, 6);

/** Of a function of matrices, with so many directions given and open: three products where there was one, for each of them. */
export const ofDerivative =
  (f: WorkOf, given: number, open: number): WorkOf =>
  (sizes) => ({ flops: 3 ** (given + open) * (sizes[0]?.[0] ?? 0) ** (2 * open) * f(sizes).flops });

/** All minors of order n - k. */
export const minors =
  (k: number): WorkOf =>
  ([[n = 0] = []]) => ({ flops: (2 / 3) * n ** (2 * k) * Math.max(0, n - k) ** 3 });
