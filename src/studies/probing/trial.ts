// One run of a probe: scores on held-out words, and where wanted in sample.

import { type BoundProbe, type Guess, type Probe, assembled } from './probe.ts';
import { type Details, type Scores, detailsOf, scoresOf } from './scores.ts';
import { type Split, inSample } from './splits.ts';
import type { Matrix } from './tables.ts';

export interface Trial {
  readonly guess: Matrix;
  readonly details: Details;
  readonly heldOut: Scores;
  readonly chosen: readonly number[];
}

/** A probe on one embedding. */
export interface Bench {
  readonly heldOut: (Y: Matrix) => Trial;
  readonly inSample: (Y: Matrix) => Scores;
}

export function benchOf(probe: Probe, X: Matrix, folds: readonly Split[]): Bench {
  const bound = probe.bind(X, folds);
  let whole: BoundProbe | undefined;
  return {
    heldOut: (Y) => {
      const guesses = bound(Y);
      return trialOf(guesses, Y, folds);
    },
    inSample: (Y) => {
      whole ??= probe.bind(X, [inSample(X.rows)]);
      return scoresOf(detailsOf({ ...Y, data: whole(Y)[0]!.values }, Y));
    },
  };
}

/** Guesses of all folds, and how good they are. */
export function trialOf(guesses: readonly Guess[], Y: Matrix, folds: readonly Split[]): Trial {
  const guess = assembled(folds, guesses, Y.rows, Y.cols);
  const details = detailsOf(guess, Y);
  return { guess, details, heldOut: scoresOf(details), chosen: guesses.map((g) => g.chosen) };
}
