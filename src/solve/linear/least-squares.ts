// Householder QR for tall matrices, and damped least-squares steps from its triangle (Golub & Van Loan, section 5.2;
// Moré 1978).

/** R [n, n] by rows and the first n entries of Qᵀb, of A [m, n] by rows; A and b are overwritten. Rows are padded if m < n. */
export function triangle(
  A: Float64Array,
  b: Float64Array,
  m: number,
  n: number,
): { readonly R: Float64Array; readonly qb: Float64Array } {
  const count = Math.min(m, n);
  const v = new Float64Array(m);
  const sums = new Float64Array(n);
  for (let k = 0; k < count; k++) {
    let largest = 0;
    for (let i = k; i < m; i++) largest = Math.max(largest, Math.abs(A[i * n + k]!));
    if (largest === 0) continue;
    let length = 0;
    for (let i = k; i < m; i++) length += (A[i * n + k]! / largest) ** 2;
    length = largest * Math.sqrt(length);
    const sign = A[k * n + k]! < 0 ? -1 : 1;
    for (let i = k; i < m; i++) v[i] = A[i * n + k]! / length;
    v[k]! += sign;
    const half = Math.abs(v[k]!); // vᵀv / 2
    sums.fill(0, k);
    let sum = 0;
    for (let i = k; i < m; i++) {
      const factor = v[i]!;
      for (let j = k; j < n; j++) sums[j]! += factor * A[i * n + j]!;
      sum += factor * b[i]!;
    }
    for (let i = k; i < m; i++) {
      const factor = v[i]! / half;
      for (let j = k; j < n; j++) A[i * n + j]! -= factor * sums[j]!;
      b[i]! -= factor * sum;
    }
  }
  const R = new Float64Array(n * n);
  for (let i = 0; i < count; i++) for (let j = i; j < n; j++) R[i * n + j] = A[i * n + j]!;
  const qb = new Float64Array(n);
  for (let i = 0; i < count; i++) qb[i] = b[i]!;
  return { R, qb };
}

/** minimise |R p + qb|² + λ |D p|²: the step and the triangle of the damped problem. */
export function dampedStep(
  R: Float64Array,
  qb: Float64Array,
  D: Float64Array,
  lambda: number,
): { readonly p: Float64Array; readonly R: Float64Array } {
  const n = D.length;
  const stacked = new Float64Array(2 * n * n);
  stacked.set(R);
  for (let j = 0; j < n; j++) stacked[(n + j) * n + j] = Math.sqrt(lambda) * D[j]!;
  const right = new Float64Array(2 * n);
  for (let j = 0; j < n; j++) right[j] = -qb[j]!;
  const damped = triangle(stacked, right, 2 * n, n);
  return { p: backward(damped.R, damped.qb), R: damped.R };
}

/** R⁻¹ b, with zeros where a pivot vanishes. */
export function backward(R: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let j = i + 1; j < n; j++) sum -= R[i * n + j]! * x[j]!;
    x[i] = R[i * n + i] === 0 ? 0 : sum / R[i * n + i]!;
  }
  return x;
}

/** R⁻ᵀ b */
export function forward(R: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    x[i] = R[i * n + i] === 0 ? 0 : x[i]! / R[i * n + i]!;
    for (let j = i + 1; j < n; j++) x[j]! -= R[i * n + j]! * x[i]!;
  }
  return x;
}
