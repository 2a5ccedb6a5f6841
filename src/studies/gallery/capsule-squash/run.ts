// Singular values of the Jacobian that the engine derives, against the closed form.

import { must } from '../../../base/internal.ts';
import { dense } from '../../../ops/reference/dense.ts';
import { svd } from '../../../ops/reference/svd.ts';
import { compile } from '../../../run/compile.ts';
import { newPace } from '../../harness/progress.ts';
import { newStream } from '../../harness/random.ts';
import { fitPower } from '../../harness/slope.ts';
import { agree, derivative, readModel } from '../engine.ts';
import type { EntryOptions, ModelText, Outcome } from '../entry.ts';
import { info } from './info.ts';

export async function run(options: EntryOptions): Promise<Outcome> {
  const tell = newPace(options).stage('singular values');
  const [squash, , shrinkage] = info.models as [ModelText, ModelText, ModelText];
  const spectrum = spectrumOf(squash);
  const control = spectrumOf(shrinkage);
  const lengths = Array.from({ length: options.quick ? 23 : 111 }, (_, k, n = options.quick ? 22 : 110) => 10 ** (-8 + (11 * k) / n));
  const dimensions = options.quick ? [2, 5] : [2, 3, 5, 8, 16];
  const stream = newStream(options.seed).split('directions');
  let worst = 0;
  const [across, along, least]: [number[], number[], number[]] = [[], [], []];
  for (const [k, m] of lengths.entries()) {
    for (const n of dimensions) {
      const direction = stream.split(k).split(n).normals(n);
      const s = direction.map((x) => (x * m) / Math.hypot(...direction));
      const expected = [...Array.from({ length: n - 1 }, () => m / (1 + m * m)), (2 * m) / (1 + m * m) ** 2].sort((a, b) => b - a);
      spectrum(s).forEach((value, i) => (worst = Math.max(worst, Math.abs(value - must(expected[i])) / must(expected[0]))));
    }
    const s = Float64Array.of(m, 0, 0);
    // Of the three the two equal ones are across.
    const found = spectrum(s);
    const isLongAcross = m > 1;
    across.push(must(found[1]));
    along.push(must(isLongAcross ? found[2] : found[0]));
    least.push(must(control(s).at(-1)));
    await tell(k + 1, lengths.length);
  }
  const short = lengths.map((m, i) => [m, i] as const).filter(([m]) => m < 1e-3);
  const exponent = (values: readonly number[]): number => fitPower(short.map(([m]) => m), short.map(([, i]) => must(values[i]))).slope;
  const declare = 's: vector(n); t: vector(n)';
  const jacobian = `(norm2(s)/(1+norm2(s)^2)*eye + (1-norm2(s)^2)/(1+norm2(s)^2)^2/norm2(s)*s*s')`;
  const identities = [
    agree(`${jacobian}*s`, '2*norm2(s)/(1+norm2(s)^2)^2*s', declare),
    agree(`${jacobian}*(t-(s'*t)/(s'*s)*s)`, `norm2(s)/(1+norm2(s)^2)*(t-(s'*t)/(s'*s)*s)`, declare),
  ].filter((check) => check.equal);
  return {
    setting: { dimensions: dimensions.join(', '), lengths: `${lengths.length} from 1e-8 to 1e3` },
    measured: { formula: worst, identities: identities.length, across: exponent(across), along: exponent(along) },
    tables: [
      {
        name: 'Exponents for short capsules',
        says: 'Slope of the logarithm of a singular value against the logarithm of the length, below m = 1e-3.',
        columns: ['function', 'singular value', 'exponent'],
        rows: [['squash', 'across', exponent(across)], ['squash', 'along', exponent(along)], ['s/sqrt(1+m^2), the control', 'smallest', exponent(least)]],
      },
    ],
    figures: [
      {
        kind: 'lines', name: 'singular-values', title: 'What passes through a squash',
        says: 'Singular values of the Jacobian against the length of the capsule: those of the squash fall in proportion to the length, the smallest of the control goes to 1 for short capsules.',
        x: { label: 'length m', scale: 'log' }, y: { label: 'singular value', scale: 'log' },
        series: [{ name: 'squash, across', x: lengths, y: across }, { name: 'squash, along', x: lengths, y: along, style: 'dashed' }, { name: 'control s/sqrt(1+m^2), smallest', x: lengths, y: least, style: 'dotted' }],
      },
    ],
  };
}

/** Singular values of the derivative by s, descending. */
function spectrumOf(model: ModelText): (s: Float64Array) => number[] {
  const { expr, variable } = readModel(model);
  const jacobian = compile(derivative(expr, variable('s')));
  return (s) => [...svd(dense([s.length, s.length], jacobian({ s }).data)).s.data];
}
