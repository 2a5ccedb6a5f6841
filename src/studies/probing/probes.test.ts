// Probes against what they are by definition, computed plainly.

import { describe, expect, it } from 'vitest';
import { newStream } from '../harness/random.ts';
import { auc, mean, pearson } from '../harness/statistics.ts';
import { logistic } from './logistic.ts';
import { nearest } from './nearest.ts';
import { network } from './network.ts';
import { dominantEigenvector, pls, plsGuess } from './pls.ts';
import type { Probe } from './probe.ts';
import { resampledScores } from './resampled.ts';
import { ridge } from './ridge.ts';
import { detailsOf, precisionOf, scoresOf } from './scores.ts';
import { type Split, foldsOf, inSample, thinned } from './splits.ts';
import { type Matrix, column } from './tables.ts';
import { trialOf } from './trial.ts';

const random = newStream('probes');

function matrix(rows: number, cols: number, entry: (i: number, j: number) => number): Matrix {
  return { rows, cols, data: Float64Array.from({ length: rows * cols }, (_, at) => entry(Math.floor(at / cols), at % cols)) };
}

const normal = (rows: number, cols: number, name: string): Matrix => ({ rows, cols, data: random.split(name).normals(rows * cols) });
const rowAt = ({ cols, data }: Matrix, i: number): Float64Array => data.subarray(i * cols, (i + 1) * cols);

/** Solves A x = b by Gauss with pivots. */
function solve(A: number[][], b: number[]): number[] {
  const M = A.map((row, i) => [...row, b[i]!]);
  for (let k = 0; k < M.length; k++) {
    const pivot = M.slice(k).reduce((best, row, at) => (Math.abs(row[k]!) > Math.abs(M[best]![k]!) ? k + at : best), k);
    [M[k], M[pivot]] = [M[pivot]!, M[k]!];
    for (let i = 0; i < M.length; i++) if (i !== k) {
      const factor = M[i]![k]! / M[k]![k]!;
      for (let j = k; j < M[i]!.length; j++) M[i]![j]! -= factor * M[k]![j]!;
    }
  }
  return M.map((row, k) => row.at(-1)! / row[k]!);
}

/** The ridge guess for one feature at the row `at`, learned on `train`, with the centred normal equations. */
function plainRidge(X: Matrix, y: Float64Array, train: readonly number[], at: number, mu: number): number {
  const centre = Array.from({ length: X.cols }, (_, j) => mean(train.map((i) => X.data[i * X.cols + j]!)));
  const level = mean(train.map((i) => y[i]!));
  const entry = (i: number, j: number): number => X.data[i * X.cols + j]! - centre[j]!;
  const A = centre.map((_, j) => centre.map((_c, k) => train.reduce((sum, i) => sum + entry(i, j) * entry(i, k), j === k ? mu : 0)));
  const B = solve(A, centre.map((_, j) => train.reduce((sum, i) => sum + entry(i, j) * (y[i]! - level), 0)));
  return level + B.reduce((sum, b, j) => sum + b * entry(at, j), 0);
}

const multiples = Array.from({ length: 13 }, (_, k) => 10 ** (-3 + k / 2));

describe('ridge', () => {
  it.each([[40, 6], [12, 20]])('of %d words in %d dimensions: guesses by the normal equations, μ by leaving each word out', (n, d) => {
    const X = normal(n, d, 'X');
    const noise = normal(n, 3, 'noise');
    const Y = matrix(n, 3, (i, j) => X.data[i * d + j]! + 0.8 * noise.data[i * 3 + j]!);
    const split: Split = { train: Int32Array.from({ length: n - 3 }, (_, k) => k), test: Int32Array.of(n - 3, n - 2, n - 1) };
    const train = [...split.train];
    const [guess] = ridge().bind(X, [split])(Y);
    const centre = Array.from({ length: d }, (_, j) => mean(train.map((i) => X.data[i * d + j]!)));
    const typical = train.reduce((sum, i) => sum + centre.reduce((s, c, j) => s + (X.data[i * d + j]! - c) ** 2, 0), 0) / Math.min(d, train.length);
    const errors = multiples.map((m) =>
      [0, 1, 2].reduce((sum, j) => sum + train.reduce((s, out) => s + (plainRidge(X, column(Y, j), train.filter((i) => i !== out), out, m * typical) - Y.data[out * 3 + j]!) ** 2, 0), 0),
    );
    // The μ of the full fit is kept when a word is left out, so that the two agree exactly.
    expect(guess!.chosen).toBe(multiples[errors.indexOf(Math.min(...errors))]);
    for (const [k, at] of split.test.entries()) {
      for (let j = 0; j < 3; j++) expect(guess!.values[k * 3 + j]).toBeCloseTo(plainRidge(X, column(Y, j), train, at, guess!.chosen * typical), 8);
    }
  });

  it('takes embeddings that span less than they have dimensions', () => {
    const X = matrix(30, 5, (i, j) => (j < 2 ? Math.sin(i * (j + 1)) : 0));
    const Y = matrix(30, 1, (i) => Math.sin(i));
    const [guess] = ridge().bind(X, [inSample(30)])(Y);
    expect(pearson(guess!.values, Y.data)).toBeGreaterThan(0.999);
  });
});

