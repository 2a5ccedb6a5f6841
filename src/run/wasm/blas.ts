// Linear algebra on matrices and vectors in linear memory, over the emitted kernels.

import { lookAtTime } from '../../base/deadline.ts';
import { once } from '../../base/once.ts';
import { invariant, must } from '../../base/internal.ts';
import { link } from './context.ts';
import type { WasmContext } from './context.ts';
import { TILE_ROWS, WHOLE, emitGemm, tileCols } from './gemm.ts';
import { emitGemv } from './gemv.ts';
import { lanesOf } from './lanes.ts';
import type { Real } from './lanes.ts';
import type { LargeProducts } from './large.ts';
import { emitLevel1 } from './level1.ts';
import { colOf, rowMajor, rowOf, sub, transposed, vectorAt } from './matrix.ts';
import type { Csr, Matrix, Vector } from './matrix.ts';
import { emitPanels } from './panels.ts';
import { emitSparse } from './sparse.ts';
import { emitSymv } from './symv.ts';
import { FEW_ENTRIES, FEW_PRODUCTS, blockOnThreads, columnsOnThreads, isShort, partsOf, partsOnThreads, rowsOnThreads, sharedFunction } from './threaded.ts';
import { emitTriangular } from './triangular.ts';

export type Triangle = 'lower' | 'upper';

export interface Blas {
  readonly context: WasmContext;
  readonly real: Real;
  /** Bytes of one element. */
  readonly bytes: number;

  readonly dot: (x: Vector, y: Vector) => number;
  readonly sum: (x: Vector) => number;
  /** Σ |x_i| */
  readonly asum: (x: Vector) => number;
  /** max |x_i|, NaN passed over. */
  readonly amax: (x: Vector) => number;
  /** Euclidean norm without overflow or underflow on the way. */
  readonly nrm2: (x: Vector) => number;
  /** Index of the first entry of largest magnitude. */
  readonly iamax: (x: Vector) => number;
  /** y += a x */
  readonly axpy: (a: number, x: Vector, y: Vector) => void;
  readonly scal: (a: number, x: Vector) => void;
  readonly fill: (a: number, x: Vector) => void;
  readonly swap: (x: Vector, y: Vector) => void;
  /** y ← a x */
  readonly copy: (a: number, x: Vector, y: Vector) => void;
  /** (x, y) ← (c x + s y, c y - s x) */
  readonly rot: (x: Vector, y: Vector, c: number, s: number) => void;

  /** y ← beta y + alpha A x.  With beta 0 the old y is not read. */
  readonly gemv: (alpha: number, A: Matrix, x: Vector, beta: number, y: Vector) => void;
  /** y ← alpha A x for a symmetric A whose rows have neighbouring entries; those above the diagonal are not read. */
  readonly symv: (alpha: number, A: Matrix, x: Vector, y: Vector) => void;
  /** A += alpha x yᵀ */
  readonly ger: (alpha: number, x: Vector, y: Vector, A: Matrix) => void;
  /** C ← beta C + alpha A B */
  readonly gemm: (alpha: number, A: Matrix, B: Matrix, beta: number, C: Matrix) => void;
  /** Lower triangle of C ← beta C + alpha A Bᵀ, where A Bᵀ is symmetric.  Entries above may be overwritten. */
  readonly syrkLower: (alpha: number, A: Matrix, B: Matrix, beta: number, C: Matrix) => void;
  /** C ← alpha A Aᵀ, both triangles. */
  readonly syrk: (alpha: number, A: Matrix, C: Matrix) => void;
  /** B ← T⁻¹ B; only the triangle of T is read, and not its diagonal when `unit`. */
  readonly trsm: (triangle: Triangle, T: Matrix, B: Matrix, options?: { readonly unit?: boolean }) => void;
  readonly copyMatrix: (A: Matrix, B: Matrix) => void;
  /** Upper triangle ← lower triangle. */
  readonly mirrorLower: (A: Matrix) => void;

