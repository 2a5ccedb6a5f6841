// A network trained on a + b mod 23; Fourier transforms of its neurons, principal components of its trajectory.

import { must } from '../../../base/internal.ts';
import { dense } from '../../../ops/reference/dense.ts';
import { symmetricEigen } from '../../../ops/reference/symmetric-eigen.ts';
import { compile } from '../../../run/compile.ts';
import { adam } from '../../harness/optimizer.ts';
import { newPace } from '../../harness/progress.ts';
import { type Stream, newStream } from '../../harness/random.ts';
import { median } from '../../harness/statistics.ts';
import { trainAsync } from '../../harness/train.ts';
import { trainable } from '../../harness/trainable.ts';
import { exprOf } from '../engine.ts';
import type { EntryOptions, Outcome } from '../entry.ts';
import { info } from './info.ts';

const [modulus, neurons] = [23, 64];
const pairs = modulus ** 2;
const [steps, every] = [1450, 10];

export async function run(options: EntryOptions): Promise<Outcome> {
  const tell = newPace(options).stage('training');
  const starts = options.quick ? 1 : 5;
  const found: Trained[] = [];
  for (let k = 0; k < starts; k++) {
    found.push(await trained(newStream(options.seed).split('starts').split(k), sum, options));
    await tell(k + 1, starts + 1, `loss ${found.at(-1)!.loss.toPrecision(3)}`);
  }
  const stream = newStream(options.seed).split('control');
  const answers = stream.split('answers').permutation(pairs);
  const control = await trained(stream, (a, b) => must(answers[a * modulus + b]) % modulus, options);
  await tell(starts + 1, starts + 1);
  const walk = components(randomWalk(stream.split('walk'), steps / every, 2 * modulus * neurons));
  const [first] = found as [Trained];
  const shares = found.flatMap((f) => f.neurons.map((h) => h.share));
  const strongest = first.neurons.reduce((x, y) => (y.share > x.share ? y : x));
  return {
    setting: { modulus, neurons, optimizer: 'Adam with decoupled decay', rate: 0.003, decay: 0.1, steps, 'points of a trajectory': steps / every, starts },
    measured: {
      share: median(shares),
      accuracy: Math.min(...found.map((f) => f.accuracy)),
      phase: median(found.flatMap((f) => f.neurons.map((h) => h.phase))),
      components: Math.max(...found.map((f) => f.trajectory.needed)),
      walk: walk.needed,
    },
    tables: [
      {
        name: 'Neurons', says: 'Share of the power of the embedding in the strongest frequency, and the cosine of the phase of the readout less twice that of the embedding.',
        columns: ['network', 'accuracy', 'median share', 'neurons with a share of 0.8', 'median cosine of phases', 'frequencies in use'],
        rows: [...found.map((f, k) => neuronRow(`start ${k + 1}`, f)), neuronRow('trained on permuted answers, the control', control), neuronRow('before training', { ...first, neurons: first.before, accuracy: NaN })],
      },
      {
        name: 'Principal components', says: `Of ${steps / every} points of the trajectory of all ${2 * modulus * neurons} weights.`,
        columns: ['trajectory', 'components for 99 %', 'first', 'second', 'third'],
        rows: [...found.map((f, k): [string, number, ...number[]] => [`start ${k + 1}`, f.trajectory.needed, ...f.trajectory.shares.slice(0, 3)]), ['random walk, the control', walk.needed, ...walk.shares.slice(0, 3)]],
      },
    ],
    figures: [
      {
        kind: 'lines', name: 'neuron', title: `The neuron with the purest frequency (${strongest.frequency})`, says: 'Embedding and readout of one neuron over the residues 0 to 22: two waves of one frequency.',
        x: { label: 'residue' }, y: { label: 'weight' },
        series: [{ name: 'embedding U[a, h]', x: residues, y: strongest.embedding }, { name: 'readout W[h, c]', x: residues, y: strongest.readout, style: 'dashed' }],
      },
      {
        kind: 'lines', name: 'components', title: 'Variance that components carry', says: 'Cumulative share of the variance of the trajectory against the number of components: training needs three for 99 percent, a random walk over fifty.',
        x: { label: 'components', scale: 'log' }, y: { label: 'cumulative share', from: 0.5, to: 1 },
        series: [{ name: 'training', x: counts, y: cumulative(first.trajectory.shares).slice(0, 60) }, { name: 'random walk', x: counts, y: cumulative(walk.shares).slice(0, 60), style: 'dashed' }],
        marks: [{ axis: 'y', at: 0.99, label: '99 %' }],
      },
    ],
  };
}

const residues = Array.from({ length: modulus }, (_, i) => i);
const counts = Array.from({ length: 60 }, (_, i) => i + 1);
const sum = (a: number, b: number): number => (a + b) % modulus;

interface Neuron {
  readonly frequency: number;
  readonly share: number;
  /** Cosine of the phase of the readout less twice that of the embedding. */
  readonly phase: number;
  readonly embedding: readonly number[];
  readonly readout: readonly number[];
}

interface Trained {
  readonly loss: number;
  readonly accuracy: number;
  readonly neurons: readonly Neuron[];
  readonly before: readonly Neuron[];
  readonly trajectory: Components;
}

