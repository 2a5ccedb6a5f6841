// Radii from coefficients and zeros; steps measured against them, one by one and in training.

import { must } from '../../../base/internal.ts';
import { compile } from '../../../run/compile.ts';
import { type Pace, newPace } from '../../harness/progress.ts';
import { newStream } from '../../harness/random.ts';
import { derivative, readModel } from '../engine.ts';
import type { EntryOptions, ModelText, Outcome } from '../entry.ts';
import { type Classifier, type Weights, classifier, clusters, moved } from './classifier.ts';
import { info } from './info.ts';
import { nearestZero, radiusOf, sigmoidSeries } from './series.ts';

const [binary, , networkLoss, networkLogits, linearLoss, linearLogits] = info.models as readonly ModelText[] as readonly [ModelText, ModelText, ModelText, ModelText, ModelText, ModelText];
const hidden = 24;
/** Three clusters a class need hidden features; one a class is linearly separable. */
const hard = { classes: 5, each: 3, inputs: 4, perCluster: 10, spread: 0.1 };
const separable = { classes: 5, each: 1, inputs: 8, perCluster: 20, spread: 0.1 };
const rate = 0.5;

export async function run(options: EntryOptions): Promise<Outcome> {
  const pace = newPace(options);
  const points = [[1, 2], [0.1, 5], [4, 1]] as const;
  const radii = points.map(([delta, slope]) => ({ delta, slope, measured: radiusOf(sigmoidSeries(delta, slope, 120)), formula: Math.sqrt(delta ** 2 + Math.PI ** 2) / slope }));
  const bound = leastRadius(options);
  const ratios = options.quick ? [0.5, 0.9, 1, 8, 64, 256] : [0.125, 0.25, 0.5, 0.9, 1, 2, 4, 8, 16, 32, 64, 128, 256];
  const draws = options.quick ? 2 : 6;
  const found: Draw[] = [];
  for (let k = 0; k < draws; k++) found.push(await oneDraw(k, draws, ratios, options, pace));
  const share = (which: 'network' | 'linear', kind: 'raised' | 'collapsed', r: number): number => {
    const list = found.flatMap((d) => d[which][kind].get(r)!);
    return list.filter(Boolean).length / list.length;
  };
  const below = ratios.filter((r) => r < 1);
  const above = ratios.filter((r) => r >= 1 && r <= 64);
  const mostLinear = Math.max(...above.map((r) => share('linear', 'collapsed', r)));
  return {
    setting: { 'data of the network': '5 classes of 3 clusters, 4 inputs, 150 examples', 'data of the linear model': '5 classes of 1 cluster, 8 inputs, 100 examples', 'hidden layers': `2 of ${hidden}, tanh`, 'random problems': draws, 'learning rate of the spiked run': rate, spike: '10^4 at step 50 of 300', 'random losses for the bound': bound.count },
    measured: {
      radius: Math.max(...radii.map((r) => Math.abs(r.measured / r.formula - 1))),
      coefficients: coefficientError(points),
      bound: bound.least,
      raised: Math.max(...below.flatMap((r) => [share('network', 'raised', r), share('linear', 'raised', r)])),
      controlled: Math.max(...found.map((d) => d.spike.controller / d.spike.calm)),
      clipped: Math.min(...found.map((d) => d.spike.clipping / d.spike.calm)),
      collapse: Math.min(...above.map((r) => share('linear', 'collapsed', r))),
      networkAtOne: share('network', 'collapsed', 1),
      networkCollapse: share('network', 'collapsed', 256),
      linearCollapse: mostLinear,
    },
    tables: [
      { name: 'Radii', says: 'From 120 coefficients of the series, and by the formula.', columns: ['delta', 'slope', 'from coefficients', 'formula'], rows: radii.map((r) => [r.delta, r.slope, r.measured, r.formula]) },
      { name: 'Steps against the radius', says: 'Share of single steps along the gradient that raise the loss, at points along training; share of trainings of 200 steps at a constant τ/ρ that collapse: that end above the loss they began with, or below the accuracy of 0.9.', columns: ['τ/ρ', 'network: raised', 'linear: raised', 'network: collapsed', 'linear: collapsed'], rows: ratios.map((r) => [r, share('network', 'raised', r), share('linear', 'raised', r), share('network', 'collapsed', r), share('linear', 'collapsed', r)]) },
      { name: 'A spike of the learning rate', says: 'Loss after 300 steps of a network whose rate is 10⁴ times larger at step 50.', columns: ['problem', 'no spike', 'controller', 'clipping to 1', 'no protection'], rows: found.map((d, k) => [k + 1, d.spike.calm, d.spike.controller, d.spike.clipping, d.spike.nothing]) },
    ],
    figures: [
      {
        kind: 'lines', name: 'steps', title: 'Steps against the radius of convergence', says: 'Share of steps that raise the loss against the ratio of step and radius: none below 1, and beyond it more and more for the network.',
        x: { label: 'step / radius', scale: 'log' }, y: { label: 'share that raises the loss', from: 0, to: 1 },
        series: [{ name: 'network', x: ratios, y: ratios.map((r) => share('network', 'raised', r)) }, { name: 'linear model', x: ratios, y: ratios.map((r) => share('linear', 'raised', r)), style: 'dashed' }],
        marks: [{ axis: 'x', at: 1, label: 'radius' }],
      },
      {
        kind: 'lines', name: 'spike', title: 'A spike of the learning rate', says: 'Loss in training with a spike at step 50: with the controller it goes on falling, with clipping and without protection it jumps and stays high.',
        x: { label: 'step' }, y: { label: 'loss', scale: 'log' },
        series: (['controller', 'clipping', 'nothing'] as const).map((name, k) => ({ name, x: must(found[0]).curves[name].map((_, i) => i + 1), y: must(found[0]).curves[name], style: (['solid', 'dashed', 'dotted'] as const)[k]! })),
      },
    ],
  };
}

