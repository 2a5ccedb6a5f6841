// Depth against scale: where capsules die, where couplings freeze, and what trains between.

import type { Tell } from '../harness/progress.ts';
import type { Architecture } from './architecture.ts';
import { censusOf } from './census.ts';
import { type Images, someImages } from './images.ts';
import { logLengths } from './mean-field.ts';
import { accuracyOf, modelOf } from './model.ts';
import { type WatchOptions, watchedTraining } from './watch.ts';

export interface PhaseMap {
  readonly depths: readonly number[];
  readonly scales: readonly number[];
  /** By the recursion, log10 of the length of the top capsules: by depth, then by scale. */
  readonly log10Lengths: readonly (readonly number[])[];
}

/** The map of the recursion for primary capsules of this length. Layers count from 1 to `deepest`. */
export function phaseMap(first: number, deepest: number, scales: readonly number[]): PhaseMap {
  const depths = Array.from({ length: deepest }, (_, k) => k + 1);
  const log10Lengths = depths.map((depth) => scales.map((c) => logLengths(first, Array<number>(depth).fill(c)).at(-1)! / Math.LN10));
  return { depths, scales, log10Lengths };
}

export interface TrainedCell {
  readonly depth: number;
  readonly c: number;
  readonly accuracy: number;
  /** Largest share of dead capsules in a layer, and the lowest entropy of couplings, after training. */
  readonly dead: number;
  readonly entropy: number;
}

/** The architecture with another number of layers: those below the top are like its first. */
export function withDepth(a: Architecture, depth: number): Architecture {
  const [top, inner] = [a.layers.at(-1)!, a.layers.length > 1 ? a.layers[0]! : { capsules: 16, dim: a.layers[0]!.dim }];
  return { ...a, layers: [...Array.from({ length: depth - 1 }, () => inner), top] };
}

/** Trains a network in each cell. */
export async function trainedMap(a: Architecture, depths: readonly number[], scales: readonly number[], train: Images, test: Images, options: WatchOptions, tell: Tell): Promise<TrainedCell[]> {
  const cells: TrainedCell[] = [];
  const all = depths.length * scales.length;
  for (const depth of depths) {
    for (const c of scales) {
      const model = modelOf({ ...withDepth(a, depth), init: { kind: 'scaled', c } });
      const { weights } = await watchedTraining(model, train, { ...options, looks: 1 }, async (done, of) => tell(cells.length + done / of, all, `depth ${depth}, c = ${c}`));
      const seen = model.observe(weights, test);
      const { levels, routing } = censusOf(model.observe(weights, someImages(test, 0, Math.min(200, test.count))));
      cells.push({ depth, c, accuracy: accuracyOf(seen), dead: Math.max(...levels.map((l) => l.dead)), entropy: Math.min(...routing.map((r) => r.entropy)) });
    }
  }
  return cells;
}
