// Small helpers for matrices of numbers in runs.

import type { Stream } from '../harness/random.ts';

/** Length of a - b against that of b. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return norm(Float64Array.from(a, (x, i) => x - b[i]!)) / norm(b);
}

/** So many random orthonormal vectors of length n. */
export function orthonormal(n: number, count: number, stream: Stream): Float64Array[] {
  const found: Float64Array[] = [];
  while (found.length < count) {
    const v = stream.normals(n);
    // Twice is enough (Kahan, Parlett).
    for (let pass = 0; pass < 2; pass++) {
      for (const u of found) {
        const share = u.reduce((sum, x, i) => sum + x * v[i]!, 0);
        u.forEach((x, i) => (v[i]! -= share * x));
      }
    }
    const size = norm(v);
    found.push(v.map((x) => x / size));
  }
  return found;
}

export function norm(a: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * a[i]!;
  return Math.sqrt(sum);
}
