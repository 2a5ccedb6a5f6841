// A few operations on vectors, named once.

export function dot(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  // Four sums that do not wait for each other.
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < n; i += 4) {
    a += x[i]! * y[i]!;
    b += x[i + 1]! * y[i + 1]!;
    c += x[i + 2]! * y[i + 2]!;
    d += x[i + 3]! * y[i + 3]!;
  }
  for (; i < n; i++) a += x[i]! * y[i]!;
  return a + b + (c + d);
}

/** Σ x y mask, for a mask of zeros and ones. */
export function maskedDot(x: Float64Array, y: Float64Array, mask: Float64Array | undefined): number {
  if (mask === undefined) return dot(x, y);
  const n = x.length;
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < n; i += 4) {
    a += x[i]! * y[i]! * mask[i]!;
    b += x[i + 1]! * y[i + 1]! * mask[i + 1]!;
    c += x[i + 2]! * y[i + 2]! * mask[i + 2]!;
    d += x[i + 3]! * y[i + 3]! * mask[i + 3]!;
  }
  for (; i < n; i++) a += x[i]! * y[i]! * mask[i]!;
  return a + b + (c + d);
}

/** Largest absolute entry; NaN if one is NaN; 0 for no entries. */
export function maxNorm(x: Float64Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(x[i]!);
    if (!(size <= most)) most = size;
    if (Number.isNaN(size)) return NaN;
  }
  return most;
}

/** Euclidean length, without overflow. */
export function norm(x: Float64Array): number {
  const most = maxNorm(x);
  if (most === 0 || !(most < Infinity)) return most;
  if (most > 1e-140 && most < 1e140) return Math.sqrt(dot(x, x));
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! / most) ** 2;
  return most * Math.sqrt(sum);
}

/** x ← x + scale · y */
export function addTo(x: Float64Array, scale: number, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) x[i]! += scale * y[i]!;
}

/** x + scale · y, a new vector. */
export function plus(x: Float64Array, scale: number, y: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = x[i]! + scale * y[i]!;
  return out;
}

/** scale · x, a new vector. */
export function times(scale: number, x: Float64Array): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = scale * x[i]!;
  return out;
}

export function allFinite(x: Float64Array): boolean {
  for (let i = 0; i < x.length; i++) if (!(Math.abs(x[i]!) < Infinity)) return false;
  return true;
}

/** Whether the numbers are the same, with the signs of zeros, by `Object.is`. */
export function areSame(x: ArrayLike<number>, y: ArrayLike<number>): boolean {
  for (let i = 0; i < x.length; i++) {
    const a = x[i]!;
    const b = y[i]!;
    if (a === b ? a === 0 && 1 / a !== 1 / b : !(Number.isNaN(a) && Number.isNaN(b))) return false;
  }
  return true;
}
