// The report of an audit: the verdict, every probe against every control, every feature, and figures of them.

import type { BarFigure, Figure, LineFigure, ScatterFigure } from '../harness/figure.ts';
import type { Cell, Finding, Report, Table } from '../harness/report.ts';
import { type Test, decide } from '../harness/verdict.ts';
import type { Audit, ModelAudit } from './audit.ts';
import type { ControlAudit } from './climb.ts';
import type { ControlName } from './controls.ts';
import { type Metric, metricNames, metrics } from './scores.ts';

export interface ReportOptions {
  readonly command?: string;
  /** What was left out of the files. */
  readonly notices?: readonly string[];
}

export function probingReport(audit: Audit, { command, notices = [] }: ReportOptions = {}): Report {
  const { settings, models, verdict, warnings } = audit;
  const others = models.slice(1).map((m) => `${m.model}: ${m.verdict.says}`);
  return {
    study: 'probing',
    title: 'Probing audit',
    says: [`${models[0]!.model}: ${verdict.says}`, ...others].join(' '),
    setting: {
      words: audit.words,
      dimensions: audit.dimensions,
      features: audit.features,
      'share of features a word has': audit.density,
      'folds kept together by groups': audit.isGrouped,
      'score that decides': metricNames[settings.metric],
      folds: settings.folds,
      'draws of each control': settings.repeats,
      'permutations for features': settings.permutations,
      'resamples of words': settings.resamples,
    },
    seeds: [settings.seed],
    findings: models.flatMap((model) => findingsOf(model, settings.metric)),
    tables: [...models.map((m) => scoreTable(m, settings.metric)), chosenTable(models), sparsityTable(audit), standingTable(audit), featureTable(audit), ...(audit.curve ? [curveTable(audit.curve)] : [])],
    figures: [controlFigure(audit), featureFigure(audit), sparsityFigure(audit), ...(audit.curve ? [curveFigure(audit.curve)] : [])].filter((f) => f !== undefined),
    warnings: [...notices, ...warnings.map((w) => w.says)],
    notTried: [
      'whether the features cause anything in the model that the embeddings come from: a probe reads, it does not intervene',
      'other probes than those listed, and features of the same counts with other structure than directions and balls',
    ],
    sources: [
      'Herasimchyk, Abdelhalim, Laue, Regneri, Prediction is not Explanation, arXiv 2508.13729',
      'Hewitt and Liang, Designing and Interpreting Probes with Control Tasks, EMNLP 2019',
      'Westfall and Young, Resampling-Based Multiple Testing, 1993; Phipson and Smyth, Permutation P-values Should Never Be Zero, 2010',
    ],
    ...(command !== undefined && { command }),
  };
}

/** What is claimed is that real features do better; each control is a test. */
function findingsOf({ model, controls }: ModelAudit, metric: Metric): Finding[] {
  const finding = (claim: string, among: readonly ControlAudit[], control: string): Finding[] => {
    const [first, ...rest] = among.flatMap((c) => testsOf(c, metric));
    return first === undefined ? [] : [{ claim: `${model}: ${claim}`, decision: decide([first, ...rest]), control }];
  };
  const known = controls.filter((c) => !Number.isNaN(c.comparisons[metric].margin));
  return [
    ...finding('the features are predicted better than their base rate', known.filter((c) => c.sort === 'base' && c.keepsFeatures), 'the same features without their words, without the embedding, without a probe'),
    ...finding('the features are predicted better than meaningless ones that follow the geometry', known.filter((c) => c.sort === 'geometry'), 'random directions and balls, each with the count of a real feature'),
  ];
}

/** The margin; and where its draws are too few for a p-value of 0.05, that this is open. */
function testsOf({ name, comparisons }: ControlAudit, metric: Metric): Test[] {
  const { margin, interval, p, stands } = comparisons[metric];
  const above: Test = { what: `${metricNames[metric]} above ${name} by`, value: margin, needed: { atLeast: 0 }, interval: [interval.low, interval.high] };
  return stands === 'open' ? [above, { what: `too few draws of ${name}: p`, value: p, needed: { atMost: 0.05 }, interval: [0, p] }] : [above];
}

const round = (x: number): number => (Number.isFinite(x) ? Number(x.toFixed(4)) : x);
const orNone = (x: number | undefined): Cell => (x === undefined || Number.isNaN(x) ? undefined : round(x));

