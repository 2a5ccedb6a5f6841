// Principal functions of a real square matrix, and of jets of matrices.  Higham 2008, "Functions of Matrices" (FM below)
//
// Nothing here diagonalizes, so Jordan blocks are no special case, and only sums, products and inverses are used, so that
// the same steps serve jets: that is what frechet.ts relies on.

import type { Dense } from './dense.ts';
import { type Jet, type JetFunction, combined, factorsOf, filledLike, inverse, jetOf, lastDirection, matmul, norm, norm1, plus, shifted, times, valueOf, withDirection, zeroLike } from './jet.ts';
import { slogdetBy } from './lu.ts';
import { squareResidual } from './square-residual.ts';

export type MatrixFunction = (X: Dense) => Dense;

function ofMatrices(f: JetFunction): MatrixFunction {
  return (X) => valueOf(f(jetOf(X)));
}

/** e^X by scaling, the [13/13] Padé approximant and repeated squaring.  FM algorithm 10.20; Higham 2005 */
export const expm: MatrixFunction = ofMatrices(expmOfJet);

/** sin X: Taylor series of X / 2^s, then double angles.  FM section 12.4 */
export const sinm: MatrixFunction = ofMatrices(sinmOfJet);

/** cos X, likewise. */
export const cosm: MatrixFunction = ofMatrices(cosmOfJet);

/**
 * The square root whose eigenvalues have positive real part; NaN when X has an eigenvalue on the closed
 * negative real axis (zero included) and when rounding leaves nothing of the result.
 */
export const sqrtm: MatrixFunction = ofMatrices(sqrtmOfJet);

/**
 * The logarithm whose eigenvalues have imaginary part within (-π, π); NaN when X has an eigenvalue on the
 * closed negative real axis.  Square roots until X is near I, then the [12/12] Padé approximant of
 * log(I + Y) as partial fractions on Gauss–Legendre nodes.  FM sections 11.4 and 11.5, equation (11.18)
 */
export const logm: MatrixFunction = ofMatrices(logmOfJet);

export function expmOfJet(X: Jet): Jet {
  const { n } = X;
  if (!Number.isFinite(norm(X))) return filledLike(X, NaN);
  // e^X = e^μ e^(X - μI) with μ the mean eigenvalue, which lowers the norm.
  let trace = 0;
  for (let i = 0; i < n; i++) trace += X.parts[i * n + i]!;
  const mean = n > 0 ? trace / n : 0;
  const centred = shifted(X, -mean);
  const squarings = Math.max(0, Math.ceil(Math.log2(norm1(centred) / 5.371920351148152)));
  let result = padeExp(times(centred, 2 ** -squarings));
  // e^μ enters before the squarings, so that neither factor overflows alone.
  result = times(result, Math.exp(mean * 2 ** -squarings));
  for (let step = 0; step < squarings; step++) result = matmul(result, result);
  return result;
}

export function sinmOfJet(X: Jet): Jet {
  return sinCos(X).sin;
}

export function cosmOfJet(X: Jet): Jet {
  return sinCos(X).cos;
}

export function sqrtmOfJet(X: Jet): Jet {
  let root = denmanBeavers(X);
  // Newton on R² = X.  The correction S solves R S + S R = X - R², so it is the derivative of the square root
  // at R² in that direction.
  for (let polish = 0; polish < 3; polish++) {
    const residual = squareResidual(X, root);
    const relative = norm(residual) / norm(X);
    if (!(relative < 1e-4)) return filledLike(X, NaN);
    if (relative < 2 * Number.EPSILON) return root;
    const next = plus(root, lastDirection(denmanBeavers(withDirection(X, residual))));
    if (!(norm(squareResidual(X, next)) < 0.5 * norm(residual))) return root;
    root = next;
  }
  return root;
}

