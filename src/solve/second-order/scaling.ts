// The scaling of Nesterov and Todd for a product of numbers ≥ 0 and second-order cones: W with W z = W⁻¹ s = λ.
// Of a second-order cone W = β (2 v vᵀ − J) with J = diag(1, −1, …, −1), and W² = β² (2 w wᵀ − J).
// Vandenberghe, The CVXOPT linear and quadratic cone program solvers, 2010, sections 4 and 5.

import { type Cones, hyperbolic } from './cones.ts';

/** Its arrays are written by `rescale`. */
export interface Scaling {
  readonly lambda: Float64Array;
  /** Of each number ≥ 0, √(s/z). */
  readonly roots: Float64Array;
  /** Of each second-order cone. */
  readonly beta: Float64Array;
  readonly v: Float64Array;
  readonly w: Float64Array;
}

export function newScaling({ linear, starts }: Cones, length: number): Scaling {
  const array = (): Float64Array => new Float64Array(length);
  return { lambda: array(), roots: new Float64Array(linear), beta: new Float64Array(starts.length - 1), v: array(), w: array() };
}

/** For s and z inside the cones; false where rounding has put one of them on the edge. */
export function rescale({ linear, starts }: Cones, s: Float64Array, z: Float64Array, { lambda, roots, beta, v, w }: Scaling): boolean {
  for (let i = 0; i < linear; i++) {
    if (!(s[i]! > 0 && z[i]! > 0)) return false;
    roots[i] = Math.sqrt(s[i]! / z[i]!);
    lambda[i] = Math.sqrt(s[i]! * z[i]!);
  }
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const [a, b] = [hyperbolic(s, from, to), hyperbolic(z, from, to)];
    if (!(a > 0 && b > 0)) return false;
    let product = 0;
    for (let i = from; i < to; i++) product += (s[i]! / a) * (z[i]! / b);
    const twice = 2 * Math.sqrt((1 + product) / 2);
    for (let i = from; i < to; i++) w[i] = (s[i]! / a - z[i]! / b) / twice;
    w[from] = (s[from]! / a + z[from]! / b) / twice;
    const root = Math.sqrt(2 * (w[from] + 1));
    for (let i = from; i < to; i++) v[i] = w[i]! / root;
    v[from] = (w[from] + 1) / root;
    beta[k] = Math.sqrt(a / b);
    reflect(v, from, to, 1, beta[k]!, z, lambda);
  }
  return true;
}

/** out ← by (2 u uᵀ − J) x on one cone, with u = (q₀, side · q₁). */
function reflect(q: Float64Array, from: number, to: number, side: 1 | -1, by: number, x: Float64Array, out: Float64Array): void {
  const first = x[from]!;
  let along = 0;
  for (let i = from + 1; i < to; i++) along += q[i]! * x[i]!;
  const twice = 2 * (q[from]! * first + side * along);
  const turned = side * twice;
  for (let i = from + 1; i < to; i++) out[i] = by * (turned * q[i]! + x[i]!);
  out[from] = by * (twice * q[from]! - first);
}

/** out ← W x; out may be x. */
export function scaled({ linear, starts }: Cones, { roots, beta, v }: Scaling, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < linear; i++) out[i] = x[i]! * roots[i]!;
  for (let k = 0; k < beta.length; k++) reflect(v, starts[k]!, starts[k + 1]!, 1, beta[k]!, x, out);
}

/** out ← W⁻¹ x; out may be x. */
export function unscaled({ linear, starts }: Cones, { roots, beta, v }: Scaling, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < linear; i++) out[i] = x[i]! / roots[i]!;
  for (let k = 0; k < beta.length; k++) reflect(v, starts[k]!, starts[k + 1]!, -1, 1 / beta[k]!, x, out);
}

/** out ← W⁻² x; out may be x. */
export function unscaledTwice({ linear, starts }: Cones, { roots, beta, w }: Scaling, x: Float64Array, out: Float64Array): void {
  for (let i = 0; i < linear; i++) out[i] = x[i]! / (roots[i]! * roots[i]!);
  for (let k = 0; k < beta.length; k++) reflect(w, starts[k]!, starts[k + 1]!, -1, 1 / beta[k]! ** 2, x, out);
}
