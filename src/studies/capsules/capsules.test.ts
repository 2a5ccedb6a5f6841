import { describe, expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { gradients } from '../../diff/differentiate.ts';
import { planRows } from '../../plan/table.ts';
import { planFor } from '../../run/prepare.ts';
import { confirmGradient } from '../harness/confirm-gradient.ts';
import { newStream } from '../harness/random.ts';
import { reportFiles } from '../harness/report.ts';
import { lossFunction } from '../harness/trainable.ts';
import { type Architecture, defaults, layerSizes, readArchitecture } from './architecture.ts';
import { auditCapsules } from './audit.ts';
import { censusOf, meanCouplings } from './census.ts';
import { forecast } from './forecast.ts';
import { glyphImages } from './glyphs.ts';
import { readIdx } from './idx.ts';
import { moved, patchesOf, shrunk } from './images.ts';
import { deviationFor, deviations, fixedPoints, logLengths, logSlope, scaleOf, scales } from './mean-field.ts';
import { type Observation, type Weights, lossData, modelOf, startWeights } from './model.ts';
import { movedTrees, parentInformation } from './parse-tree.ts';
import { phaseMap } from './phase.ts';
import { capsulesReport } from './report.ts';
import { simulate } from './simulate.ts';

const small = readArchitecture({ side: 6, features: { patch: 3, stride: 3, count: 5 }, primary: { types: 2, dim: 3 }, layers: [{ capsules: 4, dim: 3 }, { capsules: 10, dim: 2 }], init: { c: 1.2 }, bias: true });

function messagesOf(run: () => unknown): string[] {
  try {
    run();
  } catch (e) {
    if (e instanceof RicciError) return e.diagnostics.map((d) => `${d.message}; needed ${d.needed}`);
    throw e;
  }
  return [];
}

describe('the recursion', () => {
  test.each([
    [0.5, 0.9, [0.168, 1.2e-5, 3.7e-22, 2.9e-88]],
    [1.8, 0.9, [0.72, 0.56, 0.45, 0.34]],
    [2.2, 0.9, [0.8, 0.73, 0.72, 0.71]],
    [3, 0.9, [0.88, 0.87, 0.87, 0.87]],
  ])('c = %d from %d', (c, first, wanted) => {
    const logs = logLengths(first, Array<number>(7).fill(c));
    [1, 3, 5, 7].forEach((l, k) => expect(Math.exp(logs[l]!) / wanted[k]!).toBeCloseTo(1, 1));
  });

  test('lengths that no number can hold keep their logarithms', () => {
    expect(logLengths(0.9, Array<number>(12).fill(0.1)).at(-1)).toBeLessThan(-1e4);
    expect(logLengths(0.9, Array<number>(12).fill(1e200)).at(-1)).toBeCloseTo(0, 12);
  });

  test('fixed points stay, and exist from c = 2 on', () => {
    expect(fixedPoints(1.99)).toBeUndefined();
    for (const c of [2, 2.5, 1e4]) {
      for (const m of Object.values(must(fixedPoints(c)))) expect((c * m) ** 2 / (1 + (c * m) ** 2)).toBeCloseTo(m, 12);
    }
  });

  test('c and standard deviation belong together, layer by layer', () => {
    const layer = { children: 32, childDim: 8, parents: 16, dim: 8 };
    expect(scaleOf(layer, 0.1)).toBeCloseTo(0.1, 12);
    expect(scaleOf(layer, deviationFor(layer, 0.7))).toBeCloseTo(0.7, 12);
    scales({ ...defaults, init: { kind: 'scaled', c: 0.7 } }).forEach((c) => expect(c).toBeCloseTo(0.7, 12));
  });

  test('the slope of squashing', () => {
    for (const m of [1e-3, 0.5, 1, 7]) expect(Math.exp(logSlope(Math.log((m * m) / (1 + m * m))))).toBeCloseTo((2 * m) / (1 + m * m) ** 2, 12);
  });

  test('is met by random capsules, to a quarter while it says more than 0.1', () => {
    const layers = Array.from({ length: 7 }, () => ({ children: 32, childDim: 16, parents: 32, dim: 16 }));
    for (const [c, first] of [[1.8, 0.9], [3, 0.9], [0.5, 0.9]] as const) {
      const wanted = logLengths(first, layers.map(() => c)).map(Math.exp);
      const { lengths, entropies } = simulate(layers, layers.map((l) => deviationFor(l, c)), { length: first, inputs: 8, seed: 2 });
      wanted.forEach((m, l) => m > 0.1 && expect(Math.abs(lengths[l]! / m - 1)).toBeLessThan(0.25));
      entropies.forEach((h) => expect(h).toBeCloseTo(1, 10));
      expect(lengths.at(-1)! > 0.1).toBe(c > 1);
    }
  });

  test('agreement keeps capsules alive that uniform couplings starve, and hardens them', () => {
    const layers = Array.from({ length: 5 }, () => ({ children: 32, childDim: 16, parents: 32, dim: 16 }));
    const sds = layers.map((l) => deviationFor(l, 1.8));
    expect(simulate(layers, sds, { length: 0.3, inputs: 8 }).lengths.at(-1)).toBeLessThan(0.01);
    const routed = simulate(layers, sds, { length: 0.3, inputs: 8, routing: defaults.routing });
    expect(routed.lengths.at(-1)).toBeGreaterThan(0.6);
    expect(routed.entropies.at(-1)).toBeLessThan(0.6);
  });
});

/** Lengths of the top capsules by plain loops. */
function byLoops(a: Architecture, weights: Weights, patches: { data: Float64Array }, images: number): number[][] {
  const of = (name: string): Float64Array => must(weights[name]).data;
  const { patch, count } = a.features;
  const { types, dim: size } = a.primary;
  const positions = must(layerSizes(a)[0]).children / types;
  const squash = (s: number[]): number[] => {
    const m = Math.hypot(...s);
    return s.map((x) => (x * m) / (1 + m * m));
  };
  return Array.from({ length: images }, (_, b) => {
    let level: number[][] = [];
    for (let x = 0; x < positions; x++) {
      const features = Array.from({ length: count }, (__, h) => Math.max(0, of('A0')[h]! + Array.from({ length: patch ** 2 }, (___, k) => patches.data[(b * positions + x) * patch ** 2 + k]! * of('A')[k * count + h]!).reduce((p, q) => p + q)));
      for (let y = 0; y < types; y++) level.push(squash(Array.from({ length: size }, (__, q) => of('P0')[y * size + q]! + features.reduce((sum, f, h) => sum + f * of('P')[(h * types + y) * size + q]!, 0))));
    }
    for (const [l, { parents, dim: d, children, childDim }] of layerSizes(a).entries()) {
      const W = of(`W${l + 1}`);
      const votes = level.map((u, i) => Array.from({ length: parents }, (__, j) => Array.from({ length: d }, (___, r) => u.reduce((sum, value, q) => sum + value * W[((i * childDim + q) * parents + j) * d + r]!, 0))));
      const logits = Array.from({ length: children }, () => Array<number>(parents).fill(0));
      for (let k = 0; k < a.routing.iterations; k++) {
        const c = logits.map((row) => {
          const e = row.map(Math.exp);
          const total = e.reduce((p, q) => p + q);
          return e.map((v) => v / total);
        });
        const v = Array.from({ length: parents }, (__, j) => squash(Array.from({ length: d }, (___, r) => (a.bias ? of(`B${l + 1}`)[j * d + r]! : 0) + votes.reduce((sum, vote, i) => sum + c[i]![j]! * vote[j]![r]!, 0))));
        votes.forEach((vote, i) => vote.forEach((one, j) => (logits[i]![j]! += one.reduce((sum, x, r) => sum + x * v[j]![r]!, 0))));
        level = v;
      }
    }
    return level.map((v) => Math.hypot(...v));
  });
}

describe('the network', () => {
  const model = modelOf(small);
  const weights = startWeights(model, 3);
  const images = glyphImages({ count: 6, side: 6, seed: 2 });

  test('computes what plain loops compute', () => {
    const seen = model.observe(weights, images);
    const top = must(seen.levels.at(-1));
    byLoops(small, weights, patchesOf(images, small), 6).forEach((lengths, b) => lengths.forEach((m, k) => expect(top.lengths[k * 6 + b]).toBeCloseTo(m, 12)));
    const sums = must(seen.layers[0]);
    for (let at = 0; at < sums.children * 6; at++) expect(sums.couplings.subarray(at * sums.parents, (at + 1) * sums.parents).reduce((p, q) => p + q)).toBeCloseTo(1, 12);
  });

  test.each([
    ['by agreement', 'agreement'],
    ['with uniform couplings', 'uniform'],
  ] as const)('its gradient, %s, is that of its loss', (_, kind) => {
    const one = modelOf({ ...small, routing: { ...small.routing, kind } });
    const loss = lossFunction(one.network.trainable, { data: lossData(one, images), start: weights });
    const gradient = new Float64Array(loss.start.length);
    const value = loss.evaluate(loss.start, gradient);
    expect(gradient.every((g) => Number.isFinite(g))).toBe(true);
    for (const seed of [1, 2, 3]) confirmGradient(loss, loss.start, gradient, value, seed);
    expect(() => confirmGradient(loss, loss.start, gradient.map((g) => 1.1 * g), value, 1)).toThrow(RicciError);
  });

  test('a stopped gradient is another one, of the same loss', () => {
    const at = (gradient: 'through' | 'stopped'): [number, Float64Array] => {
      const one = modelOf({ ...small, routing: { ...small.routing, gradient } });
      const loss = lossFunction(one.network.trainable, { data: lossData(one, images), start: weights });
      const g = new Float64Array(loss.start.length);
      return [loss.evaluate(loss.start, g), g];
    };
    const [[value, through], [same, stopped]] = [at('through'), at('stopped')];
    expect(same).toBeCloseTo(value, 14);
    expect(stopped.some((g, i) => Math.abs(g - through[i]!) > 1e-6)).toBe(true);
  });

  test('dead capsules have a loss and a gradient of zero, and no NaN', () => {
    const dead = Object.fromEntries(Object.entries(weights).map(([name, { shape, data }]) => [name, { shape, data: name.startsWith('A') ? data : data.map(() => 0) }]));
    const one = modelOf({ ...small, bias: false });
    const loss = lossFunction(one.network.trainable, { data: lossData(one, images), start: dead });
    const gradient = new Float64Array(loss.start.length);
    expect(loss.evaluate(loss.start, gradient)).toBeCloseTo(0.81, 14);
    expect(gradient.every((g) => g === 0)).toBe(true);
  });

  test('couplings that are given are taken', () => {
    const even = modelOf(small, 'uniform').observe(weights, images);
    const given = modelOf(small, 'given').observe(weights, images, meanCouplings(even));
    must(given.levels.at(-1)).poses.forEach((v, i) => expect(v).toBeCloseTo(must(even.levels.at(-1)).poses[i]!, 12));
  });

  // Votes are made once and used by all iterations: without that a step takes fifty times as much.
  test('a step of training takes the work that it should', () => {
    const { trainable } = modelOf(defaults).network;
    const rows = planRows(planFor([trainable.loss, ...gradients(trainable.loss, trainable.parameters)], new Map([['b', 32]])));
    expect(rows.reduce((sum, r) => sum + (r.flops ?? 0), 0)).toBeLessThan(60e6);
  });
});

describe('before training', () => {
  const images = glyphImages({ count: 60, seed: 1 });

  test('the unscaled start is expected to starve three layers, and a band of scales is found above it', () => {
    const f = forecast(modelOf(defaults), images, 1);
    expect(f.here.expected).toBe('starved');
    expect(f.standing).toEqual(['alive', 'dead', 'dead', 'dead']);
    expect(f.band?.recommended).toBeGreaterThan(0.4);
    expect(f.band?.recommended).toBeLessThan(1.2);
    expect(f.sweep.map((p) => p.expected).join(' ')).toMatch(/^(starved )+(trainable )+(frozen ?)+$/);
    expect(f.cost.parameters).toBe(25 * 32 + 32 + 32 * 16 + 16 + 32 * 8 * 16 * 8 + 16 * 8 * 16 * 8 + 16 * 8 * 10 * 8);
    deviations(defaults).forEach((sd) => expect(sd).toBe(0.1));
  });

  test('the map of the recursion', () => {
    const { log10Lengths } = phaseMap(0.4, 3, [0.1, 3]);
    expect(log10Lengths[2]![0]).toBeLessThan(-15);
    expect(log10Lengths[2]![1]).toBeGreaterThan(-0.1);
  });
});

describe('images', () => {
  test('glyphs come in equal shares, and are the same for one seed', () => {
    const glyphs = glyphImages({ count: 200, seed: 4 });
    for (let k = 0; k < 10; k++) expect(glyphs.labels.filter((l) => l === k)).toHaveLength(20);
    expect(Math.max(...glyphImages({ count: 30, classes: 3 }).labels)).toBe(2);
    expect(glyphImages({ count: 200, seed: 4 }).pixels).toEqual(glyphs.pixels);
    expect(glyphImages({ count: 200, seed: 5 }).pixels).not.toEqual(glyphs.pixels);
    expect(Math.min(...glyphs.pixels)).toBe(0);
    expect(Math.max(...glyphs.pixels)).toBe(1);
  });

  test('motions move', () => {
    const one = { side: 4, count: 1, classes: 10, labels: Int32Array.of(3), pixels: Float64Array.from({ length: 16 }, (_, i) => i) };
    expect([...moved(one, { kind: 'shift', right: 1, down: 0 }).pixels.subarray(0, 4)]).toEqual([0, 0, 1, 2]);
    expect([...moved(one, { kind: 'shift', right: 0, down: 1 }).pixels.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 1, 2, 3]);
    expect([...moved(one, { kind: 'scale', by: 1 }).pixels]).toEqual([...one.pixels]);
    moved(one, { kind: 'turn', degrees: 180 }).pixels.forEach((v, i) => expect(v).toBeCloseTo(15 - i, 10));
    expect([...shrunk(one, 2).pixels]).toEqual([2.5, 4.5, 10.5, 12.5]);
    expect(messagesOf(() => shrunk(one, 3))[0]).toContain('images of 4 by 4 pixels do not fit a network for 3 by 3');
  });

  test('IDX files are read, and others refused', () => {
    const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 51, 102, 153, 204, 255, 0, 0);
    const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 1);
    const read = readIdx(images, labels);
    expect([read.side, read.count, read.classes, [...read.labels]]).toEqual([2, 2, 8, [7, 1]]);
    expect(read.pixels[1]).toBeCloseTo(0.2, 12);
    expect(readIdx(images, labels, 1).pixels).toHaveLength(4);
    expect(messagesOf(() => readIdx(labels, images))[0]).toContain('no IDX file of images');
    expect(messagesOf(() => readIdx(images.subarray(0, 20), labels))[0]).toContain('cut off');
    expect(messagesOf(() => readIdx(images, Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)))[0]).toContain('do not belong together');
    expect(messagesOf(() => readIdx(Uint8Array.of(0x1f, 0x8b, 8), labels))[0]).toContain('gunzip');
  });
});

