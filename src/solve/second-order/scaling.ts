// The scaling of Nesterov and Todd for a product of numbers ≥ 0 and second-order cones: W with W z = W⁻¹ s = λ.
// Of a second-order cone W = β (2 v vᵀ − J) with J = diag(1, −1, …, −1). Vandenberghe, The CVXOPT linear and quadratic
// cone program solvers, 2010, sections 4 and 5; Alizadeh & Goldfarb, Second-order cone programming, 2003.

import type { ConeProgram } from './cone-program.ts';

export type Cones = Pick<ConeProgram, 'linear' | 'starts'>;

export interface Scaling {
  /** W v, into a new vector. W is symmetric. */
  readonly times: (v: Float64Array) => Float64Array;
  readonly inverse: (v: Float64Array) => Float64Array;
  readonly lambda: Float64Array;
  /** Of each number ≥ 0, z/s. */
  readonly weights: Float64Array;
  /** Of each second-order cone: β and the point w with W² = β² (2 w wᵀ − J). */
  readonly beta: Float64Array;
  readonly w: Float64Array;
}

/** s and z inside the cones; undefined where rounding has put one of them on the edge. */
export function scalingAt({ linear, starts }: Cones, s: Float64Array, z: Float64Array): Scaling | undefined {
  const weights = new Float64Array(linear);
  const lambda = new Float64Array(s.length);
  for (let i = 0; i < linear; i++) {
    if (!(s[i]! > 0 && z[i]! > 0)) return undefined;
    weights[i] = z[i]! / s[i]!;
    lambda[i] = Math.sqrt(s[i]! * z[i]!);
  }
  const beta = new Float64Array(starts.length - 1);
  const [w, v] = [new Float64Array(s.length), new Float64Array(s.length)];
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const [a, b] = [hyperbolic(s, from, to), hyperbolic(z, from, to)];
    if (!(a > 0 && b > 0)) return undefined;
    let product = 0;
    for (let i = from; i < to; i++) product += (s[i]! / a) * (z[i]! / b);
    const gamma = Math.sqrt((1 + product) / 2);
    for (let i = from; i < to; i++) w[i] = (s[i]! / a + ((i === from ? 1 : -1) * z[i]!) / b) / (2 * gamma);
    const root = Math.sqrt(2 * (w[from]! + 1));
    for (let i = from; i < to; i++) v[i] = (w[i]! + (i === from ? 1 : 0)) / root;
    beta[k] = Math.sqrt(a / b);
  }
  const reflected = (x: Float64Array, isInverse: boolean): Float64Array => {
    const out = new Float64Array(x.length);
    for (let i = 0; i < linear; i++) out[i] = isInverse ? x[i]! * Math.sqrt(weights[i]!) : x[i]! / Math.sqrt(weights[i]!);
    for (let k = 0; k + 1 < starts.length; k++) {
      const [from, to] = [starts[k]!, starts[k + 1]!];
      // The inverse of 2 v vᵀ − J is 2 J v vᵀ J − J.
      const turn = (i: number): number => (isInverse && i > from ? -v[i]! : v[i]!);
      let along = 0;
      for (let i = from; i < to; i++) along += turn(i) * x[i]!;
      const by = isInverse ? 1 / beta[k]! : beta[k]!;
      for (let i = from; i < to; i++) out[i] = by * (2 * along * turn(i) - (i === from ? x[i]! : -x[i]!));
    }
    return out;
  };
  const times = (x: Float64Array): Float64Array => reflected(x, false);
  lambda.set(times(z).subarray(linear), linear);
  return { times, inverse: (x) => reflected(x, true), lambda, weights, beta, w };
}

/** √(x₀² − |x₁|²), 0 outside. */
export function hyperbolic(x: Float64Array, from: number, to: number): number {
  let rest = 0;
  for (let i = from + 1; i < to; i++) rest = Math.hypot(rest, x[i]!);
  return x[from]! > rest ? Math.sqrt((x[from]! - rest) * (x[from]! + rest)) : 0;
}

/** The product of the cones' algebra: entries, or (xᵀy, x₀ y₁ + y₀ x₁). */
export function circle({ linear, starts }: Cones, x: Float64Array, y: Float64Array): Float64Array {
  const out = x.map((a, i) => a * y[i]!);
  out.fill(0, linear);
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    for (let i = from; i < to; i++) {
      out[from]! += x[i]! * y[i]!;
      if (i > from) out[i] = x[from]! * y[i]! + y[from]! * x[i]!;
    }
  }
  return out;
}

/** x with λ ∘ x = r. */
export function undone({ starts }: Cones, lambda: Float64Array, r: Float64Array): Float64Array {
  const out = r.map((a, i) => a / lambda[i]!);
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const size = hyperbolic(lambda, from, to) ** 2;
    let along = 0;
    for (let i = from + 1; i < to; i++) along += lambda[i]! * r[i]!;
    const head = (lambda[from]! * r[from]! - along) / size;
    out[from] = head;
    for (let i = from + 1; i < to; i++) out[i] = (r[i]! - head * lambda[i]!) / lambda[from]!;
  }
  return out;
}

/** The longest step t with x + t d in the cones, Infinity if there is none. */
export function longest({ linear, starts }: Cones, x: Float64Array, d: Float64Array): number {
  let most = Infinity;
  for (let i = 0; i < linear; i++) if (d[i]! < 0) most = Math.min(most, -x[i]! / d[i]!);
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const a = hyperbolic(x, from, to);
    if (a === 0) return 0;
    let inner = (x[from]! / a) * (d[from]! / a);
    for (let i = from + 1; i < to; i++) inner -= (x[i]! / a) * (d[i]! / a);
    const by = (inner + d[from]! / a) / (x[from]! / a + 1);
    let rest = 0;
    for (let i = from + 1; i < to; i++) rest = Math.hypot(rest, d[i]! / a - (by * x[i]!) / a);
    const pace = rest - inner;
    if (pace > 0) most = Math.min(most, 1 / pace);
  }
  return most;
}

/** The least t with x + t e in the cones, e being 1 for numbers and (1, 0, …) for second-order cones. */
export function shortfall({ linear, starts }: Cones, x: Float64Array): number {
  let most = -Infinity;
  for (let i = 0; i < linear; i++) most = Math.max(most, -x[i]!);
  for (let k = 0; k + 1 < starts.length; k++) {
    let rest = 0;
    for (let i = starts[k]! + 1; i < starts[k + 1]!; i++) rest = Math.hypot(rest, x[i]!);
    most = Math.max(most, rest - x[starts[k]!]!);
  }
  return most;
}

export function unit({ linear, starts }: Cones, length: number): Float64Array {
  const e = new Float64Array(length).fill(1, 0, linear);
  for (let k = 0; k + 1 < starts.length; k++) e[starts[k]!] = 1;
  return e;
}
