// Is a symmetric matrix positive semidefinite, up to rounding?

import { eachEntry, fromEntries, toSparse } from '../matrix.ts';
import type { Matrix } from '../matrix.ts';
import { cholesky } from '../../run/wasm/lapack.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import { rowMajor } from '../../run/wasm/matrix.ts';
import { factorDenseLdl, kernelSize } from './dense-ldl.ts';
import { factorLdl, symbolicLdl } from './sparse-ldl.ts';

/**
 * True if H + shift · |H| has only positive pivots, where |H| is its largest entry: then no curvature of H is below
 * -shift · |H|. `H` is dense in full or sparse as its lower triangle.
 */
export function isSemidefinite(H: Matrix, shift = 1e-12): boolean {
  const n = H.rows;
  let largest = 0;
  const values = H.kind === 'dense' ? H.data : H.values;
  for (let at = 0; at < values.length; at++) {
    const size = Math.abs(values[at]!);
    if (!(size <= largest)) largest = size < Infinity ? size : Infinity;
  }
  if (largest === 0) return true;
  if (largest === Infinity) return false;
  const added = shift * largest * Math.sqrt(n);
  const signs = new Int8Array(n);
  if (H.kind === 'dense' && n >= kernelSize) return hasFactor(H.data, n, added);
  if (H.kind === 'dense' || n < 60) {
    const full = H.kind === 'dense' ? H.data.slice() : new Float64Array(n * n);
    if (H.kind === 'sparse') {
      eachEntry(H, (i, j, value) => {
        if (j <= i) full[i * n + j]! += value;
      });
    }
    for (let i = 0; i < n; i++) full[i * n + i]! += added;
    return factorDenseLdl(full, n, signs).positive === n;
  }
  const triangle: [number, number, number][] = Array.from({ length: n }, (_, i) => [i, i, added]);
  eachEntry(toSparse(H), (i, j, value) => triangle.push([i, j, value]));
  const matrix = fromEntries(n, n, triangle);
  return factorLdl(symbolicLdl(matrix), matrix.values, signs).positive === n;
}

/** Whether the matrix with `added` on its diagonal has a Cholesky factor. */
function hasFactor(data: Float64Array, n: number, added: number): boolean {
  const { context, blas } = sharedMachine();
  return context.memory.temporary(n * n * 8, (at) => {
    const copy = context.memory.doubles(at, n * n);
    copy.set(data);
    for (let i = 0; i < n; i++) copy[i * n + i]! += added;
    return cholesky(blas('f64'), rowMajor(at, n, n)) === n;
  });
}
