// What the capsules of a network do on a set of images: which live, which never change, and how the routing decides.

import { must } from '../../base/internal.ts';
import { deadBelow, weakBelow } from './mean-field.ts';
import type { Level, Observation, Routed } from './model.ts';

export interface LevelCensus {
  readonly level: number;
  readonly capsules: number;
  readonly meanLength: number;
  readonly maxLength: number;
  /** Shares of capsules: never longer than 0.01; else never longer than 0.1; else whose length hardly changes with the image. */
  readonly dead: number;
  readonly weak: number;
  readonly frozen: number;
  /** exp of the entropy of mean lengths: how many capsules share the activity. */
  readonly effective: number;
}

export interface RoutingCensus {
  readonly layer: number;
  readonly children: number;
  readonly parents: number;
  /** Of couplings, over the logarithm of the number of parents: 1 is uniform, 0 is hard. */
  readonly entropy: number;
  /** Mean over children and images of the largest coupling. */
  readonly largest: number;
  /** Half the sum of absolute differences from uniform couplings. */
  readonly fromUniform: number;
  /** Standard deviation of a coupling over images, over 1/parents. */
  readonly changes: number;
  /** Share of images on which a child has the parent that it has most often. */
  readonly modalShare: number;
}

export interface Census {
  readonly levels: readonly LevelCensus[];
  readonly routing: readonly RoutingCensus[];
}

// Lengths that differ less between images.
const frozenBelow = 0.01;

export function censusOf(seen: Observation): Census {
  return { levels: seen.levels.map((level, l) => levelCensus(level, l, seen.images)), routing: seen.layers.map((layer, l) => routingCensus(layer, l + 1, seen.images)) };
}

function levelCensus({ capsules, lengths }: Level, level: number, images: number): LevelCensus {
  const means: number[] = [];
  let [dead, weak, frozen, top] = [0, 0, 0, 0];
  for (let k = 0; k < capsules; k++) {
    const own = lengths.subarray(k * images, (k + 1) * images);
    const mean = own.reduce((a, b) => a + b, 0) / images;
    const most = own.reduce((a, b) => Math.max(a, b), 0);
    const deviation = Math.sqrt(own.reduce((sum, m) => sum + (m - mean) ** 2, 0) / images);
    means.push(mean);
    top = Math.max(top, most);
    if (most < deadBelow) dead++;
    else if (most < weakBelow) weak++;
    else if (deviation < frozenBelow) frozen++;
  }
  const total = means.reduce((a, b) => a + b, 0);
  return { level, capsules, meanLength: total / capsules, maxLength: top, dead: dead / capsules, weak: weak / capsules, frozen: frozen / capsules, effective: total > 0 ? Math.exp(entropyOf(means.map((m) => m / total))) : 0 };
}

function routingCensus({ children, parents, couplings }: Routed, layer: number, images: number): RoutingCensus {
  const even = 1 / parents;
  let [entropy, largest, far, changes, modal] = [0, 0, 0, 0, 0];
  for (let i = 0; i < children; i++) {
    const sums = new Float64Array(parents);
    const squares = new Float64Array(parents);
    const wins = new Int32Array(parents);
    for (let n = 0; n < images; n++) {
      const own = couplings.subarray((i * images + n) * parents, (i * images + n + 1) * parents);
      entropy += entropyOf(own);
      let best = 0;
      for (let j = 0; j < parents; j++) {
        const c = own[j]!;
        sums[j]! += c;
        squares[j]! += c * c;
        far += Math.abs(c - even) / 2;
        if (c > own[best]!) best = j;
      }
      largest += own[best]!;
      wins[best]!++;
    }
    for (let j = 0; j < parents; j++) changes += Math.sqrt(Math.max(0, squares[j]! / images - (sums[j]! / images) ** 2));
    modal += wins.reduce((a, b) => Math.max(a, b), 0) / images;
  }
  const all = children * images;
  return { layer, children, parents, entropy: entropy / all / Math.log(parents), largest: largest / all, fromUniform: far / all, changes: changes / (children * parents) / even, modalShare: modal / children };
}

/** Couplings averaged over images, [child, parent], of each layer. */
export function meanCouplings({ layers, images }: Observation): Float64Array[] {
  return layers.map(({ children, parents, couplings }) => {
    const mean = new Float64Array(children * parents);
    for (let i = 0; i < children; i++) for (let n = 0; n < images; n++) for (let j = 0; j < parents; j++) mean[i * parents + j]! += must(couplings[(i * images + n) * parents + j]) / images;
    return mean;
  });
}

function entropyOf(shares: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < shares.length; j++) if (shares[j]! > 0) sum -= shares[j]! * Math.log(shares[j]!);
  return sum;
}
