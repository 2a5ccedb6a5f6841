// Operators of state-space models, their approximation by heads, and the duality of recurrence and masked attention.

import { dense, matmul } from '../../../ops/reference/dense.ts';
import { inverse } from '../../../ops/reference/lu.ts';
import { svd } from '../../../ops/reference/svd.ts';
import { compile } from '../../../run/compile.ts';
import { newPace } from '../../harness/progress.ts';
import { type Stream, newStream } from '../../harness/random.ts';
import { lbfgs } from '../../harness/optimizer.ts';
import { trainAsync } from '../../harness/train.ts';
import { trainable } from '../../harness/trainable.ts';
import { derivative, exprOf, isZeroByNormalForm, readModel } from '../engine.ts';
import type { EntryOptions, ModelText, Outcome } from '../entry.ts';
import { relativeError } from '../matrices.ts';
import { info } from './info.ts';

const [positions, channels, mostModes] = [12, 4, 6];

export async function run(options: EntryOptions): Promise<Outcome> {
  const spans = await operatorSpans(options);
  const duality = dualityOf(options);
  const permuted = permutations(options);
  const proved = isZeroByNormalForm("((O*X)*P)*((O*X)*Q)'*(O*X)-O*((X*P)*(X*Q)'*X)", 'O: matrix(n, n) orthogonal; X: matrix(n, d); P, Q: matrix(d, k)');
  return {
    setting: { positions, channels, modes: `1 … ${mostModes}`, 'length of sequences for the duality': duality.length },
    measured: {
      span: spans.filter((s) => s.rank === s.modes).length,
      exact: Math.max(...spans.map((s) => s.exact)),
      fewer: Math.min(...spans.filter((s) => s.modes > 1).map((s) => s.best.at(-1)!)),
      trained: Math.max(...spans.map((s) => s.excess)),
      duality: duality.outputs,
      adjoint: duality.gradients,
      permuted: permuted.free,
      proved: proved ? 1 : 0,
    },
    tables: [
      { name: 'Heads against modes', says: 'Relative error of the best H heads (Eckart and Young), of trained H = k - 1 heads, and of H = k heads built from the eigenvectors.', columns: ['modes k', 'rank of the operators', 'best with k - 1 heads', 'trained with k - 1 heads', 'built with k heads'], rows: spans.map((s) => [s.modes, s.rank, s.best.at(-1), s.trained, s.exact]) },
      { name: 'Permuting positions', says: 'Relative difference of f(PX) and P f(X).', columns: ['variant', 'largest difference'], rows: [['without a mask', permuted.free], ['causal mask, the control', permuted.causal]] },
    ],
    figures: [
      {
        kind: 'lines', name: 'heads', title: 'What H heads cannot imitate',
        says: 'Relative error of the best approximation of the operators of models with 2, 4 and 6 modes by H heads: it falls with H and reaches zero at H = k, where the lines end.',
        x: { label: 'heads H' }, y: { label: 'relative error', scale: 'log' },
        series: spans.filter((s) => s.modes % 2 === 0).map((s) => ({ name: `${s.modes} modes`, x: s.best.map((_, i) => i + 1), y: s.best })),
      },
    ],
  };
}

interface Span {
  readonly modes: number;
  readonly rank: number;
  /** Relative error of the best 1, 2, …, k - 1 heads. */
  readonly best: readonly number[];
  readonly trained: number;
  /** Of the trained ones over the best. */
  readonly excess: number;
  readonly exact: number;
}

