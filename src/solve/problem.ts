// The numeric problem: minimise an objective over a box, linear rows and nonlinear rows. Models are compiled to
// this form, and every method reads it. All vectors are Float64Array; infinite bounds are ±Infinity.

import type { Columns, Products } from './linear/gram-columns.ts';
import type { DenseMatrix, Matrix } from './matrix.ts';

/**
 * minimise f(z)  subject to  lower ≤ z ≤ upper,  rows of A z in their bounds,  rows of c(z) in their bounds.
 *
 * Functions never throw. Outside the domain they return NaN or ±Infinity (value), or write such numbers, and methods
 * cut the step back. They may reuse what they return in the next call with other arguments only if they copy it:
 * a matrix once returned stays as it is. Arguments must not be changed or kept.
 */
export interface Problem {
  /** Number of variables. */
  readonly dim: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly start: Float64Array;
  /** True if `start` was wished for by the caller, false for a guess that a method may replace. */
  readonly startGiven?: boolean;
  readonly objective: Objective;
  readonly linear?: LinearRows;
  readonly nonlinear?: NonlinearRows;
  /** Matrices made of variables that must be semidefinite. Only methods for them take such a problem. */
  readonly cones?: readonly Cone[];
  /** Second-order cones. Only the method for them takes such a problem. */
  readonly norms?: NormRows;
  /** True only if the objective and the feasible set are certified convex. Unknown means no. */
  readonly convex: boolean;
  /** False where the second derivative of a quadratic objective was found not to be semidefinite. */
  readonly semidefinite?: boolean;
  /** Whether few entries of second derivatives become many when they are factorised, as those by factors of matrices do. */
  readonly fills?: boolean;
}

/**
 * linear         f = cᵀz + f₀
 * quadratic      f = ½ zᵀQz + cᵀz + f₀, with a constant `hessian`
 * least-squares  f = weight · |r(z)|² + offset, with `residuals`
 * smooth         anything differentiable where it is defined
 */
export type ObjectiveClass = 'linear' | 'quadratic' | 'least-squares' | 'smooth';

export interface Objective {
  readonly class: ObjectiveClass;
  value(z: Float64Array): number;
  /** Writes the gradient and returns the value, which comes with it. */
  gradient(z: Float64Array, out: Float64Array): number;
  /** Writes ∇²f(z) v. */
  hessianProduct?(z: Float64Array, v: Float64Array, out: Float64Array): void;
  /**
   * Symmetric: dense in full, or sparse as the lower triangle (col ≤ row). A quadratic objective must have it. It may be
   * made when it is first looked at, as `approximation` may: whoever does not need them should not look.
   */
  readonly hessian?: ((z: Float64Array) => Matrix) | undefined;
  /** True where the first derivative has kinks: `hessian` is then an element of its generalised derivative. */
  readonly isBent?: boolean;
  /** Then: the same matrix as if z were on every piece that may be curved. */
  readonly steepest?: ((z: Float64Array) => Matrix) | undefined;
  /** For each variable the sum of the sizes of what its first derivative sums up. */
  readonly terms?: (z: Float64Array) => Float64Array;
  /** The same second derivative, constant, where that of the data is stored already. */
  readonly scaled?: ScaledMatrix;
  readonly residuals?: Residuals;
  readonly coordinates?: Coordinates;
  /** Where the objective sums over rows of data; made when it is first looked at. */
  readonly sampled?: SampledRows | undefined;
  /** Near the second derivative at z, and cheap: what a quasi-Newton method takes for it before it knows better. */
  readonly approximation?: ((z: Float64Array) => Approximation) | undefined;
}

/** diag(scale) M diag(scale), for a symmetric M that is stored in full. */
export interface ScaledMatrix {
  readonly matrix: DenseMatrix & Required<Pick<DenseMatrix, 'copy'>>;
  readonly scale: Float64Array;
}

/** Sums over many rows, told from some of them. */
export interface SampledRows {
  readonly rows: number;
  /** Gradient and value of the objective as these stretches of the rows, from the first to before the second, tell them. */
  readonly from: (stretches: readonly (readonly [number, number])[]) => Objective['gradient'];
}

/** A symmetric positive definite matrix. */
export interface Approximation {
  /** Of the rows and columns where the mask is not zero, all without one: its inverse times r, zero elsewhere. Valid until the next. */
  readonly inverse: (mask: Float64Array | undefined) => (r: Float64Array) => Float64Array;
}

/**
 * A quadratic objective by coordinates: x[i] is z[positive[i]], less z[negative[i]] where that is not -1, and
 *
 *     f = ½ xᵀ Q x + cᵀx + Σ weights[i] (z[positive[i]] + z[negative[i]]) + f₀.
 *
 * Both parts of an x[i] are bounded by zero alone, so that at an optimum the last sum is Σ weights[i] |x[i]|.
 */
export interface Coordinates {
  readonly positive: Int32Array;
  readonly negative: Int32Array;
  /** Q on these rows and columns, by rows. Entries once computed are kept. */
  readonly curvature: (some: Int32Array) => Float64Array;
  /** Where Q is scale · B'B + diag(ridge), with positive `scale`, for a B whose columns are at hand; what it takes is made at the call. */
  readonly factored?: () => Factored | undefined;
}

export interface Factored {
  readonly columns: Columns;
  /** How many of these coordinates were not asked for before. */
  readonly missing: (some: Int32Array) => number;
  /** B'B on these coordinates and those asked for before. */
  readonly products: (some: Int32Array) => Products;
  readonly scale: number;
  readonly ridge: Float64Array;
}

export interface Residuals {
  readonly count: number;
  readonly weight: number;
  readonly offset: number;
  value(z: Float64Array, out: Float64Array): void;
  /** [count, dim] */
  jacobian(z: Float64Array): Matrix;
}

/** lower ≤ A z ≤ upper, an equation where both are equal. */
export interface LinearRows {
  /** [rows, dim] */
  readonly matrix: Matrix;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** lower ≤ c(z) ≤ upper, an equation where both are equal. */
export interface NonlinearRows {
  readonly count: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  value(z: Float64Array, out: Float64Array): void;
  /** [count, dim] */
  jacobian(z: Float64Array): Matrix;
  /** Σ y[i] ∇²c[i](z), symmetric: dense in full, or sparse as the lower triangle. */
  hessian?(z: Float64Array, y: Float64Array): Matrix;
  /** Writes Σ y[i] ∇²c[i](z) v. */
  hessianProduct?(z: Float64Array, y: Float64Array, v: Float64Array, out: Float64Array): void;
}

/** The symmetric matrix of z[places[i, j]] must be positive (`sign` 1) or negative (-1) semidefinite. */
export interface Cone {
  readonly order: number;
  /** [order, order] by rows, symmetric; a place belongs to one pair of one cone. */
  readonly places: Int32Array;
  readonly sign: 1 | -1;
}

/**
 * Second-order cones: of the numbers `matrix` z + `offset`, those of cone k go from starts[k] to starts[k + 1], and the first
 * of them must not be less than the length of the vector of the others.
 */
export interface NormRows {
  /** [rows, dim] */
  readonly matrix: Matrix;
  readonly offset: Float64Array;
  readonly starts: Int32Array;
}

/** Number of all rows, the linear ones first. */
export function rowCount(problem: Problem): number {
  return (problem.linear?.matrix.rows ?? 0) + (problem.nonlinear?.count ?? 0);
}
