// What is read off a profile.

export interface Valley {
  readonly index: number;
  readonly value: number;
}

export interface ProfileNumbers {
  /** Mass of the first quarter of the positions up to the query, of the middle half, and of the last quarter. */
  readonly primacy: number;
  readonly middle: number;
  readonly recency: number;
  /** Every local minimum between the ends, in order; a flat one by its middle. */
  readonly valleys: readonly Valley[];
  /** The lowest of them; without one, the lowest position. */
  readonly deepest: Valley;
  readonly leftPeak: Valley;
  readonly rightPeak: Valley;
  /** min(left peak, right peak) / deepest; 1 where the profile has no valley, absent where the valley is 0. */
  readonly uIndex: number | undefined;
  /** Positions around the deepest valley that stay below the middle between it and the lower peak. */
  readonly halfWidth: number;
  /** In nats, and as the number of positions that an even profile of this entropy has. */
  readonly entropy: number;
  readonly effectivePositions: number;
}

/** Numbers of a profile over the positions 0 … n−1. */
export function profileNumbers(p: Float64Array): ProfileNumbers {
  const n = p.length;
  const quarter = Math.floor(n / 4);
  const primacy = sum(p.subarray(0, quarter));
  const recency = sum(p.subarray(n - quarter));
  const valleys = localMinima(p);
  const deepest = valleys.length > 0 ? valleys.reduce((a, b) => (b.value < a.value ? b : a)) : extreme(p, 0, n, (a, b) => a < b);
  const leftPeak = extreme(p, 0, deepest.index + 1, (a, b) => a > b);
  const rightPeak = extreme(p, deepest.index, n, (a, b) => a > b);
  const lower = Math.min(leftPeak.value, rightPeak.value);
  let entropy = 0;
  for (const x of p) if (x > 0) entropy -= x * Math.log(x);
  return {
    primacy,
    middle: sum(p) - primacy - recency,
    recency,
    valleys,
    deepest,
    leftPeak,
    rightPeak,
    uIndex: valleys.length === 0 ? 1 : deepest.value > 0 ? lower / deepest.value : undefined,
    halfWidth: valleys.length === 0 ? 0 : widthBelow(p, deepest.index, (lower + deepest.value) / 2),
    entropy,
    effectivePositions: Math.exp(entropy),
  };
}

// Neighbours that differ by rounding alone are a flat place.
const flat = 1e-12;

function localMinima(p: Float64Array): Valley[] {
  const found: Valley[] = [];
  const isAbove = (j: number, start: number): boolean => p[j]! > p[start]! * (1 + flat);
  for (let start = 1; start < p.length - 1; ) {
    let end = start;
    while (end + 1 < p.length && Math.abs(p[end + 1]! - p[start]!) <= flat * p[start]!) end++;
    if (isAbove(start - 1, start) && end + 1 < p.length && isAbove(end + 1, start)) found.push({ index: (start + end) >> 1, value: p[start]! });
    start = end + 1;
  }
  return found;
}

function extreme(p: Float64Array, from: number, to: number, better: (a: number, b: number) => boolean): Valley {
  let index = from;
  for (let j = from + 1; j < to; j++) if (better(p[j]!, p[index]!)) index = j;
  return { index, value: p[index]! };
}

function widthBelow(p: Float64Array, centre: number, level: number): number {
  let [from, to] = [centre, centre];
  while (from > 0 && p[from - 1]! <= level) from--;
  while (to + 1 < p.length && p[to + 1]! <= level) to++;
  return to - from + 1;
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
