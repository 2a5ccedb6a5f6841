// Free features and linear layers trained to the optimum by L-BFGS, and compared with the problem of one class.

import { must } from '../../../base/internal.ts';
import { prepareModel, solve } from '../../../solve/index.ts';
import { lbfgs } from '../../harness/optimizer.ts';
import { newPace } from '../../harness/progress.ts';
import { newStream } from '../../harness/random.ts';
import { trainAsync } from '../../harness/train.ts';
import { trainable } from '../../harness/trainable.ts';
import type { EntryOptions, ModelText, Outcome } from '../entry.ts';
import { norm } from '../matrices.ts';
import { info } from './info.ts';

const [d, K] = [10, 4];
const [a, b] = [0.005, 0.05];
const equal = [24, 24, 24, 24];
const unequal = [40, 30, 20, 5];

export async function run(options: EntryOptions): Promise<Outcome> {
  const [two, three, one] = info.models as unknown as readonly [ModelText, ModelText, ModelText];
  const tell = newPace(options).stage('training');
  const draws = options.quick ? 3 : 5;
  const cases: readonly Case[] = [
    { name: 'equal, 2 layers', model: two, counts: equal, a, b },
    { name: 'unequal, 2 layers', model: two, counts: unequal, a, b },
    { name: 'equal, 3 layers', model: three, counts: equal, a, b },
    { name: 'unequal, 3 layers', model: three, counts: unequal, a, b },
    { name: 'equal, 2 layers, not regularised', model: two, counts: equal, a: 0, b: 0 },
  ];
  const found = new Map<string, Geometry[]>();
  for (const [k, network] of cases.entries()) {
    const list: Geometry[] = [];
    for (let draw = 0; draw < draws; draw++) list.push(await trained(network, draw, options));
    found.set(network.name, list);
    await tell(k + 1, cases.length, network.name);
  }
  const of = (name: string): readonly Geometry[] => must(found.get(name));
  const most = (names: readonly string[], what: (g: Geometry) => number): number => Math.max(...names.flatMap((name) => of(name).map(what)));
  const lowest = (name: string): Geometry => of(name).reduce((x, y) => (y.loss < x.loss ? y : x));
  const share = (name: string): string => `${of(name).filter((g) => g.loss < lowest(name).loss + 1e-9).length} of ${draws}`;
  const expected = expectedLengths(one);
  const lengths = must(of('unequal, 2 layers')[0]).lengths;
  return {
    setting: { classes: K, dimension: d, 'examples, equal': equal.join(', '), 'examples, unequal': unequal.join(', '), a, b, 'random starts': draws },
    measured: {
      scatter: most(['equal, 2 layers'], (g) => g.scatter),
      cosine: most(['equal, 2 layers'], (g) => g.cosine),
      lengths: most(['equal, 2 layers'], (g) => Math.max(...g.lengths) / Math.min(...g.lengths) - 1),
      scatterUnequal: most(['unequal, 2 layers'], (g) => g.scatter),
      cosineUnequal: most(['unequal, 2 layers'], (g) => g.cosine),
      ...Object.fromEntries(unequal.map((n, k) => [`length${n}`, lengths[k]!])),
      theory: most(['unequal, 2 layers'], (g) => Math.max(...g.lengths.map((l, k) => Math.abs(l / expected[k]! - 1)))),
      deepScatter: Math.max(lowest('equal, 3 layers').scatter, lowest('unequal, 3 layers').scatter),
      deepCosine: Math.max(lowest('equal, 3 layers').cosine, lowest('unequal, 3 layers').cosine),
    },
    tables: [
      { name: 'Where training ends', says: 'From the start with the lowest loss, with how many starts reach it; the others stop at stationary points above.', columns: ['network', 'starts at the lowest loss', 'loss', 'scatter within classes', 'largest cosine', ...[0, 1, 2, 3].map((k) => `length, class ${k + 1}`)], rows: cases.map(({ name }) => [name, share(name), lowest(name).loss, lowest(name).scatter, lowest(name).cosine, ...lowest(name).lengths]) },
      { name: 'The problem of one class', says: 'Lengths that the two numbers of each class give, solved on their own.', columns: ['examples', 'length', 'trained'], rows: unequal.map((n, k) => [n, expected[k], lengths[k]]) },
    ],
    figures: [
      {
        kind: 'bars', name: 'lengths', title: 'Length of the collapsed features',
        says: 'Lengths of class means for classes of 40, 30, 20 and 5 examples, longer for smaller classes, beside those of four equal classes, which are equal.',
        x: { label: 'class', names: unequal.map((n) => `${n} of 95`) }, y: { label: 'length of the class mean' },
        series: [{ name: 'unequal classes', values: lengths }, { name: 'equal classes of 24', values: must(of('equal, 2 layers')[0]).lengths }],
      },
    ],
  };
}