describe('partial least squares', () => {
  const X = normal(60, 5, 'pls X');
  const noise = normal(60, 4, 'pls noise');
  const Y = matrix(60, 4, (i, j) => X.data[i * 5 + j]! - X.data[i * 5 + 4]! + 0.1 * noise.data[i * 4 + j]!);

  it('with all components is least squares', () => {
    const guess = plsGuess(X, Y, inSample(60), 5);
    const all = Array.from({ length: 60 }, (_, i) => i);
    for (const at of [0, 17, 59]) for (let j = 0; j < 4; j++) expect(guess[at * 4 + j]).toBeCloseTo(plainRidge(X, column(Y, j), all, at, 0), 8);
  });

  it('with one component follows the dominant direction of XᵀY', () => {
    const centred = (M: Matrix): Matrix => matrix(M.rows, M.cols, (i, j) => M.data[i * M.cols + j]! - mean(column(M, j)));
    const [Xc, Yc] = [centred(X), centred(Y)];
    const S = matrix(5, 4, (a, b) => Array.from({ length: 60 }, (_, i) => Xc.data[i * 5 + a]! * Yc.data[i * 4 + b]!).reduce((s, v) => s + v, 0));
    let w = Array.from({ length: 5 }, (_, k) => k + 1);
    for (let k = 0; k < 3000; k++) {
      const v = [0, 1, 2, 3].map((b) => w.reduce((s, x, a) => s + x * S.data[a * 4 + b]!, 0));
      const next = w.map((_, a) => v.reduce((s, x, b) => s + x * S.data[a * 4 + b]!, 0));
      w = next.map((x) => x / Math.hypot(...next));
    }
    const t = Array.from({ length: 60 }, (_, i) => w.reduce((s, x, a) => s + x * Xc.data[i * 5 + a]!, 0));
    const tt = t.reduce((s, x) => s + x * x, 0);
    const guess = plsGuess(X, Y, inSample(60), 1);
    for (const j of [0, 3]) {
      const q = t.reduce((s, x, i) => s + x * Yc.data[i * 4 + j]!, 0) / tt;
      for (const i of [0, 33]) expect(guess[i * 4 + j]).toBeCloseTo(mean(column(Y, j)) + t[i]! * q, 4);
    }
  });

  it('takes no component where there is nothing to learn, and few where little is', () => {
    const folds = foldsOf(60, 3, random.split('folds'));
    const chosen = (target: Matrix): number[] => pls().bind(X, folds)(target).map((g) => g.chosen);
    expect(Math.max(...chosen(normal(60, 4, 'unrelated')))).toBeLessThanOrEqual(1);
    expect(Math.min(...chosen(Y))).toBeGreaterThanOrEqual(3);
    expect(plsGuess(X, matrix(60, 2, () => 1), inSample(60), 3)).toEqual(new Float64Array(120).fill(1));
  });

  it('finds dominant eigenvectors, also where two are close', () => {
    const Q = normal(30, 8, 'Q');
    const M = matrix(30, 30, (i, j) => rowAt(Q, i).reduce((s, x, k) => s + x * rowAt(Q, j)[k]!, 0));
    const v = dominantEigenvector(M.data, 30);
    const image = Float64Array.from({ length: 30 }, (_, i) => rowAt(M, i).reduce((s, x, j) => s + x * v[j]!, 0));
    const value = image.reduce((s, x, i) => s + x * v[i]!, 0);
    for (let i = 0; i < 30; i++) expect(Math.abs(image[i]! - value * v[i]!)).toBeLessThan(2e-5 * value);
    expect([...dominantEigenvector(Float64Array.of(1, 0, 0, 1 + 1e-9), 2)].map((x) => Math.abs(x) > 0.5 || Math.abs(x) < 0.5)).toEqual([true, true]);
    for (let k = 0; k < 20; k++) {
      const other = random.split('other').split(k).normals(30);
      const square = other.reduce((s, x) => s + x * x, 0);
      const energy = other.reduce((s, x, i) => s + x * rowAt(M, i).reduce((t, y, j) => t + y * other[j]!, 0), 0);
      expect(energy / square).toBeLessThanOrEqual(value * (1 + 1e-8));
    }
  });
});

