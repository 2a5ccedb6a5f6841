// Matrices of numbers that are positive semidefinite for how they were made. Products X X' of few columns are by
// themselves, their entrywise powers by Schur's product theorem, and exp(-|p - q|²) and exp(-|p - q|) of points by
// Schoenberg (Metric spaces and positive definite functions, 1938). The points are read off few rows by a pivoted
// Cholesky factorisation; what proves is that the kernel of those points is as near to every entry as rounding is.

import { lookAtTime } from '../../base/deadline.ts';
import { random } from '../../base/random.ts';
import { LIKENESS_STRIP, type LikenessKernel, emitLikeness, likenessScale } from '../../run/wasm/likeness.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';
import type { DenseMatrix } from '../matrix.ts';

/** A positive semidefinite matrix: entry (i, j) is the kernel of points i and j. */
export interface KernelMatrix {
  readonly kernel: LikenessKernel;
  /** Of `products`. */
  readonly power: number;
  readonly order: number;
  readonly dims: number;
  /** [dims, order] */
  readonly points: Float64Array;
  /** Of the other kernels, with any signs: entry (i, j) has weights[i] · weights[j] as a factor. */
  readonly weights: Float64Array;
}

/** A symmetric matrix with its diagonal beside it: read where they lie, its entries would each be a line of the cache. */
export interface Entries {
  readonly matrix: DenseMatrix;
  readonly diagonal: Float64Array;
}

export function entriesOf(matrix: DenseMatrix): Entries {
  const { data, rows: n } = matrix;
  const diagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) diagonal[i] = data[i * (n + 1)]!;
  return { matrix, diagonal };
}

/**
 * A positive semidefinite matrix whose difference from M, which is symmetric, has a Frobenius norm of at most `most`,
 * rounding included: no eigenvalue of M is then below -most. Undefined if none of the kinds is found.
 */
export function kernelMatrixNear(M: Entries, most: number): KernelMatrix | undefined {
  return proven(candidate(M, most, families, oneInMany), M, most);
}

/** The same, where it is a product of few columns. */
export function columnsNear(M: Entries, most: number): KernelMatrix | undefined {
  return proven(candidate(M, most, byColumns, oneInFew), M, most);
}

function proven(found: KernelMatrix | undefined, M: Entries, most: number): KernelMatrix | undefined {
  return found && distance(M.matrix, found, most) <= most ? found : undefined;
}

// ---- the proof

const unit = 2 ** -53;
const rowsAtOnce = 32;

/** A bound of the Frobenius norm of M - K over the lower triangle of both; infinite once it exceeds `most`. */
export function distance({ data: M, copy }: DenseMatrix, { kernel, power, order: n, dims, points, weights }: KernelMatrix, most: number): number {
  const { context, linked } = sharedMachine();
  const { memory } = context;
  const width = Math.ceil(n / LIKENESS_STRIP) * LIKENESS_STRIP;
  const sizes = [width * dims, dims, width, width * rowsAtOnce];
  const run = linked(emitLikeness)[kernel];
  const lies = copy?.();
  return memory.temporary(sizes.reduce((a, b) => a + b, 0) * 8, (start) => {
    const [pointsAt, ownAt, weightsAt, rowsAt] = sizes.map((_, k) => start + sizes.slice(0, k).reduce((a, b) => a + b, 0) * 8) as [number, number, number, number];
    memory.doubles(start, width * dims).fill(0);
    const scale = likenessScale[kernel];
    for (let k = 0; k < dims; k++) {
      const to = memory.doubles(pointsAt + k * width * 8, n);
      for (let i = 0; i < n; i++) to[i] = points[k * n + i]! * scale;
    }
    memory.doubles(weightsAt, width).fill(0);
    memory.doubles(weightsAt, n).set(weights);
    const rows = memory.doubles(rowsAt, width * rowsAtOnce).fill(0);
    const own = memory.doubles(ownAt, dims);
    let [squares, trace] = [0, 0];
    for (let i = 0; i < n; i++) {
      if (i % rowsAtOnce === 0) lookAtTime();
      const count = Math.ceil((i + 1) / LIKENESS_STRIP) * LIKENESS_STRIP;
      let rowAt = rowsAt + (i % rowsAtOnce) * width * 8;
      // A strip that ends behind the row needs zeros there.
      if (lies && count <= n) rowAt = lies.address + i * n * 8;
      else rows.set(M.subarray(i * n, i * n + Math.min(n, count)), (i % rowsAtOnce) * width);
      let size = 0;
      for (let k = 0; k < dims; k++) {
        own[k] = points[k * n + i]! * scale;
        size += points[k * n + i]! ** 2;
      }
      trace += kernel === 'products' ? size ** power : weights[i]! ** 2;
      // Twice, for the other triangle; the strips end a little behind the diagonal.
      squares += 2 * run(count, dims, rowAt, pointsAt, width * 8, ownAt, weightsAt, weights[i]!, power);
      if (!(Math.sqrt(squares) <= most)) return Infinity;
    }
    // Of an entry: dims + 2 roundings of its sum, each at most of |p| |q|, or of D exp(-D) ≤ 1/e, and those of powers and exp.
    const roundings = kernel === 'products' ? power * (dims + 3) : 0.37 * (dims + 3) + 12;
    return Math.sqrt(squares) * (1 + 1e-6) + roundings * unit * trace;
  });
}

