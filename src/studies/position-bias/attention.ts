// The attention matrices of a layer. A score depends on the distance alone, so a head is a list of n scores and its
// row sums; the average over heads is the only n × n array that a rollout needs.

import { unreachable } from '../../base/internal.ts';
import type { Attention, Mask, Positions, Stack } from './stack.ts';

/** Scores of one head by distance, 0 … n−1, with the content of the diagonal at 0, divided by the temperature. */
export function scoresByDistance({ positions, diagonal, temperature }: Attention, head: number, length: number): Float64Array {
  const scores = new Float64Array(length);
  for (let k = 0; k < length; k++) scores[k] = positionScore(positions, head, k) / temperature;
  scores[0]! += diagonal[head]! / temperature;
  return scores;
}

function positionScore(positions: Positions, head: number, distance: number): number {
  switch (positions.kind) {
    case 'none':
    case 'attention':
      return 0;
    case 'alibi':
      return -positions.slopes[head]! * distance;
    case 'rope': {
      let sum = 0;
      for (let f = 0; f < positions.dimension / 2; f++) sum += Math.cos(distance * positions.base ** ((-2 * f) / positions.dimension));
      return sum;
    }
    case 'table': {
      const bias = positions.bias[head]!;
      return bias[Math.min(distance, bias.length - 1)]!;
    }
    default:
      return unreachable(positions);
  }
}

/** The positions that a query may read, as a range; the rows of a matrix mask may have gaps in it. */
export function readable(mask: Mask, query: number, length: number): { readonly from: number; readonly to: number } {
  switch (mask.kind) {
    case 'causal':
      return { from: 0, to: query + 1 };
    case 'full':
    case 'matrix':
      return { from: 0, to: length };
    case 'window':
      return { from: Math.max(0, query - mask.width + 1), to: query + 1 };
    case 'prefix':
      return { from: 0, to: Math.max(query + 1, mask.length) };
    default:
      return unreachable(mask);
  }
}

/** Adds weight · A of one head to an n × n array. */
export function addHead(out: Float64Array, attention: Attention, head: number, length: number, weight: number): void {
  const { positions } = attention;
  if (positions.kind === 'attention') {
    const A = positions.heads[head]!;
    for (let k = 0; k < A.length; k++) out[k]! += weight * A[k]!;
    return;
  }
  const scores = scoresByDistance(attention, head, length);
  let [least, most] = [Infinity, -Infinity];
  for (const s of scores) [least, most] = [Math.min(least, s), Math.max(most, s)];
  // Within this range no row underflows, and the exponentials of distances serve all rows.
  if (most - least < 600) addWithOneScale(out, attention.masks[head]!, scores.map((s) => Math.exp(s - most)), length, weight);
  else addRowByRow(out, attention.masks[head]!, scores, length, weight);
}

function addWithOneScale(out: Float64Array, mask: Mask, factors: Float64Array, n: number, weight: number): void {
  if (mask.kind === 'causal') {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      sum += factors[i]!;
      const scale = weight / sum;
      const row = i * n + i;
      for (let k = 0; k <= i; k++) out[row - k]! += scale * factors[k]!;
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    const { from, to } = readable(mask, i, n);
    const allowed = mask.kind === 'matrix' ? mask.allowed.subarray(i * n, (i + 1) * n) : undefined;
    let sum = 0;
    for (let j = from; j < to; j++) if (!allowed || allowed[j] === 1) sum += factors[Math.abs(i - j)]!;
    const scale = weight / sum;
    for (let j = from; j < to; j++) if (!allowed || allowed[j] === 1) out[i * n + j]! += scale * factors[Math.abs(i - j)]!;
  }
}

function addRowByRow(out: Float64Array, mask: Mask, scores: Float64Array, n: number, weight: number): void {
  for (let i = 0; i < n; i++) {
    const { from, to } = readable(mask, i, n);
    const reads = (j: number): boolean => mask.kind !== 'matrix' || mask.allowed[i * n + j] === 1;
    let top = -Infinity;
    for (let j = from; j < to; j++) if (reads(j)) top = Math.max(top, scores[Math.abs(i - j)]!);
    let sum = 0;
    for (let j = from; j < to; j++) if (reads(j)) sum += Math.exp(scores[Math.abs(i - j)]! - top);
    for (let j = from; j < to; j++) if (reads(j)) out[i * n + j]! += (weight * Math.exp(scores[Math.abs(i - j)]! - top)) / sum;
  }
}

/** 1 where a head may read, n × n. */
export function allowedMatrix(mask: Mask, length: number): Float64Array {
  if (mask.kind === 'matrix') return mask.allowed;
  const out = new Float64Array(length * length);
  for (let i = 0; i < length; i++) {
    const { from, to } = readable(mask, i, length);
    out.fill(1, i * length + from, i * length + to);
  }
  return out;
}

/** A of one head, n × n, rows that sum to 1. */
export function headMatrix(attention: Attention, head: number, length: number): Float64Array {
  const out = new Float64Array(length * length);
  addHead(out, attention, head, length, 1);
  return out;
}

/** The attention of a layer averaged over its heads, n × n. Equal heads are computed once. */
export function averaged(attention: Attention, length: number): Float64Array {
  const out = new Float64Array(length * length);
  const weights = new Map<string, { readonly head: number; weight: number }>();
  attention.headWeights.forEach((weight, head) => {
    const key = headKey(attention, head);
    const known = weights.get(key);
    if (known) known.weight += weight;
    else weights.set(key, { head, weight });
  });
  for (const { head, weight } of weights.values()) if (weight > 0) addHead(out, attention, head, length, weight);
  return out;
}

function headKey({ masks, positions, diagonal }: Attention, head: number): string {
  const mask = masks[head]!;
  if (mask.kind === 'matrix' || positions.kind === 'attention') return `${head}`;
  const own = positions.kind === 'alibi' ? positions.slopes[head] : positions.kind === 'table' ? positions.bias[head]!.join() : '';
  return `${mask.kind} ${'width' in mask ? mask.width : 'length' in mask ? mask.length : ''} ${own} ${diagonal[head]}`;
}

/** The averaged attention of every layer; layers that share their attention share the array. */
export function mixings({ attention, length }: Stack): readonly Float64Array[] {
  const known = new Map<Attention, Float64Array>();
  return attention.map((one) => {
    const found = known.get(one) ?? averaged(one, length);
    known.set(one, found);
    return found;
  });
}
