// Depth against scale: where capsules die, where couplings freeze, and what trains between.

import type { Tell } from '../harness/progress.ts';
import type { Architecture } from './architecture.ts';
import { censusOf } from './census.ts';
import { type Images, someImages } from './images.ts';
import { logLengths } from './mean-field.ts';
import { accuracyOf, modelOf } from './model.ts';
import { trainPlain } from './plain.ts';
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

/** A plain network of as many layers and about as many parameters. */
export interface PlainCell {
  readonly depth: number;
  readonly accuracy: number;
  readonly parameters: number;
}

export interface TrainedMap {
  readonly cells: readonly TrainedCell[];
  readonly plain: readonly PlainCell[];
}

/** Trains a network in each cell, and a plain one for each depth. */
export async function trainedMap(a: Architecture, depths: readonly number[], scales: readonly number[], train: Images, test: Images, options: WatchOptions, tell: Tell): Promise<TrainedMap> {
  const cells: TrainedCell[] = [];
  const plain: PlainCell[] = [];
  const all = depths.length * (scales.length + 1);
  const during = (depth: number, what: string): Tell => async (done, of) => tell(cells.length + plain.length + done / of, all, `depth ${depth}, ${what}`);
  for (const depth of depths) {
    let parameters = 0;
    for (const c of scales) {
      const model = modelOf({ ...withDepth(a, depth), init: { kind: 'scaled', c } });
      const { weights } = await watchedTraining(model, train, { ...options, looks: 1 }, during(depth, `c = ${c}`));
      parameters = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
      const seen = model.observe(weights, test);
      const { levels, routing } = censusOf(model.observe(weights, someImages(test, 0, Math.min(200, test.count))));
      cells.push({ depth, c, accuracy: accuracyOf(seen), dead: Math.max(...levels.map((l) => l.dead)), entropy: Math.min(...routing.map((r) => r.entropy)) });
    }
    const { accuracy, parameters: own } = await trainPlain(withDepth(a, depth), parameters, train, test, options, during(depth, 'without capsules'));
    plain.push({ depth, accuracy, parameters: own });
  }
  return { cells, plain };
}