// ---- the search

interface Family {
  readonly kernel: LikenessKernel;
  readonly power: number;
}

const families: readonly Family[] = [
  { kernel: 'products', power: 1 },
  { kernel: 'gaussian', power: 1 },
  { kernel: 'products', power: 2 },
  { kernel: 'products', power: 3 },
  { kernel: 'products', power: 4 },
  { kernel: 'laplacian', power: 1 },
];

const byColumns = families.slice(0, 1);

// Rows that are looked at first, and where they show too many coordinates.
const fewRows = 40;
const moreRows = 160;
// One row in so many: with more coordinates a proof takes as long as a factorisation, and longer than the many of interior points.
const oneInMany = 12;
const oneInFew = 3;

/** One in so many rows, though no fewer than 40 and no more than 160, without repetition. */
export function sampled(n: number, oneIn: number = oneInMany): Int32Array {
  const count = Math.min(n, moreRows, Math.max(fewRows, Math.floor(n / oneIn)));
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const stream = random(19);
  for (let k = 0; k < count; k++) {
    const other = k + Math.min(n - k - 1, Math.floor(stream.uniform() * (n - k)));
    [all[k], all[other]] = [all[other]!, all[k]!];
  }
  return all.slice(0, count);
}

/** The kind whose points have the fewest coordinates, by few rows or one in so many, with the points of all. */
function candidate(M: Entries, most: number, among: readonly Family[], oneIn: number): KernelMatrix | undefined {
  const n = M.matrix.rows;
  return candidateIn(sampled(n, n), M, most, among) ?? candidateIn(sampled(n, oneIn), M, most, among);
}

function candidateIn(rows: Int32Array, M: Entries, most: number, among: readonly Family[]): KernelMatrix | undefined {
  let best: { readonly family: Family; readonly found: Found } | undefined;
  for (const family of among) {
    const found = inSample(family, M, rows, most);
    if (found && (best === undefined || found.pivots.length < best.found.pivots.length)) best = { family, found };
    // What is gaussian of few coordinates has more of them in any other kind.
    if (best !== undefined && (best.found.pivots.length <= 12 || best.family.kernel === 'gaussian')) break;
  }
  return best && withPoints(best.family, best.found, M, rows);
}

interface Found {
  /** Places in the sample. */
  readonly pivots: readonly number[];
  /** Rows of the factor at the pivots. */
  readonly factor: readonly Float64Array[];
  /** The place of the point that the others are seen from, for distances. */
  readonly base: number;
}

/** Squared distances or products of points i and j, from the entry of the matrix; NaN where it can be none. */
function unlike({ kernel, power }: Family, { matrix: { data, rows: n }, diagonal }: Entries, i: number, j: number): number {
  const entry = data[i * n + j]!;
  if (kernel === 'products') {
    if (power === 1) return entry;
    return power % 2 === 1 ? Math.sign(entry) * Math.abs(entry) ** (1 / power) : entry < 0 ? NaN : entry ** (1 / power);
  }
  if (i === j) return 0;
  const far = -Math.log(Math.abs(entry) / Math.sqrt(diagonal[i]! * diagonal[j]!));
  if (kernel === 'gaussian') return far < Infinity ? far : NaN;
  return far < Infinity && far > -1e-12 ? far * far : NaN;
}

