// Profiles in closed form, where one exists.

import type { Stack } from './stack.ts';

/** w[m]: the chance that m of the layers read from attention, independent with chances λ[t]. */
export function jumpCounts(residual: ArrayLike<number>): Float64Array {
  let w = Float64Array.of(1);
  for (let t = 0; t < residual.length; t++) {
    const next = new Float64Array(w.length + 1);
    for (let m = 0; m < w.length; m++) {
      next[m]! += (1 - residual[t]!) * w[m]!;
      next[m + 1]! += residual[t]! * w[m]!;
    }
    w = next;
  }
  return w;
}

/**
 * Uniform causal attention with any λ, at any finite n. The averaging matrix C[i,j] = 1/(i+1) is a Hausdorff matrix, so
 * the profile of the last position is that of J ~ Binomial(n−1, X) with X a product of M uniform numbers, M ~ w:
 *
 *     p[j] = w[0]·[j = n−1] + ∫ binom(n−1, j)·x^j·(1−x)^(n−1−j)·f(−ln x) dx,   f(s) = Σ_{m≥1} w[m]·s^(m−1)/(m−1)!
 *
 * The integral is the mean of f(−ln x) under Beta(j+1, n−j), divided by n; Gauss–Legendre quadrature in s = −ln x gives
 * both integrals of that mean, so no binomial coefficient is formed. Continuum limit: Chowdhury, arXiv 2603.10123.
 */
export function uniformCausal(n: number, residual: ArrayLike<number>): Float64Array {
  const w = jumpCounts(residual);
  const p = new Float64Array(n);
  for (let j = 0; j < n; j++) p[j] = betaMean(j, n, w) / n;
  p[n - 1]! += w[0]!;
  return p;
}

/** Two integrals over s of one weight, with f and without. */
function betaMean(j: number, n: number, w: Float64Array): number {
  const others = n - 1 - j;
  // Logarithm of x^(j+1)·(1−x)^(n−1−j) at x = e^(−s), the weight of Beta(j+1, n−j).
  const logWeight = (s: number): number => -(j + 1) * s + (others === 0 ? 0 : others * Math.log(-Math.expm1(-s)));
  const plain = integral(logWeight, Math.log1p(others / (j + 1)), 1 / n);
  const raised = integral((s) => logWeight(s) + Math.log(series(w, s)), peakOf((s) => logWeight(s) + Math.log(series(w, s)), plain.mode, 1 / n), 1 / n);
  return raised.value * Math.exp(raised.top - plain.top) / plain.value;
}

/** The place of the maximum at or right of `from`. Both functions are log-concave: f has real roots only, since Π(1−λ+λz) has. */
function peakOf(log: (s: number) => number, from: number, scale: number): number {
  if (!(log(from + 1e-3 * scale) > log(from))) return from;
  let width = scale;
  while (log(from + 2 * width) > log(from + width)) width *= 2;
  let [left, right] = [from, from + 2 * width];
  for (let step = 0; step < 60; step++) {
    const [a, b] = [left + (right - left) / 3, right - (right - left) / 3];
    if (log(a) < log(b)) left = a;
    else right = b;
  }
  return (left + right) / 2;
}

// Beyond the ends of an interval of integration the integrand is below e^−40 of its greatest value.
const depth = 40;

/** ∫ e^log ds, divided by e^top. */
function integral(log: (s: number) => number, mode: number, scale: number): { readonly value: number; readonly top: number; readonly mode: number } {
  const top = log(mode);
  const from = mode > 0 ? edge(log, mode, top, 0) : 0;
  let far = mode + scale;
  while (top - log(far) < depth) far = mode + 2 * (far - mode);
  const to = edge(log, mode, top, far);
  // The integrand falls more slowly on the right: the panels grow with the distance.
  const left = mode > from ? [0, 0.5].map((share) => from + share * (mode - from)) : [];
  const cuts = [...left, ...[0, 0.1, 0.25, 0.5, 1].map((share) => mode + share * (to - mode))];
  let value = 0;
  for (let c = 0; c + 1 < cuts.length; c++) {
    const [a, b] = [cuts[c]!, cuts[c + 1]!];
    for (let k = 0; k < nodes.length; k++) value += Math.exp(log((a + b) / 2 + ((b - a) / 2) * nodes[k]!) - top) * weights[k]! * (b - a);
  }
  return { value, top, mode };
}

/** Where the integrand has fallen by `depth` between the mode and `far`, by bisection. */
function edge(log: (s: number) => number, mode: number, top: number, far: number): number {
  let [near, low] = [mode, far];
  for (let step = 0; step < 12; step++) {
    const middle = (near + low) / 2;
    if (!(top - log(middle) < depth)) low = middle;
    else near = middle;
  }
  return low;
}

/** f(s) = Σ_{m≥1} w[m]·s^(m−1)/(m−1)!, all terms positive. */
function series(w: Float64Array, s: number): number {
  let [sum, power] = [0, 1];
  for (let m = 1; m < w.length; m++) {
    sum += w[m]! * power;
    power *= s / m;
  }
  return sum;
}

const [nodes, weights] = gaussLegendre(32);