interface Case {
  readonly name: string;
  readonly model: ModelText;
  readonly counts: readonly number[];
  readonly a: number;
  readonly b: number;
}

interface Geometry {
  readonly loss: number;
  /** Largest distance of a feature from its class mean. */
  readonly scatter: number;
  /** Largest cosine between class means, in absolute value. */
  readonly cosine: number;
  readonly lengths: readonly number[];
}

async function trained({ model, counts, a: onWeights, b: onFeatures }: Case, draw: number, { seed, signal }: EntryOptions): Promise<Geometry> {
  const labels = counts.flatMap((n, k) => Array.from({ length: n }, () => k));
  const N = labels.length;
  const stream = newStream(seed).split('starts').split(draw);
  const weights = must(model.by).filter((name) => name !== 'H');
  const start = Object.fromEntries(
    must(model.by).map((name) => {
      const shape = name === 'H' ? [d, N] : [name === weights.at(-1) ? K : d, d];
      return [name, { shape, data: stream.split(name).normals(shape[0]! * shape[1]!).map((x) => x / Math.sqrt(d)) }];
    }),
  );
  const Y = { shape: [K, N], data: Float64Array.from({ length: K * N }, (_, i) => (labels[i % N] === Math.floor(i / N) ? 1 : 0)) };
  const { values, losses } = await trainAsync(trainable(model.text, must(model.by), model.declare), { data: { Y, n: N, a: onWeights, b: onFeatures }, start, method: lbfgs({ tolerance: 1e-13 }), epochs: 20_000, seed, ...(signal && { signal }) });
  return { loss: must(losses.at(-1)), ...geometry(must(values['H']).data, labels, counts) };
}

function geometry(H: Float64Array, labels: readonly number[], counts: readonly number[]): Omit<Geometry, 'loss'> {
  const N = labels.length;
  const means = counts.map((n, k) => Float64Array.from({ length: d }, (_, i) => labels.reduce((sum, label, j) => sum + (label === k ? H[i * N + j]! / n : 0), 0)));
  const distances = labels.map((label, j) => norm(Float64Array.from({ length: d }, (_, i) => H[i * N + j]! - means[label]![i]!)));
  const cosines = means.flatMap((u, k) => means.slice(0, k).map((v) => Math.abs(u.reduce((sum, x, i) => sum + x * v[i]!, 0)) / norm(u) / norm(v)));
  return { scatter: Math.max(...distances), cosine: Math.max(...cosines), lengths: means.map(norm) };
}

/** Lengths of the features of each class of unequal size, from the problem in two numbers. */
function expectedLengths(model: ModelText): number[] {
  const prepared = prepareModel(model.text);
  const N = unequal.reduce((x, y) => x + y, 0);
  return unequal.map((n) => Math.abs(solve(prepared, { p: n / N, a, b }, { start: { w: 1, h: 1 }, tolerance: 1e-12 }).x['h']!.data[0]!));
}