function inSample(family: Family, M: Entries, rows: Int32Array, most: number): Found | undefined {
  const m = rows.length;
  const values = new Float64Array(m * m);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b <= a; b++) {
      const value = unlike(family, M, rows[a]!, rows[b]!);
      if (Number.isNaN(value)) return undefined;
      values[a * m + b] = values[b * m + a] = value;
    }
  }
  let base = -1;
  if (family.kernel !== 'products') {
    // Seen from the middle, where numbers are smallest.
    let least = Infinity;
    for (let a = 0; a < m; a++) {
      let far = 0;
      for (let b = 0; b < m; b++) far = Math.max(far, values[a * m + b]!);
      if (far < least) [least, base] = [far, a];
    }
    const from = values.slice(base * m, base * m + m);
    for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) values[a * m + b] = 0.5 * (from[a]! + from[b]! - values[a * m + b]!);
  }
  const largest = values.reduce((top, _, at) => (at % (m + 1) === 0 ? Math.max(top, values[at]!) : top), 0);
  // What is left may be this large: rounding, or what the proof has room for.
  let scale = 1;
  for (let a = 0; a < m; a++) scale = Math.max(a === 0 ? 0 : scale, M.diagonal[rows[a]!]!);
  const room = ((0.1 * most) / M.matrix.rows / scale) * (family.kernel === 'products' ? largest : 1);
  return factorOf(values, m, Math.max(32 * unit * largest, room), base);
}

/** A pivoted Cholesky factor of few columns, if nothing is left but `least`. */
function factorOf(values: Float64Array, m: number, least: number, base: number): Found | undefined {
  const mostColumns = Math.floor(0.75 * m);
  const columns: Float64Array[] = [];
  const pivots: number[] = [];
  const left = Float64Array.from({ length: m }, (_, a) => values[a * (m + 1)]!);
  for (;;) {
    let pivot = 0;
    for (let a = 1; a < m; a++) if (left[a]! > left[pivot]!) pivot = a;
    if (!(left[pivot]! > least)) break;
    if (pivots.length >= mostColumns) return undefined;
    const column = values.slice(pivot * m, pivot * m + m);
    for (const one of columns) {
      const factor = one[pivot]!;
      for (let a = 0; a < m; a++) column[a]! -= factor * one[a]!;
    }
    const root = Math.sqrt(left[pivot]!);
    for (let a = 0; a < m; a++) {
      column[a]! /= root;
      left[a]! -= column[a]! ** 2;
    }
    left[pivot] = 0;
    pivots.push(pivot);
    columns.push(column);
  }
  if (left.some((x) => x < -1e3 * least) || pivots.length === 0) return undefined;
  return { pivots, base, factor: pivots.map((p) => Float64Array.from(columns, (column) => column[p]!)) };
}

/** All points, by the rows of the pivots. */
function withPoints(family: Family, { pivots, factor, base }: Found, M: Entries, rows: Int32Array): KernelMatrix {
  const { matrix, diagonal } = M;
  const { data, rows: n } = matrix;
  const dims = pivots.length;
  const points = new Float64Array(dims * n);
  const isProducts = family.kernel === 'products';
  const first = isProducts ? 0 : rows[base]!;
  const fromBase = isProducts ? undefined : new Float64Array(n);
  if (fromBase) for (let i = 0; i < n; i++) fromBase[i] = unlike(family, M, first, i);
  for (let k = 0; k < dims; k++) {
    const row = rows[pivots[k]!]!;
    const to = points.subarray(k * n, k * n + n);
    for (let i = 0; i < n; i++) {
      const value = unlike(family, M, row, i);
      to[i] = fromBase ? 0.5 * (fromBase[row]! + fromBase[i]! - value) : value;
    }
    const own = factor[k]!;
    for (let l = 0; l < k; l++) {
      const before = points.subarray(l * n, l * n + n);
      for (let i = 0; i < n; i++) to[i]! -= own[l]! * before[i]!;
    }
    for (let i = 0; i < n; i++) to[i]! /= own[k]!;
  }
  const weights = new Float64Array(n).fill(1);
  if (!isProducts) for (let i = 0; i < n; i++) weights[i] = Math.sqrt(diagonal[i]!) * (data[first * n + i]! < 0 ? -1 : 1);
  return { ...family, order: n, dims, points, weights };
}
