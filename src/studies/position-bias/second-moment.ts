// Second-moment rollout: what random weights do. If V_h and O_h have independent entries, the contributions of
// different layers and heads add in squares, while those of the positions that one head reads add as they are. So a
// covariance goes from the top layer down instead of a row:
//
//     Σ ← keep²·Σ + Σ_h w[h]·D·A_hᵀ·Σ·A_h·D,   Σ = e·eᵀ at the top,   influence of j ∝ √Σ[j,j]

import { type CompiledMany, compile } from '../../run/compile.ts';
import { headMatrix } from './attention.ts';
import { graphOf } from './program.ts';
import type { Attention, Stack } from './stack.ts';

/** One layer as the covariance sees it. */
export interface MomentLayer {
  /** heads × n × n, row by row. */
  readonly heads: Float64Array;
  readonly weights: Float64Array;
  /** The factor of the residual stream. */
  readonly keep: number;
  /** D: the factor of what is read, one a position. */
  readonly gain: Float64Array;
}

const text = "k^2*S + #('j,h,hij,il,hlm,m->jm', g, w, A, S, A, g)";
const declare = 'S: matrix(n, n)\nA: tensor(h, n, n)\ng: vector(n)\nw: vector(h)\nk: scalar';

/** The influence of every position on the query, of sum 1. Layers in order, the first one first. */
export type SecondMoment = (layers: readonly MomentLayer[], query: number) => Float64Array;

/** Compiles the step from a layer to the one below once, for any number of stacks. */
export function newSecondMoment(): SecondMoment {
  const next: CompiledMany<'S'> = compile({ S: graphOf(text, declare) });
  return (layers, query) => {
    const n = layers[0]!.gain.length;
    let S = new Float64Array(n * n);
    S[query * n + query] = 1;
    for (const { heads, weights, keep, gain } of layers.toReversed()) {
      S = next({ S: { shape: [n, n], data: S }, A: { shape: [weights.length, n, n], data: heads }, g: gain, w: weights, k: keep }).S.data as Float64Array<ArrayBuffer>;
    }
    return normalised(Float64Array.from({ length: n }, (_, j) => Math.sqrt(Math.max(0, S[j * n + j]!))));
  };
}

/**
 * The layers of a described stack: what the residual stream keeps is 1−λ, what is read comes with λ, and heads that are
 * independent of each other.
 */
export function momentLayers({ attention, residual, length, heads }: Stack): MomentLayer[] {
  const known = new Map<Attention, Float64Array>();
  return attention.map((one, t) => {
    let matrices = known.get(one);
    if (!matrices) {
      matrices = new Float64Array(heads * length * length);
      for (let h = 0; h < heads; h++) matrices.set(headMatrix(one, h, length), h * length * length);
      known.set(one, matrices);
    }
    return { heads: matrices, weights: Float64Array.from(one.headWeights), keep: 1 - residual[t]!, gain: new Float64Array(length).fill(residual[t]!) };
  });
}

/** Multiplications and additions of a second-moment rollout. */
export function secondMomentCost({ length, heads, residual }: Stack): number {
  return 4 * residual.length * heads * length ** 3;
}

export function normalised(values: Float64Array): Float64Array {
  const total = values.reduce((a, b) => a + b, 0);
  return values.map((x) => x / total);
}
