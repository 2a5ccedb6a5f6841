// Audits of tables made so that the right answer is known, and of tables that are wrong.

import { describe, expect, it } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { newStream } from '../harness/random.ts';
import { type AuditOptions, audit } from './audit.ts';
import { leakage } from './leakage.ts';
import { surfaceFeatures } from './surface.ts';
import { tablesOf } from './tables.ts';

const words = 160;
const random = newStream('audit');
const noise = (name: string, cols: number): number[][] => Array.from({ length: words }, (_, i) => [...random.split(name).split(i).normals(cols)]);
const cut = (scores: readonly number[], count: number): number[] => {
  const limit = scores.toSorted((a, b) => b - a)[count]!;
  return scores.map((score) => (score > limit ? 1 : 0));
};
const turned = (columns: readonly (readonly number[])[]): number[][] => Array.from({ length: words }, (_, i) => columns.map((c) => c[i]!));
const along = (X: readonly number[][], g: ArrayLike<number>): number[] => X.map((row) => row.reduce((sum, x, k) => sum + x * g[k]!, 0));

const quick: AuditOptions = { models: ['ridge'], controls: ['mean predictor', 'rows permuted', 'random direction', 'random ball'], permutations: 20, curve: [], resamples: 200 };
const sizes = [12, 16, 20, 24, 30, 36, 42, 50];

describe('the verdict', () => {
  it('on features that have nothing to do with the embedding is "not above base rate"', async () => {
    const X = noise('X', 10);
    const Y = turned(sizes.map((count, j) => cut(noise(`unrelated ${j}`, 1).flat(), count)));
    const { verdict, models } = await audit(X, Y, quick);
    expect(verdict.kind).toBe('not above base rate');
    expect(verdict.by?.interval.low).toBeLessThanOrEqual(0);
    // In sample, even these are "predicted": the score that proves nothing.
    expect(models[0]!.real.inSample.auc).toBeGreaterThan(models[0]!.real.heldOut.auc + 0.15);
  });

  it('on features that are random directions of the embedding is "not above meaningless geometry"', async () => {
    const X = noise('X', 10);
    const Y = turned(sizes.map((count, j) => cut(along(X, random.split(`direction ${j}`).normals(10)), count)));
    const { verdict, perFeature } = await audit(X, Y, quick);
    expect(verdict.kind).toBe('above base rate but not above meaningless geometry');
    expect(verdict.by?.control).toMatch(/^random (direction|ball)$/);
    expect(verdict.says).toContain(verdict.by?.control);
    // Each feature is beyond permuted rows, and none is beyond random directions.
    expect(perFeature.map((f) => f.against[0]!.p <= 0.05)).toEqual(sizes.map(() => true));
    expect(perFeature.map((f) => f.against[1]!.p <= 0.05)).toEqual(sizes.map(() => false));
  });

  it('on features that the embedding has coordinates for is "beyond geometry controls"', async () => {
    // Five clusters on axes of their own, in much noise of other axes, which random directions and balls are made of.
    const cluster = Array.from({ length: words }, (_, i) => i % 5);
    const X = noise('wide', 14).map((row, i) => [...row.map((x) => 2 * x), ...[0, 1, 2, 3, 4].map((c) => (cluster[i] === c ? 3 : 0))]);
    const Y = turned([0, 1, 2, 3, 4].map((c) => cluster.map((k) => (k === c ? 1 : 0))));
    const { verdict } = await audit(X, Y, quick);
    expect(verdict.kind).toBe('beyond geometry controls');
    expect(verdict.by?.interval.low).toBeGreaterThan(0);
    expect(verdict.by?.p).toBe(1 / 21);
  });

  it('is open with few draws, and without controls of a sort', async () => {
    const X = noise('X', 6);
    const Y = turned(sizes.map((count, j) => cut(along(X, random.split(`few ${j}`).normals(6)), count)));
    const few = await audit(X, Y, { ...quick, repeats: 3, permutations: 3 });
    expect(few.verdict).toMatchObject({ kind: 'undecided', says: expect.stringContaining('3 draws') });
    expect(few.warnings.map((w) => w.kind)).toContain('few-draws');
    expect((await audit(X, Y, { ...quick, controls: ['rows permuted'] })).verdict).toMatchObject({ kind: 'undecided', says: expect.stringContaining('no control of the geometry') });
    expect((await audit(X, Y, { ...quick, controls: ['random ball'] })).verdict).toMatchObject({ kind: 'undecided', says: expect.stringContaining('no control of the base rate') });
  });

  it('on graded features goes by their correlation', async () => {
    const X = noise('X', 8);
    const graded = noise('graded', 3).map((row, i) => row.map((x, j) => 3 + X[i]![j]! + 0.5 * x));
    // Ratings, standardised ratings, and such that are never positive.
    for (const shift of [0, 3, 20]) {
      const { verdict, settings } = await audit(X, graded.map((row) => row.map((x) => x - shift)), quick);
      expect([settings.metric, verdict.metric]).toEqual(['columnR', 'columnR']);
      expect(verdict.score).toBeGreaterThan(0.7);
    }
  });
});