async function trained(stream: Stream, answer: (a: number, b: number) => number, { seed, signal }: EntryOptions): Promise<Trained> {
  const [X, Y] = [new Float64Array(pairs * modulus), new Float64Array(pairs * modulus)];
  const answers = Int32Array.from({ length: pairs }, (_, i) => answer(Math.floor(i / modulus), i % modulus));
  for (let i = 0; i < pairs; i++) {
    X[i * modulus + Math.floor(i / modulus)]! += 1;
    X[i * modulus + (i % modulus)]! += 1;
    Y[i * modulus + answers[i]!] = 1;
  }
  const inputs = { X: { shape: [pairs, modulus], data: X }, Y: { shape: [pairs, modulus], data: Y }, m: pairs };
  const start = { U: { shape: [modulus, neurons], data: stream.split('U').normals(modulus * neurons).map((x) => x / 10) }, W: { shape: [neurons, modulus], data: stream.split('W').normals(neurons * modulus).map((x) => x / 10) } };
  const points: Float64Array[] = [];
  const { values, losses } = await trainAsync(trainable(info.models[0].text, ['U', 'W'], info.models[0].declare), {
    data: inputs,
    start,
    method: adam({ rate: 0.003, decay: 0.1 }),
    epochs: steps,
    seed,
    ...(signal && { signal }),
    onStep: ({ step, x }) => {
      if (step % every === 0) points.push(x.slice());
    },
  });
  const [U, W] = [must(values['U']), must(values['W'])];
  const logits = compile(exprOf(info.models[1]!.text, info.models[1]!.declare))({ X: inputs.X, U, W }).data;
  const right = answers.filter((wanted, i) => {
    const row = logits.subarray(i * modulus, (i + 1) * modulus);
    return row.indexOf(Math.max(...row)) === wanted;
  });
  return { loss: must(losses.at(-1)), accuracy: right.length / pairs, neurons: spectra(U.data, W.data), before: spectra(start.U.data, start.W.data), trajectory: components(points) };
}

function spectra(U: Float64Array, W: Float64Array): Neuron[] {
  return Array.from({ length: neurons }, (_, h) => {
    const embedding = residues.map((a) => U[a * neurons + h]!);
    const readout = residues.map((c) => W[h * modulus + c]!);
    const [inside, outside] = [transform(embedding), transform(readout)];
    const power = inside.map(({ re, im }) => re * re + im * im);
    const best = power.indexOf(Math.max(...power));
    const phase = ({ re, im }: Complex): number => Math.atan2(im, re);
    return { frequency: best + 1, share: power[best]! / power.reduce((x, y) => x + y, 0), phase: Math.cos(phase(outside[best]!) - 2 * phase(inside[best]!)), embedding, readout };
  });
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

/** Coefficients of exp(i(ωx + φ)) for the frequencies 1 … 11; the constant is left out. */
function transform(values: readonly number[]): Complex[] {
  return Array.from({ length: (modulus - 1) / 2 }, (_, k) => {
    const angle = (2 * Math.PI * (k + 1)) / modulus;
    return { re: values.reduce((s, v, x) => s + v * Math.cos(angle * x), 0), im: values.reduce((s, v, x) => s - v * Math.sin(angle * x), 0) };
  });
}

interface Components {
  readonly shares: readonly number[];
  /** How many carry 99 %. */
  readonly needed: number;
}

/** Principal components of points: eigenvalues of the Gram matrix of their differences from the mean. */
function components(points: readonly Float64Array[]): Components {
  const n = points.length;
  const centre = new Float64Array(points[0]!.length);
  for (const p of points) p.forEach((v, i) => (centre[i]! += v / n));
  const moved = points.map((p) => p.map((v, i) => v - centre[i]!));
  const gram = dense([n, n], Float64Array.from({ length: n * n }, (_, at) => {
    const [u, v] = [moved[Math.floor(at / n)]!, moved[at % n]!];
    let dot = 0;
    for (let i = 0; i < u.length; i++) dot += u[i]! * v[i]!;
    return dot;
  }));
  const values = [...symmetricEigen(gram).values.data].reverse();
  const total = values.reduce((x, y) => x + y, 0);
  const shares = values.map((v) => v / total);
  return { shares, needed: cumulative(shares).findIndex((s) => s >= 0.99) + 1 };
}

function cumulative(shares: readonly number[]): number[] {
  let total = 0;
  return shares.map((s) => (total += s));
}

function randomWalk(stream: Stream, length: number, dimension: number): Float64Array[] {
  const at = new Float64Array(dimension);
  return Array.from({ length }, () => {
    stream.normals(dimension).forEach((z, i) => (at[i]! += z));
    return at.slice();
  });
}

function neuronRow(name: string, { accuracy, neurons: list }: Pick<Trained, 'accuracy' | 'neurons'>): (string | number | undefined)[] {
  const frequencies = [...new Set(list.filter((h) => h.share >= 0.8).map((h) => h.frequency))].sort((x, y) => x - y);
  return [name, Number.isNaN(accuracy) ? undefined : accuracy, median(list.map((h) => h.share)), list.filter((h) => h.share >= 0.8).length / list.length, median(list.map((h) => h.phase)), frequencies.join(', ')];
}