  /** Lower Cholesky factor of a small matrix in place, by rows; the first unusable pivot, else the order. */
  readonly choleskyPanel: (A: Matrix) => number;
  /** LU of a narrow matrix with neighbouring row entries; pivots (i32) at an address. */
  readonly luPanel: (A: Matrix, pivots: number) => void;
  /** Exchange row i with row pivots[i] for i = 0 … count - 1. */
  readonly swapRows: (A: Matrix, pivots: number, count: number) => void;

  /** Rotations of rows (0, 1), (1, 2), …, each (x, y) ← (c x + s y, c y - s x); pairs c, s at an address. */
  readonly sweepRows: (A: Matrix, angles: number) => void;

  /** y ← beta y + alpha S x */
  readonly csrGemv: (alpha: number, S: Csr, x: Vector, beta: number, y: Vector) => void;
  /** y ← beta y + alpha Sᵀ x */
  readonly csrGemvT: (alpha: number, S: Csr, x: Vector, beta: number, y: Vector) => void;
  /** C ← beta C + alpha S B */
  readonly csrGemm: (alpha: number, S: Csr, B: Matrix, beta: number, C: Matrix) => void;
  /** C ← beta C + alpha Sᵀ B */
  readonly csrGemmT: (alpha: number, S: Csr, B: Matrix, beta: number, C: Matrix) => void;
  /** C ← Sᵀ N, where N has the pattern of S and its entries at an address; rows of C of neighbouring elements. */
  readonly csrGram: (S: Csr, other: number, C: Matrix) => void;
}

// Blocks of the product: a panel of B stays in the first cache, a block of A in the second.
const BLOCK_ROWS = 96;
const BLOCK_DEPTH = 256;
const BLOCK_COLS = 1536;
/** Orders up to which a triangular solve does not split. */
const BLOCK_TRIANGLE = 24;
/** Elements a call: a long call would stay in V8's baseline code, as loops are not replaced while they run. */
const CHUNK = 1 << 14;
/** Rows of a sparse matrix a call, likewise. */
const ROWS = 1 << 9;
/** Elements summed straight, between which sums are paired. */
const PAIRWISE = 1 << 10;

type VectorKernel =
  | 'dot'
  | 'sum'
  | 'asum'
  | 'amax'
  | 'iamax'
  | 'axpy'
  | 'scal'
  | 'fill'
  | 'swap'
  | 'rot'
  | 'copyStrided'
  | 'transpose';
type MatrixVectorKernel = 'gemv' | 'gemvT';
type ProductKernel = 'packA' | 'packB' | 'macro' | 'small';
type FactorKernel = 'forward' | 'backward' | 'ger' | 'choleskyPanel' | 'luPanel' | 'swapRows' | 'sweepRows';
type SparseKernel = 'csrGemv' | 'csrGemvT' | 'csrGemm' | 'csrGemmT' | 'csrGram';

/** Numbers that JavaScript sets as fast. */
const FEW = 64;

