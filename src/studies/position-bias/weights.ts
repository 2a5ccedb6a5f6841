// Weights and inputs of a stack: random ones from a seed, or arrays of the user.

import type { Dense } from '../../ops/reference/dense.ts';
import { newStream } from '../harness/random.ts';
import { badStack } from './problem.ts';
import type { Stack } from './stack.ts';

/** One layer; shapes heads × d × k, heads × d × k, heads × d × v, heads × v × d. */
export interface LayerWeights {
  readonly Q: Dense;
  readonly K: Dense;
  readonly V: Dense;
  readonly O: Dense;
}

export interface Weights {
  /** n × d. */
  readonly X: Dense;
  readonly layers: readonly LayerWeights[];
}

/**
 * `random`: V and O with independent entries of variance 1/d, so that heads add in squares.
 * `coherent`: V_h·O_h = I/heads, so that all add as they are.
 */
export type Values = 'random' | 'coherent';

export interface RandomWeights {
  readonly dimension: number;
  readonly seed: number;
  readonly values: Values;
  /** Another input for the same weights; the seed's own unless told. */
  readonly input?: number;
  /** Queries and keys with entries of variance 1/d, or none: scores by position alone. */
  readonly queries: boolean;
}

export function randomWeights({ length, heads, residual }: Stack, { dimension: d, seed, values, queries, input }: RandomWeights): Weights {
  if (d % heads !== 0) throw badStack('dimension', 'heads share the dimension evenly', { needed: `a multiple of ${heads}`, found: `${d}` });
  const random = newStream(seed);
  const k = d / heads;
  const drawn = (part: string, shape: readonly number[], scale: number): Dense => {
    const own = random.split(part);
    return { shape, data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * own.normal()) };
  };
  const small = 1 / Math.sqrt(d);
  const identity = (scale: number): Dense => ({ shape: [heads, d, d], data: Float64Array.from({ length: heads * d * d }, (_, i) => ((i % (d * d)) % (d + 1) === 0 ? scale : 0)) });
  const coherent = { V: identity(1 / heads), O: identity(1) };
  return {
    X: drawn(input === undefined ? 'X' : `X ${input}`, [length, d], 1),
    layers: Array.from(residual, (_, t) => ({
      Q: drawn(`Q ${t}`, [heads, d, k], queries ? small : 0),
      K: drawn(`K ${t}`, [heads, d, k], queries ? small : 0),
      ...(values === 'coherent' ? coherent : { V: drawn(`V ${t}`, [heads, d, k], small), O: drawn(`O ${t}`, [heads, k, d], small) }),
    })),
  };
}

/** Arrays by name: X, V and O, and Q and K unless scores come from positions alone; one a layer, or one for all. */
export function givenWeights(arrays: Readonly<Record<string, Dense | undefined>>, { length, heads, residual }: Stack): Weights {
  const layers = residual.length;
  const need = (name: string): Dense => {
    const array = arrays[name];
    if (!array) throw badStack(`weights.${name}`, 'this array is missing', { needed: 'X (positions × d), V (heads × d × v), O (heads × v × d), and Q and K (heads × d × k) or neither', found: Object.keys(arrays).join(', ') });
    if (array.data.some((x) => !Number.isFinite(x))) throw badStack(`weights.${name}`, 'an entry is no finite number', { needed: 'finite numbers', found: 'NaN or infinity' });
    return array;
  };
  const X = need('X');
  if (X.shape.length !== 2 || X.shape[0] !== length) throw badStack('weights.X', 'the inputs do not fit the stack', { needed: `${length} × d`, found: X.shape.join(' × ') });
  const d = X.shape[1]!;
  const byLayer = (array: Dense, name: string, wanted: readonly (number | undefined)[]): Dense[] => {
    const { shape, data } = array;
    const inner = shape.length === wanted.length + 1 ? shape.slice(1) : shape;
    const isFit = inner.length === wanted.length && wanted.every((n, i) => n === undefined || n === inner[i]) && (shape.length === inner.length || shape[0] === layers);
    if (!isFit) throw badStack(`weights.${name}`, 'this array does not fit the stack', { needed: `${wanted.map((n) => n ?? 'any').join(' × ')}, or ${layers} of them`, found: shape.join(' × ') });
    const size = inner.reduce((a, b) => a * b, 1);
    return Array.from({ length: layers }, (_, t) => ({ shape: inner, data: shape.length === inner.length ? data : data.subarray(t * size, (t + 1) * size) }));
  };
  const V = byLayer(need('V'), 'V', [heads, d, undefined]);
  const O = byLayer(need('O'), 'O', [heads, V[0]!.shape[2], d]);
  if ((arrays['Q'] === undefined) !== (arrays['K'] === undefined)) throw badStack(arrays['Q'] ? 'weights.K' : 'weights.Q', 'queries need keys and keys queries', { needed: 'both or neither', found: 'one of them' });
  const none: Dense = { shape: [heads, d, 1], data: new Float64Array(heads * d) };
  const Q = arrays['Q'] ? byLayer(need('Q'), 'Q', [heads, d, undefined]) : undefined;
  const K = arrays['K'] ? byLayer(need('K'), 'K', [heads, d, Q?.[0]?.shape[2]]) : undefined;
  return { X, layers: Array.from({ length: layers }, (_, t) => ({ Q: Q?.[t] ?? none, K: K?.[t] ?? none, V: V[t]!, O: O[t]! })) };
}
