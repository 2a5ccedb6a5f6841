// Where large products go when there is more than WebAssembly's one thread: a library of the system, several threads.

import type { Matrix, Vector } from './matrix.ts';

/** As the functions of the same names in `Blas`. Each says whether it did the work; what it leaves is done as usual. */
export interface LargeProducts {
  /** C has neighbouring row entries. */
  readonly gemm: (alpha: number, A: Matrix, B: Matrix, beta: number, C: Matrix) => boolean;
  readonly syrkLower: (alpha: number, A: Matrix, B: Matrix, beta: number, C: Matrix) => boolean;
  readonly gemv: (alpha: number, A: Matrix, x: Vector, beta: number, y: Vector) => boolean;
}
