// Controls in which nothing is drawn.

import { mostComponents, plsGuess } from './pls.ts';
import type { Split } from './splits.ts';
import { type Matrix, columnMeans, rowsOf } from './tables.ts';
import { type Trial, trialOf } from './trial.ts';

/** The training means for every word: what is guessed where nothing is learned. */
export function meanTrial(Y: Matrix, folds: readonly Split[]): Trial {
  const guesses = folds.map(({ train, test }) => {
    const means = columnMeans(rowsOf(Y, train));
    return { values: Float64Array.from({ length: test.length * Y.cols }, (_, at) => means[at % Y.cols]!), chosen: 0 };
  });
  return trialOf(guesses, Y, folds);
}

/** Features predict themselves through as many components as partial least squares may take. */
export function ceilingTrial(Y: Matrix, folds: readonly Split[]): Trial {
  return trialOf(folds.map((fold) => ({ values: plsGuess(Y, Y, fold, mostComponents), chosen: mostComponents })), Y, folds);
}
