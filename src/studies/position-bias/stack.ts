// An attention stack as data: what of its architecture decides which positions a token listens to.
// Every list is one for all layers, or one for each of the T layers; in a layer, one for all heads or one a head.

/** Which positions j a query at i may read. */
export type Mask =
  | { readonly kind: 'causal' }
  | { readonly kind: 'full' }
  /** The last `width` positions, the query itself among them. */
  | { readonly kind: 'window'; readonly width: number }
  /** Causal, and the first `length` positions are read by all, also by each other. */
  | { readonly kind: 'prefix'; readonly length: number }
  /** n × n, row by row: 1 where the query of the row may read, 0 elsewhere. */
  | { readonly kind: 'matrix'; readonly allowed: Float64Array };

/** What distance adds to a score. */
export type Positions =
  | { readonly kind: 'none' }
  /** −slope·|i−j|.  Press, Smith, Lewis, ICLR 2022. */
  | { readonly kind: 'alibi'; readonly slopes: readonly number[] }
  /** Σ_f cos((i−j)·base^(−2f/dimension)), f < dimension/2: equal queries and keys.  Su et al. 2021. */
  | { readonly kind: 'rope'; readonly base: number; readonly dimension: number }
  /** A bias by distance for each head; distances past the end of a table have its last entry. */
  | { readonly kind: 'table'; readonly bias: readonly (readonly number[])[] }
  /** The attention itself, n × n a head, rows that sum to 1; masks and content do not apply to it. */
  | { readonly kind: 'attention'; readonly heads: readonly Float64Array[] };

export interface Layer {
  /** One a head. */
  readonly masks: readonly Mask[];
  readonly positions: Positions;
  /** Added to all scores of a head; changes nothing, since softmax does not see it. */
  readonly base: readonly number[];
  /** Added to the score of a position with itself, one a head. */
  readonly diagonal: readonly number[];
  readonly temperature: number;
  /** λ: the share of attention against the residual stream, in [0, 1]. */
  readonly residual: number;
  /** Nonnegative, of sum 1. */
  readonly headWeights: readonly number[];
}

export interface Stack {
  /** n, the number of positions. */
  readonly length: number;
  readonly heads: number;
  /** The first layer first. Layers that are alike share one object where they were described once. */
  readonly layers: readonly Layer[];
}
