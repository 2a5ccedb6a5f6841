// Taylor coefficients of softmax losses and the zeros that limit them.

/** Coefficients 0 … n-1 of the sigmoid of delta + slope t in t, from s' = slope s (1 - s). */
export function sigmoidSeries(delta: number, slope: number, n: number): Float64Array {
  const s = new Float64Array(n);
  s[0] = 1 / (1 + Math.exp(-delta));
  for (let k = 0; k + 1 < n; k++) {
    let square = 0;
    for (let i = 0; i <= k; i++) square += s[i]! * s[k - i]!;
    s[k + 1] = (slope * (s[k]! - square)) / (k + 1);
  }
  return s;
}

/** The radius of convergence where a conjugate pair of poles is nearest (Mercer and Roberts 1990), by the last coefficients. */
export function radiusOf(s: Float64Array): number {
  const n = s.length - 2;
  const [a, b, c, d] = [s[n - 2]!, s[n - 1]!, s[n]!, s[n + 1]!];
  return Math.sqrt(Math.abs((a * c - b * b) / (b * d - c * c)));
}

/** The least |t| at which Σ exp(z_k + t a_k) vanishes: by counting zeros in discs, and bisection. */
export function nearestZero(z: readonly number[], a: readonly number[]): number {
  const spread = Math.max(...a) - Math.min(...a);
  let [low, high] = [0, Math.PI / spread];
  while (zerosWithin(z, a, high) === 0) [low, high] = [high, high * 1.5];
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (zerosWithin(z, a, middle) === 0) low = middle;
    else high = middle;
  }
  return high;
}

/** How often Σ exp(z_k + t a_k) turns around 0 as t goes around the circle of this radius: the zeros inside. */
export function zerosWithin(z: readonly number[], a: readonly number[], radius: number): number {
  // The mean of a shifts all exponents alike and so has no part in zeros; without it the value turns slowly.
  const centre = (Math.max(...a) + Math.min(...a)) / 2;
  const angleAt = (turn: number): number => {
    const [x, y] = [radius * Math.cos(turn), radius * Math.sin(turn)];
    const sizes = z.map((v, k) => v + (a[k]! - centre) * x);
    const most = Math.max(...sizes);
    const sum = (part: (angle: number) => number): number => sizes.reduce((s, size, k) => s + Math.exp(size - most) * part((a[k]! - centre) * y), 0);
    return Math.atan2(sum(Math.sin), sum(Math.cos));
  };
  const steps = 1440;
  let total = 0;
  let before = angleAt(0);
  for (let k = 1; k <= steps; k++) {
    const here = angleAt((2 * Math.PI * k) / steps);
    let turn = here - before;
    if (turn > Math.PI) turn -= 2 * Math.PI;
    if (turn < -Math.PI) turn += 2 * Math.PI;
    total += turn;
    before = here;
  }
  return Math.round(total / (2 * Math.PI));
}
