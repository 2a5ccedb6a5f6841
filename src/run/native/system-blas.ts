// Large products by a BLAS library of the system: views of the linear memory are given to CBLAS as they lie.
// Blackford et al. 2002, "An updated set of Basic Linear Algebra Subprograms"

import type { LibraryHandle } from 'koffi';
import { RicciError } from '../../base/diagnostic.ts';
import type { WasmContext } from '../wasm/context.ts';
import type { Real } from '../wasm/lanes.ts';
import type { LargeProducts } from '../wasm/large.ts';
import { type Matrix, type Vector, sub, transposed } from '../wasm/matrix.ts';

export interface SystemBlasOptions {
  /** The file of a library with the CBLAS interface and whole numbers of 4 bytes; otherwise the usual names are tried. */
  readonly library?: string;
  /** For libraries that let it be set: OpenBLAS. One unless told. */
  readonly threads?: number;
}

/** For `newMachine({ blas })`. */
export interface SystemBlas {
  /** Under which name it was found. */
  readonly library: string;
  readonly on: (context: WasmContext, real: Real) => LargeProducts;
}

type Native = (...args: readonly (number | Float64Array | Float32Array)[]) => void;
type Load = (name: string) => LibraryHandle;

const usualNames: readonly string[] = [
  'libopenblas.so.0',
  'libblas.so.3',
  '/System/Library/Frameworks/Accelerate.framework/Accelerate',
  'libopenblas.dylib',
  'libopenblas.dll',
];

// CBLAS_LAYOUT, CBLAS_TRANSPOSE and CBLAS_UPLO.
const ROWS = 101;
const PLAIN = 111;
const TURNED = 112;
const LOWER = 122;

/** Multiplications below which a call costs more than it saves. */
const FEW_PRODUCTS = 24 ** 3;
/** Entries of a matrix times a vector below which it does. */
const FEW_ENTRIES = 1 << 14;
/** Orders up to which a symmetric product of two matrices is computed whole. */
const SMALL_ORDER = 192;

/**
 * The BLAS library of this system, for `newMachine({ blas: await systemBlas() })`. Needs Node and the package `koffi`.
 * Throws a `RicciError` `no-system-blas` when one of them or the library is missing.
 */
