// Principal functions of a real square matrix.  Higham 2008, "Functions of Matrices" (FM below)
//
// Nothing here diagonalizes, so Jordan blocks are no special case, and every step keeps a block upper
// triangular matrix exactly so: that is what frechet.ts relies on.

import {
  add,
  block,
  dense,
  filled,
  fromBlocks,
  identity,
  matmul,
  norm,
  norm1,
  scale,
  squareDim,
  sub,
} from './dense.ts';
import type { Dense } from './dense.ts';
import { inverse, slogdet, solve } from './lu.ts';
import { squareResidual } from './square-residual.ts';

export type MatrixFunction = (X: Dense) => Dense;

/** e^X by scaling, the [13/13] Padé approximant and repeated squaring.  FM algorithm 10.20; Higham 2005 */
export function expm(X: Dense): Dense {
  const n = squareDim(X);
  if (!Number.isFinite(norm(X))) return filled(X.shape, NaN);
  // e^X = e^μ e^(X - μI) with μ the mean eigenvalue, which lowers the norm.
  let trace = 0;
  for (let i = 0; i < n; i++) trace += X.data[i * n + i]!;
  const mean = n > 0 ? trace / n : 0;
  const centred = sub(X, scale(identity(n), mean));
  const squarings = Math.max(0, Math.ceil(Math.log2(norm1(centred) / 5.371920351148152)));
  let result = padeExp(scale(centred, 2 ** -squarings));
  // e^μ enters before the squarings, so that neither factor overflows alone.
  result = scale(result, Math.exp(mean * 2 ** -squarings));
  for (let step = 0; step < squarings; step++) result = matmul(result, result);
  return result;
}

/** sin X: Taylor series of X / 2^s, then double angles.  FM section 12.4 */
export function sinm(X: Dense): Dense {
  return sinCos(X).sin;
}

/** cos X, likewise. */
export function cosm(X: Dense): Dense {
  return sinCos(X).cos;
}

/**
 * The square root whose eigenvalues have positive real part; NaN when X has an eigenvalue on the closed
 * negative real axis (zero included) and when rounding leaves nothing of the result.
 */
export function sqrtm(X: Dense): Dense {
  let root = denmanBeavers(X);
  // Newton on R² = X.  The correction S solves R S + S R = X - R², so it is the derivative of the square root
  // at R² in that direction: the corner of the root of [[R², X - R²], [0, R²]].
  for (let polish = 0; polish < 3; polish++) {
    const residual = squareResidual(X, root);
    const relative = norm(residual) / norm(X);
    if (!(relative < 1e-4)) return filled(X.shape, NaN);
    if (relative < Number.EPSILON) return root;
    const n = squareDim(X);
    const doubled = denmanBeavers(
      fromBlocks(
        [
          [X, residual],
          [undefined, X],
        ],
        n,
      ),
    );
    const next = add(root, block(doubled, 0, n, n, n));
    if (!(norm(squareResidual(X, next)) < 0.5 * norm(residual))) return root;
    root = next;
  }
  return root;
}

/**
 * The logarithm whose eigenvalues have imaginary part within (-π, π); NaN when X has an eigenvalue on the
 * closed negative real axis.  Square roots until X is near I, then the [12/12] Padé approximant of
 * log(I + Y) as partial fractions on Gauss–Legendre nodes.  FM sections 11.4 and 11.5, equation (11.18)
 */
export function logm(X: Dense): Dense {
  const n = squareDim(X);
  const I = identity(n);
  let root = X;
  let roots = 0;
  // FM table 11.1: degree 12 is good to rounding for |Y| up to 0.58.
  while (!(norm1(sub(root, I)) <= 0.5)) {
    root = sqrtm(root);
    roots++;
    if (roots > 100 || !Number.isFinite(norm(root))) return filled(X.shape, NaN);
  }
  const Y = sub(root, I);
  let sum = dense(X.shape);
  for (const { node, weight } of gaussLegendre(12)) {
    // log(I + Y) = ∫₀¹ Y (I + tY)⁻¹ dt
    sum = add(sum, scale(solve(add(I, scale(Y, node)), Y), weight));
  }
  return scale(sum, 2 ** roots);
}

/** Padé approximant (V - U)⁻¹ (V + U), U odd and V even in X.  FM equation (10.33) */
function padeExp(X: Dense): Dense {
  const n = squareDim(X);
  const coefficients = [1];
  for (let k = 1; k <= 13; k++) coefficients.push((coefficients[k - 1]! * (14 - k)) / (k * (27 - k)));
  const square = matmul(X, X);
  const horner = (first: number): Dense => {
    let sum = dense(X.shape);
    for (let k = 12 + first; k >= 0; k -= 2) sum = add(matmul(sum, square), scale(identity(n), coefficients[k]!));
    return sum;
  };
  const U = matmul(X, horner(1));
  const V = horner(0);
  return solve(sub(V, U), add(V, U));
}

function sinCos(X: Dense): { sin: Dense; cos: Dense } {
  const n = squareDim(X);
  if (!Number.isFinite(norm(X))) return { sin: filled(X.shape, NaN), cos: filled(X.shape, NaN) };
  const doublings = Math.max(0, Math.ceil(Math.log2(norm1(X))));
  const Y = scale(X, 2 ** -doublings);
  const square = matmul(Y, Y);
  // Norm at most 1: 1/22! is below rounding.
  let sin = dense(X.shape);
  let cos = dense(X.shape);
  for (let k = 22; k >= 0; k -= 2) {
    // 1 - Y²/((k+1)(k+2)) (…)
    sin = sub(identity(n), scale(matmul(square, sin), 1 / ((k + 2) * (k + 3))));
    cos = sub(identity(n), scale(matmul(square, cos), 1 / ((k + 1) * (k + 2))));
  }
  sin = matmul(Y, sin);
  for (let step = 0; step < doublings; step++) {
    [sin, cos] = [scale(matmul(sin, cos), 2), sub(matmul(cos, cos), matmul(sin, sin))];
  }
  return { sin, cos };
}

/** Square root by the product form of the scaled Denman–Beavers iteration.  FM equations (6.17) and (6.29) */
function denmanBeavers(X: Dense): Dense {
  const n = squareDim(X);
  const I = identity(n);
  let M = X;
  let root = X;
  let settled = false;
  for (let step = 0; step < 60; step++) {
    const distance = norm(sub(M, I));
    if (settled || n === 0) return root;
    // Convergence is quadratic: from this distance the step taken now is the last that changes anything.
    settled = distance < 1e-9;
    const squared = distance < 1e-2 ? 1 : Math.exp(-slogdet(M).log / n);
    const inverseM = scale(inverse(M), 1 / squared);
    root = scale(matmul(root, add(I, inverseM)), 0.5 * Math.sqrt(squared));
    M = scale(add(scale(I, 2), add(scale(M, squared), inverseM)), 0.25);
    if (!Number.isFinite(norm(M))) break;
  }
  return filled(X.shape, NaN);
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
