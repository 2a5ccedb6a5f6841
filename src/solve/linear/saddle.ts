// Systems [H + diag(d), Jᵀ; J, -diag(e)] with an indefinite H, with the inertia that decides whether a step of a
// nonlinear method descends: as many positive eigenvalues as variables, as many negative ones as rows.

import { addProduct, addSymmetricProduct, addTransposedProduct, denseMatrix, eachEntry } from '../matrix.ts';
import type { Matrix } from '../matrix.ts';
import { bunchKaufman, solveBunchKaufman } from './bunch-kaufman.ts';
import { type Backward, byDiagonal } from './diagonal-saddle.ts';
import { lowerTriangle } from './sparse-kkt.ts';
import { factorLdl, solveLdl, symbolicLdl } from './sparse-ldl.ts';

export interface SaddleFactors {
  readonly positive: number;
  readonly negative: number;
  /** Solves in place, refined against the system with these diagonals. */
  solve(x: Float64Array, y: Float64Array): void;
}

const denseLimit = 400;

export function factorSaddle(H: Matrix, d: Float64Array, J: Matrix, e: Float64Array): SaddleFactors {
  const n = H.rows;
  const m = J.rows;
  const size = n + m;
  const { positive, negative, backward } = size > denseLimit ? sparse(H, d, J, e) : (byDiagonal(H, d, J, e) ?? dense(H, d, J, e));
  const solve = (x: Float64Array, y: Float64Array): void => {
    const [rightX, rightY] = [x.slice(), y.slice()];
    const work = new Float64Array(size);
    const [residualX, residualY] = [x.slice(), y.slice()];
    x.fill(0);
    y.fill(0);
    let error = Infinity;
    for (let turn = 0; turn < 6; turn++) {
      work.set(residualX);
      work.set(residualY, n);
      backward(work);
      for (let j = 0; j < n; j++) x[j]! += work[j]!;
      for (let i = 0; i < m; i++) y[i]! += work[n + i]!;
      residualX.set(rightX);
      residualY.set(rightY);
      addSymmetricProduct(H, x, -1, residualX);
      addTransposedProduct(J, y, -1, residualX);
      addProduct(J, x, -1, residualY);
      let next = 0;
      for (let j = 0; j < n; j++) {
        residualX[j]! -= d[j]! * x[j]!;
        next = Math.max(next, Math.abs(residualX[j]!) / Math.max(1, d[j]!));
      }
      for (let i = 0; i < m; i++) {
        residualY[i]! += e[i]! * y[i]!;
        next = Math.max(next, Math.abs(residualY[i]!) / Math.max(1, e[i]!));
      }
      if (!(next < error)) {
        for (let j = 0; j < n; j++) x[j]! -= work[j]!;
        for (let i = 0; i < m; i++) y[i]! -= work[n + i]!;
        break;
      }
      if (next > 0.3 * error) break;
      error = next;
    }
  };
  return { positive, negative, solve };
}

/**
 * Powers of two s with the largest entry of each row of diag(s) K diag(s) near to 1 (Ruiz 2001), from the lower triangle of K.
 * The signs of the eigenvalues stay (Sylvester), and barriers of 1e6 beside regularisations of 1e-10 no longer hide them.
 */
function equilibration(K: Matrix): Float64Array {
  const size = K.rows;
  const scale = new Float64Array(size).fill(1);
  const largest = new Float64Array(size);
  for (let sweep = 0; sweep < 3; sweep++) {
    largest.fill(0);
    for (let i = 0; i < size; i++) {
      const [from, to] = K.kind === 'dense' ? [i * size, i * size + i + 1] : [K.starts[i]!, K.starts[i + 1]!];
      let most = largest[i]!;
      for (let at = from; at < to; at++) {
        const j = K.kind === 'dense' ? at - from : K.indices[at]!;
        const value = Math.abs(K.kind === 'dense' ? K.data[at]! : K.values[at]!) * scale[i]! * scale[j]!;
        if (value > most) most = value;
        if (value > largest[j]!) largest[j] = value;
      }
      largest[i] = most;
    }
    for (let i = 0; i < size; i++) if (largest[i]! > 0) scale[i]! *= 2 ** -Math.round(Math.log2(largest[i]!) / 2);
  }
  return scale;
}

function scaled(scale: Float64Array, solve: (x: Float64Array) => void): Backward['backward'] {
  return (work) => {
    for (let i = 0; i < work.length; i++) work[i]! *= scale[i]!;
    solve(work);
    for (let i = 0; i < work.length; i++) work[i]! *= scale[i]!;
  };
}

function dense(H: Matrix, d: Float64Array, J: Matrix, e: Float64Array): Backward {
  const n = H.rows;
  const size = n + J.rows;
  const full = new Float64Array(size * size);
  eachEntry(H, (i, j, value) => {
    if (j <= i) full[i * size + j]! += value;
  });
  eachEntry(J, (i, j, value) => {
    full[(n + i) * size + j]! += value;
  });
  for (let i = 0; i < size; i++) full[i * (size + 1)]! += i < n ? d[i]! : -e[i - n]!;
  const scale = equilibration(denseMatrix(size, size, full));
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) full[i * size + j]! *= scale[i]! * scale[j]!;
  const factors = bunchKaufman(full, size);
  const { positive, negative } = factors;
  return { positive, negative, backward: scaled(scale, (x) => solveBunchKaufman(factors, x)) };
}

/** Without pivoting: rows get a small negative diagonal, and a lost pivot spoils the count, so that more is added. */
function sparse(H: Matrix, d: Float64Array, J: Matrix, e: Float64Array): Backward {
  const n = H.rows;
  const size = n + J.rows;
  const matrix = lowerTriangle(H, J);
  const { starts, indices, values } = matrix;
  for (let i = 0; i < size; i++) values[starts[i + 1]! - 1]! += i < n ? d[i]! : -e[i - n]!;
  const scale = equilibration(matrix);
  for (let i = 0; i < size; i++)
    for (let at = starts[i]!; at < starts[i + 1]!; at++) {
      const j = indices[at]!;
      values[at]! *= scale[i]! * scale[j]!;
      if (i === j && i >= n) values[at] = Math.min(-1e-9, values[at]!);
    }
  const factors = factorLdl(symbolicLdl(matrix), values, new Int8Array(size));
  const { positive, replaced } = factors;
  return { positive, negative: size - positive - replaced, backward: scaled(scale, (x) => solveLdl(factors, x)) };
}
