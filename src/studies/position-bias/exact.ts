// The exact Jacobian of a stack with weights: norms of the blocks dY[query,:]/dX[j,:], from derivatives of the engine,
// beside what rollout and second moment predict from the same forward pass.

import type { Dense } from '../../ops/reference/dense.ts';
import { type RunOptions, type Tell, newPace } from '../harness/progress.ts';
import { allowedMatrix, scoresByDistance } from './attention.ts';
import { type LayerProgram, newLayerProgram } from './layer-program.ts';
import { badStack, needRoom } from './problem.ts';
import { rollout } from './rollout.ts';
import { newSecondMoment, normalised } from './second-moment.ts';
import type { Attention, Positions, Stack } from './stack.ts';
import type { LayerWeights, Weights } from './weights.ts';

/** Whether the attention counts as a constant when the stack is derived. */
export type SoftmaxPath = 'frozen' | 'full';

export interface ExactProfile {
  /** |dY[query,:]/dX[j,:]|, Frobenius, of sum 1. */
  readonly jacobian: Float64Array;
  /** Rollout of the attention of this pass, with λ from norms and with λ from the Jacobian. */
  readonly rolloutByNorms: Float64Array;
  readonly rolloutByJacobian: Float64Array;
  /** Second moment with the attention of this pass, and as gain the root mean square of its normalisation's Jacobian. */
  readonly secondMoment: Float64Array;
  /** λ[t] = mean over i of |a_i| / (|x_i| + |a_i|), a what attention adds to x. */
  readonly lambdaNorms: Float64Array;
  /** λ[t] = mean over i of b_i / (1 + b_i), b_i the norms of the blocks that the value path adds, over √d, summed over j. */
  readonly lambdaJacobian: Float64Array;
}

/** Entries of the largest intermediate array; more cotangents are taken in turn. */
const mostEntries = 2 ** 23;

interface LayerPass {
  readonly X: Dense;
  readonly A: Dense;
  readonly inverse: Float64Array;
  readonly lambdaNorms: number;
  readonly lambdaJacobian: number;
}

/**
 * The exact profile of a stack with weights. Compiles the layer once and takes it through any number of weights.
 *
 * @example (await newExact(stack)(randomWeights(stack, { dimension: 32, seed: 1, values: 'random', queries: true }), { query: 63, path: 'full' })).jacobian
 */
export function newExact(stack: Stack): (weights: Weights, options: RunOptions & { readonly query: number; readonly path: SoftmaxPath }) => Promise<ExactProfile> {
  const programs = new Map<boolean, LayerProgram>();
  const programFor = (isRotary: boolean): LayerProgram => {
    const program = programs.get(isRotary) ?? newLayerProgram(isRotary);
    programs.set(isRotary, program);
    return program;
  };
  const moment = newSecondMoment();
  return async (weights, { query, path, ...run }) => {
    const { length: n, heads: H, attention } = stack;
    const d = weights.X.shape[1]!;
    needRoom(attention.length * H * n * n + d * n * d, `attention of ${attention.length} layers and ${H} heads, and ${d} × ${n} × ${d} derivatives`);
    const pace = newPace(run);
    const passes = await forwardPasses(stack, weights, programFor, pace.stage('forward'));
    const jacobian = await blockNorms(stack, weights, passes, { query, path }, programFor, pace.stage('Jacobian'));
    const lambdaNorms = Float64Array.from(passes, (p) => p.lambdaNorms);
    const lambdaJacobian = Float64Array.from(passes, (p) => p.lambdaJacobian);
    const mixings = passes.map(({ A }, t) => headMean(A.data, attention[t]!.headWeights, n));
    // The normalisation takes the mean and the length away: |dN/dx|² = (d−2)/std².
    const layers = passes.map(({ A, inverse }) => ({ heads: A.data, weights: new Float64Array(H).fill(1 / H), keep: 1, gain: inverse.map((x) => x * Math.sqrt((d - 2) / d)) }));
    return {
      jacobian: normalised(jacobian),
      rolloutByNorms: rollout({ length: n, mixings, residual: lambdaNorms }, query),
      rolloutByJacobian: rollout({ length: n, mixings, residual: lambdaJacobian }, query),
      secondMoment: moment(layers, query),
      lambdaNorms,
      lambdaJacobian,
    };
  };
}

