// Second-moment rollout: what random weights do. If V_h and O_h have independent entries, the contributions of
// different layers and heads add in squares, while those of the positions that one head reads add as they are. So a
// covariance goes from the top layer down instead of a row:
//
//     Σ ← keep²·Σ + Σ_h w[h]·D·A_hᵀ·Σ·A_h·D,   Σ = e·eᵀ at the top,   influence of j ∝ √Σ[j,j]

import { type Compiled, compile } from '../../run/compile.ts';
import { expression } from '../harness/trainable.ts';
import { headMatrix } from './attention.ts';
import type { Attention, Stack } from './stack.ts';

/** One layer as the covariance sees it. */
export interface MomentLayer {
  /** heads × n × n. */
  readonly heads: Float64Array;
  readonly weights: ArrayLike<number>;
  /** The factor of the residual stream. */
  readonly keep: number;
  /** The factor of what is read at each position: D. */
  readonly gain: Float64Array;
}
