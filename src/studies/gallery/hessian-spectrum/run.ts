// Spectra of exact Hessians along the training of small networks on clusters.

import { must } from '../../../base/internal.ts';
import { type Compiled, type CompiledMany, compile } from '../../../run/compile.ts';
import { newPace } from '../../harness/progress.ts';
import { type Stream, newStream } from '../../harness/random.ts';
import { sgd } from '../../harness/optimizer.ts';
import { mean } from '../../harness/statistics.ts';
import { trainAsync, valuesOf } from '../../harness/train.ts';
import { trainable } from '../../harness/trainable.ts';
import { derivative, exprOf, readModel } from '../engine.ts';
import type { EntryOptions, Outcome } from '../entry.ts';
import { orthonormal } from '../matrices.ts';
import { info } from './info.ts';

const inputs = 10;
const perCluster = 40;
const rate = 0.2;
const spread = 0.3;

export async function run(options: EntryOptions): Promise<Outcome> {
  const tell = newPace(options).stage('networks');
  const spectrum = hessianSpectra();
  const widths = options.quick ? [16, 32] : [16, 32, 64];
  const draws = options.quick ? 2 : 4;
  const classes = [2, 5];
  const moments = options.quick ? [0, 100] : [0, 100, 1000, 5000];
  const rows: Row[] = [];
  const total = classes.length * widths.length * draws;
  for (const k of classes) {
    for (const width of widths) {
      for (let draw = 0; draw < draws; draw++) {
        for (const at of await alongTraining(k, width, moments, newStream(options.seed).split(k).split(width).split(draw), spectrum, options)) rows.push({ k, width, draw, ...at });
        await tell(rows.length / moments.length, total, `k = ${k}, width ${width}`);
      }
    }
  }
  const select = (test: Partial<Row>): Row[] => rows.filter((r) => Object.entries(test).every(([key, value]) => r[key as keyof Row] === value));
  const gapShare = (k: number, steps: number): number => mean(select({ k, steps }).map((r) => (r.gap === k - 1 ? 1 : 0)));
  const flat = widths.map((width) => mean(select({ width, steps: 100 }).map((r) => r.flat)));
  const shown = must(select({ k: 5, width: must(widths.at(-1)), draw: 0, steps: 100 })[0]);
  return {
    setting: { inputs, 'examples per cluster': perCluster, 'spread of clusters': spread, 'learning rate': rate, widths: widths.join(', '), 'runs per width and k': draws, moments: `${moments.join(', ')} steps` },
    measured: { two: gapShare(2, 100), five: gapShare(5, 100), flat: Math.min(...flat.slice(1).map((share, i) => share - flat[i]!)), most: must(flat.at(-1)) },
    tables: [
      { name: 'Where the largest gap is', says: 'Share of runs with the largest ratio of neighbours after k - 1 eigenvalues, over all widths, and the mean loss.', columns: ['classes k', 'steps', 'share', 'mean ratio at k - 1', 'mean loss'], rows: classes.flatMap((k) => moments.map((steps) => [k, steps, gapShare(k, steps), mean(select({ k, steps }).map((r) => r.values[k - 2]! / r.values[k - 1]!)), mean(select({ k, steps }).map((r) => r.loss))])) },
      { name: 'Flat directions', says: 'Share of eigenvalues below 1 % of the largest in absolute value, after 100 steps.', columns: ['width', 'share', ...classes.map((k) => `weights, k = ${k}`)], rows: widths.map((width, i) => [width, flat[i], ...classes.map((k) => (inputs + 1) * width + width * k)]) },
    ],
    figures: [
      {
        kind: 'scatter', name: 'spectrum', title: `Eigenvalues after 100 steps, k = 5, width ${widths.at(-1)}`,
        says: 'The forty largest eigenvalues of the Hessian on a logarithmic axis: four stand above the rest.',
        x: { label: 'rank of the eigenvalue' }, y: { label: 'eigenvalue', scale: 'log' },
        groups: [{ name: 'eigenvalue', x: shown.values.slice(0, 40).map((_, i) => i + 1), y: shown.values.slice(0, 40) }],
        marks: [{ axis: 'x', at: 4.5, label: 'k - 1 = 4' }],
      },
      {
        kind: 'lines', name: 'flat', title: 'Share of nearly flat directions', says: 'Share of eigenvalues below one hundredth of the largest against the width, growing.',
        x: { label: 'width', scale: 'log' }, y: { label: 'share below 1 % of the largest' }, series: [{ name: 'after 100 steps', x: widths, y: flat }],
      },
    ],
  };
}

