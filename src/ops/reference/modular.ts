// Exact arithmetic modulo a prime below 2^26, so that products of two remainders are exact in a double.

import { type Dense, dense, squareDim } from './dense.ts';

export function remainder(a: number, prime: number): number {
  const r = a % prime;
  return r < 0 ? r + prime : r;
}

export function multiply(a: number, b: number, prime: number): number {
  return (a * b) % prime;
}

/** a^k by repeated squaring; undefined for a negative power of zero. */
export function powerModulo(a: number, k: number, prime: number): number | undefined {
  if (k < 0) {
    if (a === 0) return undefined;
    // Fermat: a^(p-1) = 1
    return powerModulo(powerModulo(a, prime - 2, prime)!, -k, prime);
  }
  let result = 1;
  for (let [base, rest] = [a, k]; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, base, prime);
    base = multiply(base, base, prime);
  }
  return result;
}

export function inverseModulo(a: number, prime: number): number | undefined {
  return powerModulo(a, -1, prime);
}

/** Determinant and inverse of a matrix of remainders; no inverse when the determinant is zero. */
export function eliminate(A: Dense, prime: number): { readonly det: number; readonly inverse: Dense | undefined } {
  const n = squareDim(A);
  const a = Array.from({ length: n }, (_, i) => [...A.data.slice(i * n, i * n + n), ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))]);
  let det = 1;
  for (let k = 0; k < n; k++) {
    const pivot = a.findIndex((row, i) => i >= k && row[k] !== 0);
    if (pivot < 0) return { det: 0, inverse: undefined };
    if (pivot !== k) {
      [a[k], a[pivot]] = [a[pivot]!, a[k]!];
      det = remainder(-det, prime);
    }
    const row = a[k]!;
    det = multiply(det, row[k]!, prime);
    const scale = inverseModulo(row[k]!, prime)!;
    for (let j = 0; j < 2 * n; j++) row[j] = multiply(row[j]!, scale, prime);
    for (let i = 0; i < n; i++) {
      const factor = a[i]![k]!;
      if (i === k || factor === 0) continue;
      for (let j = 0; j < 2 * n; j++) a[i]![j] = remainder(a[i]![j]! - multiply(factor, row[j]!, prime), prime);
    }
  }
  return { det: n === 0 ? 1 : det, inverse: dense([n, n], a.flatMap((row) => row.slice(n))) };
}

/** Derivative of the determinant of order k as in minors.ts, over remainders: axes a1, b1, …, ak, bk. */
export function detDerivativeModulo(A: Dense, k: number, prime: number): Dense {
  const n = squareDim(A);
  const result = dense(Array.from({ length: 2 * k }, () => n));
  // d^k det / dX[a1,b1]…dX[ak,bk]: the determinant with row ai replaced by the unit vector of bi, zero when rows repeat.
  for (let position = 0; position < result.data.length; position++) {
    const index = Array.from({ length: 2 * k }, (_, i) => Math.floor(position / n ** (2 * k - 1 - i)) % n);
    const rows = index.filter((_, i) => i % 2 === 0);
    if (new Set(rows).size < k) continue;
    const B = dense([n, n], A.data);
    rows.forEach((row, i) => {
      for (let j = 0; j < n; j++) B.data[row * n + j] = j === index[2 * i + 1] ? 1 : 0;
    });
    result.data[position] = eliminate(B, prime).det;
  }
  return result;
}