describe('trees', () => {
  const model = modelOf(small);
  const weights = startWeights(model, 3);
  const images = glyphImages({ count: 40, side: 6, seed: 2 });

  test('an image that does not move keeps its tree and its poses', () => {
    const still = movedTrees(model, weights, images, { kind: 'shift', right: 0, down: 0 }, newStream(1));
    for (const layer of still.layers) {
      expect([layer.kept, layer.keptByActivity, layer.invariance]).toEqual([1, 1, 0]);
      expect(layer.equivariance).toBeLessThan(1e-6);
      expect(layer.keptByOthers).toBeLessThan(1);
    }
  });

  /** Children that choose parents as told: [child][image]. */
  const choosing = (choices: readonly (readonly number[])[], parents: number): Observation => {
    const n = must(choices[0]).length;
    const edges = new Float64Array(choices.length * n * parents);
    choices.forEach((list, i) => list.forEach((j, b) => (edges[(i * n + b) * parents + j] = 1)));
    const level = { capsules: choices.length, dim: 1, lengths: new Float64Array(choices.length * n).fill(0.5), poses: new Float64Array(choices.length * n) };
    return { images: n, levels: [level], layers: [{ children: choices.length, parents, couplings: edges, edges }], predicted: new Int32Array(n), right: new Uint8Array(n) };
  };

  test('parents that tell the class have all the information, one parent for all has none', () => {
    const labels = Int32Array.from({ length: 40 }, (_, n) => n % 2);
    const set = { ...images, labels, classes: 2 };
    const [all] = parentInformation(choosing([[...labels]], 2), set, newStream(1));
    const [none] = parentInformation(choosing([[...labels].map(() => 1)], 2), set, newStream(1));
    expect(all?.information).toBeCloseTo(1, 12);
    expect(all?.shuffled).toBeLessThan(0.3);
    expect(none?.information).toBeCloseTo(0, 12);
  });

  test('the census counts the dead, the weak and the frozen, and hard couplings', () => {
    const seen = choosing([[0, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0]], 2);
    must(seen.levels[0]).lengths.set([0, 0.005, 0, 0, 0.05, 0, 0, 0, 0.5, 0.5, 0.501, 0.5, 0.2, 0.9, 0.4, 0.1]);
    const { levels: [level], routing: [routing] } = censusOf(seen);
    expect([level?.dead, level?.weak, level?.frozen]).toEqual([0.25, 0.25, 0.25]);
    expect([routing?.entropy, routing?.largest, routing?.fromUniform, routing?.modalShare]).toEqual([0, 1, 0.5, (0.5 + 1 + 0.75 + 0.5) / 4]);
  });
});

