// Whether routing finds a parse tree: each child hangs on the parent that it is coupled to most. A tree of an image should
// stay when the image moves a little, and be another for another image; poses should move with the image.

import { must } from '../../base/internal.ts';
import { cholesky } from '../../ops/reference/cholesky.ts';
import { dense } from '../../ops/reference/dense.ts';
import type { Stream } from '../harness/random.ts';
import { type Images, type Motion, motionText, moved } from './images.ts';
import type { Level, Model, Observation, Routed, Weights } from './model.ts';

export interface LayerTree {
  readonly layer: number;
  /** Share of children that keep their parent when the image moves; and weighed by their lengths. */
  readonly kept: number;
  readonly keptByActivity: number;
  /** The same share between an image and another one of the set. */
  readonly keptByOthers: number;
  /** What chance gives: one over the number of parents. */
  readonly chance: number;
  /** Squared error of the moved poses from those before by the best linear map of a layer, and from themselves unmoved, over their variance. */
  readonly equivariance: number;
  readonly invariance: number;
}

export interface MovedTrees {
  readonly motion: string;
  /** Share of images recognised after the motion. */
  readonly accuracy: number;
  readonly layers: readonly LayerTree[];
}

/** Small motions of a network's own data: a pixel, a fifteenth of a turn, a tenth larger. */
export const motions: readonly Motion[] = [
  { kind: 'shift', right: 1, down: 0 },
  { kind: 'shift', right: 0, down: 1 },
  { kind: 'turn', degrees: 15 },
  { kind: 'scale', by: 1.15 },
];

/** Trees of the images against those of the images moved. */
export function movedTrees(model: Model, weights: Weights, images: Images, motion: Motion, random: Stream): MovedTrees {
  const before = model.observe(weights, images);
  const after = model.observe(weights, moved(images, motion));
  const others = random.split('others').permutation(images.count);
  const layers = before.layers.map((layer, l): LayerTree => {
    const [edges, next] = [edgesOf(layer, images.count), edgesOf(must(after.layers[l]), images.count)];
    const own = Int32Array.from({ length: images.count }, (_, n) => n);
    const below = must(before.levels[l]);
    const level = must(before.levels[l + 1]);
    const levelAfter = must(after.levels[l + 1]);
    return {
      layer: l + 1,
      kept: sameEdges(edges, next, own, layer.children),
      keptByActivity: sameEdges(edges, next, own, layer.children, below.lengths),
      keptByOthers: sameEdges(edges, edges, others, layer.children),
      chance: 1 / layer.parents,
      equivariance: poseError(level, levelAfter, images.count, true),
      invariance: poseError(level, levelAfter, images.count, false),
    };
  });
  return { motion: motionText(motion), accuracy: after.right.reduce((a, b) => a + b, 0) / images.count, layers };
}

/** [child, image] → the parent it is coupled to most. */
function edgesOf({ children, parents, edges }: Routed, images: number): Int32Array {
  return Int32Array.from({ length: children * images }, (_, at) => {
    let best = 0;
    for (let j = 1; j < parents; j++) if (edges[at * parents + j]! > edges[at * parents + best]!) best = j;
    return best;
  });
}

function sameEdges(edges: Int32Array, others: Int32Array, partner: Int32Array, children: number, weights?: Float64Array): number {
  const images = partner.length;
  let [same, all] = [0, 0];
  for (let i = 0; i < children; i++) {
    for (let n = 0; n < images; n++) {
      // An image is not another image.
      if (others === edges && partner[n] === n) continue;
      const weight = weights ? weights[i * images + n]! : 1;
      all += weight;
      if (edges[i * images + n] === others[i * images + partner[n]!]) same += weight;
    }
  }
  return all > 0 ? same / all : NaN;
}

// Added to the diagonal of normal equations, as a share of their largest entry.
const ridge = 1e-9;

