// The update of what remains of a large dense factorisation, by the WASM kernels: one block of columns at a time.

import { sharedMachine } from '../../run/wasm/machine.ts';
import { rowMajor, sub } from '../../run/wasm/matrix.ts';

export interface DenseKernel {
  /** A view of the [n, n] matrix in linear memory; stale after `update`. */
  readonly matrix: () => Float64Array;
  /** A view of the [n, width] panel; stale after `update`. */
  readonly panel: () => Float64Array;
  /** Lower triangle of A[end…, end…] -= panel[end…] · A[end…, start … end - 1]ᵀ */
  readonly update: (start: number, end: number) => void;
}

/** For matrices [n, n] with panels of `width` columns by rows. */
export function denseKernel(n: number, width: number): DenseKernel {
  const machine = sharedMachine();
  const blas = machine.blas('f64');
  const { memory } = machine.context;
  const matrixAt = memory.allocate(n * (n + width) * 8);
  const panelAt = matrixAt + n * n * 8;
  const A = rowMajor(matrixAt, n, n);
  const panel = rowMajor(panelAt, n, width);
  const kernel: DenseKernel = {
    matrix: () => memory.doubles(matrixAt, n * n),
    panel: () => memory.doubles(panelAt, n * width),
    update: (start, end) => {
      const rest = n - end;
      if (rest === 0) return;
      const left = sub(panel, end, 0, rest, end - start);
      blas.syrkLower(-1, left, sub(A, end, start, rest, end - start), 1, sub(A, end, end, rest, rest));
    },
  };
  machine.releaseWith(kernel, matrixAt);
  return kernel;
}
