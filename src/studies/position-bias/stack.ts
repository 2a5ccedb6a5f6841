// An attention stack as data: what of its architecture decides which positions a token listens to.

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

/** What the distance |i−j| adds to a score. */
export type Positions =
  | { readonly kind: 'none' }
  /** −slope·|i−j|, one slope a head.  Press, Smith, Lewis, ICLR 2022. */
  | { readonly kind: 'alibi'; readonly slopes: readonly number[] }
  /** Σ_f cos(|i−j|·base^(−2f/dimension)), f < dimension/2: equal queries and keys.  Su et al., RoFormer, 2021. */
  | { readonly kind: 'rope'; readonly base: number; readonly dimension: number }
  /** A bias by distance for each head; distances past the end of a list have its last entry. */
  | { readonly kind: 'table'; readonly bias: readonly (readonly number[])[] }
  /** The attention itself, n × n a head, rows that sum to 1; masks and content do not apply to it. */
  | { readonly kind: 'attention'; readonly heads: readonly Float64Array[] };

/** The attention of a layer. All lists have one entry a head. */
export interface Attention {
  readonly masks: readonly Mask[];
  readonly positions: Positions;
  /** Added to all scores of a head; changes nothing, since softmax does not see it. */
  readonly base: readonly number[];
  /** Added to the score of a position with itself. */
  readonly diagonal: readonly number[];
  readonly temperature: number;
  /** Nonnegative, of sum 1. */
  readonly headWeights: readonly number[];
}

/** How the weights of the residual stream were described; it decides what more layers would do. */
export type Schedule =
  | { readonly kind: 'constant'; readonly value: number }
  /** first / (t+1)^exponent for the layers t = 0, 1, … */
  | { readonly kind: 'power'; readonly first: number; readonly exponent: number }
  | { readonly kind: 'list' };

export interface Stack {
  /** n, the number of positions. */
  readonly length: number;
  readonly heads: number;
  /** One a layer, the first layer first. Layers that are alike share one object. */
  readonly attention: readonly Attention[];
  /** λ of each layer: the share of attention against the residual stream, in [0, 1]. */
  readonly residual: Float64Array;
  readonly schedule: Schedule;
}

/** The slopes 2^(−8(h+1)/H): geometric from 2^(−8/H) to 2^−8 for any number of heads. */
export function alibiSlopes(heads: number): number[] {
  return Array.from({ length: heads }, (_, h) => 2 ** ((-8 * (h + 1)) / heads));
}

/** λ of every layer by a schedule of a formula. */
export function scheduled(schedule: Exclude<Schedule, { kind: 'list' }>, layers: number): Float64Array {
  return Float64Array.from({ length: layers }, (_, t) => (schedule.kind === 'constant' ? schedule.value : schedule.first / (t + 1) ** schedule.exponent));
}

/** The same stack with another λ in every layer. */
export function withConstantResidual(stack: Stack, value: number): Stack {
  const schedule = { kind: 'constant', value } as const;
  return { ...stack, residual: scheduled(schedule, stack.residual.length), schedule };
}

/** The same stack with its attention changed; layers that shared one stay shared. */
export function withAttention(stack: Stack, change: (attention: Attention, layer: number) => Attention): Stack {
  const changed = new Map<Attention, Attention>();
  const attention = stack.attention.map((one, t) => {
    const known = changed.get(one);
    if (known) return known;
    const next = change(one, t);
    changed.set(one, next);
    return next;
  });
  return { ...stack, attention };
}
