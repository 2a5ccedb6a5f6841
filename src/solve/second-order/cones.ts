// Vectors in a product of numbers ≥ 0 and second-order cones, and the algebra of these cones.
// Alizadeh & Goldfarb, Second-order cone programming, 2003, section 4.

export interface Cones {
  /** The first entries, which are numbers ≥ 0. */
  readonly linear: number;
  /** Second-order cone k has the entries from starts[k] to starts[k + 1]. */
  readonly starts: Int32Array;
}

/** Length of the entries after the first. */
function tail(x: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from + 1; i < to; i++) sum += x[i]! * x[i]!;
  return Math.sqrt(sum);
}

/** √(x₀² − |x₁|²), 0 outside. */
export function hyperbolic(x: Float64Array, from: number, to: number): number {
  const rest = tail(x, from, to);
  return x[from]! > rest ? Math.sqrt((x[from]! - rest) * (x[from]! + rest)) : 0;
}

/** out ← x ∘ y: products of entries, or (xᵀy, x₀ y₁ + y₀ x₁). */
export function circle({ linear, starts }: Cones, x: Float64Array, y: Float64Array, out: Float64Array): void {
  for (let i = 0; i < linear; i++) out[i] = x[i]! * y[i]!;
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const [a, b] = [x[from]!, y[from]!];
    let sum = a * b;
    for (let i = from + 1; i < to; i++) {
      sum += x[i]! * y[i]!;
      out[i] = a * y[i]! + b * x[i]!;
    }
    out[from] = sum;
  }
}

/** r ← x with λ ∘ x = r. */
export function undone({ linear, starts }: Cones, lambda: Float64Array, r: Float64Array): void {
  for (let i = 0; i < linear; i++) r[i]! /= lambda[i]!;
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const first = lambda[from]!;
    let along = 0;
    for (let i = from + 1; i < to; i++) along += lambda[i]! * r[i]!;
    const head = (first * r[from]! - along) / hyperbolic(lambda, from, to) ** 2;
    r[from] = head;
    for (let i = from + 1; i < to; i++) r[i] = (r[i]! - head * lambda[i]!) / first;
  }
}

/** The longest step t with x + t d in the cones, Infinity if there is none. */
export function longest({ linear, starts }: Cones, x: Float64Array, d: Float64Array): number {
  let pace = 0; // 1 / t
  for (let i = 0; i < linear; i++) if (d[i]! < -pace * x[i]!) pace = -d[i]! / x[i]!;
  for (let k = 0; k + 1 < starts.length; k++) {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const a = hyperbolic(x, from, to);
    if (a === 0) return 0;
    // Where x is turned to (1, 0, …), d becomes (inner, …).
    let inner = (x[from]! / a) * (d[from]! / a);
    for (let i = from + 1; i < to; i++) inner -= (x[i]! / a) * (d[i]! / a);
    const by = (inner + d[from]! / a) / (x[from]! / a + 1);
    let rest = 0;
    for (let i = from + 1; i < to; i++) rest += (d[i]! / a - (by * x[i]!) / a) ** 2;
    pace = Math.max(pace, Math.sqrt(rest) - inner);
  }
  return 1 / pace;
}

/** The least t with x + t e in the cones, e being 1 for numbers and (1, 0, …) for second-order cones. */
export function shortfall({ linear, starts }: Cones, x: Float64Array): number {
  let most = -Infinity;
  for (let i = 0; i < linear; i++) most = Math.max(most, -x[i]!);
  for (let k = 0; k + 1 < starts.length; k++) most = Math.max(most, tail(x, starts[k]!, starts[k + 1]!) - x[starts[k]!]!);
  return most;
}

export function unit({ linear, starts }: Cones, length: number): Float64Array {
  const e = new Float64Array(length).fill(1, 0, linear);
  for (let k = 0; k + 1 < starts.length; k++) e[starts[k]!] = 1;
  return e;
}
