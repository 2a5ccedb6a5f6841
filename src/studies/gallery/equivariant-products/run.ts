// Coupling tensors compared, rotated, and fitted by low rank.

import { must } from '../../../base/internal.ts';
import { compile } from '../../../run/compile.ts';
import { lbfgs } from '../../harness/optimizer.ts';
import { newPace } from '../../harness/progress.ts';
import { type Stream, newStream } from '../../harness/random.ts';
import { trainAsync } from '../../harness/train.ts';
import { trainable } from '../../harness/trainable.ts';
import { exprOf } from '../engine.ts';
import type { EntryOptions, ModelText, Outcome } from '../entry.ts';
import { norm, orthonormal, relativeError } from '../matrices.ts';
import { couplings, gridFor, harmonics, place, size } from './harmonics.ts';
import { info } from './info.ts';

const [product, onGrid, fit] = info.models as readonly ModelText[] as readonly [ModelText, ModelText, ModelText];
const knownPaths = [[5, 4], [15, 11], [34, 23], [65, 42]] as const;

export async function run(options: EntryOptions): Promise<Outcome> {
  const paths = knownPaths.map((_, k) => ({ cg: pathsOf(couplings(k + 1, 'clebsch-gordan'), k + 1), gaunt: pathsOf(couplings(k + 1, 'gaunt'), k + 1) }));
  const [gaunt1, cg1] = [couplings(1, 'gaunt'), couplings(1, 'clebsch-gordan')];
  const grid = Math.max(...[1, 2, 3, 4].map(gridDifference));
  const exact = equivariance(options);
  const ranks = await lowRank(options);
  return {
    setting: { degrees: 'L = 1 … 4', 'low rank': `L = ${fitDegree}, ${size(fitDegree)} coefficients, ranks ${ranks.map((r) => r.rank).join(', ')}`, rotations: rotationsPerTest },
    measured: {
      cross: pathSize(gaunt1, 1, 1, 1, 1),
      crossCg: pathSize(cg1, 1, 1, 1, 1),
      paths: paths.filter((p, k) => p.cg === knownPaths[k]![0] && p.gaunt === knownPaths[k]![1]).length,
      grid,
      equivariance: exact,
      ratio: Math.max(...ranks.map((r) => r.equivariance / r.fit)),
      fits: Math.min(...ranks.map((r) => r.fit)),
    },
    tables: [
      { name: 'Paths', says: 'Triples of degrees up to L whose coefficients do not vanish.', columns: ['L', 'Clebsch–Gordan', 'Gaunt'], rows: paths.map((p, k) => [k + 1, p.cg, p.gaunt]) },
      { name: 'Low rank', says: 'Errors of products of rank r, relative to the size of the Clebsch–Gordan tensor; equivariance error: the largest over random rotations.', columns: ['rank', 'error of the fit', 'equivariance error', 'ratio'], rows: ranks.map((r) => [r.rank, r.fit, r.equivariance, r.equivariance / r.fit]) },
    ],
    figures: [
      {
        kind: 'lines', name: 'low-rank', title: `What a product of rank r costs, L = ${fitDegree}`, says: 'Error of the fit and equivariance error against the rank: both fall together, and the second stays below twice the first.',
        x: { label: 'rank' }, y: { label: 'relative error', scale: 'log' },
        series: [
          { name: 'error of the fit', x: ranks.map((r) => r.rank), y: ranks.map((r) => r.fit) },
          { name: 'equivariance error', x: ranks.map((r) => r.rank), y: ranks.map((r) => r.equivariance) },
          { name: 'twice the error of the fit', x: ranks.map((r) => r.rank), y: ranks.map((r) => 2 * r.fit), style: 'dashed' },
        ],
      },
    ],
  };
}

/** Largest entry of the block of a path, in absolute value. */
function pathSize(T: Float64Array, L: number, l1: number, l2: number, l3: number): number {
  const n = size(L);
  let found = 0;
  for (let a = -l1; a <= l1; a++) for (let b = -l2; b <= l2; b++) for (let c = -l3; c <= l3; c++) found = Math.max(found, Math.abs(T[(place(l1, a) * n + place(l2, b)) * n + place(l3, c)]!));
  return found;
}

function pathsOf(T: Float64Array, L: number): number {
  let count = 0;
  for (let a = 0; a <= L; a++) for (let b = 0; b <= L; b++) for (let c = 0; c <= L; c++) if (pathSize(T, L, a, b, c) > 1e-12) count++;
  return count;
}

