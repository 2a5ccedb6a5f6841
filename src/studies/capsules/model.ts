// A network with numbers: start values, and what can be seen of it on images.

import { must } from '../../base/internal.ts';
import type { VariableNode } from '../../ir/expr.ts';
import { compile } from '../../run/compile.ts';
import { newStream } from '../harness/random.ts';
import { type Architecture, primaryCount } from './architecture.ts';
import { type Images, patchesOf, targetsOf } from './images.ts';
import { deviations } from './mean-field.ts';
import { type Couplings, type Network, network } from './network.ts';

export interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Parameters by name. */
export type Weights = Readonly<Record<string, Numbers>>;

/** One level of capsules as seen on images: level 0 are the primary capsules. */
export interface Level {
  readonly capsules: number;
  readonly dim: number;
  /** [capsule, image] */
  readonly lengths: Float64Array;
  /** [capsule, image, number] */
  readonly poses: Float64Array;
}

/** One layer of routing, between two levels. */
export interface Routed {
  readonly children: number;
  readonly parents: number;
  /** [child, image, parent] */
  readonly couplings: Float64Array;
  readonly edges: Float64Array;
}

export interface Observation {
  readonly images: number;
  readonly levels: readonly Level[];
  readonly layers: readonly Routed[];
  /** The class whose capsule is longest. */
  readonly predicted: Int32Array;
  /** 1 where that is the label. */
  readonly right: Uint8Array;
}

export interface Model {
  readonly architecture: Architecture;
  readonly network: Network;
  /** `given` has the couplings of each layer, [child, parent], for a model that takes them. */
  readonly observe: (weights: Weights, images: Images, given?: readonly Float64Array[]) => Observation;
}

export function modelOf(a: Architecture, couplings?: Couplings): Model {
  const net = network(a, couplings);
  const named = (prefix: string, list: Network['poses']): [string, Network['poses'][number]][] => list.map((e, l) => [`${prefix}${l}`, e]);
  const look = compile(Object.fromEntries([...named('length', net.lengths), ...named('pose', net.poses), ...named('coupling', net.couplings), ...named('edge', net.edges)]));
  const observe = (weights: Weights, images: Images, given: readonly Float64Array[] = []): Observation => {
    const fixed = Object.fromEntries(net.given.map((v, l) => [v.name, { shape: numericShape(v), data: must(given[l]) }]));
    const found = look({ ...weights, ...fixed, [net.data.patches.name]: patchesOf(images, a) }, {});
    const at = (name: string): Float64Array => must(found[name]).data as Float64Array;
    const levels = net.poses.map((_, l): Level => {
      const layer = l === 0 ? { capsules: primaryCount(a), dim: a.primary.dim } : must(a.layers[l - 1]);
      return { ...layer, lengths: at(`length${l}`), poses: at(`pose${l}`) };
    });
    const layers = a.layers.map((layer, l): Routed => ({ children: must(levels[l]).capsules, parents: layer.capsules, couplings: at(`coupling${l}`), edges: at(`edge${l}`) }));
    const predicted = longest(must(levels.at(-1)), images.count);
    return { images: images.count, levels, layers, predicted, right: Uint8Array.from(predicted, (k, n) => Number(k === images.labels[n])) };
  };
  return { architecture: a, network: net, observe };
}

/** Data of the loss, by name. */
export function lossData({ network: net, architecture }: Model, images: Images): Record<string, Numbers> {
  return { [net.data.patches.name]: patchesOf(images, architecture), [net.data.targets.name]: targetsOf(images) };
}

// Sums before the squashing of primary capsules are then about 1 long, for images between 0 and 1.
const primaryGain = 2;
const biasDeviation = 0.1;

/**
 * Start values: He's for the features, transformation matrices as the architecture says, everything normal.
 * He, Zhang, Ren, Sun, Delving Deep into Rectifiers, ICCV 2015, (10).
 */
export function startWeights({ architecture: a, network: net }: Model, seed: number): Record<string, Numbers> {
  const random = newStream(seed).split('start weights');
  const layers = new Map(deviations(a).map((sd, l) => [`W${l + 1}`, sd]));
  const deviation = ({ name }: VariableNode): number => {
    if (name === 'A') return Math.sqrt(2 / a.features.patch ** 2);
    if (name === 'P') return primaryGain / Math.sqrt(a.features.count * a.primary.dim);
    return layers.get(name) ?? (name.startsWith('B') ? biasDeviation : 0);
  };
  return Object.fromEntries(
    net.trainable.parameters.map((v) => {
      const shape = numericShape(v);
      const sd = deviation(v);
      return [v.name, { shape, data: random.split(v.name).normals(shape.reduce((x, y) => x * y, 1)).map((z) => sd * z) }];
    }),
  );
}

export function accuracyOf({ right }: Pick<Observation, 'right'>): number {
  return right.reduce((a, b) => a + b, 0) / right.length;
}

function numericShape({ shape }: VariableNode): number[] {
  return shape.map((d) => Number(d.key));
}

function longest({ capsules, lengths }: Level, images: number): Int32Array {
  return Int32Array.from({ length: images }, (_, n) => {
    let best = 0;
    for (let k = 1; k < capsules; k++) if (lengths[k * images + n]! > lengths[best * images + n]!) best = k;
    return best;
  });
}