export async function systemBlas({ library, threads = 1 }: SystemBlasOptions = {}): Promise<SystemBlas> {
  const load = await loader();
  const names = library === undefined ? usualNames : [library];
  const reasons: string[] = [];
  for (const name of names) {
    try {
      const found = load(name);
      const f64 = functions(found, 'd', 'double');
      const f32 = functions(found, 's', 'float');
      setThreads(found, threads);
      return { library: name, on: (context, real) => products(context, real, real === 'f64' ? f64 : f32) };
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new RicciError([
    {
      code: 'no-system-blas',
      severity: 'error',
      message: library === undefined ? 'no BLAS library was found on this system' : `${library} is not a usable BLAS library`,
      span: [0, 0],
      needed: 'a library with the functions cblas_dgemm, cblas_dsyrk and cblas_dgemv, and those for single precision',
      found: reasons.join('; '),
      help: 'install OpenBLAS (Debian: libopenblas0-pthread, macOS has Accelerate), name its file by `library`, or leave `blas` out',
    },
  ]);
}

async function loader(): Promise<Load> {
  // Bundlers leave a name in a variable alone.
  const name = 'koffi';
  try {
    const { default: koffi } = (await import(/* @vite-ignore */ name)) as { readonly default: { readonly load: Load } };
    return koffi.load;
  } catch (error) {
    throw new RicciError([
      {
        code: 'no-system-blas',
        severity: 'error',
        message: 'a BLAS library of the system is called through the package koffi, which cannot be loaded',
        span: [0, 0],
        needed: 'Node with koffi',
        found: error instanceof Error ? error.message : String(error),
        help: 'npm install koffi, or leave `blas` out',
      },
    ]);
  }
}

interface Functions {
  readonly gemm: Native;
  readonly syrk: Native;
  readonly gemv: Native;
}

function functions(library: LibraryHandle, letter: string, real: string): Functions {
  const ints = (count: number): string[] => Array.from({ length: count }, () => 'int');
  const array = [`${real} *`, 'int'];
  const declared = (name: string, types: readonly string[]): Native => library.func(`cblas_${letter}${name}`, 'void', [...types]) as Native;
  return {
    gemm: declared('gemm', [...ints(6), real, ...array, ...array, real, ...array]),
    syrk: declared('syrk', [...ints(5), real, ...array, real, ...array]),
    gemv: declared('gemv', [...ints(4), real, ...array, ...array, real, ...array]),
  };
}

function setThreads(library: LibraryHandle, threads: number): void {
  let set: Native;
  try {
    set = library.func('openblas_set_num_threads', 'void', ['int']) as Native;
  } catch {
    return; // another library than OpenBLAS
  }
  set(threads);
}

interface Stored {
  readonly turn: number;
  /** Entries from one row in memory to the next. */
  readonly step: number;
}

/** How CBLAS sees a matrix in rows; undefined where neither rows nor columns are neighbouring entries apart from each other. */
function stored({ rows, cols, rowStep, colStep }: Matrix): Stored | undefined {
  if ((colStep === 1 || cols === 1) && (rowStep >= cols || rows === 1)) return { turn: PLAIN, step: Math.max(rowStep, cols) };
  if ((rowStep === 1 || rows === 1) && (colStep >= rows || cols === 1)) return { turn: TURNED, step: Math.max(colStep, rows) };
  return undefined;
}

function products({ memory }: WasmContext, real: Real, native: Functions): LargeProducts {
  const bytes = real === 'f64' ? 8 : 4;
  const view = (at: number): Float64Array | Float32Array => (real === 'f64' ? memory.f64().subarray(at / 8) : memory.f32().subarray(at / 4));

  const gemm: LargeProducts['gemm'] = (alpha, A, B, beta, C) => {
    if (C.rows * C.cols * A.cols < FEW_PRODUCTS) return false;
    const [left, right, to] = [stored(A), stored(B), stored(C)];
    if (!left || !right || !to || to.turn !== PLAIN) return false;
    native.gemm(ROWS, left.turn, right.turn, C.rows, C.cols, A.cols, alpha, view(A.at), left.step, view(B.at), right.step, beta, view(C.at), to.step);
    return true;
  };

  /** By halves: the rectangle below the diagonal is a product, small triangles are computed whole. */
  const halves = (alpha: number, A: Matrix, B: Matrix, beta: number, C: Matrix): void => {
    const n = C.rows;
    if (n <= SMALL_ORDER) {
      gemm(alpha, A, transposed(B), beta, C);
      return;
    }
    const half = n >> 1;
    const rest = n - half;
    const [A1, A2] = [sub(A, 0, 0, half, A.cols, bytes), sub(A, half, 0, rest, A.cols, bytes)];
    const [B1, B2] = [sub(B, 0, 0, half, A.cols, bytes), sub(B, half, 0, rest, A.cols, bytes)];
    halves(alpha, A1, B1, beta, sub(C, 0, 0, half, half, bytes));
    gemm(alpha, A2, transposed(B1), beta, sub(C, half, 0, rest, half, bytes));
    halves(alpha, A2, B2, beta, sub(C, half, half, rest, rest, bytes));
  };

  const syrkLower: LargeProducts['syrkLower'] = (alpha, A, B, beta, C) => {
    // Halves of what is split must be large enough for `gemm` not to refuse them.
    if (Math.min(C.rows, SMALL_ORDER / 2) ** 2 * A.cols < FEW_PRODUCTS) return false;
    const [left, right, to] = [stored(A), stored(B), stored(C)];
    if (!left || !right || !to || to.turn !== PLAIN) return false;
    const isSame = A.at === B.at && A.rowStep === B.rowStep && A.colStep === B.colStep;
    if (isSame) native.syrk(ROWS, LOWER, left.turn, C.rows, A.cols, alpha, view(A.at), left.step, beta, view(C.at), to.step);
    else halves(alpha, A, B, beta, C);
    return true;
  };

  const gemv: LargeProducts['gemv'] = (alpha, A, x, beta, y) => {
    const from = stored(A);
    if (!from || A.rows * A.cols < FEW_ENTRIES || !isSpread(x) || !isSpread(y)) return false;
    const [rows, cols] = from.turn === PLAIN ? [A.rows, A.cols] : [A.cols, A.rows];
    native.gemv(ROWS, from.turn, rows, cols, alpha, view(A.at), from.step, view(x.at), x.step, beta, view(y.at), y.step);
    return true;
  };
  return { gemm, syrkLower, gemv };
}

function isSpread({ step }: Vector): boolean {
  return step >= 1;
}
