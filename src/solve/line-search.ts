// A search along the projected path P(x + t d) of a box: sufficient decrease and a weak curvature condition on the
// piecewise smooth function of t, with the approximate Wolfe conditions near the limit of rounding (Hager & Zhang 2005),
// where differences of the objective have no digits but slopes do.

import { projected } from './box.ts';
import type { Box } from './box.ts';

export interface Point {
  readonly x: Float64Array;
  readonly f: number;
  readonly g: Float64Array;
}

export interface Searched {
  readonly point: Point;
  readonly step: number;
}

const decrease = 1e-4;
const curvature = 0.9;

/**
 * The next point from `from` along `d`, whose free part descends; undefined if no step improves on it. `first` is the
 * step tried first. Points where the objective is not finite are stepped back from.
 */
export function searchAlong(
  box: Box,
  evaluate: (x: Float64Array, g: Float64Array) => number,
  from: Point,
  d: Float64Array,
  first: number,
  noise = 1e-15,
): Searched | undefined {
  const slope0 = slopeAt(box, from.x, from.g, d);
  if (!(slope0 < 0)) return undefined;
  // The objective is blind below this.
  const blind = noise * Math.abs(from.f);
  let low = { t: 0, f: from.f, slope: slope0 };
  let before = low;
  let high: { readonly t: number; readonly f: number; readonly slope: number } | undefined;
  let best: Searched | undefined;
  let t = first;
  const end = lastKink(box, from.x, d);
  for (let turn = 0; turn < 40; turn++) {
    if (t >= end) t = end;
    const x = along(box, from.x, d, t);
    const g = new Float64Array(x.length);
    const f = evaluate(x, g);
    const slope = Number.isFinite(f) ? slopeAt(box, x, g, d, from.x, t) : NaN;
    const usable = Number.isFinite(f) && Number.isFinite(slope);
    const linear = linearDecrease(from, x);
    const enough = usable && f <= from.f + decrease * Math.min(linear, 0) && f < from.f;
    const enoughBySlope = usable && f <= from.f + blind && slope <= (2 * decrease - 1) * slope0;
    if (enough || enoughBySlope) {
      if (best === undefined || f <= best.point.f || enoughBySlope) best = { point: { x, f, g }, step: t };
      if (slope >= curvature * slope0 || t >= end) return { point: { x, f, g }, step: t };
      before = low;
      low = { t, f, slope };
    } else high = { t, f: usable ? f : NaN, slope: usable ? slope : NaN };
    const width = high === undefined ? Infinity : high.t - low.t;
    if (width <= 1e-14 * Math.max(low.t, 1e-300) || (high !== undefined && high.t < 1e-30)) break;
    t = high === undefined ? extended(before, low) : between(low, high);
    // A second look at a step that already gained is worth little.
    if (best !== undefined && turn > 8) return best;
  }
  return best;
}

function along(box: Box, x: Float64Array, d: Float64Array, t: number): Float64Array {
  const moved = new Float64Array(x.length);
  for (let j = 0; j < x.length; j++) moved[j] = x[j]! + t * d[j]!;
  return projected(box, moved);
}

/** gᵀd over the variables that still move beyond the point. */
function slopeAt({ lower, upper }: Box, x: Float64Array, g: Float64Array, d: Float64Array, start = x, t = 0): number {
  let slope = 0;
  for (let j = 0; j < x.length; j++) {
    const dj = d[j]!;
    if (dj === 0) continue;
    const at = start[j]! + t * dj;
    if (dj > 0 ? at >= upper[j]! && upper[j]! < Infinity : at <= lower[j]! && lower[j]! > -Infinity) continue;
    slope += g[j]! * dj;
  }
  return slope;
}

function linearDecrease({ x, g }: Point, to: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += g[j]! * (to[j]! - x[j]!);
  return sum;
}

/** The step beyond which nothing moves. */
function lastKink({ lower, upper }: Box, x: Float64Array, d: Float64Array): number {
  let last = 0;
  for (let j = 0; j < x.length; j++) {
    if (d[j] === 0) continue;
    const bound = d[j]! > 0 ? upper[j]! : lower[j]!;
    const kink = (bound - x[j]!) / d[j]!;
    if (kink > last) last = kink;
  }
  return last;
}

interface Sample {
  readonly t: number;
  readonly f: number;
  readonly slope: number;
}

/** Further out: where the slope would vanish if it went on changing so, within two to ten times as far. */
function extended(before: Sample, now: Sample): number {
  const zero = now.t - (now.slope * (now.t - before.t)) / (now.slope - before.slope);
  return zero > now.t ? Math.min(1000 * now.t, Math.max(2 * now.t, zero)) : 10 * now.t;
}

/** The minimum of the cubic through both ends, kept away from them; halfway, or less, where one is not finite. */
function between(low: Sample, high: Sample): number {
  const width = high.t - low.t;
  if (!Number.isFinite(high.f) || !Number.isFinite(high.slope)) return low.t + 0.2 * width;
  const theta = (3 * (low.f - high.f)) / width + low.slope + high.slope;
  const root = Math.sqrt(Math.max(0, theta * theta - low.slope * high.slope));
  const t = high.t - (width * (high.slope + root - theta)) / (high.slope - low.slope + 2 * root);
  const guess = Number.isFinite(t) ? t : low.t + width / 2;
  return Math.min(low.t + 0.9 * width, Math.max(low.t + 0.1 * width, guess));
}
