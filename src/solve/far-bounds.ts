// Bounds so far out that they stand for none. Files and data without a way to write ∞ use 1e20 or 1e30, and what was
// subtracted from it on the way here may have taken a little off.

import type { Problem } from './problem.ts';

/** Bounds of this size, and beyond, are none: no sum with a double of size one would show that they are finite. */
export const farBound = 1e19;

/** What stands for ∞ among finite numbers. */
export const none = 1e20;

/** The problem with ∞ for such bounds of variables and rows; the same object where there are none. */
export function withoutFarBounds(problem: Problem): Problem {
  const { lower, upper, linear, nonlinear } = problem;
  const rowsFar = [linear, nonlinear].some((rows) => rows !== undefined && (isFar(rows.lower) || isFar(rows.upper)));
  if (!rowsFar && !isFar(lower) && !isFar(upper)) return problem;
  return {
    ...problem,
    lower: lower.map(lowest),
    upper: upper.map(highest),
    ...(linear && { linear: { ...linear, lower: linear.lower.map(lowest), upper: linear.upper.map(highest) } }),
    ...(nonlinear && { nonlinear: { ...nonlinear, lower: nonlinear.lower.map(lowest), upper: nonlinear.upper.map(highest) } }),
  };
}

/** Far, and not ∞ already. */
function isFar(bounds: Float64Array): boolean {
  for (let i = 0; i < bounds.length; i++) {
    const bound = bounds[i]!;
    if (bound >= farBound ? bound < Infinity : bound <= -farBound && bound > -Infinity) return true;
  }
  return false;
}

function lowest(value: number): number {
  return value <= -farBound ? -Infinity : value;
}

function highest(value: number): number {
  return value >= farBound ? Infinity : value;
}