test('three layers die at the unscaled start and train at the recommended scale', { timeout: 120_000 }, async () => {
  const stages = new Set<string>();
  const audit = await auditCapsules(defaults, { train: 1500, test: 300, epochs: 10, seed: 1, onProgress: ({ stage }) => void stages.add(stage) });
  const [described, recommended] = [must(audit.described), must(audit.recommended)];
  expect(described.census.levels.slice(2).map((l) => l.dead)).toEqual([1, 1]);
  expect(described.watched.starved.map((s) => s.layer)).toEqual([1, 2, 3]);
  expect(must(described.watched.looks.at(-1)).loss).toBeCloseTo(0.81, 3);
  expect(described.accuracy).toBeLessThan(0.25);
  expect(recommended.accuracy).toBeGreaterThan(0.5);
  expect(recommended.census.levels.every((l) => l.dead === 0)).toBe(true);
  expect(stages).toContain('training at the recommended scale');
  expect(audit.ablations?.map((one) => one.name)).toEqual(['routing off', 'couplings frozen at their mean', 'trained without routing', 'without capsules']);
  for (const { lost, interval: [low, high] } of must(audit.ablations)) expect(low <= lost && lost <= high).toBe(true);
  // A plain network of as many parameters, which the claim about depth is held against.
  expect(audit.ablations?.at(-1)?.accuracy).toBeGreaterThan(0.8);

  const report = capsulesReport(audit);
  const verdicts = report.findings.map((f) => f.decision.verdict);
  expect(verdicts.slice(0, 4)).toEqual(['holds', 'does not hold here', 'holds', 'does not hold here']);
  expect(report.says).toMatch(/layers 1, 2, 3 starved since step 1, accuracy 0\.\d+; at c = 0\.\d+ it reaches 0\.\d+/);
  const files = reportFiles(report);
  expect(JSON.parse(must(files.get('report.json')))).toMatchObject({ format: 'ricci-report', study: 'capsules' });
  expect(files.get('phase-diagram.svg')).toContain('this network');
});