describe('logistic regression', () => {
  it('is at the point where the penalised likelihood has no slope', () => {
    const [n, d, p] = [80, 4, 2];
    const X = normal(n, d, 'logistic X');
    const noise = normal(n, p, 'logistic noise');
    const Y = matrix(n, p, (i, j) => (2 * X.data[i * d + j]! + noise.data[i * p + j]! > 0.7 ? 1 : 0));
    const split = inSample(n);
    const [guess] = logistic().bind(X, [split])(Y);
    // Slopes Σ (σ(z) − y) x + μ B by coordinates: z is linear in x, so that B follows from guesses by least squares.
    const centre = Array.from({ length: d }, (_, k) => mean(column(X, k)));
    const entry = (i: number, k: number): number => X.data[i * d + k]! - centre[k]!;
    const gram = centre.map((_, a) => centre.map((_c, b) => Array.from({ length: n }, (_i, i) => entry(i, a) * entry(i, b)).reduce((s, v) => s + v, 0)));
    const mu = (guess!.chosen * gram.reduce((s, row, k) => s + row[k]!, 0)) / d;
    for (const j of [0, 1]) {
      const z = Array.from({ length: n }, (_, i) => guess!.values[i * p + j]!);
      const level = mean(z);
      const B = solve(gram.map((row) => [...row]), centre.map((_, k) => z.reduce((s, v, i) => s + (v - level) * entry(i, k), 0)));
      const residual = z.map((v, i) => 1 / (1 + Math.exp(-v)) - Y.data[i * p + j]!);
      expect(Math.abs(residual.reduce((s, v) => s + v, 0))).toBeLessThan(0.05);
      for (let k = 0; k < d; k++) expect(Math.abs(residual.reduce((s, v, i) => s + v * entry(i, k), mu * B[k]!))).toBeLessThan(0.05);
    }
  });
});

describe('a network', () => {
  it('learns what no linear map can, and little where there is nothing', () => {
    const X = normal(300, 3, 'network X');
    const Y = matrix(300, 1, (i) => (X.data[i * 3]! * X.data[i * 3 + 1]! > 0 ? 1 : 0));
    const folds = foldsOf(300, 3, random.split('network folds'));
    const score = (probe: Probe): number => trialOf(probe.bind(X, folds)(Y), Y, folds).heldOut.auc;
    expect(score(ridge())).toBeLessThan(0.65);
    expect(score(network())).toBeGreaterThan(0.85);
    const unrelated = normal(300, 2, 'unrelated');
    const error = (guess: Matrix): number => guess.data.reduce((sum, value, at) => sum + (value - unrelated.data[at]!) ** 2, 0);
    const learned = trialOf(network().bind(X, folds)(unrelated), unrelated, folds).guess;
    expect(error(learned)).toBeLessThan(1.1 * error(matrix(300, 2, () => 0)));
  });
});

describe('nearest neighbours', () => {
  it('are weighted by cosine, and their number has the least error of leaving out', () => {
    const X = normal(40, 3, 'knn X');
    const Y = matrix(40, 2, (i, j) => (X.data[i * 3 + j]! > 0 ? 1 : 0));
    const split: Split = { train: Int32Array.from({ length: 36 }, (_, k) => k), test: Int32Array.of(36, 37, 38, 39) };
    const [guess] = nearest().bind(X, [split])(Y);
    const cosine = (a: number, b: number): number => {
      const [x, y] = [rowAt(X, a), rowAt(X, b)];
      const dot = (p: Float64Array, q: Float64Array): number => p.reduce((s, v, k) => s + v * q[k]!, 0);
      return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
    };
    const plain = (at: number, count: number, j: number): number => {
      const near = [...split.train].filter((i) => i !== at).sort((a, b) => cosine(at, b) - cosine(at, a)).slice(0, count);
      const weights = near.map((i) => Math.max(0, cosine(at, i)));
      return near.reduce((s, i, k) => s + weights[k]! * Y.data[i * 2 + j]!, 0) / weights.reduce((s, w) => s + w, 0);
    };
    const counts = [1, 2, 3, 5, 8, 12, 20, 30];
    const errors = counts.map((count) => [...split.train].reduce((s, i) => s + [0, 1].reduce((t, j) => t + (plain(i, count, j) - Y.data[i * 2 + j]!) ** 2, 0), 0));
    expect(guess!.chosen).toBe(counts[errors.indexOf(Math.min(...errors))]);
    for (const [k, at] of split.test.entries()) for (const j of [0, 1]) expect(guess!.values[k * 2 + j]).toBeCloseTo(plain(at, guess!.chosen, j), 12);
  });
});

