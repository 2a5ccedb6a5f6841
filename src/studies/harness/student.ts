// Student's t distribution.  DLMF = dlmf.nist.gov; Press et al., Numerical Recipes, 3rd ed., 6.4 and 6.14.3.

import { lgamma } from '../../ops/reference/special.ts';

/** P(T ≤ t) for `freedom` degrees of freedom. */
export function studentCdf(t: number, freedom: number): number {
  const tail = incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}

/** The t with P(T ≤ t) = p, for 0 < p < 1, by bisection. */
export function studentQuantile(p: number, freedom: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, freedom);
  let [low, high] = [0, 1];
  while (studentCdf(high, freedom) < p) high *= 2;
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2;
    if (studentCdf(middle, freedom) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** I_x(a, b), by its continued fraction (DLMF 8.17.22), on the side where that converges quickly. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  // Lentz: f = Π c d, with the coefficients d_{2m}, d_{2m+1} of DLMF 8.17.23.
  const tiny = 1e-300;
  let [f, c, d] = [1, 1, 0];
  for (let k = 0; k < 1000; k++) {
    const m = k >> 1;
    const coefficient = k === 0 ? 1 : k % 2 === 0 ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)) : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + coefficient * d || tiny);
    c = 1 + coefficient / c || tiny;
    f *= c * d;
    if (k > 0 && Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * (f - 1);
}