interface Moment {
  readonly steps: number;
  readonly loss: number;
  /** Descending. */
  readonly values: readonly number[];
  /** After how many eigenvalues the largest ratio of neighbours is. */
  readonly gap: number;
  readonly flat: number;
}

interface Row extends Moment {
  readonly k: number;
  readonly width: number;
  readonly draw: number;
}

type Spectra = (values: Parameters<CompiledMany>[0], width: number, k: number) => number[];

async function alongTraining(k: number, width: number, moments: readonly number[], stream: Stream, spectrum: Spectra, { seed, signal }: EntryOptions): Promise<Moment[]> {
  const data = clusters(k, stream.split('data'));
  const start = {
    W: { shape: [inputs + 1, width], data: stream.split('W').normals((inputs + 1) * width).map((x) => x * Math.sqrt(2 / (inputs + 1))) },
    V: { shape: [width, k], data: stream.split('V').normals(width * k).map((x) => x / Math.sqrt(width)) },
  };
  const seen: Moment[] = [momentOf(0, Math.log(k), spectrum({ ...data, ...start }, width, k), k)];
  await trainAsync(trainable(info.models[0].text, ['W', 'V'], info.models[0].declare), {
    data,
    start,
    method: sgd({ rate }),
    epochs: must(moments.at(-1)),
    seed,
    ...(signal && { signal }),
    onStep: ({ step, loss, x, parts }) => {
      if (moments.includes(step)) seen.push(momentOf(step, loss, spectrum({ ...data, ...valuesOf(parts, x) }, width, k), k));
    },
  });
  return seen;
}

function momentOf(steps: number, loss: number, values: readonly number[], k: number): Moment {
  const largest = Math.max(...values.map(Math.abs));
  const ratios = values.slice(0, 2 * k).map((v, i) => v / Math.max(values[i + 1]!, 1e-12 * largest));
  return { steps, loss, values, gap: ratios.indexOf(Math.max(...ratios)) + 1, flat: values.filter((v) => Math.abs(v) < 0.01 * largest).length / values.length };
}

/** Orthonormal centres and points around them; a column of ones at the end. */
function clusters(k: number, stream: Stream) {
  const N = k * perCluster;
  const centres = orthonormal(inputs, k, stream.split('centres'));
  const noise = stream.split('noise').normals(N * inputs);
  const X = Float64Array.from({ length: N * (inputs + 1) }, (_, i) => {
    const [row, column] = [Math.floor(i / (inputs + 1)), i % (inputs + 1)];
    return column === inputs ? 1 : centres[row % k]![column]! + spread * noise[row * inputs + column]!;
  });
  const Y = Float64Array.from({ length: N * k }, (_, i) => (Math.floor(i / k) % k === i % k ? 1 : 0));
  return { X: { shape: [N, inputs + 1], data: X }, Y: { shape: [N, k], data: Y }, m: N };
}

/** Eigenvalues of the Hessian by W and V together, descending; its blocks are derivatives of the gradients. */
function hessianSpectra(): Spectra {
  const { expr, variable } = readModel(info.models[0]);
  const [W, V] = [variable('W'), variable('V')];
  const [byW, byV] = [derivative(expr, W), derivative(expr, V)];
  const blocks = compile({ WW: derivative(byW, W), WV: derivative(byW, V), VV: derivative(byV, V) });
  const eigenvalues: Compiled = compile(exprOf(info.models[1]!.text, info.models[1]!.declare));
  return (values, width, k) => {
    const [p, q] = [(inputs + 1) * width, width * k];
    const { WW, WV, VV } = blocks(values);
    const n = p + q;
    const H = new Float64Array(n * n);
    for (let i = 0; i < p; i++) H.set(WW.data.subarray(i * p, (i + 1) * p), i * n);
    for (let i = 0; i < p; i++) for (let j = 0; j < q; j++) H[i * n + p + j] = H[(p + j) * n + i] = WV.data[i * q + j]!;
    for (let i = 0; i < q; i++) H.set(VV.data.subarray(i * q, (i + 1) * q), (p + i) * n + p);
    return [...eigenvalues({ H: { shape: [n, n], data: H } }).data].sort((x, y) => y - x);
  };
}
