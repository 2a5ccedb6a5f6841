// Extreme eigenvectors of a symmetric matrix that is known by its products alone, by the Lanczos iteration with full
// reorthogonalisation: Golub and Van Loan, Matrix Computations, 4th ed., section 10.3.

import { must } from '../../../../src/base/internal.ts';
import { dense } from '../../../../src/ops/reference/dense.ts';
import { symmetricEigen } from '../../../../src/ops/reference/symmetric-eigen.ts';
import { dot, lengthOf, moved } from './space.ts';

export interface EigenPair {
  readonly value: number;
  /** Of length one; its largest entry is positive. */
  readonly vector: Float64Array;
}

/** Ritz pairs in the Krylov space of `start`, with rising values; the outer ones are close after few steps. */
export function lanczos(product: (v: Float64Array) => Float64Array, start: Float64Array, steps: number): EigenPair[] {
  const basis: Float64Array[] = [];
  const [diagonal, beside]: [number[], number[]] = [[], []];
  let next = start;
  let size = lengthOf(start);
  let largest = 0;
  while (basis.length < Math.min(steps, start.length) && size > 1e-9 * Math.max(largest, 1e-300)) {
    if (basis.length > 0) beside.push(size);
    const v = next.map((value) => value / size);
    basis.push(v);
    const image = product(v);
    diagonal.push(dot(v, image));
    largest = Math.max(largest, lengthOf(image));
    // Twice, since once leaves rounding errors of the size that matters.
    next = image;
    for (let round = 0; round < 2; round++) for (const b of basis) next = moved(next, -dot(b, next), b);
    size = lengthOf(next);
  }
  const k = basis.length;
  if (k === 0) return [];
  const T = new Float64Array(k * k);
  diagonal.forEach((value, i) => (T[i * k + i] = value));
  beside.forEach((value, i) => (T[i * k + i + 1] = T[(i + 1) * k + i] = value));
  const { values, vectors } = symmetricEigen(dense([k, k], T));
  return Array.from({ length: k }, (_, j) => {
    const vector = basis.reduce((sum, b, i) => moved(sum, vectors.data[i * k + j]!, b), new Float64Array(start.length));
    return { value: must(values.data[j]), vector: signed(vector) };
  });
}

function signed(vector: Float64Array): Float64Array {
  const most = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return most < 0 ? vector.map((value) => -value) : vector;
}