test('a signal stops an audit', async () => {
  const stop = new AbortController();
  const run = auditCapsules(small, { train: 200, test: 40, signal: stop.signal, onProgress: ({ stage, done }) => (stage.startsWith('training') && done > 2 ? stop.abort() : undefined) });
  await expect(run).rejects.toMatchObject({ diagnostics: [{ code: 'cancelled' }] });
});

test('what does not fit is told, all at once', async () => {
  const messages = messagesOf(() => readArchitecture({ depth: 0, dims: 3, routing: { kind: 'em', iterations: 2.5 }, init: { sd: -1 }, bias: 'yes', features: { patch: 20 } }));
  expect(messages).toEqual([
    expect.stringContaining('dims cannot be "dims"; needed one of side'),
    expect.stringContaining('depth cannot be 0; needed a whole number from 1 to 12'),
    expect.stringContaining('routing.kind cannot be "em"; needed one of agreement, uniform'),
    expect.stringContaining('routing.iterations cannot be 2.5'),
    expect.stringContaining('init.sd cannot be -1; needed a positive number'),
    expect.stringContaining('bias cannot be "yes"'),
    expect.stringContaining('features.patch cannot be 20; needed at most the side of the image, 14'),
  ]);
  expect(messagesOf(() => readArchitecture([1]))[0]).toContain('the architecture cannot be [1]');
  expect(messagesOf(() => readArchitecture({ init: { sd: 1, c: 2 } }))[0]).toContain('needed sd or c, not both');
  await expect(auditCapsules({ ...small, layers: [{ capsules: 3, dim: 2 }] }, { images: glyphImages({ count: 50, side: 6 }) })).rejects.toMatchObject({ diagnostics: [{ code: 'data-shape-differs' }] });
});
