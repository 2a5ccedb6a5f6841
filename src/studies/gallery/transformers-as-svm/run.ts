// Attention weights trained by normalised gradients, and the margins that they turn to.

import { must } from '../../../base/internal.ts';
import { dense } from '../../../ops/reference/dense.ts';
import { svd } from '../../../ops/reference/svd.ts';
import { checkEqual } from '../../../run/check.ts';
import { type Compiled, compile } from '../../../run/compile.ts';
import { type PreparedModel, prepareModel, solve } from '../../../solve/index.ts';
import { newPace } from '../../harness/progress.ts';
import { type Stream, newStream } from '../../harness/random.ts';
import { median } from '../../harness/statistics.ts';
import { derivative, exprOf, readModel } from '../engine.ts';
import type { EntryOptions, ModelText, Outcome } from '../entry.ts';
import { norm } from '../matrices.ts';
import { info } from './info.ts';

const [inputs, tokens, d] = [6, 5, 8];
const [lossText, pairwiseText, frobeniusText, nuclearText] = info.models as readonly ModelText[] as readonly [ModelText, ModelText, ModelText, ModelText];

export async function run(options: EntryOptions): Promise<Outcome> {
  const steps = options.quick ? 2500 : 6000;
  const draws = options.quick ? 3 : 9;
  const tell = newPace(options).stage('training');
  const models = { frobenius: prepareModel(frobeniusText.text), nuclear: prepareModel(nuclearText.text) };
  const runs: Run[] = [];
  for (let k = 0; k < draws; k++) {
    const stream = newStream(options.seed).split('problems').split(k);
    const task = taskOf(stream);
    const margins = solutions(task, models, stream);
    const gradients = gradientsFor(task);
    const path = direct(gradients.pairwise, steps, margins.frobenius);
    const textbook = direct(gradients.textbook, steps, margins.frobenius);
    const factored = byFactors(gradients.pairwise, steps, margins, stream);
    runs.push({ margins, path, textbook, factored });
    await tell(k + 1, draws);
  }
  const [first] = runs as [Run];
  const last = (list: readonly number[]): number => must(list.at(-1));
  return {
    setting: { inputs, tokens, dimension: d, 'random problems': draws, steps: `${steps} normalised, 0.003 of the norm (W) and 0.01 of the norm (K, Q)` },
    measured: {
      direct: Math.min(...runs.map((r) => last(r.path.cosines))),
      same: gradientDifference(),
      textbook: Math.max(...runs.map((r) => last(r.textbook.cosines))),
      nuclear: median(runs.map((r) => last(r.factored.nuclear))),
      frobenius: median(runs.map((r) => last(r.factored.frobenius))),
      nearer: runs.filter((r) => last(r.factored.nuclear) > last(r.factored.frobenius)).length / draws,
      rankFrobenius: median(runs.map((r) => rank(r.margins.frobenius))),
      rankNuclear: median(runs.map((r) => rank(r.margins.nuclear))),
      gap: Math.max(...runs.map((r) => r.margins.gap)),
    },
    tables: [
      {
        name: 'Where training turns to', says: 'Cosines of the trained weights with the solutions of the margin problems, and the ranks of these.',
        columns: ['problem', 'W: Frobenius', 'textbook gradient: Frobenius', 'K, Q: nuclear', 'K, Q: Frobenius', 'rank, Frobenius', 'rank, nuclear', 'cosine of the two solutions'],
        rows: runs.map((r, k) => [k + 1, last(r.path.cosines), last(r.textbook.cosines), last(r.factored.nuclear), last(r.factored.frobenius), rank(r.margins.frobenius), rank(r.margins.nuclear), cosine(r.margins.frobenius, r.margins.nuclear)]),
      },
    ],
    figures: [
      {
        kind: 'lines', name: 'directions', title: 'Direction of the weights in training', says: 'Cosines against the norm of the weights: W with the pairwise gradient reaches the Frobenius solution, with the textbook gradient it comes near and wanders off once all digits are lost, and K and Q end nearer to the nuclear solution than to the Frobenius one.',
        x: { label: 'norm of W', scale: 'log' }, y: { label: 'cosine', from: 0, to: 1 },
        series: [
          { name: 'W, pairwise gradient: Frobenius', x: first.path.norms, y: first.path.cosines },
          { name: 'W, textbook gradient: Frobenius', x: first.textbook.norms, y: first.textbook.cosines, style: 'dotted' },
          { name: 'K, Q: nuclear', x: first.factored.norms, y: first.factored.nuclear },
          { name: 'K, Q: Frobenius', x: first.factored.norms, y: first.factored.frobenius, style: 'dashed' },
        ],
      },
    ],
  };
}

