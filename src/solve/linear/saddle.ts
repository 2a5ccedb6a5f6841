// Systems [H + diag(d), Jᵀ; J, -diag(e)] with an indefinite H, with the inertia that decides whether a step of a
// nonlinear method descends: as many positive eigenvalues as variables, as many negative ones as rows.

import { addProduct, addSymmetricProduct, addTransposedProduct, eachEntry, fromEntries } from '../matrix.ts';
import type { Matrix } from '../matrix.ts';
import { bunchKaufman, solveBunchKaufman } from './bunch-kaufman.ts';
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
  const scale = equilibration(H, d, J, e);
  const { positive, negative, backward } = (size <= denseLimit ? dense : sparse)(H, d, J, e, scale);
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
      for (let i = 0; i < size; i++) work[i]! *= scale[i]!;
      backward(work);
      for (let i = 0; i < size; i++) work[i]! *= scale[i]!;
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
 * Powers of two s with the largest entry of each row of diag(s) K diag(s) near to 1 (Ruiz 2001). The signs of the
 * eigenvalues stay (Sylvester), and barriers of 1e6 beside regularisations of 1e-10 no longer hide them.
 */
function equilibration(H: Matrix, d: Float64Array, J: Matrix, e: Float64Array): Float64Array {
  const n = H.rows;
  const scale = new Float64Array(n + J.rows).fill(1);
  const largest = new Float64Array(n + J.rows);
  const see = (i: number, j: number, value: number): void => {
    const size = Math.abs(value) * scale[i]! * scale[j]!;
    if (size > largest[i]!) largest[i] = size;
    if (size > largest[j]!) largest[j] = size;
  };
  const diagonal = d.slice();
  eachEntry(H, (i, j, value) => {
    if (i === j) diagonal[i]! += value;
  });
  for (let sweep = 0; sweep < 3; sweep++) {
    largest.fill(0);
    diagonal.forEach((value, j) => see(j, j, value));
    e.forEach((value, i) => see(n + i, n + i, value));
    eachEntry(H, (i, j, value) => {
      if (j < i) see(i, j, value);
    });
    eachEntry(J, (i, j, value) => see(n + i, j, value));
    for (let i = 0; i < scale.length; i++) if (largest[i]! > 0) scale[i]! *= 2 ** -Math.round(Math.log2(largest[i]!) / 2);
  }
  return scale;
}

interface Backward {
  readonly positive: number;
  readonly negative: number;
  readonly backward: (x: Float64Array) => void;
}

function dense(H: Matrix, d: Float64Array, J: Matrix, e: Float64Array, scale: Float64Array): Backward {
  const n = H.rows;
  const size = n + J.rows;
  const full = new Float64Array(size * size);
  const add = (i: number, j: number, value: number): void => {
    full[i * size + j]! += scale[i]! * scale[j]! * value;
  };
  eachEntry(H, (i, j, value) => {
    if (j <= i) add(i, j, value);
  });
  eachEntry(J, (i, j, value) => add(n + i, j, value));
  for (let i = 0; i < size; i++) add(i, i, i < n ? d[i]! : -e[i - n]!);
  const factors = bunchKaufman(full, size);
  const { positive, negative } = factors;
  return { positive, negative, backward: (x) => solveBunchKaufman(factors, x) };
}

/** Without pivoting: rows get a small negative diagonal, and a lost pivot spoils the count, so that more is added. */
function sparse(H: Matrix, d: Float64Array, J: Matrix, e: Float64Array, scale: Float64Array): Backward {
  const n = H.rows;
  const size = n + J.rows;
  const triangle: [number, number, number][] = [];
  const add = (i: number, j: number, value: number): void => {
    triangle.push([i, j, scale[i]! * scale[j]! * value]);
  };
  for (let i = 0; i < n; i++) add(i, i, d[i]!);
  for (let i = n; i < size; i++) triangle.push([i, i, -Math.max(1e-9, e[i - n]! * scale[i]! ** 2)]);
  eachEntry(H, (i, j, value) => {
    if (j <= i) add(i, j, value);
  });
  eachEntry(J, (i, j, value) => add(n + i, j, value));
  const matrix = fromEntries(size, size, triangle);
  const factors = factorLdl(symbolicLdl(matrix), matrix.values, new Int8Array(size));
  const { positive, replaced } = factors;
  return { positive, negative: size - positive - replaced, backward: (x) => solveLdl(factors, x) };
}
