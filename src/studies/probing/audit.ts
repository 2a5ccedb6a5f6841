// The audit: every probe on the real features and on every control, and what follows.

import { newPace, type RunOptions } from '../harness/progress.ts';
import { newStream } from '../harness/random.ts';
import { type ControlAudit, type RealAudit, climb } from './climb.ts';
import { type ControlName, controls } from './controls.ts';
import { type FeatureAudit, type Sparsity, featureAudit } from './feature-audit.ts';
import { type LearningCurve, learningCurve } from './learning-curve.ts';
import { type Warning, leakage } from './leakage.ts';
import type { ProbeName } from './probe.ts';
import { probes } from './probes.ts';
import { type Metric, metrics } from './scores.ts';
import { foldsOf } from './splits.ts';
import { surfaceFeatures } from './surface.ts';
import { type Names, type TableInput, type Tables, problem, problems, tablesOf } from './tables.ts';
import { type ProbingVerdict, verdictOf } from './verdict.ts';

export interface AuditOptions extends Names, RunOptions {
  /** Probes; the verdict, the features and the learning curve are about the first. Ridge, PLS and kNN unless told. */
  readonly models?: readonly ProbeName[];
  /** All nine unless told. */
  readonly controls?: readonly ControlName[];
  /** Draws of each control that is drawn; 20 unless told. Fewer than 19 cannot show a p-value of 0.05. */
  readonly repeats?: number;
  /** Draws of permuted rows for the p-values of features, by the first probe; 99 unless told, and no fewer than `repeats`. */
  readonly permutations?: number;
  /** Resamples of words; 500 unless told. */
  readonly resamples?: number;
  /** Folds of the outer cross-validation; 5 unless told. */
  readonly folds?: number;
  /** The score that decides; P@k for features that most words lack, the correlation across words for others. */
  readonly metric?: Metric;
  /** Shares of the training words for the learning curve; 0.1, 0.25, 0.5 and 1 unless told, none for an empty list. */
  readonly curve?: readonly number[];
  /** Every random number follows from it; 1 unless told. */
  readonly seed?: number;
}

export interface Audit {
  readonly words: number;
  readonly dimensions: number;
  readonly features: number;
  /** Share of the entries of the feature table above zero. */
  readonly density: number;
  readonly isGrouped: boolean;
  readonly settings: Settings;
  /** Of the first model. */
  readonly verdict: ProbingVerdict;
  readonly models: readonly ModelAudit[];
  readonly perFeature: readonly FeatureAudit[];
  readonly sparsity: Sparsity;
  readonly curve?: LearningCurve;
  readonly warnings: readonly Warning[];
}

export interface Settings {
  readonly repeats: number;
  readonly permutations: number;
  readonly resamples: number;
  readonly folds: number;
  readonly seed: number;
  readonly metric: Metric;
}

export interface ModelAudit {
  readonly model: ProbeName;
  readonly says: string;
  /** What `real.chosen` is. */
  readonly chooses: string;
  readonly real: RealAudit;
  readonly controls: readonly ControlAudit[];
  readonly verdict: ProbingVerdict;
}

/**
 * Audits whether features are predicted from embeddings because the embeddings know them, or for lesser reasons. Rows of
 * `X` and `Y` are words. Throws a `RicciError` with every problem of the tables, and `cancelled` when the signal says so.
 *
 * Source: Herasimchyk, Abdelhalim, Laue, Regneri, "Prediction is not Explanation", arXiv 2508.13729.
 *
 * @example (await audit(X, Y, { words, features, repeats: 20, seed: 1 })).verdict.kind
 */