interface Task {
  /** [inputs, tokens, d], unit vectors. */
  readonly X: Float64Array;
  /** [inputs, d], unit vectors. */
  readonly Z: Float64Array;
  /** [inputs, tokens]: 1 for the token that matters. */
  readonly G: Float64Array;
  /** Differences of the token that matters and each other one, with their queries. */
  readonly A: readonly (readonly number[])[];
  readonly queries: readonly (readonly number[])[];
}

function taskOf(stream: Stream): Task {
  const unit = (v: Float64Array): Float64Array => v.map((x) => x / norm(v));
  const X = Array.from({ length: inputs }, (_, i) => Array.from({ length: tokens }, (__, t) => unit(stream.split('token').split(i).split(t).normals(d))));
  const Z = Array.from({ length: inputs }, (_, i) => unit(stream.split('query').split(i).normals(d)));
  // Tokens are random, so the first is as good as any.
  const others = X.flatMap((list, i) => list.slice(1).map((x) => ({ a: Array.from(x, (v, k) => list[0]![k]! - v), z: [...Z[i]!] })));
  return {
    X: Float64Array.from(X.flat().flatMap((x) => [...x])),
    Z: Float64Array.from(Z.flatMap((z) => [...z])),
    G: Float64Array.from({ length: inputs * tokens }, (_, i) => (i % tokens === 0 ? 1 : 0)),
    A: others.map((o) => o.a),
    queries: others.map((o) => o.z),
  };
}

interface Margins {
  readonly frobenius: Float64Array;
  readonly nuclear: Float64Array;
  /** Of the nuclear norm to the bound by the multipliers, relative. */
  readonly gap: number;
}

function solutions({ A, queries }: Task, models: { readonly frobenius: PreparedModel; readonly nuclear: PreparedModel }, stream: Stream): Margins {
  const data = { A, Z: queries };
  const frobenius = must(solve(models.frobenius, data).x['W']).data;
  const factor = (name: string) => Array.from({ length: d }, (_, i) => [...stream.split(name).split(i).normals(d)]);
  const found = solve(models.nuclear, data, { start: { K: factor('K'), Q: factor('Q') }, starts: 1 });
  const nuclear = product(must(found.x['K']).data, must(found.x['Q']).data);
  const lambda = must(found.multipliers['margin']).data;
  const dual = new Float64Array(d * d);
  A.forEach((a, c) => a.forEach((v, i) => queries[c]!.forEach((z, j) => (dual[i * d + j]! += lambda[c]! * v * z))));
  // Multipliers scaled to be feasible bound the nuclear norm of every W with these margins from below.
  const bound = lambda.reduce((x, y) => x + y, 0) / Math.max(1, singular(dual)[0]!);
  return { frobenius, nuclear, gap: singular(nuclear).reduce((x, y) => x + y, 0) / bound - 1 };
}

type Gradient = (W: Float64Array) => Float64Array;

function gradientsFor({ X, Z, G }: Task): { readonly pairwise: Gradient; readonly textbook: Gradient } {
  const fixed = { X: { shape: [inputs, tokens, d], data: X }, Z: { shape: [inputs, d], data: Z } };
  const scores = { shape: [inputs, tokens], data: G };
  const scoreAt = (i: number, t: number): number => G[i * tokens + t]!;
  const B = { shape: [inputs, tokens, tokens], data: Float64Array.from({ length: inputs * tokens ** 2 }, (_, at) => {
    const [i, t, s] = [Math.floor(at / tokens ** 2), Math.floor(at / tokens) % tokens, at % tokens];
    return scoreAt(i, t) === scoreAt(i, s) ? -1e300 : 0;
  }) };
  const pairs = compile(exprOf(pairwiseText.text, pairwiseText.declare), { fixed: { ...fixed, G: scores, B } });
  const logs: Compiled = compile(exprOf('logsoftmaxrows(#(ita,ab,ib->it; X, W, Z))', lossText.declare), { fixed });
  const loss = readModel(lossText);
  const plain = compile(derivative(loss.expr, loss.variable('W')), { fixed: { ...fixed, G: scores } });
  const at = (W: Float64Array) => ({ shape: [d, d], data: W });
  return {
    pairwise: (W) => {
      const L = logs({ W: at(W) }).data;
      // Of the pairs that move anything: the token that matters with another.
      let most = -Infinity;
      for (let i = 0; i < inputs; i++) for (let t = 1; t < tokens; t++) most = Math.max(most, L[i * tokens]! + L[i * tokens + t]!);
      return pairs({ W: at(W), c: -most }).data as Float64Array;
    },
    textbook: (W) => plain({ W: at(W) }).data as Float64Array,
  };
}

