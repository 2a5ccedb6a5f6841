// The identities by normal forms, and in numbers.

import { compile } from '../../../run/compile.ts';
import { newPace } from '../../harness/progress.ts';
import { type Stream, newStream } from '../../harness/random.ts';
import { median } from '../../harness/statistics.ts';
import { derivative, exprOf, isZeroByNormalForm, readModel } from '../engine.ts';
import type { EntryOptions, Outcome } from '../entry.ts';
import { orthonormal, relativeError } from '../matrices.ts';
import { info } from './info.ts';

const declare = 'U: matrix(m, m) orthogonal; R: matrix(n, n); y: vector(m); b: vector(m); a: vector(n)';
const X = '(U[:,1:n]*R)';
const plus = "(inv(R)*(U[:,1:n])')";
const F = (a: string): string => `(${X}*(${a})+b)`;
const G = (y: string): string => `(${plus}*((${y})-b))`;

/** Each is zero. */
const identities: readonly (readonly [name: string, text: string])[] = [
  ['unit: G(F(a)) = a', `${G(F('a'))}-a`],
  ['triangle: F(G(F(a))) = F(a)', `${F(G(F('a')))}-${F('a')}`],
  ['triangle: G(F(G(y))) = G(y)', `${G(F(G('y')))}-${G('y')}`],
  ['normal equations: X\'(y - F(G(y))) = 0', `${X}'*(y-${F(G('y'))})`],
  ['residual of a prediction: F(a) - F(G(F(a))) = 0', `${F('a')}-${F(G(F('a')))}`],
  ['Penrose: X X⁺ X = X', `${X}*${plus}*${X}-${X}`],
  ['Penrose: X⁺ X X⁺ = X⁺', `${plus}*${X}*${plus}-${plus}`],
  ['Penrose: X X⁺ is symmetric', `${X}*${plus}-(${X}*${plus})'`],
  ['Penrose: X⁺ X is symmetric', `${plus}*${X}-(${plus}*${X})'`],
];

export async function run(options: EntryOptions): Promise<Outcome> {
  const proving = newPace(options).stage('proofs');
  const rows: [string, string][] = [];
  for (const [k, [name, text]] of identities.entries()) {
    rows.push([name, isZeroByNormalForm(text, declare) ? 'proved: the normal form is 0' : 'not proved']);
    await proving(k + 1, identities.length, name);
  }
  const measure = measurer();
  const draws = options.quick ? 5 : 50;
  const tell = newPace(options).stage('numbers');
  const [full, lacking] = [worstOf(), worstOf()];
  const units: number[] = [];
  for (let k = 0; k < draws; k++) {
    const stream = newStream(options.seed).split('matrices').split(k);
    const [m, n] = [12 + stream.integer(20), 2 + stream.integer(6)];
    full.see(measure(wellConditioned(m, n, stream), m, n, stream));
    const errors = measure(wellConditioned(m, n, stream, n - 1), m, n, stream);
    lacking.see({ ...errors, unit: 0 });
    units.push(errors.unit);
    await tell(k + 1, draws);
  }
  return {
    setting: { matrices: draws, rows: '12 … 31', columns: '2 … 7', 'singular values': '1 … 3' },
    measured: { proved: rows.filter(([, how]) => how.startsWith('proved')).length, numbers: full.worst(), rankless: lacking.worst(), unit: median(units) },
    tables: [
      { name: 'Identities', says: 'For X = U[:,1:n]*R with U orthogonal and R invertible.', columns: ['identity', 'by the engine'], rows },
      { name: 'In numbers', says: 'Largest error over the random matrices, relative to what is compared; one column of the matrices without full rank depends on the others.', columns: ['error of', 'full column rank', 'without'], rows: Object.keys(full.each).map((key) => [key, full.each[key], key === 'unit' ? `median ${median(units).toFixed(2)}` : lacking.each[key]]) },
    ],
    figures: [
      {
        kind: 'bars', name: 'errors', title: 'Errors of the identities in numbers',
        says: 'Largest relative errors over random matrices on a logarithmic axis. With full column rank all are at rounding; without it only the unit fails.',
        x: { label: 'identity', names: Object.keys(full.each) }, y: { label: 'relative error', scale: 'log' },
        series: [{ name: 'full column rank', values: Object.values(full.each) }, { name: 'without', values: Object.keys(full.each).map((key) => (key === 'unit' ? median(units) : lacking.each[key]!)) }],
      },
    ],
  };
}

function worstOf() {
  const each: Record<string, number> = {};
  return {
    each,
    see: (errors: Readonly<Record<string, number>>): void => {
      for (const [key, value] of Object.entries(errors)) each[key] = Math.max(each[key] ?? 0, value);
    },
    worst: (): number => Math.max(...Object.values(each)),
  };
}

/** Relative errors of the identities with the compiled pseudoinverse, and of the derivatives that the engine generates. */
function measurer() {
  const shapes = 'X: matrix(m, n); a: vector(n); b: vector(m); y: vector(m)';
  const fx = '(X*a+b)';
  const g = '(pinv(X)*(y-b))';
  const residual = readModel(info.models[0]);
  const texts = {
    unit: ['pinv(X)*(X*a+b-b)', 'a'],
    'F G F = F': [`X*(pinv(X)*(${fx}-b))+b`, fx],
    'G F G = G': [`pinv(X)*((X*${g}+b)-b)`, g],
  } as const;
  const compiled = compile<string>({
    ...Object.fromEntries(Object.entries(texts).flatMap(([key, [left, right]]) => [[`${key} left`, exprOf(left, shapes)], [`${key} right`, exprOf(right, shapes)]])),
    estimate: exprOf(g, shapes),
  });
  const gradient = compile(derivative(residual.expr, residual.variable('a')));
  return (matrix: Float64Array, m: number, n: number, stream: Stream) => {
    const values = { X: { shape: [m, n], data: matrix }, a: stream.normals(n), b: stream.normals(m), y: stream.normals(m) };
    const found = compiled(values);
    const errors = Object.keys(texts).map((key) => [key, relativeError(found[`${key} left`]!.data, found[`${key} right`]!.data)] as const);
    // At the estimate the gradient of the residual vanishes, against its size at 0.
    const [there, away] = [found['estimate']!.data as Float64Array, new Float64Array(n)].map((a) => Math.hypot(...gradient({ ...values, a }).data));
    return { unit: 0, ...Object.fromEntries(errors), 'normal equations': there! / away! };
  };
}

/** Singular values 1 … 3 between random orthonormal columns and rows. */
function wellConditioned(m: number, n: number, stream: Stream, rank: number = n): Float64Array {
  const left = orthonormal(m, rank, stream);
  const right = orthonormal(n, rank, stream);
  const matrix = new Float64Array(m * n);
  for (let k = 0; k < rank; k++) {
    const size = 1 + 2 * stream.uniform();
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) matrix[i * n + j]! += left[k]![i]! * size * right[k]![j]!;
  }
  return matrix;
}
