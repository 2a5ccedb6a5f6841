// What accuracy is left when the routing is taken out of a trained network, and what a network trained without it reaches.

import { bootstrapMean } from '../harness/resampling.ts';
import type { Stream } from '../harness/random.ts';
import { meanCouplings } from './census.ts';
import type { Images } from './images.ts';
import { type Model, type Observation, type Weights, accuracyOf, modelOf } from './model.ts';

export interface Ablation {
  readonly name: string;
  readonly says: string;
  readonly accuracy: number;
  /** Accuracy of the network as it is, less this one's, image by image. */
  readonly lost: number;
  readonly interval: readonly [low: number, high: number];
}

/** The same weights with other couplings. `training` are the images whose mean couplings are taken. */
export function ablations(model: Model, weights: Weights, training: Images, test: Images, random: Stream): Ablation[] {
  const whole = model.observe(weights, test);
  const means = meanCouplings(model.observe(weights, training));
  return [
    compared('routing off', 'all couplings equal, same weights', whole, modelOf(model.architecture, 'uniform').observe(weights, test), random),
    compared('couplings frozen at their mean', 'one coupling for each pair, whatever the image, same weights', whole, modelOf(model.architecture, 'given').observe(weights, test, means), random),
  ];
}

/** Of two networks on the same images: what the first is better by, with its interval over images. */
export function compared(name: string, says: string, whole: Pick<Observation, 'right'>, other: Pick<Observation, 'right'>, random: Stream): Ablation {
  const differences = Float64Array.from(whole.right, (r, n) => r - other.right[n]!);
  const { low, high } = bootstrapMean(differences, { random: random.split(name) });
  return { name, says, accuracy: accuracyOf(other), lost: accuracyOf(whole) - accuracyOf(other), interval: [low, high] };
}