interface Path {
  readonly norms: readonly number[];
  readonly cosines: readonly number[];
}

const looks = 40;

/** W by steps of fixed relative length; a gradient that is 0 or no number ends it. */
function direct(gradient: Gradient, steps: number, target: Float64Array): Path {
  let W: Float64Array = new Float64Array(d * d);
  const [norms, cosines]: [number[], number[]] = [[], []];
  for (let k = 1; k <= steps; k++) {
    const g = gradient(W);
    const size = norm(g);
    if (!(size > 0)) break;
    const step = Math.max(0.01, 0.003 * norm(W)) / size;
    W = W.map((x, i) => x - step * g[i]!);
    if (k % Math.floor(steps / looks) !== 0) continue;
    norms.push(norm(W));
    cosines.push(cosine(W, target));
  }
  return { norms: [...norms, norm(W)], cosines: [...cosines, cosine(W, target)] };
}

interface FactoredPath {
  readonly norms: readonly number[];
  readonly nuclear: readonly number[];
  readonly frobenius: readonly number[];
}

/** K and Q by steps along both gradients, from small random factors. */
function byFactors(gradient: Gradient, steps: number, { frobenius, nuclear }: Margins, stream: Stream): FactoredPath {
  let [K, Q] = ['start K', 'start Q'].map((name) => stream.split(name).normals(d * d).map((x) => x / 10)) as [Float64Array, Float64Array];
  const path = { norms: [] as number[], nuclear: [] as number[], frobenius: [] as number[] };
  for (let k = 1; k <= steps; k++) {
    const g = gradient(product(K, Q));
    const [gK, gQ] = [times(g, Q), times(transposed(g), K)];
    const step = Math.max(0.01, 0.01 * Math.hypot(norm(K), norm(Q))) / Math.hypot(norm(gK), norm(gQ));
    [K, Q] = [K.map((x, i) => x - step * gK[i]!), Q.map((x, i) => x - step * gQ[i]!)];
    if (k % Math.floor(steps / looks) !== 0) continue;
    const W = product(K, Q);
    path.norms.push(norm(W));
    path.nuclear.push(cosine(W, nuclear));
    path.frobenius.push(cosine(W, frobenius));
  }
  return path;
}

interface Run {
  readonly margins: Margins;
  readonly path: Path;
  readonly textbook: Path;
  readonly factored: FactoredPath;
}

/** Pairwise against the derivative of the engine, at random points by the interpreter; infinite when they differ there. */
function gradientDifference(): number {
  const loss = readModel(lossText);
  const unscaled = pairwiseText.text.replace('+B+c', '');
  const { equal, worst } = checkEqual(derivative(loss.expr, loss.variable('W')), exprOf(unscaled, lossText.declare));
  return equal ? worst : Infinity;
}

function cosine(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0) / norm(a) / norm(b);
}

function singular(W: Float64Array): Float64Array {
  return svd(dense([d, d], W)).s.data;
}

function rank(W: Float64Array): number {
  const values = singular(W);
  return values.filter((s) => s > 1e-4 * values[0]!).length;
}

function times(A: Float64Array, B: Float64Array): Float64Array {
  return Float64Array.from({ length: d * d }, (_, at) => {
    const [i, j] = [Math.floor(at / d), at % d];
    let sum = 0;
    for (let k = 0; k < d; k++) sum += A[i * d + k]! * B[k * d + j]!;
    return sum;
  });
}

function transposed(A: Float64Array): Float64Array {
  return A.map((_, at) => A[(at % d) * d + Math.floor(at / d)]!);
}

/** K Q'. */
function product(K: Float64Array, Q: Float64Array): Float64Array {
  return times(K, transposed(Q));
}
