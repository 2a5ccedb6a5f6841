// Is a symmetric matrix positive semidefinite, up to rounding?

import { eachEntry, fromEntries, toSparse } from '../matrix.ts';
import type { DenseMatrix, Matrix } from '../matrix.ts';
import { cholesky } from '../../run/wasm/lapack.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import { rowMajor } from '../../run/wasm/matrix.ts';
import { factorDenseLdl, kernelSize } from './dense-ldl.ts';
import { type Entries, type KernelMatrix, columnsNear, entriesOf, kernelMatrixNear, sampled } from './kernel-matrix.ts';
import { factorLdl, symbolicLdl } from './sparse-ldl.ts';
import { denseSymmetric } from './symmetric.ts';

// From this order on a factorisation takes longer than a look at what the matrix may have been made of.
const manyRows = 400;
const usualShift = 1e-12;

/**
 * True if H + shift · |H| has only positive pivots, where |H| is its largest entry: then no curvature of H is below
 * -shift · |H| times the root of its order. `H` is dense in full or sparse as its lower triangle. Large dense ones are
 * proved, where that is shorter, by what they are made of, and refuted by few of their rows and columns.
 */
export function isSemidefinite(H: Matrix, shift: number = usualShift): boolean {
  const n = H.rows;
  const isLarge = H.kind === 'dense' && n >= manyRows;
  if (isOfKernel(H, shift)) return true;
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
  if (isLarge && !hasPositivePivots(denseSymmetric(H, [...sampled(n)]), added)) return false;
  if (H.kind === 'dense' && n >= kernelSize) return hasFactor(H.data, n, added);
  if (H.kind === 'dense' || n < 60) {
    const full = H.kind === 'dense' ? H.data.slice() : new Float64Array(n * n);
    if (H.kind === 'sparse') {
      eachEntry(H, (i, j, value) => {
        if (j <= i) full[i * n + j]! += value;
      });
    }
    return hasPositivePivots(full, added);
  }
  const triangle: [number, number, number][] = Array.from({ length: n }, (_, i) => [i, i, added]);
  eachEntry(toSparse(H), (i, j, value) => triangle.push([i, j, value]));
  const matrix = fromEntries(n, n, triangle);
  return factorLdl(symbolicLdl(matrix), matrix.values, signs).positive === n;
}

/** Whether a large dense matrix is seen to be semidefinite, in the same sense, by what it is made of. */
export function isOfKernel(H: Matrix, shift: number = usualShift): boolean {
  if (H.kind !== 'dense' || H.rows < manyRows) return false;
  const entries = entriesOf(H);
  const kernel = kernelMatrixNear(entries, roomFor(entries, shift));
  if (kernel) seen.set(H, kernel);
  return kernel !== undefined;
}

// What matrices were seen to be made of: their entries do not change.
const seen = new WeakMap<DenseMatrix, KernelMatrix>();

/** V of few rows with V'V as near to H as `isSemidefinite` asks for, as points by coordinates; undefined where few do not suffice. */
export function columnsOf(H: DenseMatrix): Pick<KernelMatrix, 'dims' | 'points'> | undefined {
  const known = seen.get(H);
  if (known) return known.kernel === 'products' && known.power === 1 ? known : undefined;
  const entries = entriesOf(H);
  return columnsNear(entries, roomFor(entries, usualShift));
}

/** How far below zero eigenvalues may be. */
function roomFor({ diagonal }: Entries, shift: number): number {
  let largest = 0;
  for (let i = 0; i < diagonal.length; i++) if (!(diagonal[i]! <= largest)) largest = diagonal[i]!;
  return shift * largest * Math.sqrt(diagonal.length);
}

/** The same for few rows, which are overwritten: those of a principal submatrix refute the whole. */
function hasPositivePivots(data: Float64Array, added: number): boolean {
  const n = Math.sqrt(data.length);
  for (let i = 0; i < n; i++) data[i * (n + 1)]! += added;
  return factorDenseLdl(data, n, new Int8Array(n)).positive === n;
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
