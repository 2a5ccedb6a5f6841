// A training that is watched: the census of capsules, the couplings and the gradient by depth, as it goes.

import { must } from '../../base/internal.ts';
import { adam } from '../harness/optimizer.ts';
import type { Tell } from '../harness/progress.ts';
import { fitLine } from '../harness/slope.ts';
import { type TrainStep, gradientNorms, training } from '../harness/train.ts';
import type { TrainOutcome } from '../harness/train-outcome.ts';
import { adamEpsilon } from './forecast.ts';
import { censusOf } from './census.ts';
import { type Images, someImages } from './images.ts';
import { type Model, type Weights, lossData, startWeights } from './model.ts';

export interface WatchOptions {
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
  /** How often it is looked at; about so many times in all. */
  readonly looks?: number;
}

/** One look. Levels are the primary capsules and the layers; layers have couplings and matrices. */
export interface Look {
  readonly step: number;
  /** Mean since the look before. */
  readonly loss: number;
  readonly dead: readonly number[];
  readonly meanLengths: readonly number[];
  readonly entropies: readonly number[];
  /** Root mean square entry of the gradient by each layer's matrices. */
  readonly gradients: readonly number[];
  /** Of the logarithm of these against depth, in powers of e a layer; NaN for one layer, and where one is 0. */
  readonly slope: number;
}

export interface Watched {
  readonly weights: Weights;
  readonly looks: readonly Look[];
  readonly outcome: TrainOutcome;
  /** Layers most of whose capsules are dead from some step on to the end. */
  readonly starved: readonly { readonly layer: number; readonly since: number }[];
}

// As many images are enough for shares of capsules.
const seenImages = 100;
const mostlyDead = 0.9;

export async function watchedTraining(model: Model, images: Images, { epochs, batch, rate, seed, looks: count = 20 }: WatchOptions, tell: Tell): Promise<Watched> {
  const few = someImages(images, 0, Math.min(seenImages, images.count));
  const data = lossData(model, images);
  const run = training(model.network.trainable, { data, examples: Object.keys(data), start: startWeights(model, seed), method: adam({ rate, epsilon: adamEpsilon }), batch, epochs, seed });
  const looks: Look[] = [];
  let [sum, since] = [0, 0];
  for (let next = run.next(); ; next = run.next()) {
    if (next.done === true) return { weights: next.value.values, looks, outcome: next.value.outcome, starved: starvedLayers(looks) };
    const step = next.value;
    sum += step.loss;
    since++;
    const every = Math.max(1, Math.floor(step.steps / count));
    if (step.step === 1 || step.step % every === 0 || step.step === step.steps) {
      looks.push(look(model, few, step, sum / since));
      [sum, since] = [0, 0];
    }
    await tell(step.step, step.steps, `loss ${step.loss.toPrecision(3)}`);
  }
}

function look(model: Model, images: Images, step: TrainStep, loss: number): Look {
  const weights = Object.fromEntries(step.parts.map(({ name, shape, from, length }) => [name, { shape, data: step.x.subarray(from, from + length) }]));
  const { levels, routing } = censusOf(model.observe(weights, images));
  const norms = gradientNorms(step);
  const gradients = step.parts.filter(({ name }) => name.startsWith('W')).map(({ name, length }) => must(norms[name]) / Math.sqrt(length));
  const depths = gradients.map((_, l) => l + 1);
  const slope = gradients.length > 1 && gradients.every((g) => g > 0) ? fitLine(depths, gradients.map(Math.log)).slope : NaN;
  return { step: step.step, loss, dead: levels.map((l) => l.dead), meanLengths: levels.map((l) => l.meanLength), entropies: routing.map((r) => r.entropy), gradients, slope };
}

function starvedLayers(looks: readonly Look[]): { layer: number; since: number }[] {
  const last = looks.at(-1);
  return (last?.dead ?? []).flatMap((_, layer) => {
    const alive = looks.findLastIndex((one) => must(one.dead[layer]) < mostlyDead);
    const first = looks[alive + 1];
    return layer > 0 && first ? [{ layer, since: first.step }] : [];
  });
}