describe('scores', () => {
  it('P@k by hand, with equal guesses shared', () => {
    expect(precisionOf(Float64Array.of(0.9, 0.1, 0.8, 0.3), Float64Array.of(1, 0, 0, 1))).toBe(0.5);
    // The second place is shared by three, of which one is gold: 1 + 1/3 of 2.
    expect(precisionOf(Float64Array.of(5, 1, 1, 1), Float64Array.of(1, 1, 0, 0))).toBeCloseTo(2 / 3, 15);
    expect(precisionOf(Float64Array.of(0, 0, 0, 0, 0), Float64Array.of(1, 1, 0, 0, 0))).toBeCloseTo(0.4, 15);
    expect(precisionOf(Float64Array.of(1, 2), Float64Array.of(0, 0))).toBeNaN();
  });

  it('AUC and correlations are those of the harness', () => {
    const truth = matrix(50, 3, (i, j) => ((i * (j + 3)) % 7 < 2 ? 1 : 0));
    const guess = matrix(50, 3, (i, j) => Math.round(4 * Math.sin(i + j)) + truth.data[i * 3 + j]!);
    const details = detailsOf(guess, truth);
    for (const j of [0, 1, 2]) {
      expect(details.auc[j]).toBeCloseTo(auc(column(guess, j), column(truth, j)), 14);
      expect(details.columnR[j]).toBe(pearson(column(guess, j), column(truth, j)));
    }
    expect(scoresOf({ ...details, precision: Float64Array.of(NaN, 0.2, 0.4) }).precision).toBeCloseTo(0.3, 15);
  });

  it('of resampled words are those of a table in which words stand as often as they were drawn', () => {
    const truth = matrix(30, 2, (i, j) => ((i * (j + 3)) % 7 < 2 ? 1 : 0));
    const guess = matrix(30, 2, (i, j) => Math.round(3 * Math.sin(i + j)) + truth.data[i * 2 + j]!);
    const folds = [inSample(30)];
    const trial = trialOf([{ values: guess.data, chosen: 0 }], truth, folds);
    const found = resampledScores(trial, truth, 3, newStream('w'));
    const stream = newStream('w');
    for (let draw = 0; draw < 3; draw++) {
      const drawn = Int32Array.from({ length: 30 }, () => stream.integer(30));
      const pick = (M: Matrix): Matrix => matrix(30, 2, (i, j) => M.data[drawn[i]! * 2 + j]!);
      const scores = scoresOf(detailsOf(pick(guess), pick(truth)));
      expect(found.auc[draw]).toBeCloseTo(scores.auc, 12);
      expect(found.columnR[draw]).toBeCloseTo(scores.columnR, 10);
      expect(found.precision[draw]).toBeCloseTo(scores.precision, 12);
    }
  });
});

describe('splits', () => {
  it('test every word once, and keep groups together', () => {
    const groups = Array.from({ length: 53 }, (_, i) => `group ${i % 9}`);
    for (const folds of [foldsOf(53, 5, random), foldsOf(53, 5, random, groups)]) {
      expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(Array.from({ length: 53 }, (_, i) => i));
      for (const { train, test } of folds) expect(new Set([...train, ...test]).size).toBe(53);
    }
    for (const { train, test } of foldsOf(53, 5, random, groups)) expect(new Set([...test].map((i) => groups[i])).intersection(new Set([...train].map((i) => groups[i]))).size).toBe(0);
    expect(() => foldsOf(10, 5, random, groups.slice(0, 10).map(() => 'one'))).toThrow('as many groups');
  });

  it('thin the training words only', () => {
    const [fold] = foldsOf(50, 5, random);
    const thin = thinned(fold!, 0.25, random);
    expect([thin.train.length, thin.test]).toEqual([10, fold!.test]);
    expect([...thin.train].every((i) => fold!.train.includes(i))).toBe(true);
  });
});
