// An audit as the report that all studies write.

import { must } from '../../base/internal.ts';
import type { Figure, LineFigure } from '../harness/figure.ts';
import type { Report, Table } from '../harness/report.ts';
import { trainSentence } from '../harness/train-outcome.ts';
import type { Audit, Outcome, Trees } from './audit.ts';
import { geometricMean, scaleGrid } from './forecast.ts';
import { fixedPoints, logSlope } from './mean-field.ts';
import type { TrainedMap } from './phase.ts';
import { findingsOf, oneLine } from './verdicts.ts';

export function capsulesReport(audit: Audit, command?: string): Report {
  const { architecture: a, options, forecast, described, recommended, trees, ablations, sweep } = audit;
  const trained = [described && (['as described', described] as const), recommended && (['at the recommended scale', recommended] as const)].filter((one) => one !== undefined);
  return {
    study: 'capsules',
    title: 'Audit of a capsule network',
    says: oneLine(audit),
    setting: {
      layers: a.layers.map((l) => `${l.capsules}×${l.dim}`).join(', '),
      'primary capsules': `${must(forecast.census.levels[0]).capsules}×${a.primary.dim}`,
      routing: a.routing.kind === 'uniform' ? 'uniform couplings' : `by agreement, ${a.routing.iterations} iterations, gradient ${a.routing.gradient}`,
      'start values': a.init.kind === 'sd' ? `standard deviation ${a.init.sd}` : `scaled, c = ${a.init.c}`,
      bias: a.bias,
      data: `${options.data}, ${options.side} by ${options.side}, ${options.train} to train and ${options.test} to test`,
      training: described ? `Adam, rate ${options.rate}, batches of ${options.batch}, ${options.epochs} epochs` : 'none',
      parameters: forecast.cost.parameters,
      'multiplications an image, forward': forecast.cost.multiplications,
    },
    seeds: [options.seed],
    findings: findingsOf(audit),
    tables: [forecastTable(audit), recursionTable(audit), scaleTable(audit), ...trained.flatMap(([name, one]) => [levelTable(name, one), routingTable(name, one), lookTable(name, one)]), ...(trees ?? []).map(treeTable), ...(trees ? [informationTable(trees)] : []), ...(ablations && ablations.length > 0 ? [ablationTable(ablations)] : []), ...(sweep ? [cellTable(sweep)] : [])],
    figures: [phaseFigure(audit), ...trained.flatMap(([name, one]) => watchFigures(name, one)), ...(sweep ? [cellFigure(sweep)] : [])],
    warnings: warningsOf(audit),
    notTried: ['EM routing, self-routing and other designs of capsules', 'reconstruction losses and decoders', 'natural images and large data', 'several seeds: one network is trained in each setting'],
    sources: [
      'Mitterreiter, Koch, Giesen, Laue, Why Capsule Neural Networks Do Not Scale, AAAI 2023, arXiv 2301.01583',
      'Sabour, Frosst, Hinton, Dynamic Routing Between Capsules, NeurIPS 2017',
      'Peer, Stabinger, Rodríguez-Sánchez, Limitation of Capsule Networks, Pattern Recognition Letters 2021',
      'Gu, Wu, Tresp, Improving the Robustness of Capsule Networks to Image Affine Transformations, CVPR 2020, arXiv 1911.07968',
    ],
    ...(command !== undefined && { command }),
  };
}

function forecastTable({ forecast: { logLengths, simulated, census, c, deviations, standing, here } }: Audit): Table {
  return {
    name: 'Before training',
    says: 'By level: c, where 2 is the threshold of the recursion, and the length that survives there; mean lengths by the recursion, of random capsules with uniform couplings and with routing, and of the network itself; the radial slope of squashing by the recursion, a factor of the gradient; the entropy of couplings and the size of the gradient at the start.',
    columns: ['level', 'sd', 'c', 'survives from', 'recursion', 'standing', 'simulated, uniform', 'simulated, routed', 'network', 'slope', 'coupling entropy', 'gradient'],
    rows: logLengths.map((log, l) => {
      const own = c[l - 1];
      const survives = own === undefined ? undefined : (fixedPoints(own)?.least ?? 'none');
      const slope = own === undefined ? undefined : Math.exp(logSlope(log));
      return [l === 0 ? 'primary' : l, deviations[l - 1], own, survives, Math.exp(log), standing[l], simulated.uniform.lengths[l], simulated.routed.lengths[l], census.levels[l]?.meanLength, slope, here.entropies[l - 1], here.gradients[l - 1]];
    }),
  };
}

