// The whole audit of a capsule network: forecast, training watched, training at the recommended scale, the parse tree with
// its controls, and what the routing is worth.

import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { type RunOptions, newPace } from '../harness/progress.ts';
import { newStream } from '../harness/random.ts';
import { type Ablation, ablations, compared } from './ablation.ts';
import type { Architecture } from './architecture.ts';
import { type Census, censusOf } from './census.ts';
import { type Forecast, forecast, scaleGrid } from './forecast.ts';
import { glyphImages } from './glyphs.ts';
import { type Images, shrunk, someImages } from './images.ts';
import { scales } from './mean-field.ts';
import { type Model, type Observation, type Weights, accuracyOf, modelOf, startWeights } from './model.ts';
import { type LayerInformation, type MovedTrees, motions, movedTrees, parentInformation } from './parse-tree.ts';
import { type PhaseMap, type TrainedMap, phaseMap, trainedMap } from './phase.ts';
import { trainPlain } from './plain.ts';
import { type Watched, watchedTraining } from './watch.ts';

export interface AuditOptions extends RunOptions {
  /** Images in place of glyphs; the last quarter, at most `test` of them, is kept for tests. */
  readonly images?: Images;
  /** How many images to train on, and to test on. */
  readonly train?: number;
  readonly test?: number;
  readonly epochs?: number;
  readonly batch?: number;
  /** Of Adam. */
  readonly rate?: number;
  readonly seed?: number;
  /** Nothing is trained. */
  readonly forecastOnly?: boolean;
  /** Trains a network in each cell of depths and scales. */
  readonly sweep?: { readonly depths: readonly number[]; readonly scales: readonly number[]; readonly epochs: number };
}

/** A network after training. */
export interface Outcome {
  readonly model: Model;
  readonly watched: Watched;
  readonly accuracy: number;
  readonly census: Census;
  readonly seen: Observation;
}

/** Trees of one network under each motion. */
export interface Trees {
  readonly network: string;
  readonly moved: readonly MovedTrees[];
  readonly information: readonly LayerInformation[];
}

export interface Audit {
  readonly architecture: Architecture;
  readonly options: Required<Pick<AuditOptions, 'train' | 'test' | 'epochs' | 'batch' | 'rate' | 'seed'>> & { readonly data: string; readonly side: number; readonly classes: number };
  readonly forecast: Forecast;
  readonly map: PhaseMap;
  /** The network as described. */
  readonly described?: Outcome;
  /** The same at the recommended scale, where that is another. */
  readonly recommended?: Outcome;
  /** Of the better of the two: trained, at its start, and trained without routing. */
  readonly trees?: readonly Trees[];
  readonly ablations?: readonly Ablation[];
  readonly sweep?: TrainedMap;
}

// Gradients and couplings at the start hardly differ between images.
const forecastImages = 100;

/**
 * Audits an architecture on glyphs, or on images of the caller's. Throws a `RicciError` for images that do not fit and when
 * the caller stops it.
 *
 * @example (await auditCapsules(readArchitecture({ depth: 3 }), { forecastOnly: true })).forecast.here.expected // starved
 */