/** `large` is asked first for every product of two matrices and of a matrix and a vector. */
export function createBlas(context: WasmContext, real: Real = 'f64', large?: LargeProducts): Blas {
  const lanes = lanesOf(real, context.features);
  const { bytes } = lanes;
  const { memory, crew } = context;
  // Each group is compiled when first used.
  const vectors = once(() => link<VectorKernel>(context, (module) => emitLevel1(module, lanes)));
  const timesVector = once(() => link<MatrixVectorKernel>(context, (module) => emitGemv(module, lanes)));
  const symmetric = once(() => link<'symv'>(context, (module) => emitSymv(module, lanes)));
  const products = once(() => link<ProductKernel>(context, (module) => emitGemm(module, lanes)));
  const factors = once(() =>
    link<FactorKernel>(context, (module) => {
      emitTriangular(module, lanes);
      emitPanels(module, lanes);
    }),
  );
  const sparse = once(() => link<SparseKernel>(context, (module) => emitSparse(module, lanes)));
  const width = tileCols(lanes);

  /** The vector itself when its elements are neighbours, else a copy for the time of the call. */
  const packed = <T>(x: Vector, use: (at: number) => T): T => {
    if (x.step === 1) return use(x.at);
    return memory.temporary(x.length * bytes, (at) => {
      vectors().copyStrided(x.length, 1, x.at, x.step * bytes, at, bytes);
      return use(at);
    });
  };
  /** Likewise for a vector to be written, copied back at the end. */
  const packedTarget = (y: Vector, use: (at: number) => void): void =>
    packed(y, (at) => {
      use(at);
      if (at !== y.at) vectors().copyStrided(y.length, 1, at, bytes, y.at, y.step * bytes);
    });
  const chunked = (length: number, use: (from: number, count: number) => void): void => {
    for (let from = 0; from < length; from += CHUNK) use(from * bytes, Math.min(CHUNK, length - from));
  };
  /** Pairwise sum of a kernel over chunks: error grows with the logarithm of the length. */
  const pairwise = (length: number, use: (from: number, count: number) => number): number => {
    const waiting: number[] = [];
    for (let from = 0, turn = 1; from < length; from += PAIRWISE, turn++) {
      let total = use(from * bytes, Math.min(PAIRWISE, length - from));
      for (let bit = turn; bit % 2 === 0; bit /= 2) total += waiting.pop()!;
      waiting.push(total);
    }
    return waiting.reduceRight((sum, one) => sum + one, 0);
  };
  const reduce = (kernel: 'sum' | 'asum') => (x: Vector) =>
    packed(x, (at) => pairwise(x.length, (from, count) => vectors()[kernel](count, at + from, 0)));

  const sameLength = (x: Vector, y: Vector): void =>
    invariant(x.length === y.length, `vectors of length ${x.length} and ${y.length}`);

  const dot = (x: Vector, y: Vector): number => {
    sameLength(x, y);
    return packed(x, (a) =>
      packed(y, (b) => pairwise(x.length, (from, count) => vectors().dot(count, a + from, b + from))),
    );
  };
  const amax = (x: Vector): number =>
    packed(x, (at) => {
      let most = 0;
      chunked(x.length, (from, count) => {
        most = Math.max(most, vectors().amax(count, at + from, 0));
      });
      return most;
    });
  const nrm2 = (x: Vector): number => {
    const squares = dot(x, x);
    const [least, most] = real === 'f64' ? [1e-280, 1e300] : [1e-28, 1e37];
    if ((squares > least && squares < most) || Number.isNaN(squares)) return Math.sqrt(squares);
    const scale = amax(x);
    if (scale === 0 || scale === Infinity) return scale;
    return memory.temporary(x.length * bytes, (at) => {
      // By a power of two, in two steps since 1 / scale may overflow.
      const exponent = -Math.floor(Math.log2(scale));
      const half = Math.trunc(exponent / 2);
      const copy = vectorAt(at, x.length);
      vectors().copyStrided(x.length, 2 ** half, x.at, x.step * bytes, at, bytes);
      vectors().scal(x.length, 2 ** (exponent - half), at);
      return Math.sqrt(dot(copy, copy)) * 2 ** -half * 2 ** (half - exponent);
    });
  };
  const axpy = (a: number, x: Vector, y: Vector): void => {
    sameLength(x, y);
    packed(x, (from) =>
      packedTarget(y, (to) =>
        chunked(x.length, (offset, count) => vectors().axpy(count, a, from + offset, to + offset)),
      ),
    );
  };
  const scal = (a: number, x: Vector): void => {
    if (x.step === 1) chunked(x.length, (offset, count) => vectors().scal(count, a, x.at + offset));
    else vectors().copyStrided(x.length, a, x.at, x.step * bytes, x.at, x.step * bytes);
  };
  const fill = (a: number, x: Vector): void => {
    // Kernels are made when they are needed: few numbers do not need them.
    if (x.length <= FEW) {
      const view = real === 'f64' ? memory.f64() : memory.f32();
      for (let i = 0, at = x.at / bytes; i < x.length; i++, at += x.step) view[at] = a;
    } else if (x.step === 1) chunked(x.length, (offset, count) => vectors().fill(count, a, x.at + offset));
    else packedTarget(x, (at) => vectors().fill(x.length, a, at));
  };

  /** beta y, where 0 y is 0 whatever y holds. */
  const scaleBy = (beta: number, y: Vector): void => {
    if (beta === 0) fill(0, y);
    else if (beta !== 1) scal(beta, y);
  };
  const scaleMatrix = (beta: number, C: Matrix): void => {
    if (beta === 1) return;
    const [rows, cols, row] = C.colStep === 1 ? [C.rows, C.cols, rowOf] : [C.cols, C.rows, colOf];
    if (Math.max(C.rowStep, C.colStep) === cols && Math.min(C.rowStep, C.colStep) === 1)
      scaleBy(beta, vectorAt(C.at, rows * cols));
    else for (let i = 0; i < rows; i++) scaleBy(beta, row(C, i, 0, cols, bytes));
  };

  const gemv = (alpha: number, A: Matrix, x: Vector, beta: number, y: Vector): void => {
    invariant(
      A.cols === x.length && A.rows === y.length,
      `matrix [${A.rows}, ${A.cols}] times vector [${x.length}] into [${y.length}]`,
    );
    if (large?.gemv(alpha, A, x, beta, y) === true) return;
    scaleBy(beta, y);
    if (alpha === 0 || A.cols === 0 || A.rows === 0) return;
    // The step of a single row or column is of no account.
    const byRows = A.colStep === 1 || A.cols === 1;
    if (!byRows && A.rowStep !== 1 && A.rows !== 1) {
      memory.temporary(A.rows * A.cols * bytes, (at) => {
        const copy = rowMajor(at, A.rows, A.cols);
        copyMatrix(A, copy);
        gemv(alpha, copy, x, 1, y);
      });
      return;
    }
    packed(x, (from) =>
      packedTarget(y, (to) => {
        if (crew && A.rows * A.cols >= crew.atLeast(FEW_ENTRIES)) gemvOnThreads(alpha, A, byRows, from, to);
        else if (byRows) timesVector().gemv(A.rows, A.cols, alpha, A.at, A.rowStep * bytes, from, to);
        else timesVector().gemvT(A.cols, A.rows, alpha, A.at, A.colStep * bytes, from, to);
      }),
    );
  };

  const symv: Blas['symv'] = (alpha, A, x, y) => {
    invariant(A.rows === A.cols && A.colStep === 1 && A.cols === x.length && A.rows === y.length, `symmetric matrix [${A.rows}, ${A.cols}] times vector [${x.length}] into [${y.length}]`);
    if (crew) return gemv(alpha, A, x, 0, y);
    if (large?.gemv(alpha, A, x, 0, y) === true) return undefined;
    fill(0, y);
    packed(x, (from) => packedTarget(y, (to) => symmetric().symv(A.rows, alpha, A.at, A.rowStep * bytes, from, to)));
    return undefined;
  };

  const gemvOnThreads = (alpha: number, A: Matrix, byRows: boolean, x: number, y: number): void => {
    const team = must(crew);
    const run = sharedFunction(team, byRows ? timesVector().gemv : timesVector().gemvT);
    if (byRows) rowsOnThreads(team, run, bytes, alpha, A, x, y);
    else if (!isShort(A)) columnsOnThreads(team, run, bytes, alpha, A, x, y);
    else {
      const parts = partsOf(A);
      memory.temporary(parts * A.rows * bytes, (at) => {
        fill(0, vectorAt(at, parts * A.rows));
        partsOnThreads(team, run, bytes, alpha, A, x, at);
        for (let p = 0; p < parts; p++) axpy(1, vectorAt(at + p * A.rows * bytes, A.rows), vectorAt(y, A.rows));
      });
    }
  };

  /** C += alpha A B, or its tiles on and below the diagonal; rows of C neighbouring. */
  const product = (alpha: number, A: Matrix, B: Matrix, C: Matrix, lowerOnly: boolean): void => {
    const [rows, cols, depth] = [A.rows, B.cols, A.cols];
    const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;
    const mostDepth = Math.min(depth, BLOCK_DEPTH);
    const sizeA = roundUp(Math.min(rows, BLOCK_ROWS), TILE_ROWS) * mostDepth * bytes;
    const sizeB = roundUp(Math.min(cols, BLOCK_COLS), width) * mostDepth * bytes;
    const edge = TILE_ROWS * width * bytes;
    memory.temporary(roundUp(sizeA, 64) + roundUp(sizeB, 64) + edge, (a) => {
      const b = a + roundUp(sizeA, 64);
      const scratch = b + roundUp(sizeB, 64);
      for (let j = 0; j < cols; j += BLOCK_COLS) {
        const wide = Math.min(BLOCK_COLS, cols - j);
        for (let k = 0; k < depth; k += BLOCK_DEPTH) {
          const deep = Math.min(BLOCK_DEPTH, depth - k);
          lookAtTime();
          if (crew && rows * wide * deep >= crew.atLeast(FEW_PRODUCTS)) {
            const site = { crew, kernels: products(), bytes, width, mostRows: BLOCK_ROWS, whole: WHOLE };
            blockOnThreads(site, alpha, A, B, C, lowerOnly, b, { j, k, wide, deep });
            continue;
          }
          const fromB = B.at + (k * B.rowStep + j * B.colStep) * bytes;
          products().packB(wide, deep, 1, fromB, B.colStep * bytes, B.rowStep * bytes, b);
          const first = lowerOnly ? Math.floor(j / BLOCK_ROWS) * BLOCK_ROWS : 0;
          for (let i = first; i < rows; i += BLOCK_ROWS) {
            const high = Math.min(BLOCK_ROWS, rows - i);
            const fromA = A.at + (i * A.rowStep + k * A.colStep) * bytes;
            const below = lowerOnly ? i - j : WHOLE;
            const used = lowerOnly ? Math.min(wide, below + high) : wide;
            if (used <= 0) continue;
            lookAtTime();
            products().packA(high, deep, alpha, fromA, A.rowStep * bytes, A.colStep * bytes, a);
            const to = C.at + (i * C.rowStep + j) * bytes;
            products().macro(high, used, deep, a, b, to, C.rowStep * bytes, scratch, below);
          }
        }
      }
    });
  };

  const gemm = (alpha: number, A: Matrix, B: Matrix, beta: number, C: Matrix): void => {
    invariant(
      A.cols === B.rows && A.rows === C.rows && B.cols === C.cols,
      `[${A.rows}, ${A.cols}] times [${B.rows}, ${B.cols}] into [${C.rows}, ${C.cols}]`,
    );
    if (C.colStep !== 1 && C.rowStep === 1) return gemm(alpha, transposed(B), transposed(A), beta, transposed(C));
    if (C.colStep !== 1 && C.cols > 1) {
      memory.temporary(C.rows * C.cols * bytes, (at) => {
        const copy = rowMajor(at, C.rows, C.cols);
        if (beta !== 0) copyMatrix(C, copy);
        gemm(alpha, A, B, beta, copy);
        copyMatrix(copy, C);
      });
      return undefined;
    }
    if (C.cols === 1) return gemv(alpha, A, colOf(B, 0, 0, B.rows, bytes), beta, colOf(C, 0, 0, C.rows, bytes));
    if (C.rows === 1)
      return gemv(alpha, transposed(B), rowOf(A, 0, 0, A.cols, bytes), beta, rowOf(C, 0, 0, C.cols, bytes));
    if (large?.gemm(alpha, A, B, beta, C) === true) return undefined;
    scaleMatrix(beta, C);
    if (alpha === 0 || C.rows === 0 || C.cols === 0 || A.cols === 0) return undefined;
    if (C.rows * C.cols * A.cols <= 343) {
      const steps = [A, B, C].flatMap((M) => [M.at, M.rowStep * bytes, M.colStep * bytes]);
      products().small(alpha, C.rows, C.cols, A.cols, ...steps);
    } else product(alpha, A, B, C, false);
    return undefined;
  };

  const syrkLower = (alpha: number, A: Matrix, B: Matrix, beta: number, C: Matrix): void => {
    invariant(
      A.cols === B.cols && A.rows === C.rows && B.rows === C.cols && C.rows === C.cols && C.colStep === 1,
      `symmetric product of [${A.rows}, ${A.cols}] and [${B.rows}, ${B.cols}]`,
    );
    if (large?.syrkLower(alpha, A, B, beta, C) === true) return;
    scaleMatrix(beta, C);
    if (C.rows > 0 && A.cols > 0) product(alpha, A, transposed(B), C, true);
  };

  const copyMatrix = (A: Matrix, B: Matrix): void => {
    invariant(A.rows === B.rows && A.cols === B.cols, `copy of [${A.rows}, ${A.cols}] to [${B.rows}, ${B.cols}]`);
    if (A.colStep === 1 && B.colStep === 1) {
      const all = memory.bytes();
      const dense = A.rowStep === A.cols && B.rowStep === B.cols;
      const [turns, length] = dense ? [1, A.rows * A.cols * bytes] : [A.rows, A.cols * bytes];
      for (let i = 0; i < turns; i++) {
        const from = A.at + i * A.rowStep * bytes;
        all.copyWithin(B.at + i * B.rowStep * bytes, from, from + length);
      }
    } else if (A.rowStep === 1 && B.rowStep === 1) copyMatrix(transposed(A), transposed(B));
    else if (A.colStep === 1 && B.rowStep === 1)
      vectors().transpose(A.rows, A.cols, A.at, A.rowStep * bytes, B.at, B.colStep * bytes);
    else if (A.rowStep === 1 && B.colStep === 1) copyMatrix(transposed(A), transposed(B));
    else
      for (let i = 0; i < A.rows; i++) {
        const [from, to] = [rowOf(A, i, 0, A.cols, bytes), rowOf(B, i, 0, A.cols, bytes)];
        vectors().copyStrided(A.cols, 1, from.at, from.step * bytes, to.at, to.step * bytes);
      }
  };

  const mirrorLower = (A: Matrix): void => {
    const n = A.rows;
    // Rows of the lower triangle into columns of the upper one, a block of rows at a time.
    for (let i = 0; i < n; i += 32) {
      const high = Math.min(32, n - i);
      if (i > 0) copyMatrix(sub(A, i, 0, high, i, bytes), transposed(sub(A, 0, i, i, high, bytes)));
      for (let r = i + 1; r < i + high; r++) {
        const [from, to] = [rowOf(A, r, i, r - i, bytes), colOf(A, r, i, r - i, bytes)];
        vectors().copyStrided(r - i, 1, from.at, from.step * bytes, to.at, to.step * bytes);
      }
    }
  };

  const trsm: Blas['trsm'] = (triangle, T, B, options = {}) => {
    invariant(T.rows === T.cols && T.rows === B.rows, `triangle [${T.rows}, ${T.cols}] under [${B.rows}, ${B.cols}]`);
    const n = T.rows;
    if (n === 0 || B.cols === 0) return;
    if (n > BLOCK_TRIANGLE) {
      const half = Math.ceil(n / 2 / 8) * 8;
      const [B1, B2] = [sub(B, 0, 0, half, B.cols, bytes), sub(B, half, 0, n - half, B.cols, bytes)];
      const [T11, T22] = [sub(T, 0, 0, half, half, bytes), sub(T, half, half, n - half, n - half, bytes)];
      if (triangle === 'lower') {
        trsm(triangle, T11, B1, options);
        gemm(-1, sub(T, half, 0, n - half, half, bytes), B1, 1, B2);
        trsm(triangle, T22, B2, options);
      } else {
        trsm(triangle, T22, B2, options);
        gemm(-1, sub(T, 0, half, half, n - half, bytes), B2, 1, B1);
        trsm(triangle, T11, B1, options);
      }
    } else if (B.colStep === 1) {
      const kernel = triangle === 'lower' ? factors().forward : factors().backward;
      const unit = options.unit === true ? 1 : 0;
      kernel(n, B.cols, T.at, T.rowStep * bytes, T.colStep * bytes, unit, B.at, B.rowStep * bytes);
    } else {
      memory.temporary(n * B.cols * bytes, (at) => {
        const copy = rowMajor(at, n, B.cols);
        copyMatrix(B, copy);
        trsm(triangle, T, copy, options);
        copyMatrix(copy, B);
      });
    }
  };

  const csrVector =
    (kernel: 'csrGemv' | 'csrGemvT'): Blas['csrGemv'] =>
    (alpha, S, x, beta, y) => {
      const [into, from] = kernel === 'csrGemv' ? [S.rows, S.cols] : [S.cols, S.rows];
      invariant(
        x.length === from && y.length === into,
        `sparse [${into}, ${from}] times [${x.length}] into [${y.length}]`,
      );
      scaleBy(beta, y);
      packed(x, (a) =>
        packedTarget(y, (b) => void sparse()[kernel](S.rows, S.starts, S.indices, S.values, alpha, a, b)),
      );
    };
  const csrMatrix =
    (kernel: 'csrGemm' | 'csrGemmT'): Blas['csrGemm'] =>
    (alpha, S, B, beta, C) => {
      const [into, from] = kernel === 'csrGemm' ? [S.rows, S.cols] : [S.cols, S.rows];
      invariant(
        B.rows === from && C.rows === into && B.cols === C.cols && B.colStep === 1 && C.colStep === 1,
        `sparse [${into}, ${from}] times [${B.rows}, ${B.cols}] into [${C.rows}, ${C.cols}]`,
      );
      scaleMatrix(beta, C);
      const steps = [B.at, B.rowStep * bytes, C.at, C.rowStep * bytes];
      sparse()[kernel](S.rows, S.starts, S.indices, S.values, B.cols, alpha, ...steps);
    };

  return {
    context,
    real,
    bytes,
    dot,
    sum: reduce('sum'),
    asum: reduce('asum'),
    amax,
    nrm2,
    iamax: (x) => vectors().iamax(x.length, x.at, x.step * bytes),
    axpy,
    scal,
    fill,
    swap: (x, y) => {
      sameLength(x, y);
      packedTarget(x, (a) => packedTarget(y, (b) => void vectors().swap(x.length, a, b)));
    },
    copy: (a, x, y) => {
      sameLength(x, y);
      vectors().copyStrided(x.length, a, x.at, x.step * bytes, y.at, y.step * bytes);
    },
    rot: (x, y, c, s) => {
      sameLength(x, y);
      packedTarget(x, (a) => packedTarget(y, (b) => void vectors().rot(x.length, a, b, c, s)));
    },
    gemv,
    symv,
    ger: (alpha, x, y, A) => {
      invariant(
        A.rows === x.length && A.cols === y.length,
        `[${x.length}] by [${y.length}] onto [${A.rows}, ${A.cols}]`,
      );
      if (A.colStep !== 1) {
        invariant(A.rowStep === 1, 'a rank-one update needs neighbouring rows or columns');
        packed(x, (a) => packed(y, (b) => void factors().ger(A.cols, A.rows, alpha, b, a, A.at, A.colStep * bytes)));
      } else
        packed(x, (a) => packed(y, (b) => void factors().ger(A.rows, A.cols, alpha, a, b, A.at, A.rowStep * bytes)));
    },
    choleskyPanel: (A) => factors().choleskyPanel(A.rows, A.at, A.rowStep * bytes),
    luPanel: (A, pivots) => void factors().luPanel(A.rows, A.cols, A.at, A.rowStep * bytes, pivots),
    sweepRows: (A, angles) => void factors().sweepRows(A.rows - 1, A.cols, A.at, A.rowStep * bytes, angles),
    swapRows: (A, pivots, count) => void factors().swapRows(count, A.cols, A.at, A.rowStep * bytes, pivots),
    gemm,
    syrkLower,
    syrk: (alpha, A, C) => {
      syrkLower(alpha, A, A, 0, C);
      mirrorLower(C);
    },
    trsm,
    copyMatrix,
    mirrorLower,
    csrGemv: csrVector('csrGemv'),
    csrGram: (S, other, C) => {
      invariant(C.rows === S.cols && C.cols === S.cols && C.colStep === 1, `sparse [${S.rows}, ${S.cols}] by its pattern into [${C.rows}, ${C.cols}]`);
      scaleMatrix(0, C);
      for (let from = 0; from < S.rows; from += ROWS) {
        sparse().csrGram(Math.min(ROWS, S.rows - from), S.starts + 4 * from, S.indices, S.values, other, C.at, C.rowStep * bytes);
      }
    },
    csrGemvT: csrVector('csrGemvT'),
    csrGemm: csrMatrix('csrGemm'),
    csrGemmT: csrMatrix('csrGemmT'),
  };
}
