// Matrices with nilpotent parts: X + Σ εᵢ Eᵢ with commuting εᵢ, εᵢ² = 0. A matrix function of it has D^k f(X)[E1, …, Ek] as
// its part with ε1 … εk, because a power series in X + Σ εᵢ Eᵢ has there every order in which the directions may act.
// Products and inverses are all that the functions here need.  Griewank & Walther, Evaluating Derivatives, ch. 13

import { type Dense, dense, norm as normOf, norm1 as norm1Of, requireSameShape, squareDim } from './dense.ts';
import { type LU, factorized, inverseBy } from './lu.ts';

export interface Jet {
  readonly n: number;
  /** How many εᵢ there are. */
  readonly order: number;
  /** 2^order matrices by rows; bit i of the position of a matrix says whether εᵢ stands before it. */
  readonly parts: Float64Array;
}

export type JetFunction = (X: Jet) => Jet;

/** X + Σ εᵢ Eᵢ */
export function jetOf(X: Dense, directions: readonly Dense[] = []): Jet {
  const n = squareDim(X);
  const parts = new Float64Array(2 ** directions.length * n * n);
  parts.set(X.data);
  directions.forEach((E, i) => {
    requireSameShape(X, E);
    parts.set(E.data, 2 ** i * n * n);
  });
  return { n, order: directions.length, parts };
}

/** The matrix without ε. */
export function valueOf(a: Jet): Dense {
  return part(a, 0);
}

/** The matrix with every ε. */
export function topOf(a: Jet): Dense {
  return part(a, 2 ** a.order - 1);
}

function part({ n, parts }: Jet, at: number): Dense {
  return dense([n, n], parts.subarray(at * n * n, (at + 1) * n * n));
}

/** a + ε b with one more ε. */
export function withDirection(a: Jet, b: Jet): Jet {
  const parts = new Float64Array(2 * a.parts.length);
  parts.set(a.parts);
  parts.set(b.parts, a.parts.length);
  return { n: a.n, order: a.order + 1, parts };
}

/** What stands with the last ε. */
export function lastDirection(a: Jet): Jet {
  return { n: a.n, order: a.order - 1, parts: a.parts.slice(a.parts.length / 2) };
}

/** a + factor b */
export function plus(a: Jet, b: Jet, factor = 1): Jet {
  const parts = new Float64Array(a.parts.length);
  for (let i = 0; i < parts.length; i++) parts[i] = a.parts[i]! + factor * b.parts[i]!;
  return { n: a.n, order: a.order, parts };
}

export function times(a: Jet, factor: number): Jet {
  const parts = new Float64Array(a.parts.length);
  for (let i = 0; i < parts.length; i++) parts[i] = a.parts[i]! * factor;
  return { n: a.n, order: a.order, parts };
}

/** a + shift I */
export function shifted(a: Jet, shift: number): Jet {
  const parts = a.parts.slice();
  for (let i = 0; i < a.n; i++) parts[i * a.n + i]! += shift;
  return { ...a, parts };
}

/** factorA a + factorB b + shift I */
export function combined(a: Jet, factorA: number, b: Jet, factorB: number, shift = 0): Jet {
  const parts = new Float64Array(a.parts.length);
  for (let i = 0; i < parts.length; i++) parts[i] = factorA * a.parts[i]! + factorB * b.parts[i]!;
  for (let i = 0; i < a.n; i++) parts[i * a.n + i]! += shift;
  return { n: a.n, order: a.order, parts };
}

export function zeroLike(a: Jet): Jet {
  return { ...a, parts: new Float64Array(a.parts.length) };
}

export function filledLike(a: Jet, value: number): Jet {
  return { ...a, parts: new Float64Array(a.parts.length).fill(value) };
}

export function matmul(a: Jet, b: Jet): Jet {
  const result = zeroLike(a);
  const size = a.n * a.n;
  const count = 2 ** a.order;
  for (let s = 0; s < count; s++) {
    for (let t = s; ; t = (t - 1) & s) {
      addProduct(result.parts, s * size, a.parts, t * size, b.parts, (s ^ t) * size, a.n);
      if (t === 0) break;
    }
  }
  return result;
}

/** c += a b, for the matrices that begin at these places. */
function addProduct(c: Float64Array, atC: number, a: Float64Array, atA: number, b: Float64Array, atB: number, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = a[atA + i * n + k]!;
      for (let j = 0; j < n; j++) c[atC + i * n + j]! += factor * b[atB + k * n + j]!;
    }
  }
}

/** The triangular factors of the matrix without ε. */
export function factorsOf(a: Jet): LU {
  return factorized(a.parts.slice(0, a.n * a.n), a.n);
}

/** (A + N)⁻¹ from A⁻¹, one part after the other: what the product with A + N has there beside A must vanish. */
export function inverse(a: Jet, factors: LU = factorsOf(a)): Jet {
  const { n } = a;
  const size = n * n;
  const first = inverseBy(factors);
  if (a.order === 0) return { n, order: 0, parts: first };
  const result = zeroLike(a);
  result.parts.set(first);
  const minus = first.map((x) => -x);
  const rest = new Float64Array(size);
  for (let s = 1; s < 2 ** a.order; s++) {
    rest.fill(0);
    for (let t = s; t > 0; t = (t - 1) & s) addProduct(rest, 0, a.parts, t * size, result.parts, (s ^ t) * size, n);
    addProduct(result.parts, s * size, minus, 0, rest, 0, n);
  }
  return result;
}

/** Frobenius norm of all parts of a - shift I together. */
export function norm(a: Jet, shift = 0): number {
  const { n, parts } = a;
  let sum = 0;
  for (let i = 0; i < parts.length; i++) {
    const x = i < n * n && i % (n + 1) === 0 ? parts[i]! - shift : parts[i]!;
    sum += x * x;
  }
  // Squares that overflow or vanish are scaled first.
  return sum > 1e-280 && sum < Infinity ? Math.sqrt(sum) : normOf({ shape: [parts.length], data: shifted(a, -shift).parts });
}

/** An upper bound of the largest column sum of the block matrix that multiplies as this jet does. */
export function norm1(a: Jet): number {
  let sum = 0;
  for (let s = 0; s < 2 ** a.order; s++) sum += norm1Of(part(a, s));
  return sum;
}