/** Nodes on [−1, 1] and weights of sum 1, by Newton's method on Legendre polynomials. */
function gaussLegendre(count: number): [Float64Array, Float64Array] {
  const [x, w] = [new Float64Array(count), new Float64Array(count)];
  for (let k = 0; k < count; k++) {
    let z = Math.cos((Math.PI * (k + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let step = 0; step < 100; step++) {
      let [before, here] = [0, 1];
      for (let m = 1; m <= count; m++) [before, here] = [here, ((2 * m - 1) * z * here - (m - 1) * before) / m];
      slope = (count * (z * here - before)) / (z * z - 1);
      const change = here / slope;
      z -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    x[k] = z;
    w[k] = 1 / ((1 - z * z) * slope * slope);
  }
  return [x, w];
}

export interface Fraction {
  readonly num: bigint;
  readonly den: bigint;
}

/** The profile of the last position under uniform causal attention, exactly: (r·C)[j] = Σ_{i≥j} r[i]/(i+1). */
export function uniformCausalExact(n: number, residual: readonly Fraction[]): Fraction[] {
  const none: Fraction = { num: 0n, den: 1n };
  let row = Array.from({ length: n }, (_, j): Fraction => (j === n - 1 ? { num: 1n, den: 1n } : none));
  for (const share of residual.toReversed()) {
    const kept: Fraction = { num: share.den - share.num, den: share.den };
    let mean = none;
    const next = [...row];
    for (let j = n - 1; j >= 0; j--) {
      mean = plus(mean, times(row[j]!, { num: 1n, den: BigInt(j + 1) }));
      next[j] = plus(times(kept, row[j]!), times(share, mean));
    }
    row = next;
  }
  return row;
}

function plus(a: Fraction, b: Fraction): Fraction {
  return reduced(a.num * b.den + b.num * a.den, a.den * b.den);
}

function times(a: Fraction, b: Fraction): Fraction {
  return reduced(a.num * b.num, a.den * b.den);
}

function reduced(num: bigint, den: bigint): Fraction {
  let [a, b] = [num < 0n ? -num : num, den];
  while (b > 0n) [a, b] = [b, a % b];
  return { num: num / a, den: den / a };
}

/**
 * ALiBi far from the first position: the distance k that the query reaches back is a sum of independent jumps, with the
 * generating function G(z) = Π_t [1 − λ[t] + λ[t]·Σ_h w[h]·(1−q[h])/(1−q[h]·z)], q[h] = exp(−slope[h]). Entry k is the
 * coefficient of z^k: p[query − k] where no jump meets the left wall. What is missing from a sum of 1 has piled up there.
 */
export function alibiDistances(stack: Stack, count: number): Float64Array {
  let c = new Float64Array(count);
  c[0] = 1;
  for (let t = stack.residual.length - 1; t >= 0; t--) {
    const { positions, headWeights, temperature } = stack.attention[t]!;
    const share = stack.residual[t]!;
    const next = c.map((x) => (1 - share) * x);
    headWeights.forEach((weight, h) => {
      const q = Math.exp(-(positions.kind === 'alibi' ? positions.slopes[h]! : 0) / temperature);
      let carried = 0;
      for (let k = 0; k < count; k++) {
        carried = c[k]! + q * carried;
        next[k]! += share * weight * (1 - q) * carried;
      }
    });
    c = next;
  }
  return c;
}

export interface ClosedForm {
  readonly name: 'uniform causal' | 'ALiBi away from the first position';
  readonly profile: Float64Array;
  /** Positions from here on are claimed; those before it are not. */
  readonly from: number;
}

/** The closed form of a stack for a query, if it has one. */
export function closedForm(stack: Stack, query: number): ClosedForm | undefined {
  const every = (test: (attention: Stack['attention'][number]) => boolean): boolean => stack.attention.every(test);
  const isPlain = every((a) => a.masks.every((m) => m.kind === 'causal') && a.diagonal.every((d) => d === 0));
  if (!isPlain) return undefined;
  if (every((a) => a.positions.kind === 'none')) {
    const profile = new Float64Array(stack.length);
    profile.set(uniformCausal(query + 1, stack.residual));
    return { name: 'uniform causal', profile, from: 0 };
  }
  if (!every((a) => a.positions.kind === 'alibi' && a.positions.slopes.every((m) => m > 0))) return undefined;
  const from = wallReach(stack, query);
  if (from > query) return undefined;
  const distances = alibiDistances(stack, query + 1);
  const profile = new Float64Array(stack.length);
  for (let j = 0; j <= query; j++) profile[j] = distances[query - j]!;
  return { name: 'ALiBi away from the first position', profile, from };
}

/**
 * The first position whose rows are those of the unbounded line to rounding. A row i lacks q^(i+1) of its sum for each
 * head, so all rows from i on are right to 1e−13 where the largest q^(i+1) is that small; below, nothing is claimed.
 */
function wallReach(stack: Stack, query: number): number {
  const slowest = Math.min(...stack.attention.flatMap(({ positions, temperature }) => (positions.kind === 'alibi' ? positions.slopes.map((m) => m / temperature) : [0])));
  return Math.min(query + 1, Math.ceil((13 * Math.LN10) / slowest));
}
