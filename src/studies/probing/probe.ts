// What a probe is: a map from embeddings to features, learned on some words and used on others.

import type { Matrix } from './tables.ts';
import type { Split } from './splits.ts';

export interface Guess {
  /** [test rows of the split, features] */
  readonly values: Float64Array;
  /** The hyper-parameter, chosen within the training rows. */
  readonly chosen: number;
}

/** Features in, guesses for every split out. Whatever does not depend on the features is computed before. */
export type BoundProbe = (Y: Matrix) => readonly Guess[];

export interface Probe {
  readonly name: ProbeName;
  readonly says: string;
  /** What `chosen` is. */
  readonly chooses: string;
  readonly bind: (X: Matrix, splits: readonly Split[]) => BoundProbe;
}

export type ProbeName = 'ridge' | 'pls' | 'knn' | 'logistic' | 'network';

/** Guesses of folds put together: one row for each word. */
export function assembled(splits: readonly Split[], guesses: readonly Guess[], rows: number, cols: number): Matrix {
  const data = new Float64Array(rows * cols);
  for (const [k, { test }] of splits.entries()) {
    const { values } = guesses[k]!;
    for (let i = 0; i < test.length; i++) data.set(values.subarray(i * cols, (i + 1) * cols), test[i]! * cols);
  }
  return { rows, cols, data };
}