export async function audit(X: TableInput, Y: TableInput, options: AuditOptions = {}): Promise<Audit> {
  const tables = tablesOf(X, Y, options);
  const settings = settingsOf(tables, options);
  const names = listed('models', options.models ?? ['ridge', 'pls', 'knn'], Object.keys(probes) as ProbeName[]);
  const wanted = listed('controls', options.controls ?? controls.map((c) => c.name), controls.map((c) => c.name));
  const hasSurface = tables.areTexts && surfaceFeatures(tables.words) !== undefined;
  const which = controls.filter((c) => wanted.includes(c.name) && (c.sort !== 'surface' || hasSurface));
  const random = newStream(settings.seed);
  const pace = newPace(options);
  const warnings = [...leakage(tables), ...ofSetting(tables, settings, wanted.includes('surface features') && !hasSurface)];
  const folds = foldsOf(tables.X.rows, settings.folds, random.split('folds'), tables.groups);

  const models: ModelAudit[] = [];
  const made = names.map((name) => probes[name]());
  for (const [k, probe] of made.entries()) {
    const { real, controls: climbed } = await climb(tables, folds, probe, which, { ...settings, permutations: k === 0 ? settings.permutations : settings.repeats, random, pace });
    models.push({ model: probe.name, says: probe.says, chooses: probe.chooses, real, controls: climbed, verdict: verdictOf(real, climbed, settings.metric) });
  }
  const [first] = models;
  const shares = options.curve ?? [0.1, 0.25, 0.5, 1];
  const curve = shares.length === 0 ? undefined : await learningCurve(tables, folds, made[0]!, { shares, draws: Math.min(3, settings.repeats), metric: settings.metric, random, pace });
  return {
    words: tables.X.rows,
    dimensions: tables.X.cols,
    features: tables.Y.cols,
    density: densityOf(tables),
    isGrouped: tables.groups !== undefined,
    settings,
    verdict: first!.verdict,
    models,
    ...featureAudit(tables, first!, isSparse(tables) ? 'auc' : 'columnR'),
    ...(curve && { curve }),
    warnings,
  };
}

function settingsOf(tables: Tables, { repeats = 20, permutations = 99, resamples = 500, folds = 5, seed = 1, metric = isSparse(tables) ? 'precision' : 'columnR', curve = [] }: AuditOptions): Settings {
  const wrong = [
    ...whole('repeats', repeats, 1, 10_000),
    ...whole('permutations', permutations, 0, 100_000),
    ...whole('resamples', resamples, 1, 100_000),
    ...whole('folds', folds, 2, Math.floor(tables.X.rows / 4)),
    ...whole('seed', seed, 0, Number.MAX_SAFE_INTEGER),
    ...(metrics.includes(metric) ? [] : [problem('bad-data', 'there is no such score', metrics.join(', '), metric, 'name one of these')]),
    ...curve.flatMap((share) => (share > 0 && share <= 1 ? [] : [problem('bad-data', 'a share of the training words lies between 0 and 1', 'above 0, at most 1', String(share), 'give shares such as 0.1, 0.25, 0.5, 1')])),
  ];
  if (wrong.length > 0) throw problems(...wrong);
  return { repeats, permutations: Math.max(permutations, repeats), resamples, folds, seed, metric };
}

function whole(name: string, value: number, least: number, most: number) {
  return Number.isInteger(value) && value >= least && value <= most ? [] : [problem('bad-data', `${name} cannot be ${value}`, `a whole number from ${least} to ${most}`, String(value), `give ${name} in that range`)];
}

function listed<Name extends string>(what: string, given: readonly Name[], known: readonly Name[]): readonly Name[] {
  const odd = given.filter((name) => !known.includes(name));
  if (odd.length === 0 && given.length > 0) return [...new Set(given)];
  throw problems(problem('bad-data', odd.length > 0 ? `there are no such ${what}` : `there are no ${what}`, known.join(', '), odd.join(', ') || 'none', `name some of these`));
}

function densityOf({ Y }: Tables): number {
  return Y.data.reduce((count, value) => count + (value > 0 ? 1 : 0), 0) / Y.data.length;
}

/** Features that most words lack are found or missed; others have degrees, which may be negative. */
function isSparse({ Y }: Tables): boolean {
  return Y.data.reduce((zeros, value) => zeros + (value === 0 ? 1 : 0), 0) >= Y.data.length / 2;
}

function ofSetting({ leftOut }: Tables, { repeats }: Settings, isSpellingLeftOut: boolean): Warning[] {
  return [
    ...(repeats < 19 ? [{ kind: 'few-draws' as const, says: `With ${repeats} draws of a control no p-value below ${(1 / (1 + repeats)).toFixed(2)} can be seen, and nothing counts as above a control; take 20 or more.` }] : []),
    ...(leftOut.length > 0 ? [{ kind: 'left-out' as const, says: `${leftOut.length} features were left out, because too few words have them or have not.` }] : []),
    ...(isSpellingLeftOut ? [{ kind: 'not-tried' as const, says: 'Surface features were not tried: there are no words whose letters could be looked at.' }] : []),
  ];
}
