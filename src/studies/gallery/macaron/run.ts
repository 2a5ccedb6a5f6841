// Local errors of layers against the exact flow of the particle system.

import { jvp } from '../../../diff/differentiate.ts';
import { add } from '../../../ir/build.ts';
import { variable } from '../../../ir/expr.ts';
import { compile } from '../../../run/compile.ts';
import { newPace } from '../../harness/progress.ts';
import { newStream } from '../../harness/random.ts';
import { fitPower } from '../../harness/slope.ts';
import { mean } from '../../harness/statistics.ts';
import { exprOf } from '../engine.ts';
import type { EntryOptions, Measured, ModelText, Outcome } from '../entry.ts';
import { norm } from '../matrices.ts';
import { info } from './info.ts';

type Field = (X: Float64Array) => Float64Array;
/** X after the time h. */
type Flow = (X: Float64Array, h: number) => Float64Array;

export async function run(options: EntryOptions): Promise<Outcome> {
  const [attention, feedForward] = info.models as [ModelText, ModelText];
  const [A, F] = [exprOf(attention.text, attention.declare), exprOf(feedForward.text, feedForward.declare)];
  const X = variable('X', A.shape);
  const slope = (of: typeof A, along: typeof A) => jvp(of, X, along);
  const compiled = compile({ A, F, both: add(A, F), FA: slope(F, A), AF: slope(A, F), AA: slope(A, A), FF: slope(F, F) });

  const [n, d, hidden] = [6, 4, 8];
  const draws = options.quick ? 2 : 6;
  const steps = Array.from({ length: options.quick ? 5 : 7 }, (_, k) => 2 ** (-3 - k));
  const tell = newPace(options).stage('layers');
  const errors: Record<string, number[][]> = {};
  const terms = { lie: [] as number[], strangEuler: [] as number[] };
  for (let draw = 0; draw < draws; draw++) {
    const stream = newStream(options.seed).split('networks').split(draw);
    const matrix = (name: string, rows: number, columns: number) => ({ shape: [rows, columns], data: stream.split(name).normals(rows * columns).map((x) => x / Math.sqrt(rows)) });
    const weights = { Q: matrix('Q', d, d), K: matrix('K', d, d), V: matrix('V', d, d), U: matrix('U', d, hidden), b: stream.split('b').normals(hidden), W: matrix('W', hidden, d) };
    const start = stream.split('X').normals(n * d);
    const at = (x: Float64Array) => compiled({ ...weights, X: { shape: [n, d], data: x } });
    const field = (name: 'A' | 'F' | 'both'): Field => (x) => at(x)[name].data as Float64Array;
    const layers = layersOf(field('A'), field('F'));
    const exact = exactFlow(field('both'));
    const here = at(start);
    for (const h of steps) {
      const end = exact(start, h);
      for (const [name, layer] of Object.entries(layers)) {
        const off = layer(start, h).map((x, i) => x - end[i]!);
        ((errors[name] ??= [])[draw] ??= []).push(norm(off));
        if (h !== steps.at(-1)) continue;
        const term = { lie: (i: number) => (here.FA.data[i]! - here.AF.data[i]!) / 2, strangEuler: (i: number) => -here.AA.data[i]! / 2 - here.FF.data[i]! / 4 }[name];
        if (term) terms[name as keyof typeof terms].push(norm(off.map((x, i) => x - h * h * term(i))) / norm(off));
      }
    }
    await tell(draw + 1, draws);
  }
  const orders = Object.fromEntries(Object.entries(errors).map(([name, lists]) => [name, spread(lists.map((list) => fitPower(steps, list).slope))]));
  const titles: Readonly<Record<string, string>> = { lie: 'e^{hF} e^{hA}, exact', strang: 'macaron, exact', lieEuler: 'e^{hF} e^{hA}, Euler', strangEuler: 'macaron, Euler', strangMidpoint: 'macaron, midpoint' };
  return {
    setting: { tokens: n, width: d, hidden, networks: draws, 'step h': `2^-3 … 2^-${steps.length + 2}` },
    measured: { ...orders, lieTerm: Math.max(...terms.lie), strangEulerTerm: Math.max(...terms.strangEuler) },
    tables: [{ name: 'Local orders', says: 'Slope of the logarithm of the error of one layer against the logarithm of h: mean over random networks, with the least and the largest.', columns: ['layer', 'order', 'least', 'largest'], rows: Object.entries(orders).map(([name, o]) => [titles[name], o.value, o.interval[0], o.interval[1]]) }],
    figures: [
      {
        kind: 'lines', name: 'local-errors', title: 'Error of one layer against the exact flow',
        says: 'Errors of the five layers against the step on logarithmic axes. The macaron layer with exact or midpoint sub-steps falls with the third power, the others with the second.',
        x: { label: 'step h', scale: 'log' }, y: { label: 'error of one layer', scale: 'log' },
        series: Object.entries(errors).map(([name, lists], k) => ({ name: titles[name]!, x: steps, y: steps.map((_, i) => mean(lists.map((list) => list[i]!))), style: (['solid', 'dashed', 'dotted'] as const)[k % 3]! })),
      },
    ],
  };
}

function layersOf(A: Field, F: Field): Record<string, Flow> {
  const [a, f] = [exactFlow(A), exactFlow(F)];
  const macaron = (feed: Flow, attend: Flow): Flow => (x, h) => feed(attend(feed(x, h / 2), h), h / 2);
  return {
    lie: (x, h) => f(a(x, h), h),
    strang: macaron(f, a),
    lieEuler: (x, h) => euler(F)(euler(A)(x, h), h),
    strangEuler: macaron(euler(F), euler(A)),
    strangMidpoint: macaron(midpoint(F), midpoint(A)),
  };
}

function euler(field: Field): Flow {
  return (x, h) => moved(x, h, field(x));
}

function midpoint(field: Field): Flow {
  return (x, h) => moved(x, h, field(moved(x, h / 2, field(x))));
}

/** By 24 steps of the classical Runge–Kutta method, whose error is below 1e-6 of what is measured. */
function exactFlow(field: Field): Flow {
  const parts = 24;
  return (start, h) => {
    let x = start;
    const t = h / parts;
    for (let k = 0; k < parts; k++) {
      const k1 = field(x);
      const k2 = field(moved(x, t / 2, k1));
      const k3 = field(moved(x, t / 2, k2));
      const k4 = field(moved(x, t, k3));
      x = x.map((v, i) => v + (t / 6) * (k1[i]! + 2 * k2[i]! + 2 * k3[i]! + k4[i]!));
    }
    return x;
  };
}

function moved(x: Float64Array, h: number, along: Float64Array): Float64Array {
  return x.map((v, i) => v + h * along[i]!);
}

function spread(values: readonly number[]): Exclude<Measured, number> {
  return { value: mean(values), interval: [Math.min(...values), Math.max(...values)] };
}
