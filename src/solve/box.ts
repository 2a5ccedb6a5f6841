// The geometry of a box: projection, which variables press against a bound, and how far a point is from stationary.

export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

export function projected({ lower, upper }: Box, x: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  for (let j = 0; j < x.length; j++) out[j] = clamp(x[j]!, lower[j]!, upper[j]!);
  return out;
}

/** 1 for variables that may move: not at a bound, or drawn away from it by the negative gradient. */
export function freeSet({ lower, upper }: Box, x: Float64Array, g: Float64Array): Uint8Array {
  const free = new Uint8Array(x.length);
  for (let j = 0; j < x.length; j++) {
    const held = (x[j]! <= lower[j]! && g[j]! >= 0) || (x[j]! >= upper[j]! && g[j]! <= 0);
    free[j] = held ? 0 : 1;
  }
  return free;
}

/** Largest entry of P(x − g) − x, but no entry larger than that of g: zero just at stationary points. */
export function projectedGradient({ lower, upper }: Box, x: Float64Array, g: Float64Array): number {
  let most = 0;
  for (let j = 0; j < x.length; j++) {
    const moved = Math.abs(clamp(x[j]! - g[j]!, lower[j]!, upper[j]!) - x[j]!);
    if (!(moved <= most)) most = moved;
  }
  return most;
}

/** Multipliers of the bounds, as prices: the gradient where a bound holds it. */
export function boundPrices({ lower, upper }: Box, x: Float64Array, g: Float64Array): Float64Array {
  const prices = new Float64Array(g.length);
  for (let j = 0; j < g.length; j++) {
    const value = g[j]!;
    const isHeld = lower[j] === upper[j] || (value > 0 ? x[j]! - lower[j]! <= 1e-9 * Math.min(1, value) : value < 0 && upper[j]! - x[j]! <= 1e-9 * Math.min(1, -value));
    if (isHeld) prices[j] = value;
  }
  return prices;
}
