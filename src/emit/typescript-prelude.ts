// What emitted TypeScript needs of linear algebra and special functions: self-contained, included where it is used.

import type { Prelude } from './prelude.ts';

const entries: Readonly<Record<string, { readonly needs?: readonly string[]; readonly text: string }>> = {
  vector: {
    text: `/** The vector with these entries. */
function vector(n: number, entry: (i: number) => number): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) x[i] = entry(i);
  return x;
}`,
  },
  matrix: {
    text: `/** The matrix with these entries. */
function matrix(rows: number, cols: number, entry: (i: number, j: number) => number): Matrix {
  const data = new Float64Array(rows * cols);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < cols; j++) data[at++] = entry(i, j);
  return { rows, cols, data };
}`,
  },
  tensor: {
    text: `/** The tensor with these entries. */
function tensor(shape: readonly number[], entry: (...at: number[]) => number): Tensor {
  const data = new Float64Array(shape.reduce((size, n) => size * n, 1));
  const at = shape.map(() => 0);
  for (let k = 0; k < data.length; k++) {
    data[k] = entry(...at);
    for (let axis = shape.length - 1; axis >= 0 && ++at[axis]! === shape[axis]; axis--) at[axis] = 0;
  }
  return { shape, data };
}`,
  },
  sum: {
    text: `/** The sum of the terms. */
function sum(n: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += term(i);
  return total;
}`,
  },
  dot: {
    text: `/** x'y */
function dot(x: Float64Array, y: Float64Array): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]! * y[i]!;
  return total;
}`,
  },
  eye: {
    text: `function eye(n: number): Matrix {
  const I: Matrix = { rows: n, cols: n, data: new Float64Array(n * n) };
  for (let i = 0; i < n; i++) I.data[i * n + i] = 1;
  return I;
}`,
  },
  transpose: {
    text: `function transpose(A: Matrix): Matrix {
  const B: Matrix = { rows: A.cols, cols: A.rows, data: new Float64Array(A.data.length) };
  for (let i = 0; i < A.rows; i++) for (let j = 0; j < A.cols; j++) B.data[j * A.rows + i] = A.data[i * A.cols + j]!;
  return B;
}`,
  },
  timesVector: {
    text: `/** A x */
function timesVector(A: Matrix, x: Float64Array): Float64Array {
  const y = new Float64Array(A.rows);
  for (let i = 0, at = 0; i < A.rows; i++) {
    let total = 0;
    for (let j = 0; j < A.cols; j++) total += A.data[at++]! * x[j]!;
    y[i] = total;
  }
  return y;
}`,
  },
  transposedTimesVector: {
    text: `/** A' x */
function transposedTimesVector(A: Matrix, x: Float64Array): Float64Array {
  const y = new Float64Array(A.cols);
  for (let i = 0, at = 0; i < A.rows; i++) {
    const factor = x[i]!;
    for (let j = 0; j < A.cols; j++) y[j]! += A.data[at++]! * factor;
  }
  return y;
}`,
  },
  times: {
    text: `/** A B */
function times(A: Matrix, B: Matrix): Matrix {
  const [m, k, n] = [A.rows, A.cols, B.cols];
  const C: Matrix = { rows: m, cols: n, data: new Float64Array(m * n) };
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = A.data[i * k + p]!;
      for (let j = 0; j < n; j++) C.data[i * n + j]! += factor * B.data[p * n + j]!;
    }
  }
  return C;
}`,
  },
  transposedTimes: {
    text: `/** A' B; half of the work when B is A. */
function transposedTimes(A: Matrix, B: Matrix): Matrix {
  const [k, m, n] = [A.rows, A.cols, B.cols];
  const C: Matrix = { rows: m, cols: n, data: new Float64Array(m * n) };
  for (let p = 0; p < k; p++) {
    for (let i = 0; i < m; i++) {
      const factor = A.data[p * m + i]!;
      for (let j = A === B ? i : 0; j < n; j++) C.data[i * n + j]! += factor * B.data[p * n + j]!;
    }
  }
  if (A === B) for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) C.data[i * n + j] = C.data[j * n + i]!;
  return C;
}`,
  },
  timesTransposed: {
    text: `/** A B'; half of the work when B is A. */
function timesTransposed(A: Matrix, B: Matrix): Matrix {
  const [m, k, n] = [A.rows, A.cols, B.rows];
  const C: Matrix = { rows: m, cols: n, data: new Float64Array(m * n) };
  for (let i = 0; i < m; i++) {
    for (let j = A === B ? i : 0; j < n; j++) {
      let total = 0;
      for (let p = 0; p < k; p++) total += A.data[i * k + p]! * B.data[j * k + p]!;
      C.data[i * n + j] = total;
    }
  }
  if (A === B) for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) C.data[i * n + j] = C.data[j * n + i]!;
  return C;
}`,
  },
  row: {
    text: `/** Row i, without a copy. */
function row(A: Matrix, i: number): Float64Array {
  return A.data.subarray(i * A.cols, (i + 1) * A.cols);
}`,
  },
  vectorOf: {
    text: `/** The vector at these positions of the leading axes, without a copy. */
function vectorOf(T: Tensor, ...at: number[]): Float64Array {
  const n = T.shape[at.length]!;
  const start = at.reduce((position, index, axis) => position * T.shape[axis]! + index, 0) * n;
  return T.data.subarray(start, start + n);
}`,
  },
  matrixOf: {
    text: `/** The matrix at these positions of the leading axes, without a copy. */
function matrixOf(T: Tensor, ...at: number[]): Matrix {
  const [rows, cols] = [T.shape[at.length]!, T.shape[at.length + 1]!];
  const start = at.reduce((position, index, axis) => position * T.shape[axis]! + index, 0) * rows * cols;
  return { rows, cols, data: T.data.subarray(start, start + rows * cols) };
}`,
  },
  stack: {
    text: `/** The numbers for all places on the leading axes, one behind the other. */
function stack(places: readonly number[], numbers: (...at: number[]) => Float64Array): Float64Array {
  const count = places.reduce((size, n) => size * n, 1);
  const at = places.map(() => 0);
  let data = new Float64Array(0);
  for (let k = 0; k < count; k++) {
    const part = numbers(...at);
    if (k === 0) data = new Float64Array(count * part.length);
    data.set(part, k * part.length);
    for (let axis = places.length - 1; axis >= 0 && ++at[axis]! === places[axis]; axis--) at[axis] = 0;
  }
  return data;
}`,
  },
  step: {
    text: `/** 1 where x > 0, else 0. */
function step(x: number): number {
  return x > 0 ? 1 : 0;
}`,
  },
  square: {
    text: `function square(x: number): number {
  return x * x;
}`,
  },
  huber: {
    text: `/** x^2 / 2 up to d, linear beyond. */
function huber(x: number, d: number): number {
  const size = Math.abs(x);
  return size <= d ? 0.5 * x * x : d * (size - 0.5 * d);
}`,
  },
  sigmoid: {
    text: `/** 1 / (1 + exp(-x)) without overflow. */
function sigmoid(x: number): number {
  const z = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : z) / (1 + z);
}`,
  },
  rsqrt0: {
    text: `/** 1 / sqrt(x), and 0 where x = 0. */
function rsqrt0(x: number): number {
  return x === 0 ? 0 : 1 / Math.sqrt(x);
}`,
  },
  softplus: {
    text: `/** log(1 + exp(x)) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}`,
  },
  softmax: {
    text: `/** exp(x) / sum(exp(x)) without overflow. */
function softmax(x: Float64Array): Float64Array {
  let top = -Infinity;
  for (const value of x) top = Math.max(top, value);
  const result = x.map((value) => Math.exp(value - top));
  let total = 0;
  for (const value of result) total += value;
  return result.map((value) => value / total);
}`,
  },
  logsumexp: {
    text: `/** log(sum(exp(x))) without overflow. */
function logsumexp(x: Float64Array): number {
  let top = -Infinity;
  for (const value of x) top = Math.max(top, value);
  if (!Number.isFinite(top)) return top;
  let total = 0;
  for (const value of x) total += Math.exp(value - top);
  return Math.log(total) + top;
}`,
  },
  largest: {
    text: `function largest(x: Float64Array): number {
  let best = x[0] ?? NaN;
  for (const value of x) best = Math.max(best, value);
  return best;
}`,
  },
  smallest: {
    text: `function smallest(x: Float64Array): number {
  let best = x[0] ?? NaN;
  for (const value of x) best = Math.min(best, value);
  return best;
}`,
  },
  atLargest: {
    needs: ['largest'],
    text: `/** 1 at the first largest entry, else 0. */
function atLargest(x: Float64Array): Float64Array {
  const result = new Float64Array(x.length);
  result[x.indexOf(largest(x))] = 1;
  return result;
}`,
  },
  atSmallest: {
    needs: ['smallest'],
    text: `/** 1 at the first smallest entry, else 0. */
function atSmallest(x: Float64Array): Float64Array {
  const result = new Float64Array(x.length);
  result[x.indexOf(smallest(x))] = 1;
  return result;
}`,
  },
  erf: {
    text: `/** Error function: a series of terms of one sign, a continued fraction beyond (DLMF 7.6.2, 7.9.1). */
function erf(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x) || size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = x;
    let total = x;
    for (let k = 1; Math.abs(term) > 1e-18 * Math.abs(total); k++) {
      term *= (2 * x * x) / (2 * k + 1);
      total += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
  }
  let tail = size;
  for (let k = 60; k >= 1; k--) tail = size + k / 2 / tail;
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail));
}`,
  },
  bernoulli: {
    text: `/** The Bernoulli numbers B2, B4, ..., B20. */
const bernoulli: readonly number[] = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330];`,
  },
  zeta: {
    needs: ['bernoulli'],
    text: `/** Hurwitz zeta function for whole s >= 2 and q > 0, by Euler-Maclaurin summation (DLMF 25.11.5). */
function zeta(s: number, q: number): number {
  let y = q;
  const head: number[] = [];
  for (; y < 14 + s / 2; y++) head.push(Math.pow(y, -s));
  let tail = y / (s - 1) + 0.5;
  let coefficient = s / y / 2;
  for (const [k, b] of bernoulli.entries()) {
    tail += b * coefficient;
    coefficient *= ((s + 2 * k + 1) * (s + 2 * k + 2)) / ((2 * k + 3) * (2 * k + 4) * y * y);
  }
  return head.reduceRight((total, term) => total + term, Math.pow(y, -s) * tail);
}`,
  },
  lgamma: {
    needs: ['bernoulli', 'zeta'],
    text: `/** Logarithm of the absolute gamma function: reflection, a power series about 2, Stirling's series (DLMF 5.5.3, 5.7.3, 5.11.1). */
function lgamma(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (!Number.isFinite(x) || (x <= 0 && Number.isInteger(x))) return Infinity;
  if (x < 0) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * (x - Math.round(x))))) - lgamma(1 - x);
  if (x < 0.5) return lgamma(1 + x) - Math.log(x);
  const nearTwo = (z: number): number => {
    let series = 0;
    for (let k = 28; k >= 2; k--) series = z * ((k % 2 === 0 ? 1 : -1) * (zeta(k, 2) / k) + series);
    return z * (1 - 0.5772156649015329 + series);
  };
  if (x < 1.5) return nearTwo(x - 1) - Math.log1p(x - 1);
  if (x < 10) {
    let product = 1;
    let y = x;
    while (y >= 2.5) product *= --y;
    return Math.log(product) + nearTwo(y - 2);
  }
  let correction = 0;
  for (let k = bernoulli.length; k >= 1; k--) correction = correction / (x * x) + bernoulli[k - 1]! / (2 * k * (2 * k - 1));
  return (x - 0.5) * (Math.log(x) - 1) - 0.5 + 0.5 * Math.log(2 * Math.PI) + correction / x;
}`,
  },
  digamma: {
    needs: ['bernoulli'],
    text: `/** Derivative of lgamma: reflection, recurrence, asymptotic series (DLMF 5.5.4, 5.5.2, 5.11.2). */
function digamma(x: number): number {
  if (x === Infinity) return Infinity;
  if (!Number.isFinite(x) || (x <= 0 && Number.isInteger(x))) return NaN;
  if (x < 0) return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.round(x)));
  let below = 0;
  let y = x;
  for (; y < 12; y++) below += 1 / y;
  let correction = 0;
  for (let k = bernoulli.length; k >= 1; k--) correction = (correction + bernoulli[k - 1]! / (2 * k)) / (y * y);
  return Math.log(y) - 0.5 / y - correction - below;
}`,
  },
  polygamma: {
    needs: ['digamma', 'zeta'],
    text: `/** Derivative of digamma of order n, for x > 0 (DLMF 25.11.12). */
function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (!(x > 0)) return NaN;
  let factor = n % 2 === 0 ? -1 : 1;
  for (let k = 2; k <= n; k++) factor *= k;
  return factor * zeta(n + 1, x);
}`,
  },
  lu: {
    text: `/** Factors of A with its rows in another order: L below the diagonal, U above; the sign of the order. */
function lu(A: Matrix): { factors: Matrix; order: number[]; sign: number } {
  const n = A.rows;
  const data = A.data.slice();
  const order = Array.from({ length: n }, (_, i) => i);
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(data[i * n + k]!) > Math.abs(data[pivot * n + k]!)) pivot = i;
    if (pivot !== k) {
      const kept = data.slice(k * n, (k + 1) * n);
      data.copyWithin(k * n, pivot * n, (pivot + 1) * n);
      data.set(kept, pivot * n);
      [order[k], order[pivot]] = [order[pivot]!, order[k]!];
      sign = -sign;
    }
    if (data[k * n + k] === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const factor = (data[i * n + k]! /= data[k * n + k]!);
      if (factor !== 0) for (let j = k + 1; j < n; j++) data[i * n + j]! -= factor * data[k * n + j]!;
    }
  }
  return { factors: { rows: n, cols: n, data }, order, sign };
}`,
  },
  solve: {
    needs: ['lu'],
    text: `/** X with A X = B. */
function solve(A: Matrix, B: Matrix): Matrix {
  const [n, m] = [A.rows, B.cols];
  const { factors, order } = lu(A);
  const F = factors.data;
  const X: Matrix = { rows: n, cols: m, data: new Float64Array(n * m) };
  for (let i = 0; i < n; i++) X.data.set(B.data.subarray(order[i]! * m, (order[i]! + 1) * m), i * m);
  const eliminate = (i: number, k: number): void => {
    const factor = F[i * n + k]!;
    if (factor !== 0) for (let j = 0; j < m; j++) X.data[i * m + j]! -= factor * X.data[k * m + j]!;
  };
  for (let i = 0; i < n; i++) for (let k = 0; k < i; k++) eliminate(i, k);
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) eliminate(i, k);
    for (let j = 0; j < m; j++) X.data[i * m + j]! /= F[i * n + i]!;
  }
  return X;
}`,
  },
  solveVector: {
    needs: ['solve'],
    text: `/** x with A x = b. */
function solveVector(A: Matrix, b: Float64Array): Float64Array {
  return solve(A, { rows: b.length, cols: 1, data: b }).data;
}`,
  },
  inverse: {
    needs: ['solve', 'eye'],
    text: `function inverse(A: Matrix): Matrix {
  return solve(A, eye(A.rows));
}`,
  },
  det: {
    needs: ['lu'],
    text: `/** Determinant. */
function det(A: Matrix): number {
  const { factors, sign } = lu(A);
  let product = sign;
  for (let i = 0; i < A.rows; i++) product *= factors.data[i * A.rows + i]!;
  return product;
}`,
  },
  logabsdet: {
    needs: ['lu'],
    text: `/** Logarithm of the absolute determinant. */
function logabsdet(A: Matrix): number {
  const { factors } = lu(A);
  let total = 0;
  for (let i = 0; i < A.rows; i++) total += Math.log(Math.abs(factors.data[i * A.rows + i]!));
  return total;
}`,
  },
  logdet: {
    needs: ['lu', 'logabsdet'],
    text: `/** Logarithm of a determinant, which must be positive (else not a number). */
function logdet(A: Matrix): number {
  const { factors, sign } = lu(A);
  let isNegative = sign < 0;
  for (let i = 0; i < A.rows; i++) if (factors.data[i * A.rows + i]! < 0) isNegative = !isNegative;
  return isNegative ? NaN : logabsdet(A);
}`,
  },
  logdetpd: {
    text: `/** Logarithm of the determinant of a symmetric matrix that is positive definite (else not a number). */
function logdetpd(A: Matrix): number {
  const n = A.rows;
  const L = new Float64Array(n * n);
  let total = 0;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let rest = A.data[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= L[i * n + k]! * L[j * n + k]!;
      if (i === j && !(rest > 0)) return NaN;
      L[i * n + j] = i === j ? Math.sqrt(rest) : rest / L[j * n + j]!;
    }
    total += 2 * Math.log(L[j * n + j]!);
  }
  return total;
}`,
  },
  cholesky: {
    text: `/** Lower L with L L' = A, read from the lower triangle of A. */
function cholesky(A: Matrix): Matrix {
  const n = A.rows;
  const L = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = A.data[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= L[i * n + k]! * L[j * n + k]!;
      if (i === j && !(rest > 0)) throw new RangeError('the matrix is not positive definite');
      L[i * n + j] = i === j ? Math.sqrt(rest) : rest / L[j * n + j]!;
    }
  }
  return { rows: n, cols: n, data: L };
}`,
  },
  choleskySolve: {
    text: `/** X with L L' X = B. */
function choleskySolve(L: Matrix, B: Matrix): Matrix {
  const [n, m] = [L.rows, B.cols];
  const X = B.data.slice();
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      for (let k = 0; k < i; k++) X[i * m + j]! -= L.data[i * n + k]! * X[k * m + j]!;
      X[i * m + j]! /= L.data[i * n + i]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = 0; j < m; j++) {
      for (let k = i + 1; k < n; k++) X[i * m + j]! -= L.data[k * n + i]! * X[k * m + j]!;
      X[i * m + j]! /= L.data[i * n + i]!;
    }
  }
  return { rows: n, cols: m, data: X };
}`,
  },
  choleskySolveVector: {
    needs: ['choleskySolve'],
    text: `/** x with L L' x = b. */
function choleskySolveVector(L: Matrix, b: Float64Array): Float64Array {
  return choleskySolve(L, { rows: b.length, cols: 1, data: b }).data;
}`,
  },
  rotate: {
    text: `/** (x, y) <- (c x - s y, s x + c y) for two entries. */
function rotate(data: Float64Array, first: number, second: number, c: number, s: number): void {
  const [x, y] = [data[first]!, data[second]!];
  data[first] = c * x - s * y;
  data[second] = s * x + c * y;
}`,
  },
  jacobiAngle: {
    text: `/** Cosine and sine of the rotation that makes [[p, r], [r, q]] diagonal. */
function jacobiAngle(p: number, r: number, q: number): [number, number] {
  const tau = (q - p) / (2 * r);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  return [c, t * c];
}`,
  },
  leadingSign: {
    text: `/** The sign of the largest entry of a column; of entries that tie, the first. */
function leadingSign(V: Matrix, j: number): number {
  let leader = 0;
  for (let i = 0; i < V.rows; i++) {
    const value = V.data[i * V.cols + j]!;
    if (Math.abs(value) > Math.abs(leader) * (1 + 1e-10)) leader = value;
  }
  return leader < 0 ? -1 : 1;
}`,
  },
  eigh: {
    needs: ['rotate', 'jacobiAngle', 'leadingSign', 'eye', 'vector', 'matrix'],
    text: `/** Eigenvalues, ascending, and eigenvectors whose largest entry is positive, by Jacobi's method (Golub & Van Loan, section 8.5). */
function eigh(A: Matrix): [Float64Array, Matrix] {
  const n = A.rows;
  const S = matrix(n, n, (i, j) => 0.5 * (A.data[i * n + j]! + A.data[j * n + i]!)).data;
  const V = eye(n);
  if (!S.every(Number.isFinite)) return [vector(n, () => NaN), matrix(n, n, () => NaN)];
  for (let sweep = 0, isDone = false; !isDone && sweep < 60; sweep++) {
    isDone = true;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const [a, r, b] = [S[p * n + p]!, S[p * n + q]!, S[q * n + q]!];
        if (Math.abs(r) <= 1e-19 * Math.sqrt(Math.abs(a)) * Math.sqrt(Math.abs(b)) || Math.abs(r) < 1e-300) continue;
        isDone = false;
        const [c, s] = jacobiAngle(a, r, b);
        for (let i = 0; i < n; i++) {
          rotate(S, i * n + p, i * n + q, c, s);
          rotate(V.data, i * n + p, i * n + q, c, s);
        }
        for (let j = 0; j < n; j++) rotate(S, p * n + j, q * n + j, c, s);
        S[p * n + q] = S[q * n + p] = 0;
      }
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => S[i * n + i]! - S[j * n + j]!);
  const signs = order.map((_, j) => leadingSign(V, j));
  return [vector(n, (k) => S[order[k]! * n + order[k]!]!), matrix(n, n, (i, k) => signs[order[k]!]! * V.data[i * n + order[k]!]!)];
}`,
  },
  svd: {
    needs: ['rotate', 'jacobiAngle', 'leadingSign', 'eye', 'vector', 'matrix', 'transpose', 'frobenius'],
    text: `/** U, s, V with A = U diag(s) V', thin, by one-sided Jacobi; the largest entry of each column of V is positive (Golub & Van Loan, section 8.6). */
function svd(A: Matrix): [Matrix, Float64Array, Matrix] {
  const r = Math.min(A.rows, A.cols);
  if (!A.data.every(Number.isFinite)) return [matrix(A.rows, r, () => NaN), vector(r, () => NaN), matrix(A.cols, r, () => NaN)];
  const isTall = A.rows >= A.cols;
  const size = frobenius(A) || 1;
  const W: Matrix = isTall ? { ...A, data: A.data.slice() } : transpose(A);
  const [m, n] = [W.rows, W.cols];
  for (let k = 0; k < W.data.length; k++) W.data[k]! /= size;
  const V = eye(n);
  const product = (p: number, q: number): number => {
    let total = 0;
    for (let i = 0; i < m; i++) total += W.data[i * n + p]! * W.data[i * n + q]!;
    return total;
  };
  for (let sweep = 0, isDone = false; !isDone && sweep < 60; sweep++) {
    isDone = true;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const [a, r2, b] = [product(p, p), product(p, q), product(q, q)];
        if (Math.abs(r2) <= Number.EPSILON * Math.sqrt(a) * Math.sqrt(b) || Math.abs(r2) < 1e-290) continue;
        isDone = false;
        const [c, s] = jacobiAngle(a, r2, b);
        for (let i = 0; i < m; i++) rotate(W.data, i * n + p, i * n + q, c, s);
        for (let i = 0; i < n; i++) rotate(V.data, i * n + p, i * n + q, c, s);
      }
    }
  }
  const lengths = Array.from({ length: n }, (_, j) => Math.sqrt(product(j, j)));
  const order = lengths.map((_, j) => j).sort((i, j) => lengths[j]! - lengths[i]!);
  const left = matrix(m, n, (i, k) => W.data[i * n + order[k]!]! / lengths[order[k]!]!);
  for (const [k, from] of order.entries()) if (!(lengths[from]! > 1e-140)) completeColumn(left, k);
  const right = matrix(n, n, (i, k) => V.data[i * n + order[k]!]!);
  const [U, V2] = isTall ? [left, right] : [right, left];
  const signs = order.map((_, k) => leadingSign(V2, k));
  for (const M of [U, V2]) for (let at = 0; at < M.data.length; at++) M.data[at]! *= signs[at % n]!;
  return [U, vector(n, (k) => lengths[order[k]!]! * size), V2];
}

/** Makes column j a unit vector that is orthogonal to the columns before it. */
function completeColumn(Q: Matrix, j: number): void {
  const { rows: m, cols: n, data } = Q;
  const covered = (i: number): number => data.subarray(i * n, i * n + j).reduce((total, x) => total + x * x, 0);
  let start = 0;
  for (let i = 1; i < m; i++) if (covered(i) < covered(start)) start = i;
  for (let i = 0; i < m; i++) data[i * n + j] = i === start ? 1 : 0;
  for (let round = 0; round < 2; round++) {
    for (let k = 0; k < j; k++) {
      let product = 0;
      for (let i = 0; i < m; i++) product += data[i * n + j]! * data[i * n + k]!;
      for (let i = 0; i < m; i++) data[i * n + j]! -= product * data[i * n + k]!;
    }
    let length = 0;
    for (let i = 0; i < m; i++) length = Math.hypot(length, data[i * n + j]!);
    for (let i = 0; i < m; i++) data[i * n + j]! /= length;
  }
}`,
  },
  pinv: {
    needs: ['svd', 'timesTransposed', 'matrix'],
    text: `/** Moore-Penrose inverse. */
function pinv(A: Matrix): Matrix {
  const [U, s, V] = svd(A);
  const cutoff = Math.max(1e-15, Math.max(A.rows, A.cols) * Number.EPSILON) * (s[0] ?? 0);
  return timesTransposed(matrix(V.rows, V.cols, (i, j) => (s[j]! <= cutoff ? 0 : V.data[i * V.cols + j]! / s[j]!)), U);
}`,
  },
  reducedResolvent: {
    needs: ['eigh', 'timesTransposed', 'matrix'],
    text: `/** pinv(w[k] I - A) for the k-th eigenvalue of a symmetric A; negative k count from the end. */
function reducedResolvent(A: Matrix, k: number): Matrix {
  const [w, V] = eigh(A);
  const [n, at] = [A.rows, k < 0 ? A.rows + k : k];
  return timesTransposed(matrix(n, n, (i, j) => (j === at ? 0 : V.data[i * n + j]! / (w[at]! - w[j]!))), V);
}`,
  },
  gap: {
    needs: ['matrix'],
    text: `/** 1 / (x[j] - x[i]), zero on the diagonal. */
function gap(x: Float64Array): Matrix {
  return matrix(x.length, x.length, (i, j) => (i === j ? 0 : 1 / (x[j]! - x[i]!)));
}`,
  },
  cofactors: {
    needs: ['svd', 'det', 'timesTransposed', 'matrix'],
    text: `/** Signed minors: the derivative of det(X); right at singular X too. */
function cofactors(X: Matrix): Matrix {
  const n = X.rows;
  const [U, s, V] = svd(X);
  const sign = det(U) * det(V);
  const weights = s.map((_, k) => s.reduce((product, value, i) => (i === k ? product : product * value), sign));
  return timesTransposed(matrix(n, n, (i, j) => U.data[i * n + j]! * weights[j]!), V);
}`,
  },
  column: {
    text: `function column(A: Matrix, j: number): Float64Array {
  return Float64Array.from({ length: A.rows }, (_, i) => A.data[i * A.cols + j]!);
}`,
  },
  sumOf: {
    text: `/** Sum of the entries. */
function sumOf(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value, 0);
}`,
  },
  lowerOnes: {
    needs: ['matrix'],
    text: `/** Ones on and below the diagonal of a matrix of this shape. */
function lowerOnes(X: Matrix): Matrix {
  return matrix(X.rows, X.cols, (i, j) => (i >= j ? 1 : 0));
}`,
  },
  detDerivative: {
    needs: ['svd', 'det', 'tensor', 'permutations'],
    text: `/** Signed minors: derivative of det(X) of order k, axes a1, b1, ..., ak, bk; right at singular X too. */
function detDerivative(X: Matrix, k: number): Tensor {
  const n = X.rows;
  const [U, s, V] = svd(X);
  const sign = det(U) * det(V);
  const orders = permutations(Array.from({ length: k }, (_, m) => m));
  // The singular values that remain without those of k axes.
  const weight = tensor(Array.from({ length: k }, () => n), (...at) => (new Set(at).size < k ? 0 : s.reduce((product, value, i) => (at.includes(i) ? product : product * value), sign)));
  const terms = (at: readonly number[], chosen: number[]): number => {
    const m = chosen.length;
    if (m < k) {
      let total = 0;
      for (let i = 0; i < n; i++) if (!chosen.includes(i)) total += U.data[at[2 * m]! * n + i]! * terms(at, [...chosen, i]);
      return total;
    }
    const minor = orders.reduce((total, { order, sign: parity }) => total + order.reduce((product, to, q) => product * V.data[at[2 * q + 1]! * n + chosen[to]!]!, parity), 0);
    return minor * weight.data[chosen.reduce((position, i) => position * n + i, 0)]!;
  };
  return tensor(Array.from({ length: 2 * k }, () => n), (...at) => terms(at, []));
}`,
  },
  permutations: {
    text: `/** All orders of the items, with their signs. */
function permutations<T>(items: readonly T[]): { order: T[]; sign: number }[] {
  if (items.length === 0) return [{ order: [], sign: 1 }];
  return items.flatMap((first, k) => permutations(items.filter((_, other) => other !== k)).map(({ order, sign }) => ({ order: [first, ...order], sign: k % 2 === 0 ? sign : -sign })));
}`,
  },
  lyapSystem: {
    text: `/** The matrix of L -> R L + L R on the entries of L, row by row. */
function lyapSystem(R: Matrix): Matrix {
  const n = R.rows;
  const data = new Float64Array(n ** 4);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        data[(i * n + j) * n * n + k * n + j]! += R.data[i * n + k]!;
        data[(i * n + j) * n * n + i * n + k]! += R.data[k * n + j]!;
      }
    }
  }
  return { rows: n * n, cols: n * n, data };
}`,
  },
  lyap: {
    needs: ['lyapSystem', 'solveVector'],
    text: `/** L with R L + L R = A. */
function lyap(R: Matrix, A: Matrix): Matrix {
  return { ...A, data: solveVector(lyapSystem(R), A.data) };
}`,
  },
  lyapMap: {
    needs: ['lyapSystem', 'inverse'],
    text: `/** The linear map from A to the L with R L + L R = A: axes of L, then of A. */
function lyapMap(R: Matrix): Tensor {
  const n = R.rows;
  return { shape: [n, n, n, n], data: inverse(lyapSystem(R)).data };
}`,
  },
  expm: {
    needs: ['combined', 'times', 'solve', 'norm1', 'eye'],
    text: `/** Matrix exponential by scaling, a Pade approximant and squaring (Higham 2005). */
function expm(X: Matrix): Matrix {
  const n = X.rows;
  const I = eye(n);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += X.data[i * n + i]! / n;
  const centred = combined([1, X], [-mean, I]);
  const squarings = Math.max(0, Math.ceil(Math.log2(norm1(centred) / 5.371920351148152)));
  if (!Number.isFinite(squarings)) return { ...X, data: X.data.map(() => NaN) };
  const A = combined([2 ** -squarings, centred]);
  const b = [64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1] as const;
  const A2 = times(A, A);
  const A4 = times(A2, A2);
  const A6 = times(A2, A4);
  const odd = times(A, combined([1, times(A6, combined([b[13], A6], [b[11], A4], [b[9], A2]))], [b[7], A6], [b[5], A4], [b[3], A2], [b[1], I]));
  const even = combined([1, times(A6, combined([b[12], A6], [b[10], A4], [b[8], A2]))], [b[6], A6], [b[4], A4], [b[2], A2], [b[0], I]);
  let result = combined([Math.exp(mean * 2 ** -squarings), solve(combined([1, even], [-1, odd]), combined([1, even], [1, odd]))]);
  for (let k = 0; k < squarings; k++) result = times(result, result);
  return result;
}`,
  },
  combined: {
    text: `/** A weighted sum of matrices. */
function combined(...terms: (readonly [number, Matrix])[]): Matrix {
  const [, { rows, cols }] = terms[0]!;
  const data = new Float64Array(rows * cols);
  for (const [weight, X] of terms) for (let k = 0; k < data.length; k++) data[k]! += weight * X.data[k]!;
  return { rows, cols, data };
}`,
  },
  frobenius: {
    text: `/** Square root of the sum of the squared entries. */
function frobenius(A: Matrix): number {
  const largest = A.data.reduce((top, x) => Math.max(top, Math.abs(x)), 0);
  return largest === 0 ? 0 : largest * Math.sqrt(A.data.reduce((total, x) => total + (x / largest) ** 2, 0));
}`,
  },
  norm1: {
    text: `/** The largest sum of absolute entries of a column. */
function norm1(A: Matrix): number {
  let largest = 0;
  for (let j = 0; j < A.cols; j++) {
    let total = 0;
    for (let i = 0; i < A.rows; i++) total += Math.abs(A.data[i * A.cols + j]!);
    largest = Math.max(largest, total);
  }
  return largest;
}`,
  },
  sinm: {
    needs: ['rotation'],
    text: `/** Matrix sine. */
function sinm(X: Matrix): Matrix {
  return rotation(X)[1];
}`,
  },
  cosm: {
    needs: ['rotation'],
    text: `/** Matrix cosine. */
function cosm(X: Matrix): Matrix {
  return rotation(X)[0];
}`,
  },
  rotation: {
    needs: ['combined', 'times', 'norm1', 'eye'],
    text: `/** Matrix cosine and sine: Taylor series, then double angles (Higham 2008, section 12.4). */
function rotation(X: Matrix): [Matrix, Matrix] {
  const I = eye(X.rows);
  const doublings = Math.max(0, Math.ceil(Math.log2(norm1(X))));
  const Y = combined([2 ** -doublings, X]);
  const square = times(Y, Y);
  let [cos, sin] = [I, I];
  for (let k = 22; k >= 0; k -= 2) {
    sin = combined([1, I], [-1 / ((k + 2) * (k + 3)), times(square, sin)]);
    cos = combined([1, I], [-1 / ((k + 1) * (k + 2)), times(square, cos)]);
  }
  sin = times(Y, sin);
  for (let k = 0; k < doublings; k++) [cos, sin] = [combined([1, times(cos, cos)], [-1, times(sin, sin)]), combined([2, times(sin, cos)])];
  return [cos, sin];
}`,
  },
  sqrtm: {
    needs: ['combined', 'times', 'inverse', 'eye', 'norm1', 'logabsdet'],
    text: `/** Principal square root by the scaled Denman-Beavers iteration in product form (Higham 2008, section 6.3). */
function sqrtm(X: Matrix): Matrix {
  const n = X.rows;
  const I = eye(n);
  let [M, Y] = [X, X];
  for (let k = 0, isDone = false; !isDone && k < 60; k++) {
    const distance = norm1(combined([1, M], [-1, I]));
    if (!Number.isFinite(distance)) return { ...X, data: X.data.map(() => NaN) };
    isDone = distance < 1e-9;
    const square = distance < 1e-2 ? 1 : Math.exp(-logabsdet(M) / n);
    const inverseM = combined([1 / square, inverse(M)]);
    Y = combined([0.5 * Math.sqrt(square), Y], [0.5 * Math.sqrt(square), times(Y, inverseM)]);
    M = combined([0.5, I], [0.25 * square, M], [0.25, inverseM]);
  }
  return Y;
}`,
  },
  logm: {
    needs: ['sqrtm', 'combined', 'solve', 'norm1', 'eye'],
    text: `/** Principal logarithm: square roots until X is near I, then log(I + Z) as an integral (Higham 2008, chapter 11). */
function logm(X: Matrix): Matrix {
  const I = eye(X.rows);
  let root = X;
  let roots = 0;
  while (!(norm1(combined([1, root], [-1, I])) <= 0.05)) {
    root = sqrtm(root);
    if (++roots > 60) return { ...X, data: X.data.map(() => NaN) };
  }
  const Z = combined([1, root], [-1, I]);
  // Nodes and weights of Gauss and Legendre on [-1, 1], the negative nodes by symmetry.
  const rule = [
    [0.1252334085114689, 0.2491470458134028], [0.3678314989981802, 0.2334925365383548], [0.5873179542866175, 0.2031674267230659],
    [0.7699026741943047, 0.1600783285433462], [0.9041172563704749, 0.1069393259953184], [0.9815606342467192, 0.0471753363865118],
  ] as const;
  const terms = rule.flatMap(([node, weight]) => [node, -node].map((x) => [2 ** roots * 0.5 * weight, solve(combined([1, I], [0.5 * (1 + x), Z]), Z)] as const));
  return combined(...terms);
}`,
  },
  frechet: {
    needs: ['permutations', 'matrix', 'combined', 'frobenius'],
    text: `/** Derivative of the matrix function f at X in these directions (Higham 2008, theorem 3.6). */
function frechet(f: (X: Matrix) => Matrix, X: Matrix, directions: readonly Matrix[]): Matrix {
  const [n, k] = [X.rows, directions.length];
  const size = frobenius(X) || 1;
  const factors = directions.map((E) => size / (frobenius(E) || 1));
  const scaled = directions.map((E, m) => combined([factors[m]!, E]));
  const total = combined(...permutations(scaled).map(({ order }) => {
    const entry = (i: number, j: number): number => {
      const [p, q] = [Math.floor(i / n), Math.floor(j / n)];
      const block = p === q ? X : q === p + 1 ? order[p]! : undefined;
      return block === undefined ? 0 : block.data[(i % n) * n + (j % n)]!;
    };
    const whole = f(matrix((k + 1) * n, (k + 1) * n, entry));
    return [1, matrix(n, n, (i, j) => whole.data[i * whole.cols + k * n + j]!)] as const;
  }));
  return combined([1 / factors.reduce((product, c) => product * c, 1), total]);
}`,
  },
  frechetMap: {
    needs: ['frechet', 'matrix', 'tensor'],
    text: `/** The same with further directions left open, as axes a1, b1, ... behind those of the result. */
function frechetMap(f: (X: Matrix) => Matrix, X: Matrix, directions: readonly Matrix[], free: number): Tensor {
  const n = X.rows;
  const known = new Map<string, Matrix>();
  return tensor(Array.from({ length: 2 + 2 * free }, () => n), (...at) => {
    // It is symmetric in the directions: each set of open ones is computed once.
    const open = Array.from({ length: free }, (_, k) => at[2 + 2 * k]! * n + at[3 + 2 * k]!).sort((a, b) => a - b);
    const key = open.join();
    const found = known.get(key) ?? frechet(f, X, [...directions, ...open.map((one) => matrix(n, n, (i, j) => (i * n + j === one ? 1 : 0)))]);
    known.set(key, found);
    return found.data[at[0]! * n + at[1]!]!;
  });
}`,
  },
  checkShapes: {
    text: `/** Throws where a shape does not fit; a size given by name may be any, the same everywhere. */
function checkShapes(given: Readonly<Record<string, readonly [value: Value, wanted: readonly (string | number)[]]>>): void {
  const known = new Map<string, readonly [size: number, from: string]>();
  for (const [name, [value, wanted]] of Object.entries(given)) {
    const shape = shapeOf(value);
    if (shape === undefined) throw new RangeError(\`\${name} has \${(value as Matrix).data.length} entries in data, which is not its number of rows times columns\`);
    let fits = shape.length === wanted.length;
    for (const [axis, size] of shape.entries()) {
      const want = wanted[axis];
      if (typeof want === 'string' && !known.has(want)) known.set(want, [size, name]);
      fits &&= size === (typeof want === 'string' ? known.get(want)![0] : want);
    }
    if (fits) continue;
    const others = wanted.flatMap((w) => (typeof w === 'string' && known.has(w) && known.get(w)![1] !== name ? [\`\${w} = \${known.get(w)![0]} from \${known.get(w)![1]}\`] : []));
    const text = (sizes: readonly (string | number)[]): string => \`(\${sizes.join(', ')}\${sizes.length === 1 ? ',' : ''})\`;
    throw new RangeError(\`\${name} must have shape \${text(wanted)}\${others.length > 0 ? \` with \${[...new Set(others)].join(', ')}\` : ''}, got \${text(shape)}\`);
  }
}

function shapeOf(value: Value): readonly number[] | undefined {
  if (typeof value === 'number') return [];
  if (value instanceof Float64Array) return [value.length];
  const shape = 'shape' in value ? value.shape : [value.rows, value.cols];
  return value.data.length === shape.reduce((size, n) => size * n, 1) ? shape : undefined;
}`,
  },
};

export const typescriptPrelude: Prelude = new Map(Object.entries(entries));