export function logmOfJet(X: Jet): Jet {
  let root = X;
  let roots = 0;
  // FM table 11.1: degree 12 is good to rounding for |Y| up to 0.58.
  while (!(norm1(shifted(root, -1)) <= 0.5)) {
    root = sqrtmOfJet(root);
    roots++;
    if (roots > 100 || !Number.isFinite(norm(root))) return filledLike(X, NaN);
  }
  const Y = shifted(root, -1);
  let sum = zeroLike(X);
  for (const { node, weight } of gaussLegendre(12)) {
    // log(I + Y) = ∫₀¹ Y (I + tY)⁻¹ dt
    sum = plus(sum, matmul(inverse(combined(Y, node, Y, 0, 1)), Y), weight);
  }
  return times(sum, 2 ** roots);
}

/** Padé approximant (V - U)⁻¹ (V + U), U odd and V even in X.  FM equation (10.33) */
function padeExp(X: Jet): Jet {
  const coefficients = [1];
  for (let k = 1; k <= 13; k++) coefficients.push((coefficients[k - 1]! * (14 - k)) / (k * (27 - k)));
  const square = matmul(X, X);
  const horner = (first: number): Jet => {
    let sum = zeroLike(X);
    for (let k = 12 + first; k >= 0; k -= 2) sum = shifted(matmul(sum, square), coefficients[k]!);
    return sum;
  };
  const U = matmul(X, horner(1));
  const V = horner(0);
  return matmul(inverse(plus(V, U, -1)), plus(V, U));
}

function sinCos(X: Jet): { sin: Jet; cos: Jet } {
  if (!Number.isFinite(norm(X))) return { sin: filledLike(X, NaN), cos: filledLike(X, NaN) };
  const doublings = Math.max(0, Math.ceil(Math.log2(norm1(X))));
  const Y = times(X, 2 ** -doublings);
  const square = matmul(Y, Y);
  // Norm at most 1: 1/22! is below rounding.
  let sin = zeroLike(X);
  let cos = zeroLike(X);
  for (let k = 22; k >= 0; k -= 2) {
    // 1 - Y²/((k+1)(k+2)) (…)
    sin = shifted(times(matmul(square, sin), -1 / ((k + 2) * (k + 3))), 1);
    cos = shifted(times(matmul(square, cos), -1 / ((k + 1) * (k + 2))), 1);
  }
  sin = matmul(Y, sin);
  for (let step = 0; step < doublings; step++) {
    [sin, cos] = [times(matmul(sin, cos), 2), plus(matmul(cos, cos), matmul(sin, sin), -1)];
  }
  return { sin, cos };
}

/** Square root by the product form of the scaled Denman–Beavers iteration.  FM equations (6.17) and (6.29) */
function denmanBeavers(X: Jet): Jet {
  const { n } = X;
  let M = X;
  let root = X;
  let settled = false;
  for (let step = 0; step < 60; step++) {
    const distance = norm(M, 1);
    if (settled || n === 0) return root;
    // Convergence is quadratic: from this distance the step taken now is the last that changes anything.
    settled = distance < 1e-9;
    const factors = factorsOf(M);
    const squared = distance < 1e-2 ? 1 : Math.exp(-slogdetBy(factors).log / n);
    const inverseM = inverse(M, factors);
    const half = 0.5 * Math.sqrt(squared);
    root = combined(matmul(root, inverseM), half / squared, root, half);
    M = combined(inverseM, 0.25 / squared, M, 0.25 * squared, 0.5);
    if (!Number.isFinite(norm(M))) break;
  }
  return filledLike(X, NaN);
}

/** Nodes and weights on [0, 1], by Newton from Chebyshev points.  DLMF section 3.5(v) */
function gaussLegendre(m: number): readonly { readonly node: number; readonly weight: number }[] {
  return Array.from({ length: m }, (_, index) => {
    let x = Math.cos((Math.PI * (index + 0.75)) / (m + 0.5));
    let slope = 0;
    for (let step = 0; step < 8; step++) {
      let [before, value] = [1, x];
      for (let k = 2; k <= m; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
      slope = (m * (before - x * value)) / (1 - x * x);
      x -= value / slope;
    }
    return { node: (1 + x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
}
