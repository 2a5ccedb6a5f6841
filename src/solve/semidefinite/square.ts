// Small dense symmetric matrices [n, n] by rows: what an interior point does with the matrices of a cone.

import { leastEigenvalue } from '../../ops/reference/least-eigenvalue.ts';

/** out ← A B for a symmetric B; rows of both are read along. */
export function timesSymmetric(A: Float64Array, B: Float64Array, n: number, out: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const a = i * n;
    let j = 0;
    for (; j + 3 < n; j += 4) {
      const b0 = j * n;
      const b1 = b0 + n;
      const b2 = b1 + n;
      const b3 = b2 + n;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let k = 0; k < n; k++) {
        const value = A[a + k]!;
        s0 += value * B[b0 + k]!;
        s1 += value * B[b1 + k]!;
        s2 += value * B[b2 + k]!;
        s3 += value * B[b3 + k]!;
      }
      out[a + j] = s0;
      out[a + j + 1] = s1;
      out[a + j + 2] = s2;
      out[a + j + 3] = s3;
    }
    for (; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += A[a + k]! * B[j * n + k]!;
      out[a + j] = sum;
    }
  }
}

/** (A + Aᵀ)/2, in place. */
export function symmetrise(A: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) A[i * n + j] = A[j * n + i] = (A[i * n + j]! + A[j * n + i]!) / 2;
}

export function inner(A: Float64Array, B: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < A.length; i++) sum += A[i]! * B[i]!;
  return sum;
}

/** Lower L with L Lᵀ = A + shift · I; undefined if that is not positive definite. */
export function choleskyFactor(A: Float64Array, n: number, shift: number = 0): Float64Array | undefined {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      const other = j * n;
      let rest = A[row + j]!;
      for (let k = 0; k < j; k++) rest -= L[row + k]! * L[other + k]!;
      L[row + j] = rest / L[other + j]!;
    }
    let rest = A[row + i]! + shift;
    for (let k = 0; k < i; k++) rest -= L[row + k]! * L[row + k]!;
    if (!(rest > 0)) return undefined;
    L[row + i] = Math.sqrt(rest);
  }
  return L;
}

/** A⁻¹ from its factor. */
export function inverseFrom(L: Float64Array, n: number): Float64Array {
  // Row j of K is column j of L⁻¹.
  const K = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const row = j * n;
    K[row + j] = 1 / L[row + j]!;
    for (let i = j + 1; i < n; i++) {
      let rest = 0;
      for (let k = j; k < i; k++) rest -= L[i * n + k]! * K[row + k]!;
      K[row + i] = rest / L[i * n + i]!;
    }
  }
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += K[i * n + k]! * K[j * n + k]!;
      out[i * n + j] = out[j * n + i] = sum;
    }
  }
  return out;
}

/** The largest step t ≤ most with L Lᵀ + t D semidefinite. */
export function stepInside(L: Float64Array, D: Float64Array, n: number, most: number): number {
  // L⁻¹ D L⁻ᵀ: rows of L⁻¹ D, and then those of its transpose.
  const M = new Float64Array(n * n);
  for (let j = 0; j < n; j++) forward(L, n, D, M, j);
  const least = leastEigenvalue(congruent(L, M, n), n);
  if (Number.isNaN(least)) return 0;
  return least < -1 / most ? -1 / least : most;
}

/** Row j of `out` ← L⁻¹ times row j of `from`. */
function forward(L: Float64Array, n: number, from: Float64Array, out: Float64Array, j: number): void {
  const row = j * n;
  for (let i = 0; i < n; i++) {
    let rest = from[row + i]!;
    for (let k = 0; k < i; k++) rest -= L[i * n + k]! * out[row + k]!;
    out[row + i] = rest / L[i * n + i]!;
  }
}

/** L⁻¹ Mᵀ, symmetric, for an M = D L⁻ᵀ. */
function congruent(L: Float64Array, M: Float64Array, n: number): Float64Array {
  const turned = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) turned[i * n + j] = M[j * n + i]!;
  const out = new Float64Array(n * n);
  for (let j = 0; j < n; j++) forward(L, n, turned, out, j);
  symmetrise(out, n);
  return out;
}