function recursionTable({ forecast: { recursion } }: Audit): Table {
  return {
    name: 'The recursion',
    says: 'Mean lengths by level from capsules of length 0.9: by the recursion, and of random capsules in layers of the sizes of this network, with uniform couplings.',
    columns: ['c', 'level', 'recursion', 'simulated'],
    rows: recursion.flatMap(({ c, recursion: lengths, simulated }) => lengths.map((m, l) => [c, l, m, simulated[l]])),
  };
}

function scaleTable({ forecast: { sweep } }: Audit): Table {
  return {
    name: 'Scales at the start',
    says: 'The same network at other scales: the smallest gradient of a layer (root mean square entry) and the lowest entropy of couplings, and what is expected of it.',
    columns: ['c', 'smallest gradient', 'lowest entropy', 'expected'],
    rows: sweep.map((p) => [p.c, Math.min(...p.gradients), Math.min(...p.entropies), p.expected]),
  };
}

function levelTable(name: string, { census }: Outcome): Table {
  return {
    name: `Capsules, ${name}`,
    says: 'After training, on the test images. Dead: never longer than 0.01; weak: never longer than 0.1; frozen: as long on every image.',
    columns: ['level', 'capsules', 'mean length', 'largest', 'dead', 'weak', 'frozen', 'effective number'],
    rows: census.levels.map((l) => [l.level === 0 ? 'primary' : l.level, l.capsules, l.meanLength, l.maxLength, l.dead, l.weak, l.frozen, l.effective]),
  };
}

function routingTable(name: string, { census, watched }: Outcome): Table {
  return {
    name: `Couplings, ${name}`,
    says: `${trainSentence(watched.outcome)} Entropy over that of uniform couplings; the largest coupling of a child; distance from uniform; standard deviation over images in units of a uniform coupling; share of images on which a child has its most frequent parent.`,
    columns: ['layer', 'entropy', 'largest', 'uniform', 'from uniform', 'changes', 'modal parent'],
    rows: census.routing.map((r) => [r.layer, r.entropy, r.largest, 1 / r.parents, r.fromUniform, r.changes, r.modalShare]),
  };
}

function lookTable(name: string, { watched: { looks } }: Outcome): Table {
  const layers = looks[0]?.gradients.length ?? 0;
  const each = (what: string, from: number): string[] => Array.from({ length: layers + 1 - from }, (_, k) => (from + k === 0 ? `${what}, primary` : `${what} ${from + k}`));
  return {
    name: `While it trained, ${name}`,
    says: 'Mean loss since the row before; shares of dead capsules by level; entropies of couplings, and root mean square entries of the gradient, by layer; how the logarithm of the gradient grows from layer to layer.',
    columns: ['step', 'loss', ...each('dead', 0), ...each('entropy', 1), ...each('gradient', 1), 'slope'],
    rows: looks.map((one) => [one.step, one.loss, ...one.dead, ...one.entropies, ...one.gradients, one.slope]),
  };
}

function treeTable({ network, moved }: Trees): Table {
  return {
    name: `Parse tree, ${network}`,
    says: 'Share of edges that stay when the image moves; the same weighed by the length of the child; between different images; by chance. Then errors of poses after the motion, over their variance: by the best linear map, and as they were.',
    columns: ['motion', 'accuracy', 'layer', 'stay', 'by activity', 'other image', 'chance', 'by a map', 'unmoved'],
    rows: moved.flatMap(({ motion, accuracy, layers }) => layers.map((l) => [motion, accuracy, l.layer, l.kept, l.keptByActivity, l.keptByOthers, l.chance, l.equivariance, l.invariance])),
  };
}

function informationTable(trees: readonly Trees[]): Table {
  return {
    name: 'Parents and classes',
    says: 'Mutual information of the parent of a child and the class of the image, over the logarithm of the number of classes; and with labels in random order.',
    columns: ['network', 'layer', 'information', 'labels shuffled'],
    rows: trees.flatMap(({ network, information }) => information.map((i) => [network, i.layer, i.information, i.shuffled])),
  };
}

function ablationTable(list: NonNullable<Audit['ablations']>): Table {
  return {
    name: 'Without the routing',
    says: 'Accuracy that is lost, with the interval over test images.',
    columns: ['what', 'accuracy', 'lost', 'from', 'to'],
    rows: list.map((one) => [`${one.name}: ${one.says}`, one.accuracy, one.lost, one.interval[0], one.interval[1]]),
  };
}