describe('an audit', () => {
  const X = noise('X', 6);
  const Y = turned(sizes.map((count, j) => cut(along(X, random.split(`few ${j}`).normals(6)), count)));
  const small: AuditOptions = { ...quick, repeats: 2, permutations: 2, resamples: 20 };

  it('gives the same numbers for the same seed, and others for another', async () => {
    const once = async (seed: number): Promise<string> => JSON.stringify(await audit(X, Y, { ...small, seed }));
    expect(await once(5)).toBe(await once(5));
    expect(await once(5)).not.toBe(await once(6));
  });

  it('runs every probe and control, and tells how far it is', async () => {
    const stages = new Set<string>();
    const names = Array.from({ length: words }, (_, i) => `${'aeiou'[i % 5]}${'bdfgk'[Math.floor(i / 5) % 5]}${'lmnrs'[Math.floor(i / 25) % 5]}${i % 3 ? 'ing' : ''}${'xyz'[i % 3]}${i < 80 ? 'q' : ''}`);
    const found = await audit(X, Y, { ...small, models: ['ridge', 'pls', 'knn'], controls: undefined as never, words: new Set(names).size === words ? names : names.map((n, i) => `${n} ${i}`), curve: [0.5, 1], onProgress: ({ stage, done, of }) => done <= of && stages.add(stage) });
    expect([...stages]).toEqual(['ridge', 'pls', 'knn', 'learning curve']);
    expect(found.models.map((m) => m.controls.length)).toEqual([9, 9, 9]);
    const [ridge] = found.models;
    const scores = Object.fromEntries(ridge!.controls.map((c) => [c.name, c.comparisons.precision.mean]));
    expect(scores['features themselves']).toBeGreaterThan(0.95);
    expect(scores['random embedding']).toBeLessThan(ridge!.real.heldOut.precision);
    expect(found.curve?.lines.map((l) => l.name)).toEqual(['real', 'rows permuted', 'random direction', 'random ball']);
    expect(found.curve?.words).toEqual([64, 128]);
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const found = audit(X, Y, { ...small, signal: stop.signal, onProgress: ({ done }) => done >= 3 && stop.abort() });
    await expect(found).rejects.toMatchObject({ diagnostics: [{ code: 'cancelled' }] });
  });
});

