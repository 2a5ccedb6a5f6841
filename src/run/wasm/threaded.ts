// Products by several threads. Every entry is computed as one thread computes it, whatever their number: panels and rows are
// given out whole. Only sums over many columns with a short result are split, into a fixed number of parts.

import { must } from '../../base/internal.ts';
import type { Crew } from '../threads/crew.ts';
import type { SharedFunction, Task } from '../threads/job.ts';
import type { WasmFunction } from './engine.ts';
import { TILE_ROWS } from './gemm.ts';
import type { Matrix } from './matrix.ts';

/** Multiplications below which one thread is as fast. */
export const FEW_PRODUCTS: number = 96 ** 3;
/** Entries of a matrix times a vector below which it is. */
export const FEW_ENTRIES: number = 1 << 18;
/** Rows that begin a task of `gemv`: kernels take them by fours, and lanes by sixteens. */
const STEP = 64;
/** Results shorter than this are not split. */
const SHORT = 512;
/** So many sums of parts, whatever the number of threads. */
const PARTS = 16;

export function sharedFunction(crew: Crew, run: WasmFunction | undefined): SharedFunction {
  return must(crew.shared(must(run)), 'a function that threads share');
}

export interface Block {
  /** Columns from j on and depth from k on. */
  readonly j: number;
  readonly k: number;
  readonly wide: number;
  readonly deep: number;
}

export interface ProductSite {
  readonly crew: Crew;
  readonly kernels: Readonly<Record<'packA' | 'packB' | 'macro', WasmFunction>>;
  readonly bytes: number;
  /** Columns of a register tile. */
  readonly width: number;
  /** Rows of a block at most. */
  readonly mostRows: number;
  readonly whole: number;
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** C += alpha A B, or what of it is on and below the diagonal, for one block of columns and depth; B is packed at `packed`. */
export function blockOnThreads({ crew, kernels, bytes, width, mostRows, whole }: ProductSite, alpha: number, A: Matrix, B: Matrix, C: Matrix, lowerOnly: boolean, packed: number, { j, k, wide, deep }: Block): void {
  const [packA, packB, macro] = [kernels.packA, kernels.packB, kernels.macro].map((f) => sharedFunction(crew, f)) as [SharedFunction, SharedFunction, SharedFunction];
  const panels = Math.ceil(wide / width);
  const each = Math.ceil(panels / Math.min(panels, 2 * crew.threads)) * width;
  const packing: Task[] = [];
  for (let from = 0; from < wide; from += each) {
    const start = B.at + (k * B.rowStep + (j + from) * B.colStep) * bytes;
    packing.push([{ run: packB, args: [Math.min(each, wide - from), deep, 1, start, B.colStep * bytes, B.rowStep * bytes, packed + from * deep * bytes] }]);
  }
  crew.runOnce(packing);

  // As many blocks for each thread, of rows that fit the cache.
  const turns = Math.ceil(A.rows / crew.threads / mostRows);
  const most = Math.min(mostRows, roundUp(Math.ceil(A.rows / crew.threads / turns), TILE_ROWS));
  const ofA = roundUp(roundUp(most, TILE_ROWS) * deep * bytes, 64);
  const edge = TILE_ROWS * width * bytes;
  const rows: Task[] = [];
  for (let i = 0; i < A.rows; i += most) {
    const high = Math.min(most, A.rows - i);
    const below = lowerOnly ? i - j : whole;
    const used = lowerOnly ? Math.min(wide, below + high) : wide;
    if (used <= 0) continue;
    const from = A.at + (i * A.rowStep + k * A.colStep) * bytes;
    const to = C.at + (i * C.rowStep + j) * bytes;
    rows.push([
      { run: packA, args: [high, deep, alpha, from, A.rowStep * bytes, A.colStep * bytes, 0], own: 1 << 6 },
      { run: macro, args: [high, used, deep, 0, packed, to, C.rowStep * bytes, ofA, below], own: (1 << 3) | (1 << 7) },
    ]);
  }
  // The longest rows first.
  crew.runOnce(lowerOnly ? rows.reverse() : rows, ofA + edge);
}

/** Neighbouring rows: each thread takes some of them. `run` is gemv(rows, cols, alpha, a, rowStep, x, y). */
export function rowsOnThreads(crew: Crew, run: SharedFunction, bytes: number, alpha: number, A: Matrix, x: number, y: number): void {
  const each = roundUp(Math.ceil(A.rows / (4 * crew.threads)), STEP);
  const tasks: Task[] = [];
  for (let i = 0; i < A.rows; i += each) tasks.push([{ run, args: [Math.min(each, A.rows - i), A.cols, alpha, A.at + i * A.rowStep * bytes, A.rowStep * bytes, x, y + i * bytes] }]);
  crew.runOnce(tasks);
}

/** Neighbouring columns, y += alpha Σ x_j A_j: each thread makes a part of y. `run` is gemvT(cols, rows, alpha, a, colStep, x, y). */
export function columnsOnThreads(crew: Crew, run: SharedFunction, bytes: number, alpha: number, A: Matrix, x: number, y: number): void {
  const each = roundUp(Math.ceil(A.rows / (4 * crew.threads)), STEP);
  const tasks: Task[] = [];
  for (let i = 0; i < A.rows; i += each) tasks.push([{ run, args: [A.cols, Math.min(each, A.rows - i), alpha, A.at + i * bytes, A.colStep * bytes, x, y + i * bytes] }]);
  crew.runOnce(tasks);
}

/** Whether columns are given out, rather than parts of the result: the same for any number of threads. */
export function isShort(A: Matrix): boolean {
  return A.rows < SHORT && A.cols >= A.rows;
}

export function partsOf(A: Matrix): number {
  return Math.ceil(A.cols / Math.ceil(A.cols / PARTS));
}

/** As `columnsOnThreads`, by sums over parts of the columns: `partsOf(A)` of them, one after the other, zero before. */
export function partsOnThreads(crew: Crew, run: SharedFunction, bytes: number, alpha: number, A: Matrix, x: number, parts: number): void {
  const each = Math.ceil(A.cols / PARTS);
  const tasks: Task[] = [];
  for (let from = 0, p = 0; from < A.cols; from += each, p++) {
    tasks.push([{ run, args: [Math.min(each, A.cols - from), A.rows, alpha, A.at + from * A.colStep * bytes, A.colStep * bytes, x + from * bytes, parts + p * A.rows * bytes] }]);
  }
  crew.runOnce(tasks);
}