function scoreTable({ model, says, real, controls }: ModelAudit, metric: Metric): Table {
  const scores = (of: (m: Metric) => number): Cell[] => metrics.map((m) => orNone(of(m)));
  const within = (c: { readonly inSample?: { readonly precision: number; readonly auc: number } }): Cell[] => [orNone(c.inSample?.precision), orNone(c.inSample?.auc)];
  const interval = real.intervals[metric];
  return {
    name: `Scores of ${model}`,
    says: `${says[0]!.toUpperCase()}${says.slice(1)}. Scores on held-out words; of controls, the mean of their draws. Margins are of ${metricNames[metric]}, real less control, with 95 % intervals over words and draws; p is the share of draws as good as real. Surface features stand against themselves with their rows permuted. In sample, almost everything looks predicted.`,
    columns: ['features', ...metrics.map((m) => metricNames[m]), 'in sample P@k', 'in sample AUC', 'margin', 'from', 'to', 'p', 'real is'],
    rows: [
      ['real', ...scores((m) => real.heldOut[m]), ...within(real), undefined, round(interval.low), round(interval.high), undefined, undefined],
      ...controls.flatMap((c): Cell[][] => {
        const { margin, interval: range, p, stands } = c.comparisons[metric];
        const last: Cell[] = [round(margin), round(range.low), round(range.high), orNone(p), stands];
        if (c.surface === undefined) return [[c.name, ...scores((m) => c.comparisons[m].mean), ...within(c), ...last]];
        const own = c.surface;
        return [[c.name, ...scores((m) => own[m]), undefined, undefined, ...last], [`${c.name}, permuted`, ...scores((m) => c.comparisons[m].mean), ...within(c)]];
      }),
    ],
  };
}

function chosenTable(models: readonly ModelAudit[]): Table {
  return {
    name: 'Chosen within the training words',
    says: 'The hyper-parameter of each probe in each fold. Test words have no part in it.',
    columns: ['probe', 'what', ...models[0]!.real.chosen.map((_, k) => `fold ${k + 1}`)],
    rows: models.map(({ model, chooses, real }) => [model, chooses, ...real.chosen.map(round)]),
  };
}

function sparsityTable({ sparsity }: Audit): Table {
  return {
    name: 'Sparsity and score',
    says: 'Rank correlation of how many words have a feature with how well it is predicted. Where meaningless features of the same counts show it too, scores on tables of other sparsity cannot be compared.',
    columns: ['features', 'Spearman of count and score'],
    rows: [['real', orNone(sparsity.real)], ...Object.entries(sparsity.controls).map(([name, r]): Cell[] => [name, orNone(r)])],
  };
}

function standingTable({ perFeature }: Audit): Table {
  return {
    name: 'Features that stand out',
    says: 'How many features are predicted better than their own draws of a control, with p at most 0.05 corrected over all features.',
    columns: ['control', 'features beyond it', 'of', 'least p'],
    rows: (perFeature[0]?.against ?? []).map(({ control }, k) => {
      const p = perFeature.map((f) => f.against[k]!.p);
      return [control, p.filter((value) => value <= 0.05).length, p.length, round(Math.min(...p))];
    }),
  };
}

function featureTable({ perFeature }: Audit): Table {
  const against = perFeature[0]?.against ?? [];
  return {
    name: 'Features',
    says: 'Scores of single features by the first probe, and of its own draws of each control. p is corrected over all features (step-down maxT).',
    columns: ['feature', 'words', 'AUC', 'r', ...against.flatMap(({ control }) => [control, `p against ${control}`])],
    rows: perFeature.map((f) => [f.name, f.count, orNone(f.auc), orNone(f.r), ...f.against.flatMap(({ mean, p }) => [orNone(mean), round(p)])]),
  };
}

function curveTable({ metric, words, lines }: NonNullable<Audit['curve']>): Table {
  return {
    name: 'Learning curve',
    says: `${metricNames[metric]} of the first probe by the number of training words, in the mean over a few draws.`,
    columns: ['training words', ...lines.map((l) => l.name)],
    rows: words.map((count, k) => [count, ...lines.map((l) => round(l.scores[k]!))]),
  };
}

/** So short that every bar has its name. */
const shortNames: Readonly<Record<ControlName, string>> = {
  'mean predictor': 'means',
  'rows permuted': 'rows',
  'independent columns': 'columns',
  'unrelated balls': 'islands',
  'random embedding': 'noise',
  'random direction': 'linear',
  'random ball': 'local',
  'features themselves': 'ceiling',
  'surface features': 'letters',
};