/** The product of unit signals on the grid against the coefficients by 3j symbols. */
function gridDifference(L: number): number {
  const n = size(L);
  const grid = gridFor(3 * L);
  const Y = { shape: [grid.points.length, n], data: Float64Array.from(grid.points.flatMap((p) => [...harmonics(L, p)])) };
  const multiply = compile(exprOf(onGrid.text, onGrid.declare), { fixed: { Y, w: grid.weights } });
  const T = couplings(L, 'gaunt');
  const unit = (k: number): Float64Array => new Float64Array(n).with(k, 1);
  let worst = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) multiply({ x: unit(i), y: unit(j) }).data.forEach((v, k) => (worst = Math.max(worst, Math.abs(v - T[(i * n + j) * n + k]!))));
  return worst;
}

const rotationsPerTest = 5;

/** How much D'(T(Dx, Dy)) differs from T(x, y), for both tensors and all degrees. */
function equivariance({ seed }: EntryOptions): number {
  const multiply = compile(exprOf(product.text, product.declare));
  let worst = 0;
  for (const L of [1, 2, 3, 4]) {
    const n = size(L);
    for (const which of ['clebsch-gordan', 'gaunt'] as const) {
      const T = { shape: [n, n, n], data: couplings(L, which) };
      for (let k = 0; k < rotationsPerTest; k++) {
        const stream = newStream(seed).split('signals').split(L).split(k);
        const D = rotationOfSignals(L, stream);
        const [x, y] = [stream.normals(n), stream.normals(n)];
        worst = Math.max(worst, relativeError(multiply({ T, x: times(D, x), y: times(D, y) }).data, times(D, multiply({ T, x, y }).data)));
      }
    }
  }
  return worst;
}

/** What a random rotation does to coefficients: integrals of Y(Rp) Y(p)' over the sphere. */
function rotationOfSignals(L: number, stream: Stream): Float64Array {
  const R = orthonormal(3, 3, stream);
  // Of positive determinant.
  const det = R[0]![0]! * (R[1]![1]! * R[2]![2]! - R[1]![2]! * R[2]![1]!) - R[0]![1]! * (R[1]![0]! * R[2]![2]! - R[1]![2]! * R[2]![0]!) + R[0]![2]! * (R[1]![0]! * R[2]![1]! - R[1]![1]! * R[2]![0]!);
  const n = size(L);
  const { points, weights } = gridFor(2 * L);
  const D = new Float64Array(n * n);
  points.forEach((p, at) => {
    const turned = R.map((row) => Math.sign(det) * row.reduce((s, v, i) => s + v * p[i]!, 0)) as [number, number, number];
    const [there, here] = [harmonics(L, turned), harmonics(L, p)];
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) D[i * n + j]! += weights[at]! * there[i]! * here[j]!;
  });
  return D;
}

function times(D: Float64Array, x: ArrayLike<number>): Float64Array {
  const n = x.length;
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += D[i * n + j]! * x[j]!;
    return sum;
  });
}

const fitDegree = 2;

interface LowRank {
  readonly rank: number;
  readonly fit: number;
  readonly equivariance: number;
}

async function lowRank(options: EntryOptions): Promise<LowRank[]> {
  const tell = newPace(options).stage('low rank');
  const n = size(fitDegree);
  const T = { shape: [n, n, n], data: couplings(fitDegree, 'clebsch-gordan') };
  const loss = trainable(fit.text, ['A', 'B', 'C'], fit.declare);
  const rebuilt = compile(exprOf('#(ir,jr,kr->ijk; A, B, C)', 'A, B, C: matrix(n, r)'));
  const rotated = compile(exprOf('#(ijk,ai,bj,ck->abc; T, D, D, D)', 'T: tensor(n, n, n); D: matrix(n, n)'));
  const rotations = Array.from({ length: options.quick ? rotationsPerTest : 4 * rotationsPerTest }, (_, k) => rotationOfSignals(fitDegree, newStream(options.seed).split('rotations').split(k)));
  const ranks = options.quick ? [4, 12, 20] : [2, 4, 8, 12, 16, 20, 24, 28];
  const found: LowRank[] = [];
  for (const [k, rank] of ranks.entries()) {
    const stream = newStream(options.seed).split('factors').split(rank);
    const start = Object.fromEntries(['A', 'B', 'C'].map((name) => [name, { shape: [n, rank], data: stream.split(name).normals(n * rank).map((x) => x / 3) }]));
    const { values } = await trainAsync(loss, { data: { T }, start, method: lbfgs({ tolerance: 1e-8 }), epochs: options.quick ? 300 : 2000, seed: options.seed, ...(options.signal && { signal: options.signal }) });
    const near = { shape: [n, n, n], data: rebuilt(values).data };
    const total = norm(T.data);
    const change = (D: Float64Array): number => norm(rotated({ T: near, D: { shape: [n, n], data: D } }).data.map((v, i) => v - must(near.data[i]))) / total;
    found.push({ rank, fit: norm(near.data.map((v, i) => v - T.data[i]!)) / total, equivariance: Math.max(...rotations.map(change)) });
    await tell(k + 1, ranks.length, `rank ${rank}`);
  }
  return found;
}
