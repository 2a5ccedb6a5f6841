// Principal functions of a real square matrix.  Higham 2008, "Functions of Matrices" (FM below)
//
// The same methods as ops/reference/matrix-function.ts, on matrices stored by rows without gaps.

import { invariant } from '../../../base/internal.ts';
import { rowOf, sub, vectorAt } from '../matrix.ts';
import type { Blas } from '../blas.ts';
import type { Matrix, Vector } from '../matrix.ts';
import { invert, isSingular, logDeterminant, lu, luSolve, temporaryMatrix } from './lu.ts';

// Numerators of the [13/13] Padé approximant of e^x.  FM equation (10.33)
const PADE: readonly number[] = pade(13);

function pade(degree: number): number[] {
  const coefficients = [1];
  for (let k = 1; k <= degree; k++)
    coefficients.push((coefficients[k - 1]! * (degree + 1 - k)) / (k * (2 * degree + 1 - k)));
  return coefficients;
}

/** out ← e^X by scaling, Padé and squaring; NaN when X is not finite.  FM algorithm 10.20 */
export function expm(blas: Blas, X: Matrix, out: Matrix): void {
  const n = order(blas, X, out);
  if (n === 0) return;
  if (!isFinite(blas, X)) return blas.fill(NaN, entries(out));
  withMatrices(blas, n, 8, ([Y, Y2, Y4, Y6, U, V, W, P]) => {
    // e^X = e^μ e^(X - μI) with μ the mean eigenvalue, which lowers the norm.
    const mean = trace(blas, X) / n;
    blas.copyMatrix(X, Y!);
    addToDiagonal(blas, -mean, Y!);
    const squarings = Math.max(0, Math.ceil(Math.log2(norm1(blas, Y!) / 5.371920351148152)));
    blas.scal(2 ** -squarings, entries(Y!));
    blas.gemm(1, Y!, Y!, 0, Y2!);
    blas.gemm(1, Y2!, Y2!, 0, Y4!);
    blas.gemm(1, Y4!, Y2!, 0, Y6!);
    /** target ← Y6 (high terms) + low terms, of the coefficients from `first` on in steps of 2. */
    const polynomial = (first: number, target: Matrix): void => {
      const b = (k: number): number => PADE[first + 2 * k]!;
      blas.fill(0, entries(P!));
      for (const [k, power] of [
        [4, Y2!],
        [5, Y4!],
        [6, Y6!],
      ] as const)
        blas.axpy(b(k), entries(power), entries(P!));
      blas.gemm(1, Y6!, P!, 0, target);
      for (const [k, power] of [
        [1, Y2!],
        [2, Y4!],
        [3, Y6!],
      ] as const)
        blas.axpy(b(k), entries(power), entries(target));
      addToDiagonal(blas, b(0), target);
    };
    polynomial(1, W!);
    blas.gemm(1, Y!, W!, 0, U!);
    polynomial(0, V!);
    // (V - U) R = V + U
    blas.copyMatrix(V!, W!);
    blas.axpy(-1, entries(U!), entries(W!));
    blas.copyMatrix(V!, out);
    blas.axpy(1, entries(U!), entries(out));
    luSolve(blas, W!, lu(blas, W!), out);
    // e^μ enters before the squarings, so that neither factor overflows alone.
    blas.scal(Math.exp(mean * 2 ** -squarings), entries(out));
    for (let step = 0; step < squarings; step++) {
      blas.gemm(1, out, out, 0, W!);
      blas.copyMatrix(W!, out);
    }
  });
}