describe('tables that cannot be audited', () => {
  const X = noise('X', 3);
  const Y = turned([cut(along(X, [1, 0, 0]), 30), cut(along(X, [0, 1, 0]), 50)]);
  const ofOne = Y.map((row, i) => [...row, i === 3 ? 1 : 0, 1]);
  const names = X.map((_, i) => `word ${i}`);
  const cases: readonly (readonly [string, () => unknown, string, RegExp])[] = [
    ['rows differ', () => tablesOf(X.slice(1), Y), 'sizes-differ', /159 rows of embeddings and 160 rows of features/],
    ['not a number', () => tablesOf(X.map((row, i) => (i === 4 ? [NaN, 1, 2] : row)), Y, { words: names }), 'value-not-finite', /NaN for word 4, dimension 1/],
    ['a constant feature and one of one word', () => tablesOf(X, ofOne, { features: ['a', 'b', 'rare', 'always'] }), 'bad-data', /rare \(1 word\); always \(every word\)/],
    ['words twice', () => tablesOf(X, Y, { words: names.map((n, i) => (i === 9 ? 'word 8' : n)) }), 'bad-data', /word 8/],
    ['no rows', () => tablesOf([], []), 'bad-data', /0 rows/],
    ['ragged rows', () => tablesOf(X.map((row, i) => (i === 2 ? [1] : row)), Y), 'bad-data', /1 in row 3/],
    ['a shape that does not fit', () => tablesOf({ shape: [2, 2], data: [1] }, Y), 'bad-data', /1 numbers/],
    ['too few words', () => tablesOf(X.slice(0, 9), Y.slice(0, 9)), 'bad-data', /9/],
    ['too few names', () => tablesOf(X, Y, { features: ['a'] }), 'sizes-differ', /1/],
    ['no feature left', () => tablesOf(X, Y, { least: 70 }), 'bad-data', /50 words/],
  ];
  it.each(cases)('%s', (_name, run, code, found) => {
    let caught: unknown;
    try {
      run();
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(RicciError);
    const [first] = (caught as RicciError).diagnostics;
    expect(first).toMatchObject({ code, found: expect.stringMatching(found) });
    expect(first!.needed).toBeTruthy();
    expect(first!.help).toBeTruthy();
  });

  it('features that are too rare are left out when asked', () => {
    expect(tablesOf(X, ofOne, { features: ['a', 'b', 'rare', 'always'], least: 5 })).toMatchObject({ features: ['a', 'b'], leftOut: ['rare', 'always'] });
  });

  it.each([
    [{ repeats: 0 }, 'repeats'],
    [{ folds: 100 }, 'folds'],
    [{ curve: [0, 2] }, 'share'],
    [{ models: ['lda'] }, 'lda'],
    [{ controls: [] }, 'no controls'],
    [{ metric: 'f1' }, 'f1'],
  ])('settings such as %j', async (options, named) => {
    const error = (await audit(X, Y, { ...quick, ...(options as AuditOptions) }).catch((e: unknown) => e)) as RicciError;
    expect(`${error.message} ${error.diagnostics[0]?.found}`).toContain(named);
  });
});

describe('warnings', () => {
  const X = noise('X', 4);
  const Y = turned([cut(along(X, [1, 0, 0, 0]), 30), cut(along(X, [0, 1, 0, 0]), 50)]);
  const codes = (x: number[][], y: number[][], names?: string[]): string[] => leakage(tablesOf(x, y, names ? { words: names } : {})).map((w) => w.kind);

  it('are none for tables in order', () => expect(codes(X.map((row) => row), Y.map((row) => (row[0] || row[1] ? row : [0, 1])))).toEqual([]));
  it('name twins among words and features, word forms, and features that are dimensions', () => {
    const silent = Y.map((row) => (row[0] || row[1] ? row : [0, 1]));
    expect(codes(X.map((row, i) => (i === 7 ? X[3]! : row)), silent)).toEqual(['twin-embeddings']);
    expect(codes(X.map((row, i) => (i === 7 ? X[3]!.map((x) => x * 1.001 + 1e-4) : row)), silent)).toEqual(['near-twins']);
    expect(codes(X, silent, X.map((_, i) => (i === 5 ? 'dog' : i === 9 ? 'Dogs' : `w${i}t`)))).toEqual(['word-forms']);
    expect(codes(X, silent.map((row) => [...row, row[0]!]))).toEqual(['twin-features']);
    expect(codes(X, silent.map((row, i) => [...row, X[i]![2]! + 9]))).toEqual(['derived-feature']);
    expect(codes(X, Y)).toEqual(['words-without-features']);
  });

  it('surface features are letters and lengths', () => {
    const { names, Y: S } = surfaceFeatures(['ab', 'abc', 'b', 'bcd', 'abcd', 'cde', 'ac', 'acd', 'dd', 'bdd', 'aab', 'e'])!;
    expect(names).toEqual(['has b', 'has a', 'has c', 'has d', 'begins with a', '3 letters or more']);
    expect([...S.data.subarray(0, 6)]).toEqual([1, 1, 0, 0, 1, 0]);
    expect(surfaceFeatures(['1', '2'])).toBeUndefined();
  });
});