export async function auditCapsules(a: Architecture, options: AuditOptions = {}): Promise<Audit> {
  const { train = 2000, test = 500, epochs = 12, batch = 32, rate = 1e-3, seed = 1 } = options;
  const pace = newPace(options);
  const { training, testing } = dataFor(a, options.images, train, test, seed);
  const model = modelOf(a);
  const tellForecast = pace.stage('forecast');
  await tellForecast(0, 1);
  const ahead = forecast(model, someImages(training, 0, Math.min(forecastImages, training.count)), seed);
  await tellForecast(1, 1);
  const base = {
    architecture: a,
    options: { train: training.count, test: testing.count, epochs, batch: Math.min(batch, training.count), rate, seed, data: options.images ? 'images given' : 'glyphs', side: a.side, classes: training.classes },
    forecast: ahead,
    map: phaseMap(ahead.first, Math.max(6, a.layers.length), scaleGrid),
  };
  if (options.forecastOnly === true) return base;

  const how = { epochs, batch, rate, seed };
  const outcome = async (of: Model, stage: string): Promise<Outcome> => {
    const watched = await watchedTraining(of, training, how, pace.stage(stage));
    const seen = of.observe(watched.weights, testing);
    return { model: of, watched, seen, accuracy: accuracyOf(seen), census: censusOf(seen) };
  };
  const described = await outcome(model, 'training as described');
  const { band } = ahead;
  const isElsewhere = band !== undefined && (ahead.here.expected !== 'trainable' || described.watched.starved.length > 0);
  const recommended = isElsewhere ? await outcome(modelOf({ ...a, init: { kind: 'scaled', c: band.recommended } }), 'training at the recommended scale') : undefined;
  const best = recommended && recommended.accuracy > described.accuracy ? recommended : described;

  const random = newStream(seed).split('audit');
  const withoutRouting = best.model.architecture.routing.kind === 'uniform' ? undefined : await outcome(atItsScale(best.model.architecture, training, seed), 'training without routing');
  const plain = await trainPlain(a, ahead.cost.parameters, training, testing, how, pace.stage('training a plain network'));
  const tell = pace.stage('parse trees');
  const networks: [string, Model, Weights][] = [
    ['trained', best.model, best.watched.weights],
    ['untrained', best.model, startWeights(best.model, seed)],
    ...(withoutRouting ? [['trained with uniform couplings', withoutRouting.model, withoutRouting.watched.weights] as [string, Model, Weights]] : []),
  ];
  const trees: Trees[] = [];
  for (const [network, of, weights] of networks) {
    const list: MovedTrees[] = [];
    for (const motion of motions) {
      list.push(movedTrees(of, weights, testing, motion, random));
      await tell(trees.length * motions.length + list.length, networks.length * motions.length, network);
    }
    trees.push({ network, moved: list, information: parentInformation(of.observe(weights, testing), testing, random) });
  }
  const left = [
    ...(withoutRouting
      ? [
          ...ablations(best.model, best.watched.weights, someImages(training, 0, Math.min(500, training.count)), testing, random),
          compared('trained without routing', `another network, trained with equal couplings from the scale recommended for them, c = ${scaleText(withoutRouting.model.architecture)}`, best.seen, withoutRouting.seen, random),
        ]
      : []),
    compared('without capsules', `a plain network of ${a.layers.length} dense layers of ${plain.hidden} units, ${plain.parameters} parameters, on the same features`, best.seen, plain, random),
  ];
  const { sweep } = options;
  const swept = sweep && (await trainedMap(a, sweep.depths, sweep.scales, training, testing, { ...how, epochs: sweep.epochs }, pace.stage('depth × scale')));
  return { ...base, described, ...(recommended && { recommended }), trees, ablations: left, ...(swept && { sweep: swept }) };
}

/** The network without routing: its capsules need another scale, the one recommended for it. */
function atItsScale(a: Architecture, images: Images, seed: number): Model {
  const uniform: Architecture = { ...a, routing: { ...a.routing, kind: 'uniform' } };
  const { band } = forecast(modelOf(uniform), someImages(images, 0, Math.min(forecastImages, images.count)), seed);
  return modelOf(band ? { ...uniform, init: { kind: 'scaled', c: band.recommended } } : uniform);
}

function scaleText(a: Architecture): string {
  return a.init.kind === 'scaled' ? String(a.init.c) : scales(a).map((c) => c.toPrecision(2)).join(', ');
}

function dataFor(a: Architecture, given: Images | undefined, train: number, test: number, seed: number): { training: Images; testing: Images } {
  const classes = must(a.layers.at(-1)).capsules;
  const all = given ? shrunk(given, a.side) : glyphImages({ count: train + test, classes, side: a.side, seed });
  if (all.classes > classes) throw new RicciError([tooManyClasses(all.classes, classes)]);
  if (all.count < 8) throw new RicciError([tooFew(all.count)]);
  const kept = Math.min(test, Math.floor(all.count / 4));
  const images = { ...all, classes };
  return { training: someImages(images, 0, Math.min(train, all.count - kept)), testing: someImages(images, all.count - kept, all.count) };
}

function tooManyClasses(found: number, needed: number) {
  return {
    code: 'data-shape-differs',
    severity: 'error',
    message: `the images have ${found} classes, and the top layer has ${needed} capsules`,
    span: [0, 0],
    needed: 'a capsule for each class',
    found: `${found} classes, ${needed} capsules`,
    help: `give the top layer ${found} capsules (classes: ${found})`,
  } as const;
}

function tooFew(found: number) {
  return { code: 'bad-data', severity: 'error', message: 'there are too few images to train and to test', span: [0, 0], needed: '8 or more', found: String(found), help: 'give more images' } as const;
}
