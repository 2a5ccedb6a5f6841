// Small dense symmetric matrices [n, n] by rows: what an interior point does with the matrices of a cone.

/** A B */
export function product(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const a = A[i * n + k]!;
      if (a === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j]! += a * B[k * n + j]!;
    }
  }
  return out;
}

/** (A + Aᵀ)/2, in place. */
export function symmetrised(A: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) A[i * n + j] = A[j * n + i] = (A[i * n + j]! + A[j * n + i]!) / 2;
  return A;
}

export function inner(A: Float64Array, B: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < A.length; i++) sum += A[i]! * B[i]!;
  return sum;
}

/** Lower L with L Lᵀ = A; undefined if A is not positive definite. */
export function choleskyFactor(A: Float64Array, n: number): Float64Array | undefined {
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = A[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= L[i * n + k]! * L[j * n + k]!;
      if (i !== j) L[i * n + j] = rest / L[j * n + j]!;
      else if (rest > 0) L[i * n + i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  return L;
}

/** A⁻¹ from its factor. */
export function inverseFrom(L: Float64Array, n: number): Float64Array {
  const K = new Float64Array(n * n); // L⁻¹
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let rest = i === j ? 1 : 0;
      for (let k = j; k < i; k++) rest -= L[i * n + k]! * K[k * n + j]!;
      K[i * n + j] = rest / L[i * n + i]!;
    }
  }
  const out = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const a = K[k * n + i]!;
      for (let j = 0; j <= i; j++) out[i * n + j]! += a * K[k * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) out[j * n + i] = out[i * n + j]!;
  return out;
}

// Halvings of the interval in which the largest step lies.
const halvings = 10;

/** The largest step t ≤ 1 with A + t D positive definite, from below. */
export function stepInside(A: Float64Array, D: Float64Array, n: number): number {
  const at = (t: number): boolean => choleskyFactor(A.map((a, i) => a + t * D[i]!), n) !== undefined;
  if (at(1)) return 1;
  let [low, high] = [0, 1];
  for (let k = 0; k < halvings || low === 0; k++) {
    const middle = (low + high) / 2;
    if (at(middle)) low = middle;
    else high = middle;
    if (high < 1e-12) return 0;
  }
  return low;
}