async function operatorSpans(options: EntryOptions): Promise<Span[]> {
  const tell = newPace(options).stage('heads');
  const loss = trainable(info.models[0].text, ['alpha', 'V'], info.models[0].declare);
  const product = compile(exprOf('A*B', 'A: matrix(m, k); B: matrix(k, n)'));
  const times = (A: Float64Array, B: Float64Array, m: number, k: number): Float64Array => product({ A: { shape: [m, k], data: A }, B: { shape: [k, B.length / k], data: B } }).data as Float64Array;
  const found: Span[] = [];
  for (let modes = 1; modes <= mostModes; modes++) {
    const stream = newStream(options.seed).split('modes').split(modes);
    const system = systemOf(modes, stream);
    const { S, powers } = operators(system, times);
    const values = svd(dense([powers.length, channels * channels], S)).s.data;
    const total = Math.hypot(...values);
    const best = Array.from({ length: modes - 1 }, (_, h) => Math.hypot(...values.subarray(h + 1)) / total);
    const exact = relativeError(builtFromModes(system, powers), S);
    const heads = modes - 1;
    let trained = 1;
    if (heads > 0) {
      const start = { alpha: { shape: [powers.length, heads], data: stream.split('alpha').normals(powers.length * heads).map((x) => x / 10) }, V: { shape: [heads, channels ** 2], data: stream.split('V').normals(heads * channels ** 2) } };
      const { losses } = await trainAsync(loss, { data: { S: { shape: [powers.length, channels ** 2], data: S } }, start, method: lbfgs({ tolerance: 1e-14 }), epochs: 10_000, seed: options.seed, ...(options.signal && { signal: options.signal }) });
      trained = Math.sqrt(losses.at(-1)!);
    }
    found.push({ modes, rank: values.filter((s) => s > 1e-10 * values[0]!).length, best, trained, excess: heads > 0 ? trained / best.at(-1)! - 1 : 0, exact });
    await tell(modes, mostModes, `${modes} modes`);
  }
  return found;
}

interface System {
  readonly modes: number;
  readonly lambda: Float64Array;
  /** A = T diag(λ) T⁻¹ [k, k], B [k, d], C [d, k]. */
  readonly A: Float64Array;
  readonly B: Float64Array;
  readonly C: Float64Array;
  readonly T: Float64Array;
  readonly inverse: Float64Array;
}

function systemOf(k: number, stream: Stream): System {
  // Spread over both signs: powers of positive numbers alone are nearly dependent.
  const lambda = Float64Array.from({ length: k }, (_, m) => -0.98 + (1.96 * (m + 0.2 + 0.6 * stream.uniform())) / k);
  const T = dense([k, k], stream.split('T').normals(k * k).map((x, i) => 0.3 * x + (i % (k + 1) === 0 ? 1 : 0)));
  const back = inverse(T);
  const A = matmul(matmul(T, dense([k, k], Float64Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? lambda[i / (k + 1)]! : 0)))), back);
  return { modes: k, lambda, A: A.data, B: stream.split('B').normals(k * channels), C: stream.split('C').normals(channels * k), T: T.data, inverse: back.data };
}

/** Rows C A^(i-j) B for j <= i, as vectors; and the powers. */
function operators({ modes, A, B, C }: System, times: (A: Float64Array, B: Float64Array, m: number, k: number) => Float64Array): { S: Float64Array; powers: number[] } {
  const byPower: Float64Array[] = [];
  let AB: Float64Array = B;
  for (let p = 0; p < positions; p++) {
    byPower.push(times(C, AB, channels, modes));
    AB = times(A, AB, modes, modes);
  }
  const powers = Array.from({ length: positions }, (_, i) => Array.from({ length: i + 1 }, (__, j) => i - j)).flat();
  const S = new Float64Array(powers.length * channels ** 2);
  powers.forEach((p, row) => S.set(byPower[p]!, row * channels ** 2));
  return { S, powers };
}

/** Σ_h α^h V_h with α^h = λ_h^(i-j) and V_h the product of column h of C T and row h of T⁻¹ B. */
function builtFromModes({ modes, lambda, B, C, T, inverse: back }: System, powers: readonly number[]): Float64Array {
  const CT = matmul(dense([channels, modes], C), dense([modes, modes], T)).data;
  const TB = matmul(dense([modes, modes], back), dense([modes, channels], B)).data;
  const S = new Float64Array(powers.length * channels ** 2);
  powers.forEach((p, row) => {
    for (let h = 0; h < modes; h++) {
      const alpha = lambda[h]! ** p;
      for (let r = 0; r < channels; r++) for (let c = 0; c < channels; c++) S[row * channels ** 2 + r * channels + c]! += alpha * CT[r * modes + h]! * TB[h * channels + c]!;
    }
  });
  return S;
}