function cellTable({ cells, plain }: TrainedMap): Table {
  return {
    name: 'Trained, depth × scale',
    says: 'One network in each cell, and for each depth a plain one: dense layers of about as many parameters on the same features.',
    columns: ['depth', 'c', 'accuracy', 'dead', 'coupling entropy'],
    rows: [...cells.map((cell) => [cell.depth, cell.c, cell.accuracy, cell.dead, cell.entropy]), ...plain.map((one) => [one.depth, 'plain', one.accuracy])],
  };
}

/** The recursion's map, with the network's place. */
function phaseFigure({ map, architecture, forecast }: Audit): Figure {
  const c = geometricMean(forecast.c);
  const column = nearest(scaleGrid, c);
  const band = forecast.band;
  const row = architecture.layers.length - 1;
  return {
    kind: 'heat',
    name: 'phase-diagram',
    title: 'Length of the top capsules, depth × scale',
    says: `By the recursion from primary capsules of length ${forecast.first.toPrecision(2)}; the marked cell is this network.${band ? ` At this depth, gradient and couplings at the start are in order from c = ${band.from} to ${band.to}.` : ''}`,
    x: { label: 'c', names: map.scales.map(String) },
    y: { label: 'layers', names: map.depths.map(String) },
    values: map.log10Lengths.map((line) => line.map((log) => Math.max(log, -12))),
    colour: 'log10 of the length, at least −12',
    spots: [{ row, column, label: `this network, c = ${c.toPrecision(2)}` }, ...(band && nearest(scaleGrid, band.recommended) !== column ? [{ row, column: nearest(scaleGrid, band.recommended), label: `recommended, c = ${band.recommended}` }] : [])],
  };
}

function cellFigure({ cells }: TrainedMap): Figure {
  const depths = [...new Set(cells.map((cell) => cell.depth))];
  const scales = [...new Set(cells.map((cell) => cell.c))];
  return {
    kind: 'heat',
    name: 'trained-phase-diagram',
    title: 'Accuracy after training, depth × scale',
    says: 'One network trained in each cell: starved on the left, frozen on the right.',
    x: { label: 'c', names: scales.map(String) },
    y: { label: 'layers', names: depths.map(String) },
    values: depths.map((depth) => scales.map((c) => cells.find((cell) => cell.depth === depth && cell.c === c)?.accuracy ?? NaN)),
    colour: 'accuracy on the test images',
  };
}

function watchFigures(name: string, { watched: { looks } }: Outcome): LineFigure[] {
  const steps = looks.map((l) => l.step);
  const each = (of: (k: number) => number[], count: number, from: number): LineFigure['series'] => Array.from({ length: count }, (_, k) => ({ name: from + k === 0 ? 'primary' : `layer ${from + k}`, x: steps, y: of(k) }));
  const [first] = looks;
  const slug = name.replaceAll(' ', '-');
  return [
    { kind: 'lines', name: `lengths-${slug}`, title: `Mean lengths, ${name}`, says: 'Of the capsules of each level on training images, while the network trains.', x: { label: 'step' }, y: { label: 'length', scale: 'log' }, series: each((k) => looks.map((l) => must(l.meanLengths[k])), first?.meanLengths.length ?? 0, 0) },
    { kind: 'lines', name: `gradients-${slug}`, title: `Gradient by depth, ${name}`, says: 'Root mean square entry of the gradient by the matrices of each layer, while the network trains.', x: { label: 'step' }, y: { label: 'gradient', scale: 'log' }, series: each((k) => looks.map((l) => must(l.gradients[k])), first?.gradients.length ?? 0, 1) },
    { kind: 'lines', name: `entropy-${slug}`, title: `Entropy of couplings, ${name}`, says: 'Over that of uniform couplings, by layer, while the network trains.', x: { label: 'step' }, y: { label: 'entropy' }, series: each((k) => looks.map((l) => must(l.entropies[k])), first?.entropies.length ?? 0, 1) },
  ];
}

function warningsOf({ described, recommended, forecast, options }: Audit): string[] {
  const diverged = [described, recommended].flatMap((one) => (one?.watched.outcome.kind === 'diverged' ? [trainSentence(one.watched.outcome)] : []));
  return [...diverged, ...(forecast.band ? [] : ['no scale looked at is expected to train: take fewer layers']), ...(options.train < 500 && described ? [`only ${options.train} images to train on: differences of a few points mean nothing`] : [])];
}

function nearest(grid: readonly number[], c: number): number {
  return grid.reduce((best, one, k) => (Math.abs(Math.log(one / c)) < Math.abs(Math.log(must(grid[best]) / c)) ? k : best), 0);
}
