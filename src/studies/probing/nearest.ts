// Nearest neighbours: the features of a word are those of the training words whose embeddings point its way.

import { asInput, formulas } from './kernels.ts';
import type { Guess, Probe } from './probe.ts';
import type { Split } from './splits.ts';
import { type Matrix, rowsOf } from './tables.ts';

export function nearest(): Probe {
  const product = formulas({ P: "A*B'" }, 'A: matrix(m, d); B: matrix(n, d)');
  return {
    name: 'knn',
    says: 'mean of the features of the nearest training words, weighted by cosine; their number by leave-one-out within the training words',
    chooses: 'the number of neighbours',
    bind: (X, splits) => {
      const rows = directions(X);
      const all = product({ A: asInput(rows), B: asInput(rows) }).P.data;
      const fits = splits.map((split) => fitting(all, X.rows, split));
      return (Y) => fits.map((fit) => fit(Y));
    },
  };
}

const numbers: readonly number[] = [1, 2, 3, 5, 8, 12, 20, 30];
const most = numbers.at(-1)!;

interface Neighbours {
  /** For each row its neighbours, the nearest first, as numbers of training rows. */
  readonly which: Int32Array;
  readonly cosine: Float64Array;
  readonly width: number;
}

function fitting(cosine: ArrayLike<number>, words: number, { train, test }: Split): (Y: Matrix) => Guess {
  const taken = new Float64Array(train.length);
  const row = (i: number): Float64Array => {
    for (let k = 0; k < train.length; k++) taken[k] = cosine[i * words + train[k]!]!;
    return taken;
  };
  const among = neighboursOf(train, row, (k) => k, train.length);
  const forTest = neighboursOf(test, row, () => -1, train.length);
  return (Y) => {
    const features = rowsOf(Y, train);
    const errors = leaveOneOutErrors(features, among);
    const best = errors.indexOf(Math.min(...errors));
    return { values: means(features, forTest, numbers[best]!), chosen: numbers[best]! };
  };
}

/** Rows of length 1; zero rows stay zero. */
export function directions({ rows, cols, data }: Matrix): Matrix {
  const out = Float64Array.from(data);
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let j = 0; j < cols; j++) square += data[i * cols + j]! ** 2;
    const length = Math.sqrt(square) || 1;
    for (let j = 0; j < cols; j++) out[i * cols + j]! /= length;
  }
  return { rows, cols, data: out };
}

function neighboursOf(rows: Int32Array, cosinesOf: (row: number) => Float64Array, itself: (place: number) => number, trainCount: number): Neighbours {
  const width = Math.min(most, trainCount - 1);
  const which = new Int32Array(rows.length * width);
  const cosine = new Float64Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = cosinesOf(rows[i]!);
    const order = largest(row, width, itself(i));
    for (let k = 0; k < width; k++) {
      which[i * width + k] = order[k]!;
      cosine[i * width + k] = Math.max(row[order[k]!]!, 0);
    }
  }
  return { which, cosine, width };
}

/** Places of the largest entries, the largest first and the earlier of equal ones; `except` is left out. */
function largest(row: Float64Array, count: number, except: number): Int32Array {
  const places = new Int32Array(count);
  let found = 0;
  for (let at = 0; at < row.length; at++) {
    if (at === except || (found === count && row[at]! <= row[places[found - 1]!]!)) continue;
    let k = found < count ? found++ : found - 1;
    for (; k > 0 && row[at]! > row[places[k - 1]!]!; k--) places[k] = places[k - 1]!;
    places[k] = at;
  }
  return places;
}

/** Squared errors over all words and features, for each number of neighbours. */
function leaveOneOutErrors(Y: Matrix, { which, cosine, width }: Neighbours): number[] {
  const errors = numbers.map(() => 0);
  const sums = new Float64Array(Y.cols);
  for (let i = 0; i < Y.rows; i++) {
    sums.fill(0);
    let weight = 0;
    for (let k = 0, place = 0; k < width; k++) {
      const at = which[i * width + k]! * Y.cols;
      const w = cosine[i * width + k]!;
      weight += w;
      for (let j = 0; j < Y.cols; j++) sums[j]! += w * Y.data[at + j]!;
      if (k + 1 < Math.min(numbers[place]!, width)) continue;
      const scale = weight > 0 ? 1 / weight : 0;
      for (let j = 0; j < Y.cols; j++) errors[place]! += (sums[j]! * scale - Y.data[i * Y.cols + j]!) ** 2;
      place++;
    }
  }
  return errors.map((error, place) => (numbers[place]! <= width ? error : Infinity));
}

function means(Y: Matrix, { which, cosine, width }: Neighbours, count: number): Float64Array {
  const rows = which.length / width;
  const out = new Float64Array(rows * Y.cols);
  for (let i = 0; i < rows; i++) {
    let weight = 0;
    for (let k = 0; k < Math.min(count, width); k++) weight += cosine[i * width + k]!;
    if (weight === 0) continue;
    for (let k = 0; k < Math.min(count, width); k++) {
      const at = which[i * width + k]! * Y.cols;
      const w = cosine[i * width + k]! / weight;
      if (w > 0) for (let j = 0; j < Y.cols; j++) out[i * Y.cols + j]! += w * Y.data[at + j]!;
    }
  }
  return out;
}