/** Masked attention against the recurrence, and the engine's gradient against the recurrence run backwards. */
function dualityOf({ seed, quick }: EntryOptions): { length: number; outputs: number; gradients: number } {
  const [length, k, d] = [quick ? 48 : 128, 6, 5];
  const [, masked, step] = info.models as readonly ModelText[];
  const attention = compile(exprOf(masked!.text, masked!.declare));
  const weighed = readModel({ text: `sum(G.*(${masked!.text}))`, declare: `${masked!.declare}; G: matrix(n, d)` });
  const byX = compile(derivative(weighed.expr, weighed.variable('X')));
  const next = compile(exprOf(step!.text, step!.declare));
  let [outputs, gradients] = [0, 0];
  for (let draw = 0; draw < (quick ? 2 : 8); draw++) {
    const stream = newStream(seed).split('duality').split(draw);
    const decay = Float64Array.from({ length }, () => 0.7 + 0.3 * stream.uniform());
    let sum = 0;
    const c = decay.map((a) => (sum += Math.log(a)));
    const matrix = (name: string, columns: number) => ({ shape: [length, columns], data: stream.split(name).normals(length * columns) });
    const values = { c, X: matrix('X', d), B: matrix('B', k), C: matrix('C', k) };
    const G = matrix('G', d);
    const recurrence = (order: readonly number[], write: Float64Array, read: Float64Array, x: Float64Array, decayAt: (t: number) => number): Float64Array => {
      const y = new Float64Array(length * d);
      let H: Float64Array = new Float64Array(k * d);
      for (const t of order) {
        H = next({ a: decayAt(t), H: { shape: [k, d], data: H }, b: write.subarray(t * k, (t + 1) * k), x: x.subarray(t * d, (t + 1) * d) }).data as Float64Array;
        for (let i = 0; i < k; i++) for (let j = 0; j < d; j++) y[t * d + j]! += read[t * k + i]! * H[i * d + j]!;
      }
      return y;
    };
    const forward = Array.from({ length }, (_, t) => t);
    const y = recurrence(forward, values.B.data, values.C.data, values.X.data, (t) => decay[t]!);
    outputs = Math.max(outputs, relativeError(attention(values).data, y));
    // The adjoint reads with B what C writes, from the end, with the decay between a place and the one after it.
    const back = recurrence(forward.toReversed(), values.C.data, values.B.data, G.data, (t) => decay[t + 1] ?? 1);
    gradients = Math.max(gradients, relativeError(byX({ ...values, G }).data, back));
  }
  return { length, outputs, gradients };
}

function permutations({ seed, quick }: EntryOptions): { free: number; causal: number } {
  const [n, d, k] = [16, 5, 3];
  const free = compile(exprOf(info.models[3]!.text, info.models[3]!.declare));
  const causal = compile(exprOf("tril((X*P)*(X*Q)')*X", info.models[3]!.declare));
  const worst = { free: 0, causal: 0 };
  for (let draw = 0; draw < (quick ? 3 : 20); draw++) {
    const stream = newStream(seed).split('permutations').split(draw);
    const X = stream.normals(n * d);
    const weights = { P: { shape: [d, k], data: stream.normals(d * k) }, Q: { shape: [d, k], data: stream.normals(d * k) } };
    const order = stream.permutation(n);
    const permuted = (rows: ArrayLike<number>): Float64Array => Float64Array.from({ length: n * d }, (_, i) => rows[order[Math.floor(i / d)]! * d + (i % d)]!);
    for (const [name, f] of [['free', free], ['causal', causal]] as const) {
      const of = (rows: Float64Array): ArrayLike<number> => f({ ...weights, X: { shape: [n, d], data: rows } }).data;
      worst[name] = Math.max(worst[name], relativeError(of(permuted(X)), permuted(of(X))));
    }
  }
  return worst;
}