/** Derivatives of the binary loss at t = 0 by the engine against the coefficients of the recurrence. */
function coefficientError(points: readonly (readonly [number, number])[]): number {
  const { expr, variable } = readModel(binary);
  let worst = 0;
  let of = expr;
  for (let order = 1; order <= 6; order++) {
    of = derivative(of, variable('t'));
    const f = compile(of);
    for (const [delta, slope] of points) {
      const s = sigmoidSeries(delta, slope, order);
      // The loss has the derivative slope * sigmoid.
      const expected = slope * s[order - 1]! * Array.from({ length: order - 1 }, (_, k) => k + 1).reduce((a, b) => a * b, 1);
      worst = Math.max(worst, Math.abs(f({ delta, slope, t: 0 }).data[0]! - expected) / Math.max(1, Math.abs(expected)));
    }
  }
  return worst;
}

function leastRadius({ seed, quick }: EntryOptions): { readonly least: number; readonly count: number } {
  const count = quick ? 60 : 400;
  let least = Infinity;
  for (let k = 0; k < count; k++) {
    const stream = newStream(seed).split('losses').split(k);
    const n = 3 + stream.integer(8);
    const [z, a] = [[...stream.normals(n)], [...stream.normals(n)]];
    least = Math.min(least, (nearestZero(z, a) * (Math.max(...a) - Math.min(...a))) / Math.PI);
  }
  return { least, count };
}

interface Steps {
  /** By ratio: whether single steps raised the loss, and whether trainings collapsed. */
  readonly raised: ReadonlyMap<number, readonly boolean[]>;
  readonly collapsed: ReadonlyMap<number, readonly boolean[]>;
}

interface Draw {
  readonly network: Steps;
  readonly linear: Steps;
  readonly spike: Readonly<Record<'calm' | Protection, number>>;
  readonly curves: Readonly<Record<Protection, readonly number[]>>;
}

async function oneDraw(k: number, of: number, ratios: readonly number[], { seed, quick }: EntryOptions, pace: Pace): Promise<Draw> {
  const stream = newStream(seed).split('problems').split(k);
  const network = classifier(networkLoss, networkLogits, { W: [hard.inputs + 1, hidden], U: [hidden, hidden], V: [hidden, hard.classes] }, clusters(hard, stream.split('clusters')));
  const linear = classifier(linearLoss, linearLogits, { W: [separable.inputs + 1, separable.classes] }, clusters(separable, stream.split('separable clusters')));
  const tell = pace.stage('problems');
  const part = async (done: number, says: string): Promise<void> => tell(k + done, of, says);
  const networkSteps = stepsOf(network, network.start(stream.split('network')), ratios, quick);
  await part(0.4, 'network');
  const linearSteps = stepsOf(linear, linear.start(stream.split('linear')), ratios, quick);
  await part(0.7, 'linear model');
  const start = network.start(stream.split('spike'));
  const [calm, controller, clipping, nothing] = [spiked(network, start, 'nothing', 1), spiked(network, start, 'controller', 1e4), spiked(network, start, 'clipping', 1e4), spiked(network, start, 'nothing', 1e4)];
  await part(1, 'spike');
  return {
    network: networkSteps,
    linear: linearSteps,
    spike: { calm: calm.at(-1)!, controller: controller.at(-1)!, clipping: clipping.at(-1)!, nothing: nothing.at(-1)! },
    curves: { controller, clipping, nothing },
  };
}

function stepsOf(model: Classifier, start: Weights, ratios: readonly number[], quick: boolean): Steps {
  const raised = new Map(ratios.map((r) => [r, [] as boolean[]]));
  let at = start;
  for (let step = 0; step <= 200; step++) {
    const { loss, direction, length, radius } = model.look(at);
    if (step % (quick ? 50 : 20) === 0) for (const r of ratios) raised.get(r)!.push(!(model.loss(moved(at, direction, r * radius)) <= loss));
    at = moved(at, direction, Math.min(rate * length, radius));
  }
  return { raised, collapsed: new Map(ratios.map((r) => [r, [collapses(model, start, r)]])) };
}

function collapses(model: Classifier, start: Weights, ratio: number): boolean {
  let at = start;
  for (let step = 0; step < 200; step++) {
    const { direction, length, radius } = model.look(at);
    // Where nothing moves any more training has ended.
    if (!(length > 0) || !Number.isFinite(radius)) break;
    at = moved(at, direction, ratio * radius);
  }
  return !(model.loss(at) <= model.loss(start)) || model.accuracy(at) < 0.9;
}

type Protection = 'controller' | 'clipping' | 'nothing';

/** Losses of 300 steps of gradient descent with a rate that is larger for one step. */
function spiked(model: Classifier, start: Weights, protection: Protection, factor: number): number[] {
  const losses: number[] = [];
  let at = start;
  for (let step = 1; step <= 300; step++) {
    const { direction, length, radius } = model.look(at);
    const wanted = rate * (step === 50 ? factor : 1) * (protection === 'clipping' ? Math.min(1, length) : length);
    if (length > 0) at = moved(at, direction, protection === 'controller' ? Math.min(wanted, radius) : wanted);
    losses.push(model.loss(at));
  }
  return losses;
}
