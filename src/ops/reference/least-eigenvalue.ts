// The least eigenvalue of a symmetric matrix, without the others: Householder's tridiagonal form, and bisection by Sturm's
// counts, of which only the sign of the first matters.  Golub & Van Loan, sections 8.3.1 and 8.4.1

/** Of a symmetric [n, n] by rows; good to rounding beside the largest entry. NaN if an entry is not finite, Infinity for n = 0. */
export function leastEigenvalue(data: Float64Array, n: number): number {
  for (const value of data) if (!Number.isFinite(value)) return NaN;
  const diagonal = new Float64Array(n);
  const squares = new Float64Array(n); // of the numbers beside it, [i] between i - 1 and i
  tridiagonal(data.slice(), n, diagonal, squares);
  let low = Infinity;
  let high = Infinity;
  let size = 0;
  for (let i = 0; i < n; i++) {
    const beside = Math.sqrt(squares[i]!) + (i + 1 < n ? Math.sqrt(squares[i + 1]!) : 0);
    low = Math.min(low, diagonal[i]! - beside);
    high = Math.min(high, diagonal[i]!);
    size = Math.max(size, Math.abs(diagonal[i]!) + beside);
  }
  const enough = Number.EPSILON * size;
  while (high - low > enough) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) break;
    if (isBelow(diagonal, squares, middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Is an eigenvalue below t? */
function isBelow(diagonal: Float64Array, squares: Float64Array, t: number): boolean {
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    pivot = diagonal[i]! - t - squares[i]! / pivot;
    if (pivot < 0) return true;
    if (pivot === 0) pivot = Number.MIN_VALUE;
  }
  return false;
}

/** A is overwritten. */
function tridiagonal(A: Float64Array, n: number, diagonal: Float64Array, squares: Float64Array): void {
  const w = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const v = k * n; // from k + 1 on, row k becomes the vector of the reflection
    diagonal[k] = A[v + k]!;
    if (k + 1 === n) break;
    let rest = 0;
    for (let j = k + 2; j < n; j++) rest += A[v + j]! * A[v + j]!;
    const head = A[v + k + 1]!;
    const square = rest + head * head;
    squares[k + 1] = square;
    if (rest === 0) continue;
    const first = head + (head < 0 ? -1 : 1) * Math.sqrt(square);
    A[v + k + 1] = first;
    const by = 2 / (rest + first * first);
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += A[i * n + j]! * A[v + j]!;
      w[i] = by * sum;
      along += by * sum * A[v + i]!;
    }
    for (let i = k + 1; i < n; i++) w[i]! -= (by * along * A[v + i]!) / 2;
    for (let i = k + 1; i < n; i++) {
      const [a, b] = [A[v + i]!, w[i]!];
      for (let j = k + 1; j < n; j++) A[i * n + j]! -= a * w[j]! + b * A[v + j]!;
    }
  }
}