/** The cosine and the sine of X, where each is wanted: e^K = [cos X, sin X; -sin X, cos X] for K = [0, X; -X, 0]. */
export function cosmAndSinm(blas: Blas, X: Matrix, out: { readonly cos?: Matrix; readonly sin?: Matrix }): void {
  const n = X.rows;
  temporaryMatrix(blas, 2 * n, 2 * n, (K) =>
    temporaryMatrix(blas, 2 * n, 2 * n, (E) => {
      blas.fill(0, entries(K));
      blas.copyMatrix(X, sub(K, 0, n, n, n));
      for (let i = 0; i < n; i++) blas.axpy(-1, rowOf(X, i), rowOf(K, n + i, 0, n));
      expm(blas, K, E);
      if (out.cos) blas.copyMatrix(sub(E, 0, 0, n, n), out.cos);
      if (out.sin) blas.copyMatrix(sub(E, 0, n, n, n), out.sin);
    }),
  );
}

/**
 * out ← the square root whose eigenvalues have positive real part; NaN when X has an eigenvalue on the closed
 * negative real axis, zero included, or rounding leaves nothing of the result.
 */
export function sqrtm(blas: Blas, X: Matrix, out: Matrix): void {
  const n = order(blas, X, out);
  if (n === 0) return;
  if (!isFinite(blas, X)) return blas.fill(NaN, entries(out));
  temporaryMatrix(blas, n, n, (residual) => {
    const missing = (): number => {
      blas.copyMatrix(X, residual);
      blas.gemm(-1, out, out, 1, residual);
      return blas.nrm2(entries(residual)) / blas.nrm2(entries(X));
    };
    denmanBeavers(blas, X, out);
    const relative = missing();
    if (!(relative < 1e-4)) return blas.fill(NaN, entries(out));
    if (relative < 1e-15 * Math.sqrt(n)) return undefined;
    // Newton on R² = X: the correction is the corner of the root of [[X, X - R²], [0, X]].
    temporaryMatrix(blas, 2 * n, 2 * n, (doubled) =>
      temporaryMatrix(blas, 2 * n, 2 * n, (root) => {
        blas.fill(0, entries(doubled));
        blas.copyMatrix(X, sub(doubled, 0, 0, n, n));
        blas.copyMatrix(X, sub(doubled, n, n, n, n));
        // Scaled up, so that the iteration sees more than its rounding.
        const scale = 1 / relative;
        blas.scal(scale, entries(residual));
        blas.copyMatrix(residual, sub(doubled, 0, n, n, n));
        denmanBeavers(blas, doubled, root);
        blas.copyMatrix(out, sub(root, n, 0, n, n)); // kept, should the step not help
        for (let i = 0; i < n; i++) {
          const at = root.at + (i * 2 * n + n) * 8;
          blas.axpy(1 / scale, vectorAt(at, n), vectorAt(out.at + i * n * 8, n));
        }
        if (!(missing() < relative)) blas.copyMatrix(sub(root, n, 0, n, n), out);
      }),
    );
    return undefined;
  });
}

/**
 * out ← the logarithm whose eigenvalues have imaginary part within (-π, π); NaN when X has an eigenvalue on the
 * closed negative real axis.  FM sections 11.4 and 11.5, equation (11.18)
 */
export function logm(blas: Blas, X: Matrix, out: Matrix): void {
  const n = order(blas, X, out);
  if (n === 0) return;
  if (!isFinite(blas, X)) return blas.fill(NaN, entries(out));
  withMatrices(blas, n, 3, ([root, work, shifted]) => {
    blas.copyMatrix(X, root!);
    let roots = 0;
    for (;;) {
      blas.copyMatrix(root!, shifted!);
      addToDiagonal(blas, -1, shifted!);
      // FM table 11.1: degree 12 is good to rounding for |Y| up to 0.58.
      if (norm1(blas, shifted!) <= 0.5) break;
      sqrtm(blas, root!, work!);
      blas.copyMatrix(work!, root!);
      roots++;
      if (roots > 100 || !isFinite(blas, root!)) return blas.fill(NaN, entries(out));
    }
    blas.fill(0, entries(out));
    for (const { node, weight } of gaussLegendre(12)) {
      // log(I + Y) = ∫₀¹ Y (I + tY)⁻¹ dt
      blas.copy(node, entries(shifted!), entries(work!));
      addToDiagonal(blas, 1, work!);
      blas.copyMatrix(shifted!, root!);
      luSolve(blas, work!, lu(blas, work!), root!);
      blas.axpy(weight, entries(root!), entries(out));
    }
    blas.scal(2 ** roots, entries(out));
    return undefined;
  });
}