type Programs = (isRotary: boolean) => LayerProgram;

/** Every layer's input, attention and 1/std, from the first up. */
async function forwardPasses(stack: Stack, weights: Weights, programFor: Programs, tell: Tell): Promise<LayerPass[]> {
  const { length: n, attention } = stack;
  const d = weights.X.shape[1]!;
  const J = unitRows(n, d);
  const passes: LayerPass[] = [];
  let X = weights.X;
  for (const [t, one] of attention.entries()) {
    const layer = weights.layers[t]!;
    const isRotary = turns(one, layer);
    const program = programFor(isRotary);
    const A = attentionOf(one, stack, X, layer, program, isRotary);
    const { Y, added, inverse } = program.forward({ X, A, V: layer.V, O: layer.O });
    if (!Y.data.every(Number.isFinite)) throw badStack(`layers[${t}]`, 'the layer leaves the range of numbers', { found: 'a result that is not finite', help: 'scale the weights or raise the temperature' });
    const { squares } = program.blocks({ X, A, V: layer.V, O: layer.O, J });
    passes.push({ X, A, inverse: inverse.data as Float64Array, lambdaNorms: lambdaOfNorms(X.data, added.data, n, d), lambdaJacobian: lambdaOfBlocks(squares.data, n, d) });
    X = Y as Dense;
    await tell(t + 1, attention.length);
  }
  return passes;
}

/** |dY[query,:]/dX[j,:]| for every j: the unit cotangents of the query, some at a time, from the last layer down. */
async function blockNorms(stack: Stack, weights: Weights, passes: readonly LayerPass[], { query, path }: { readonly query: number; readonly path: SoftmaxPath }, programFor: Programs, tell: Tell): Promise<Float64Array> {
  const { length: n, heads, attention } = stack;
  const d = weights.X.shape[1]!;
  const rows = Math.max(1, Math.min(d, Math.floor(mostEntries / (heads * n * n))));
  const squares = new Float64Array(n);
  for (let from = 0; from < d; from += rows) {
    const count = Math.min(rows, d - from);
    let G = unitCotangents(count, from, n, d, query);
    for (let t = attention.length - 1; t >= 0; t--) {
      const { X, A } = passes[t]!;
      const one = attention[t]!;
      const layer = weights.layers[t]!;
      const isRotary = turns(one, layer);
      const program = programFor(isRotary);
      const isFixed = path === 'frozen' || one.positions.kind === 'attention';
      G = (isFixed ? program.frozen({ X, A, V: layer.V, O: layer.O, G }) : program.full({ X, ...scoreInputs(one, stack, layer, isRotary), ...layer, G })).G as Dense;
      await tell(from * attention.length + (attention.length - t) * count, d * attention.length);
    }
    for (let r = 0; r < count; r++) for (let j = 0; j < n; j++) for (let a = 0; a < d; a++) squares[j]! += G.data[(r * n + j) * d + a]! ** 2;
  }
  return squares.map(Math.sqrt);
}

/** Rotary positions turn queries and keys where there are any; without them they are scores by distance. */
function turns({ positions }: Attention, { Q }: LayerWeights): boolean {
  return positions.kind === 'rope' && Q.data.some((x) => x !== 0);
}

function attentionOf(attention: Attention, stack: Stack, X: Dense, layer: LayerWeights, program: LayerProgram, isRotary: boolean): Dense {
  const { length: n, heads: H } = stack;
  if (attention.positions.kind !== 'attention') return program.attention({ X, ...scoreInputs(attention, stack, layer, isRotary), Q: layer.Q, K: layer.K }).A as Dense;
  const data = new Float64Array(H * n * n);
  attention.positions.heads.forEach((one, h) => data.set(one, h * n * n));
  return { shape: [H, n, n], data };
}