/** Of half of the images, by the map that is best for the other half; NaN where poses do not vary. */
function poseError({ capsules, dim: d, poses: before }: Level, { poses: after }: Level, images: number, byMap: boolean): number {
  const isFit = (n: number): boolean => n % 2 === 0;
  const visit = (test: boolean, see: (from: number) => void): void => {
    for (let k = 0; k < capsules; k++) for (let n = 0; n < images; n++) if (isFit(n) !== test) see((k * images + n) * d);
  };
  const mean = new Float64Array(d);
  let count = 0;
  visit(true, (at) => {
    count++;
    for (let q = 0; q < d; q++) mean[q]! += after[at + q]!;
  });
  const map = byMap ? bestMap(before, after, d, (see) => visit(false, see)) : undefined;
  let [error, variance] = [0, 0];
  visit(true, (at) => {
    for (let q = 0; q < d; q++) {
      let guess = map ? 0 : before[at + q]!;
      if (map) for (let p = 0; p < d; p++) guess += map[p * d + q]! * before[at + p]!;
      error += (after[at + q]! - guess) ** 2;
      variance += (after[at + q]! - mean[q]! / count) ** 2;
    }
  });
  return variance > 0 ? error / variance : NaN;
}

/** M with after ≈ before M by least squares, from the normal equations; undefined where these are singular. */
function bestMap(before: Float64Array, after: Float64Array, d: number, visit: (see: (at: number) => void) => void): Float64Array | undefined {
  const [G, H] = [dense([d, d]), new Float64Array(d * d)];
  visit((at) => {
    for (let p = 0; p < d; p++) {
      for (let q = 0; q < d; q++) {
        G.data[p * d + q]! += before[at + p]! * before[at + q]!;
        H[p * d + q]! += before[at + p]! * after[at + q]!;
      }
    }
  });
  const most = G.data.reduce((a, b) => Math.max(a, b), 0);
  for (let p = 0; p < d; p++) G.data[p * d + p]! += ridge * most;
  const L = cholesky(G).data;
  if (Number.isNaN(L[0])) return undefined;
  for (let q = 0; q < d; q++) {
    for (let p = 0; p < d; p++) {
      for (let k = 0; k < p; k++) H[p * d + q]! -= L[p * d + k]! * H[k * d + q]!;
      H[p * d + q]! /= L[p * d + p]!;
    }
    for (let p = d - 1; p >= 0; p--) {
      for (let k = p + 1; k < d; k++) H[p * d + q]! -= L[k * d + p]! * H[k * d + q]!;
      H[p * d + q]! /= L[p * d + p]!;
    }
  }
  return H;
}

export interface LayerInformation {
  readonly layer: number;
  /** Between the parent of a child and the class of the image, over the logarithm of the number of classes; mean over children. */
  readonly information: number;
  /** The same with labels in random order: what few images give for nothing. */
  readonly shuffled: number;
}

/** Mutual information of parents and classes. */
export function parentInformation(seen: Observation, { labels, classes }: Images, random: Stream): LayerInformation[] {
  const order = random.split('labels').permutation(labels.length);
  const shuffled = labels.map((_, n) => labels[order[n]!]!);
  return seen.layers.map((layer, l) => {
    const edges = edgesOf(layer, seen.images);
    const of = (own: Int32Array): number => meanInformation(edges, own, layer, classes);
    return { layer: l + 1, information: of(labels), shuffled: of(shuffled) };
  });
}

function meanInformation(edges: Int32Array, labels: Int32Array, { children, parents }: Routed, classes: number): number {
  const images = labels.length;
  let total = 0;
  for (let i = 0; i < children; i++) {
    const joint = new Float64Array(parents * classes);
    const [byParent, byClass] = [new Float64Array(parents), new Float64Array(classes)];
    for (let n = 0; n < images; n++) {
      const [j, k] = [edges[i * images + n]!, labels[n]!];
      joint[j * classes + k]! += 1 / images;
      byParent[j]! += 1 / images;
      byClass[k]! += 1 / images;
    }
    for (let j = 0; j < parents; j++) for (let k = 0; k < classes; k++) if (joint[j * classes + k]! > 0) total += joint[j * classes + k]! * Math.log(joint[j * classes + k]! / (byParent[j]! * byClass[k]!));
  }
  return total / children / Math.log(classes);
}
