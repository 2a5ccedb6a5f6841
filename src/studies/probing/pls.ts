// Partial least squares with many features at once (PLS2): one direction after the other, each the one whose scores have the
// largest covariance with the features that is left.
//
// The kernel algorithm on XᵀX and XᵀY (Dayal & MacGregor, "Improved PLS algorithms", J. Chemometrics 11, 1997, algorithm
// 2): w is the dominant left singular vector of S = XᵀY, r = w − Σ (pⱼ·w) rⱼ, and S is deflated by p qᵀ. The number of
// directions is chosen by cross-validation within the training rows.

import { symmetricEigen } from '../../ops/reference/symmetric-eigen.ts';
import { asInput, formulas } from './kernels.ts';
import type { Guess, Probe } from './probe.ts';
import type { Split } from './splits.ts';
import { type Matrix, columnMeans, lessRow, rowsOf } from './tables.ts';

export function pls(): Probe {
  const kernels = plsKernels();
  return {
    name: 'pls',
    says: 'partial least squares, the number of components by three folds within the training words',
    chooses: 'the number of components',
    bind: (X, splits) => {
      const fits = splits.map((split) => choosing(X, split, kernels));
      return (Y) => fits.map((fit) => fit(Y));
    },
  };
}

/** No more components than this. */
export const mostComponents = 50;
/** The search ends when so many more components were no better. */
const patience = 5;
const innerFolds = 3;

function choosing(X: Matrix, split: Split, kernels: Kernels): (Y: Matrix) => Guess {
  const whole = fitting(X, split, kernels);
  const inner = Array.from({ length: innerFolds }, (_, k) => {
    const isTest = (i: number): boolean => i % innerFolds === k;
    return fitting(X, { train: split.train.filter((_row, i) => !isTest(i)), test: split.train.filter((_row, i) => isTest(i)) }, kernels);
  });
  return (Y) => {
    const runs = inner.map((fit) => fit(Y));
    const truths = inner.map(({ split: { test } }) => rowsOf(Y, test).data);
    const error = (): number => runs.reduce((sum, run, k) => sum + squaredDistance(run.guess, truths[k]!), 0);
    let best = { components: 0, error: error() };
    for (let k = 1; k <= mostComponents && k - best.components <= patience; k++) {
      if (!runs.map((run) => run.next()).every(Boolean)) break;
      const found = error();
      if (found < best.error) best = { components: k, error: found };
    }
    const run = whole(Y);
    take(run, best.components);
    return { values: run.guess, chosen: best.components };
  };
}

/** PLS by a fixed number of components. */
export function plsGuess(X: Matrix, Y: Matrix, split: Split, count: number): Float64Array {
  const run = fitting(X, split, plsKernels())(Y);
  take(run, count);
  return run.guess;
}

function take(run: Run, count: number): void {
  for (let k = 0; k < count; k++) if (!run.next()) return;
}

interface Run {
  /** [test rows, features], with the components so far. */
  readonly guess: Float64Array;
  /** Adds a component; false when nothing is left to explain. */
  readonly next: () => boolean;
}

interface Fit {
  (Y: Matrix): Run;
  readonly split: Split;
}

type Kernels = ReturnType<typeof plsKernels>;

function plsKernels() {
  return {
    gram: formulas({ G: "X'*X" }, 'X: matrix(n, d)'),
    covariance: formulas({ S: "X'*Y", M: "X'*Y*Y'*X" }, 'X: matrix(n, d); Y: matrix(n, p)'),
  };
}

function fitting(X: Matrix, split: Split, { gram, covariance }: Kernels): Fit {
  const centre = columnMeans(rowsOf(X, split.train));
  const known = lessRow(rowsOf(X, split.train), centre);
  const others = lessRow(rowsOf(X, split.test), centre);
  const G = Float64Array.from(gram({ X: asInput(known) }).G.data);
  const fit = (Y: Matrix): Run => {
    const features = rowsOf(Y, split.train);
    const means = columnMeans(features);
    const { S, M } = covariance({ X: asInput(known), Y: asInput(lessRow(features, means)) });
    const guess = Float64Array.from({ length: others.rows * Y.cols }, (_, at) => means[at % Y.cols]!);
    return components({ G, S: Float64Array.from(S.data), M: Float64Array.from(M.data), others, guess });
  };
  return Object.assign(fit, { split });
}

interface Parts {
  /** XᵀX */
  readonly G: Float64Array;
  /** XᵀY, deflated in place. */
  readonly S: Float64Array;
  /** S Sᵀ, kept in step with S. */
  readonly M: Float64Array;
  readonly others: Matrix;
  readonly guess: Float64Array;
}