function scoreInputs(attention: Attention, { length: n, heads: H }: Stack, { Q }: LayerWeights, isRotary: boolean): Record<string, Dense | number> {
  const [B, M] = [new Float64Array(H * n * n), new Float64Array(H * n * n)];
  const scored: Attention = isRotary ? { ...attention, positions: { kind: 'none' } } : attention;
  for (let h = 0; h < H; h++) {
    const scores = scoresByDistance(scored, h, n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) B[(h * n + i) * n + j] = scores[Math.abs(i - j)]!;
    M.set(allowedMatrix(attention.masks[h]!, n), h * n * n);
  }
  const k = Q.shape[2]!;
  return { B: { shape: [H, n, n], data: B }, M: { shape: [H, n, n], data: M }, scale: 1 / (Math.sqrt(k) * attention.temperature), ...(isRotary && { R: rotations(attention.positions, n, k) }) };
}

/** n matrices k × k that turn pairs of coordinates by position · base^(−2f/dimension). */
function rotations(positions: Positions, n: number, k: number): Dense {
  if (positions.kind !== 'rope' || positions.dimension > k) throw badStack('positions.rope.dimension', 'rotary positions turn more coordinates than a head has', { needed: `at most ${k}`, found: positions.kind === 'rope' ? `${positions.dimension}` : 'none', help: 'give a smaller dimension, or larger heads' });
  const data = new Float64Array(n * k * k);
  for (let i = 0; i < n; i++) {
    for (let l = positions.dimension; l < k; l++) data[(i * k + l) * k + l] = 1;
    for (let f = 0; f < positions.dimension / 2; f++) {
      const angle = i * positions.base ** ((-2 * f) / positions.dimension);
      const [a, b] = [2 * f, 2 * f + 1];
      data[(i * k + a) * k + a] = Math.cos(angle);
      data[(i * k + a) * k + b] = -Math.sin(angle);
      data[(i * k + b) * k + a] = Math.sin(angle);
      data[(i * k + b) * k + b] = Math.cos(angle);
    }
  }
  return { shape: [n, k, k], data };
}

/** Cotangents of the coordinates from … from+count−1 of the query. */
function unitCotangents(count: number, from: number, n: number, d: number, query: number): Dense {
  const data = new Float64Array(count * n * d);
  for (let r = 0; r < count; r++) data[(r * n + query) * d + from + r] = 1;
  return { shape: [count, n, d], data };
}

/** The unit vectors of every row at once: rows do not mix in a normalisation. */
function unitRows(n: number, d: number): Dense {
  const data = new Float64Array(d * n * d);
  for (let r = 0; r < d; r++) for (let j = 0; j < n; j++) data[(r * n + j) * d + r] = 1;
  return { shape: [d, n, d], data };
}

function lambdaOfNorms(x: ArrayLike<number>, added: ArrayLike<number>, n: number, d: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let [stream, branch] = [0, 0];
    for (let a = i * d; a < (i + 1) * d; a++) {
      stream += x[a]! ** 2;
      branch += added[a]! ** 2;
    }
    sum += Math.sqrt(branch) / (Math.sqrt(stream) + Math.sqrt(branch));
  }
  return sum / n;
}

function lambdaOfBlocks(squares: ArrayLike<number>, n: number, d: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let branch = 0;
    for (let j = 0; j < n; j++) branch += Math.sqrt(Math.max(0, squares[i * n + j]!) / d);
    sum += branch / (1 + branch);
  }
  return sum / n;
}

function headMean(A: Float64Array, weights: readonly number[], n: number): Float64Array {
  const out = new Float64Array(n * n);
  weights.forEach((w, h) => {
    for (let k = 0; k < n * n; k++) out[k]! += w * A[h * n * n + k]!;
  });
  return out;
}
