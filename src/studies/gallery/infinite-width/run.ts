// Full-batch gradient descent at many widths; the change of the feature kernel against the width.

import { compile } from '../../../run/compile.ts';
import { newPace } from '../../harness/progress.ts';
import { newStream } from '../../harness/random.ts';
import { fitPower } from '../../harness/slope.ts';
import { mean } from '../../harness/statistics.ts';
import { derivative, exprOf, readModel } from '../engine.ts';
import type { EntryOptions, Outcome } from '../entry.ts';
import { relativeError } from '../matrices.ts';
import { info } from './info.ts';

interface Parametrization {
  readonly id: string;
  readonly name: string;
  readonly a: number;
  readonly c: number;
}

const parametrizations: readonly Parametrization[] = [
  { id: 'ntk', name: 'NTK: a = 1/2, c = 0', a: 0.5, c: 0 },
  { id: 'between', name: 'between: a = 3/4, c = -1/2', a: 0.75, c: -0.5 },
  { id: 'mup', name: 'maximal update: a = 1, c = -1', a: 1, c: -1 },
];

export async function run(options: EntryOptions): Promise<Outcome> {
  const [examples, inputs, steps, rate] = [8, 4, 20, 0.1];
  const widths = Array.from({ length: options.quick ? 6 : 9 }, (_, k) => 32 * 2 ** k);
  const draws = options.quick ? 12 : 16;
  const root = newStream(options.seed);
  const X = { shape: [examples, inputs], data: root.split('X').normals(examples * inputs).map((x) => x / Math.sqrt(inputs)) };
  const y = root.split('y').normals(examples);
  const model = readModel(info.models[0]);
  const gradient = compile({ U: derivative(model.expr, model.variable('U')), v: derivative(model.expr, model.variable('v')) });
  const kernel = compile(exprOf(info.models[1]!.text, info.models[1]!.declare));

  const tell = newPace(options).stage('widths');
  const changes = new Map(parametrizations.map((p) => [p.id, widths.map((): number[] => [])]));
  for (const [k, n] of widths.entries()) {
    for (let draw = 0; draw < draws; draw++) {
      const stream = root.split('weights').split(n).split(draw);
      const start = { U: stream.split('U').normals(inputs * n), v: stream.split('v').normals(n) };
      for (const { id, a, c } of parametrizations) {
        const [U, v] = [start.U.slice(), start.v.slice()];
        const values = { X, y, c: n ** -a, U: { shape: [inputs, n], data: U }, v };
        const before = kernel(values).data.slice();
        const out = { U: new Float64Array(U.length), v: new Float64Array(n) };
        for (let step = 0; step < steps; step++) {
          gradient(values, out);
          out.U.forEach((g, i) => (U[i]! -= rate * n ** -c * g));
          out.v.forEach((g, i) => (v[i]! -= rate * n ** -c * g));
        }
        changes.get(id)![k]!.push(relativeError(kernel(values).data, before));
      }
    }
    await tell(k + 1, widths.length, `width ${n}`);
  }
  const means = new Map([...changes].map(([id, lists]) => [id, lists.map((list) => Math.exp(mean(list.map(Math.log))))]));
  const fits = new Map([...means].map(([id, list]) => [id, fitPower(widths, list)]));
  const slope = (id: string) => ({ value: fits.get(id)!.slope, interval: fits.get(id)!.interval });
  return {
    setting: { examples, inputs, activation: 'tanh', 'steps of gradient descent': steps, 'learning rate': `${rate} n^-c`, widths: widths.join(', '), 'draws per width': draws },
    measured: { ntk: slope('ntk'), mup: slope('mup'), size: means.get('mup')!.at(-1)! },
    tables: [
      { name: 'Slopes', says: 'Least squares through the logarithms, with 95 % intervals.', columns: ['parametrization', 'slope', 'low', 'high'], rows: parametrizations.map(({ id, name }) => [name, fits.get(id)!.slope, ...fits.get(id)!.interval]) },
      { name: 'Relative change of the feature kernel', says: 'Geometric means over the draws, in the norm of Frobenius.', columns: ['width', ...parametrizations.map((p) => p.name)], rows: widths.map((n, k) => [n, ...parametrizations.map(({ id }) => means.get(id)![k]!)]) },
    ],
    figures: [
      {
        kind: 'lines', name: 'kernel-change', title: 'Change of the feature kernel in training',
        says: 'Relative change of the feature kernel against the width on logarithmic axes: falling like 1/n for NTK, level for maximal update, between them for the control.',
        x: { label: 'width n', scale: 'log' }, y: { label: 'relative change', scale: 'log' },
        series: parametrizations.map(({ id, name }) => ({ name, x: widths, y: means.get(id)! })),
      },
    ],
  };
}
