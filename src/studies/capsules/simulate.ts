// Lengths of capsules of random networks on random inputs, by the network's own layers: what the recursion of
// `mean-field.ts` is held against.

import { must } from '../../base/internal.ts';
import { dim } from '../../ir/dim.ts';
import { einsum, variable } from '../../ir/expr.ts';
import { squaredLength } from '../../ops/defined/squash.ts';
import { safeRoot } from '../../ops/scalar/root.ts';
import { compile } from '../../run/compile.ts';
import type { Tensor } from '../../run/values.ts';
import { newStream } from '../harness/random.ts';
import { type LayerSizes, type Routing, defaults } from './architecture.ts';
import { deviationFor, logLengths, weakBelow } from './mean-field.ts';
import { route } from './network.ts';

export interface SimulateOptions {
  /** Of the first level: all capsules this long, in random directions. */
  readonly length: number;
  readonly routing?: Routing;
  readonly inputs?: number;
  readonly seed?: number;
}

export interface Simulated {
  /** Mean length before the first layer and after each. */
  readonly lengths: readonly number[];
  /** Of the couplings of each layer, over the logarithm of the number of parents. */
  readonly entropies: readonly number[];
}

/** Sends random capsules through layers of random matrices, `deviations` those of their entries. Couplings are uniform unless told. */
export function simulate(layers: readonly LayerSizes[], deviations: readonly number[], { length, routing = { ...defaults.routing, kind: 'uniform' }, inputs = 64, seed = 1 }: SimulateOptions): Simulated {
  const random = newStream(seed).split('simulation');
  const [first] = layers;
  let poses = unitVectors(must(first).children, inputs, must(first).childDim, length, random.split('inputs').normals(must(first).children * inputs * must(first).childDim));
  const lengths = [length];
  const entropies: number[] = [];
  const layer = layerFunction(routing);
  for (const [l, { children, childDim, parents, dim: size }] of layers.entries()) {
    const sd = must(deviations[l]);
    const W = random.split('matrices').split(l).normals(children * childDim * parents * size).map((z) => sd * z);
    const out = layer({ U: { shape: [children, inputs, childDim], data: poses }, W: { shape: [children, childDim, parents, size], data: W } });
    poses = must(out['pose'] as Tensor).data as Float64Array;
    const own = must(out['length'] as Tensor).data as Float64Array;
    lengths.push(own.reduce((a, b) => a + b, 0) / own.length);
    const c = must(out['couplings'] as Tensor).data as Float64Array;
    entropies.push(c.reduce((sum, x) => (x > 0 ? sum - x * Math.log(x) : sum), 0) / (children * inputs) / Math.log(parents));
  }
  return { lengths, entropies };
}

/** How far mean lengths of random capsules lie from the recursion at one scale: relative, where the recursion is not weak. */
export interface RecursionCheck {
  readonly c: number;
  readonly recursion: readonly number[];
  readonly simulated: readonly number[];
  readonly worst: number;
}

// Below, at and above the threshold of the recursion, from long capsules.
const checkedScales = [0.5, 1.8, 2.2, 3];
const checkedLength = 0.9;

/** The recursion against simulations with uniform couplings, for layers of these sizes. */
export function checkRecursion(layers: readonly LayerSizes[], seed: number): RecursionCheck[] {
  return checkedScales.map((c) => {
    const recursion = logLengths(checkedLength, layers.map(() => c)).map(Math.exp);
    const { lengths } = simulate(layers, layers.map((one) => deviationFor(one, c)), { length: checkedLength, inputs: 16, seed });
    const worst = recursion.reduce((most, m, l) => (m > weakBelow ? Math.max(most, Math.abs(must(lengths[l]) / m - 1)) : most), 0);
    return { c, recursion, simulated: lengths, worst };
  });
}

function layerFunction(routing: Routing): ReturnType<typeof compile<string>> {
  const [i, b, q, j, r] = [dim('i'), dim('b'), dim('q'), dim('j'), dim('r')];
  const [U, W] = [variable('U', [i, b, q]), variable('W', [i, q, j, r])];
  const { pose, couplings } = route(einsum('iqjr,ibq->ibjr', [W, U]), 'i', undefined, { ...defaults, routing: { ...routing, gradient: 'through' } }, routing.kind === 'uniform' ? 'uniform' : 'by routing', 0, b);
  return compile<string>({ pose, couplings, length: safeRoot(squaredLength(pose)) });
}

function unitVectors(capsules: number, inputs: number, size: number, length: number, normals: Float64Array): Float64Array {
  const out = new Float64Array(normals.length);
  for (let k = 0; k < capsules * inputs; k++) {
    const own = normals.subarray(k * size, (k + 1) * size);
    const norm = Math.hypot(...own);
    for (let q = 0; q < size; q++) out[k * size + q] = (length * own[q]!) / norm;
  }
  return out;
}
