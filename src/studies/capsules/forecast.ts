// What can be said of a network before it is trained: the recursion, a simulation, and the network's own gradient and
// couplings at its start values, for its scale and for a range of scales.

import { must } from '../../base/internal.ts';
import { lossFunction } from '../harness/trainable.ts';
import { type Architecture, layerSizes, positionsAlong } from './architecture.ts';
import { type Census, censusOf } from './census.ts';
import type { Images } from './images.ts';
import { type Standing, deviationFor, deviations, logLengths, scales, standingOf } from './mean-field.ts';
import { type Model, type Numbers, type Weights, lossData, startWeights } from './model.ts';
import { type RecursionCheck, type Simulated, checkRecursion, simulate } from './simulate.ts';

/** Adam divides by the size of the gradient plus this. */
export const adamEpsilon = 1e-8;
/** Entries of the gradient below this move by a tenth of the rate at most, and those far below not at all. */
export const starvedBelow: number = adamEpsilon / 10;
/** Couplings that are harder at the start than this (entropy over that of uniform ones) mostly stay where they fell. */
export const hardBelow = 0.95;

/** One scale: how far the gradient reaches, and how hard the routing decides. */
export interface ScalePoint {
  readonly c: number;
  /** Root mean square entry of the gradient by each layer's matrices. */
  readonly gradients: readonly number[];
  readonly entropies: readonly number[];
  readonly expected: 'starved' | 'trainable' | 'frozen';
}

export interface Forecast {
  /** Mean length of the primary capsules on the images. */
  readonly first: number;
  /** c of each layer. */
  readonly c: readonly number[];
  readonly deviations: readonly number[];
  /** By the recursion: log of the length of each level. */
  readonly logLengths: readonly number[];
  readonly standing: readonly Standing[];
  /** Random capsules through random matrices, with uniform couplings and with the network's routing. */
  readonly simulated: { readonly uniform: Simulated; readonly routed: Simulated };
  /** The recursion at some scales, for layers of these sizes. */
  readonly recursion: readonly RecursionCheck[];
  /** The network itself at its start values. */
  readonly census: Census;
  readonly here: ScalePoint;
  readonly sweep: readonly ScalePoint[];
  /** Scales of the sweep that are expected to train, and the one to start from; absent where none is. */
  readonly band?: { readonly from: number; readonly to: number; readonly recommended: number; readonly deviations: readonly number[] };
  readonly cost: Cost;
}

export interface Cost {
  readonly parameters: number;
  /** Multiplications of one image forward. */
  readonly multiplications: number;
}

/** Scales that are looked at, from far too small to far too large. */
export const scaleGrid: readonly number[] = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 1.25, 1.6, 2, 2.5, 3.2];

export function forecast(model: Model, images: Images, seed: number): Forecast {
  const { architecture: a } = model;
  const start = startWeights(model, seed);
  const census = censusOf(model.observe(start, images));
  const first = must(census.levels[0]).meanLength;
  const c = scales(a);
  const logs = logLengths(first, c);
  const sizes = layerSizes(a);
  const sds = deviations(a);
  const look = scaleLook(model, images, start);
  const sweep = scaleGrid.map((one) => look(one, withScale(start, a, one)));
  return {
    first,
    c,
    deviations: sds,
    logLengths: logs,
    standing: logs.map((log) => standingOf(Math.exp(log))),
    simulated: { uniform: simulate(sizes, sds, { length: first, seed }), routed: simulate(sizes, sds, { length: first, seed, routing: a.routing }) },
    recursion: checkRecursion(sizes, seed),
    census,
    here: look(geometricMean(c), start),
    sweep,
    ...bandOf(sweep, a),
    cost: costOf(a, start),
  };
}

/** The largest run of scales that are expected to train; the recommended one lies in its middle, by ratios. */
function bandOf(sweep: readonly ScalePoint[], a: Architecture): Pick<Forecast, 'band'> {
  let best: readonly ScalePoint[] = [];
  let run: ScalePoint[] = [];
  for (const point of sweep) {
    run = point.expected === 'trainable' ? [...run, point] : [];
    if (run.length > best.length) best = run;
  }
  const [low, high] = [best[0], best.at(-1)];
  if (!low || !high) return {};
  const recommended = Number(Math.sqrt(low.c * high.c).toPrecision(2));
  return { band: { from: low.c, to: high.c, recommended, deviations: layerSizes(a).map((layer) => deviationFor(layer, recommended)) } };
}

/** Gradient and couplings of the network with given weights. */
function scaleLook(model: Model, images: Images, start: Weights): (c: number, weights: Weights) => ScalePoint {
  const loss = lossFunction(model.network.trainable, { data: lossData(model, images), start });
  const x = new Float64Array(loss.start.length);
  const gradient = new Float64Array(x.length);
  return (c, weights) => {
    for (const { name, from } of loss.parts) x.set(must(weights[name]).data, from);
    loss.evaluate(x, gradient);
    const gradients = loss.parts.filter(({ name }) => name.startsWith('W')).map(({ from, length }) => Math.sqrt(gradient.subarray(from, from + length).reduce((sum, g) => sum + g * g, 0) / length));
    const entropies = censusOf(model.observe(weights, images)).routing.map((r) => r.entropy);
    const expected = Math.min(...gradients) < starvedBelow ? 'starved' : Math.min(...entropies) < hardBelow ? 'frozen' : 'trainable';
    return { c, gradients, entropies, expected };
  };
}

/** The same random numbers, as they are at another scale. */
function withScale(start: Weights, a: Architecture, c: number): Record<string, Numbers> {
  const [before, after] = [deviations(a), deviations({ ...a, init: { kind: 'scaled', c } })];
  const scaled = (name: string, { shape, data }: Numbers): Numbers => {
    const l = name.startsWith('W') ? Number(name.slice(1)) - 1 : -1;
    return l < 0 ? { shape, data } : { shape, data: data.map((w) => (w / must(before[l])) * must(after[l])) };
  };
  return Object.fromEntries(Object.entries(start).map(([name, value]) => [name, scaled(name, value)]));
}

function costOf(a: Architecture, start: Weights): Cost {
  const features = positionsAlong(a) ** 2 * a.features.count * (a.features.patch ** 2 + a.primary.types * a.primary.dim);
  const iterations = a.routing.kind === 'uniform' ? 1 : a.routing.iterations;
  const layers = layerSizes(a).reduce((sum, { children, childDim, parents, dim }) => sum + children * parents * dim * (childDim + 2 * iterations - 1), 0);
  return { parameters: Object.values(start).reduce((sum, { data }) => sum + data.length, 0), multiplications: features + layers };
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);
}