function controlFigure({ models, settings: { metric } }: Audit): BarFigure {
  const drawn = models[0]!.controls.filter((c) => c.sort !== 'surface').map((c) => c.name);
  return {
    kind: 'bars',
    name: 'controls',
    title: 'Real features and controls',
    says: `${metricNames[metric]} on held-out words. Whiskers: of real features 95 % over words, of controls the middle 95 % of their draws. ${drawn.map((name) => `${shortNames[name]}: ${name}`).join('; ')}.`,
    x: { label: 'features', names: ['real', ...drawn.map((name) => shortNames[name])] },
    y: { label: metricNames[metric] },
    series: models.map(({ model, real, controls }) => {
      const shown = controls.filter((c) => c.sort !== 'surface').map((c) => c.comparisons[metric]);
      const pair = ({ low, high }: { readonly low: number; readonly high: number }): readonly [number, number] => [low, high];
      return { name: model, values: [real.heldOut[metric], ...shown.map((c) => c.mean)], intervals: [pair(real.intervals[metric]), ...shown.map((c) => pair(c.range))] };
    }),
  };
}

/** Features in the order of their scores, with the range of their controls. */
function featureFigure({ perFeature }: Audit): LineFigure | undefined {
  const score = scoreOf(perFeature);
  const order = perFeature.filter((f) => !Number.isNaN(score(f))).sort((a, b) => score(b) - score(a));
  if (order.length === 0) return undefined;
  const x = order.map((_, k) => k + 1);
  const controls = order[0]!.against.map(({ control }, c) => ({ name: control, x, y: order.map((f) => f.against[c]!.mean), band: { low: order.map((f) => f.against[c]!.range.low), high: order.map((f) => f.against[c]!.range.high) } }));
  return {
    kind: 'lines',
    name: 'features',
    title: 'Single features against their controls',
    says: 'Features from the best predicted to the worst, and meaningless features of the same counts: the mean of their draws, and the middle 95 % of them.',
    x: { label: 'feature, by its score' },
    y: { label: label(perFeature) },
    series: [{ name: 'real', x, y: order.map(score) }, ...controls],
  };
}

function sparsityFigure({ perFeature }: Audit): ScatterFigure {
  const score = scoreOf(perFeature);
  const x = perFeature.map((f) => f.count);
  const shown = (perFeature[0]?.against ?? []).map(({ control }, c) => ({ name: control, x, y: perFeature.map((f) => f.against[c]!.mean) }));
  return {
    kind: 'scatter',
    name: 'sparsity',
    title: 'Score by sparsity',
    says: 'How well a feature is predicted, by how many words have it; for real features, and for controls of the same counts.',
    x: { label: 'words with the feature', scale: 'log' },
    y: { label: label(perFeature) },
    groups: [{ name: 'real', x, y: perFeature.map(score) }, ...shown],
  };
}

function curveFigure({ metric, words, lines }: NonNullable<Audit['curve']>): Figure {
  return {
    kind: 'lines',
    name: 'learning-curve',
    title: 'Learning curve',
    says: `${metricNames[metric]} on held-out words by the number of training words; bands hold all draws.`,
    x: { label: 'training words', scale: 'log' },
    y: { label: metricNames[metric] },
    series: lines.map(({ name, scores, low, high }) => ({ name, x: words, y: scores, band: { low, high } })),
  };
}

/** Features that all words have to some degree have no AUC. */
function scoreOf(perFeature: Audit['perFeature']): (f: Audit['perFeature'][number]) => number {
  return perFeature.some((f) => !Number.isNaN(f.auc)) ? (f) => f.auc : (f) => f.r;
}

function label(perFeature: Audit['perFeature']): string {
  return perFeature.some((f) => !Number.isNaN(f.auc)) ? 'AUC of the feature' : 'r of the feature';
}

/** Everything that was measured, for programs: scores of every draw, without the tables of single features in each. */
export function auditData({ models, ...rest }: Audit): unknown {
  const slim = ({ details: _details, ...other }: ControlAudit): Omit<ControlAudit, 'details'> => other;
  return {
    ...rest,
    models: models.map(({ real: { details: _details, ...real }, controls, ...model }) => ({ ...model, real, controls: controls.map(slim) })),
  };
}