/** out ← square root by the product form of the scaled Denman–Beavers iteration, or NaN.  FM (6.17) and (6.29) */
function denmanBeavers(blas: Blas, X: Matrix, out: Matrix): void {
  const n = X.rows;
  withMatrices(blas, n, 4, ([M, inverse, factors, work]) => {
    blas.copyMatrix(X, M!);
    blas.copyMatrix(X, out);
    let settled = false;
    for (let step = 0; step < 60; step++) {
      blas.copyMatrix(M!, factors!);
      addToDiagonal(blas, -1, factors!);
      const distance = blas.nrm2(entries(factors!));
      if (settled) return undefined;
      if (!Number.isFinite(distance)) break;
      // Convergence is quadratic: from this distance the step taken now is the last that changes anything.
      settled = distance < 1e-9;
      let squared = 1;
      blas.copyMatrix(M!, factors!);
      if (distance >= 1e-2) {
        const pivots = lu(blas, factors!);
        if (isSingular(blas, factors!)) break;
        squared = Math.exp(-logDeterminant(blas, factors!, pivots).log / n);
        setIdentityIn(blas, inverse!);
        luSolve(blas, factors!, pivots, inverse!);
      } else if (!invert(blas, factors!, inverse!)) break;
      // inverse ← (μ² M)⁻¹; out ← ½ μ out (I + inverse); M ← ½ I + ¼ (μ² M + inverse)
      blas.scal(1 / squared, entries(inverse!));
      blas.copyMatrix(out, work!);
      blas.gemm(1, out, inverse!, 1, work!);
      blas.copy(0.5 * Math.sqrt(squared), entries(work!), entries(out));
      blas.scal(0.25 * squared, entries(M!));
      blas.axpy(0.25, entries(inverse!), entries(M!));
      addToDiagonal(blas, 0.5, M!);
    }
    return blas.fill(NaN, entries(out));
  });
}

function setIdentityIn(blas: Blas, A: Matrix): void {
  blas.fill(0, entries(A));
  addToDiagonal(blas, 1, A);
}

function order(blas: Blas, X: Matrix, out: Matrix): number {
  const n = X.rows;
  const gapless = [X, out].every((M) => M.rows === n && M.cols === n && M.colStep === 1 && M.rowStep === n);
  invariant(blas.real === 'f64' && gapless, 'square matrices of doubles stored by rows without gaps');
  return n;
}

function entries(A: Matrix): Vector {
  return vectorAt(A.at, A.rows * A.cols);
}

function isFinite(blas: Blas, A: Matrix): boolean {
  return blas.context.memory.doubles(A.at, A.rows * A.cols).every(Number.isFinite);
}

function withMatrices<T>(blas: Blas, n: number, count: number, use: (matrices: readonly Matrix[]) => T): T {
  return temporaryMatrix(blas, count * n, n, (all) =>
    use(Array.from({ length: count }, (_, i) => sub(all, i * n, 0, n, n))),
  );
}

function addToDiagonal(blas: Blas, value: number, A: Matrix): void {
  const view = blas.context.memory.f64();
  for (let i = 0; i < A.rows; i++) view[A.at / 8 + i * (A.rowStep + 1)]! += value;
}

function trace(blas: Blas, A: Matrix): number {
  return blas.sum({ at: A.at, length: A.rows, step: A.rowStep + 1 });
}

/** Largest absolute column sum. */
function norm1(blas: Blas, A: Matrix): number {
  const sums = new Float64Array(A.cols);
  const view = blas.context.memory.doubles(A.at, A.rows * A.cols);
  for (let i = 0; i < A.rows; i++) for (let j = 0; j < A.cols; j++) sums[j]! += Math.abs(view[i * A.cols + j]!);
  return sums.reduce((most, sum) => (sum <= most ? most : sum), 0);
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