function components({ G, S, M, others, guess }: Parts): Run {
  const d = others.cols;
  const p = S.length / d;
  const first = trace(M, d);
  const turned: Float64Array[] = [];
  const loadings: Float64Array[] = [];
  const next = (): boolean => {
    if (turned.length >= d || !(trace(M, d) > first * 1e-18)) return false;
    const w = dominantEigenvector(M, d);
    const r = Float64Array.from(w);
    for (const [j, loading] of loadings.entries()) add(r, turned[j]!, -dot(loading, w));
    const Gr = times(G, r);
    const tt = dot(r, Gr);
    if (!(tt > 0)) return false;
    const loading = Gr.map((value) => value / tt);
    const q = new Float64Array(p);
    for (let i = 0; i < d; i++) for (let j = 0; j < p; j++) q[j]! += (r[i]! * S[i * p + j]!) / tt;
    const Sq = Float64Array.from({ length: d }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < p; j++) sum += S[i * p + j]! * q[j]!;
      return sum;
    });
    const square = tt * tt * dot(q, q);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < p; j++) S[i * p + j]! -= tt * loading[i]! * q[j]!;
      for (let j = 0; j < d; j++) M[i * d + j]! += square * loading[i]! * loading[j]! - tt * (loading[i]! * Sq[j]! + Sq[i]! * loading[j]!);
    }
    turned.push(r);
    loadings.push(loading);
    for (let i = 0; i < others.rows; i++) {
      let score = 0;
      for (let k = 0; k < d; k++) score += others.data[i * d + k]! * r[k]!;
      for (let j = 0; j < p; j++) guess[i * p + j]! += score * q[j]!;
    }
    return true;
  };
  return { guess, next };
}

/**
 * The eigenvector of the largest eigenvalue of a positive semidefinite matrix, to a residual of 1e-5 of the eigenvalue: each
 * step takes the best combination of the iterate, its residual and the last step (Knyazev, SIAM J. Sci. Comput. 23, 2001,
 * for one vector). Images under M are combined alike, so that a step costs one product.
 */
export function dominantEigenvector(M: Float64Array, d: number): Float64Array {
  const start = Array.from({ length: d }, (_, k) => k).reduce((best, k) => (M[k * d + k]! > M[best * d + best]! ? k : best), 0);
  const x = imaged(M, M.slice(start * d, (start + 1) * d));
  const step = { vector: new Float64Array(d), image: new Float64Array(d) };
  for (let k = 0; k < 300; k++) {
    const value = dot(x.vector, x.image);
    const residual = x.image.map((entry, i) => entry - value * x.vector[i]!);
    const size = Math.sqrt(dot(residual, residual));
    if (size <= 1e-5 * value) break;
    const basis = [x, imaged(M, residual)];
    if (k > 0 && orthonormalise(step, basis)) basis.push(step);
    const weights = bestCombination(basis);
    // The step is the new iterate without its part along the old one.
    const fresh = basis.slice(1).map(({ vector, image }) => ({ vector: Float64Array.from(vector), image: Float64Array.from(image) }));
    step.vector.fill(0);
    step.image.fill(0);
    for (const [i, { vector, image }] of fresh.entries()) {
      add(step.vector, vector, weights[i + 1]!);
      add(step.image, image, weights[i + 1]!);
    }
    for (let i = 0; i < d; i++) {
      x.vector[i] = weights[0]! * x.vector[i]! + step.vector[i]!;
      x.image[i] = weights[0]! * x.image[i]! + step.image[i]!;
    }
    orthonormalise(x, []);
  }
  return unit(x.vector);
}

interface Imaged {
  readonly vector: Float64Array;
  /** M times the vector. */
  readonly image: Float64Array;
}

function imaged(M: Float64Array, direction: Float64Array): Imaged {
  const vector = unit(direction);
  return { vector, image: times(M, vector) };
}

/** Takes what lies along the basis from a vector and its image, in place; false when nothing is left. */
function orthonormalise(x: Imaged, basis: readonly Imaged[]): boolean {
  const before = dot(x.vector, x.vector);
  // Twice: what is left of a vector near the others is mostly rounding after once.
  for (const { vector, image } of [...basis, ...basis]) {
    const along = dot(vector, x.vector);
    add(x.vector, vector, -along);
    add(x.image, image, -along);
  }
  const square = dot(x.vector, x.vector);
  if (!(square > 1e-12 * before)) return false;
  const scale = 1 / Math.sqrt(square);
  for (let i = 0; i < x.vector.length; i++) {
    x.vector[i]! *= scale;
    x.image[i]! *= scale;
  }
  return true;
}

/** Coordinates in an orthonormal basis of the unit vector for which M is largest. */
function bestCombination(basis: readonly Imaged[]): number[] {
  const size = basis.length;
  const small = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) small[i * size + j] = dot(basis[i]!.vector, basis[j]!.image);
  const { vectors } = symmetricEigen({ shape: [size, size], data: small });
  return basis.map((_, i) => vectors.data[i * size + size - 1]!);
}

function times(M: Float64Array, x: Float64Array): Float64Array {
  const d = x.length;
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += M[i * d + j]! * x[j]!;
    out[i] = sum;
  }
  return out;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += x[k]! * y[k]!;
  return sum;
}

function add(to: Float64Array, x: Float64Array, factor: number): void {
  for (let k = 0; k < to.length; k++) to[k]! += factor * x[k]!;
}

function unit(x: Float64Array): Float64Array {
  const length = Math.sqrt(dot(x, x)) || 1;
  return x.map((value) => value / length);
}

function trace(M: Float64Array, d: number): number {
  let sum = 0;
  for (let k = 0; k < d; k++) sum += M[k * d + k]!;
  return sum;
}

function squaredDistance(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < x.length; k++) sum += (x[k]! - y[k]!) ** 2;
  return sum;
}
