// The Newton system of a cone program, with the slacks and their multipliers eliminated:
//
//   [ P + Gᵀ W⁻² G   Aᵀ ] [dx]
//   [ A              0  ] [dy]     Gᵀ W⁻² G = Σ (z/s) g gᵀ + Σ β⁻² (2 q qᵀ + G₁ᵀG₁ − g₀ g₀ᵀ),  q = Gᵀ J w
//
// The first matrix of a second-order cone changes by one outer product alone; the others are made once.

import { must } from '../../base/internal.ts';
import { lookAtTime } from '../../base/deadline.ts';
import { type DenseLdl, factorDenseLdl, kernelSize, ldlKernel, solveDenseLdl } from '../linear/dense-ldl.ts';
import { addProduct, addTransposedProduct, denseMatrix } from '../matrix.ts';
import { maxNorm, plus } from '../vector.ts';
import type { ConeProgram } from './cone-program.ts';
import { type Scaling, unscaledTwice } from './scaling.ts';

// From so many columns on a row takes long enough to look at the time.
const many = 100;

/** Of a second-order cone: the columns it has, and the lower triangle of G₁ᵀG₁ − g₀ g₀ᵀ on them. */
interface Fixed {
  readonly columns: Int32Array;
  readonly matrix: Float64Array;
}

function fixedPart({ G, n }: ConeProgram, from: number, to: number): Fixed {
  const [begin, end] = [G.starts[from]!, G.starts[to]!];
  const place = new Int32Array(n).fill(-1);
  for (let at = begin; at < end; at++) place[G.indices[at]!] = 0;
  const columns = Int32Array.from(place.keys()).filter((j) => place[j] === 0);
  const size = columns.length;
  columns.forEach((j, at) => (place[j] = at));
  // By columns, so that products of two run along both.
  const rows = to - from;
  const block = new Float64Array(size * rows);
  for (let i = from; i < to; i++) for (let at = G.starts[i]!; at < G.starts[i + 1]!; at++) block[place[G.indices[at]!]! * rows + i - from]! += G.values[at]!;
  const matrix = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    if (size > many) lookAtTime();
    const left = a * rows;
    for (let b = 0; b <= a; b++) {
      const right = b * rows;
      let sum = -block[left]! * block[right]!;
      for (let i = 1; i < rows; i++) sum += block[left + i]! * block[right + i]!;
      matrix[a * size + b] = sum;
    }
  }
  return { columns, matrix };
}

export interface Direction {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

/** Right sides: P dx + Aᵀdy + Gᵀdz = first, A dx = second, G dx − W² dz = third. */
export interface Sides {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly third: Float64Array;
}

export interface NewtonSystem {
  /** For another scaling, which is kept until the next. */
  factor(W: Scaling): void;
  solve(sides: Sides): Direction;
  /**
   * What is to be added to a solution until no entry of the first two sides is missed by more than `enough`, or no digits are
   * left to be won; undefined if it is nothing.
   */
  missing(at: Direction, sides: Sides, enough: number): Direction | undefined;
}

// Beside the largest entry of a matrix.
const shift = 1e-14;
const refinements = 4;

/** Arrays of its own are used again by each factorisation and each solution. */
export function newtonSystem(program: ConeProgram): NewtonSystem {
  const { n, P, A, G, linear, starts } = program;
  const size = n + A.rows;
  const fixed = Array.from({ length: starts.length - 1 }, (_, k) => fixedPart(program, starts[k]!, starts[k + 1]!));
  const K = new Float64Array(size * size);
  const signs = new Int8Array(size).fill(-1).fill(1, 0, n);
  const kernel = size < kernelSize ? undefined : ldlKernel(size);
  const q = new Float64Array(n);
  const right = new Float64Array(size);
  const none = new Float64Array(G.rows);
  let factored: { readonly W: Scaling; readonly factor: DenseLdl } | undefined;

  const fill = ({ roots, beta, w }: Scaling): void => {
    K.fill(0);
    if (P) for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) K[i * size + j] = P[i * n + j]!;
    for (let r = 0; r < linear; r++) addOuter(K, size, program, r, 1 / (roots[r]! * roots[r]!));
    for (let k = 0; k < beta.length; k++) {
      const { columns, matrix } = fixed[k]!;
      q.fill(0);
      for (let i = starts[k]!; i < starts[k + 1]!; i++) {
        const by = i === starts[k] ? w[i]! : -w[i]!;
        for (let at = G.starts[i]!; at < G.starts[i + 1]!; at++) q[G.indices[at]!]! += by * G.values[at]!;
      }
      addCone(K, size, columns, matrix, q, 1 / beta[k]! ** 2);
    }
    for (let i = 0; i < A.rows; i++) for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) K[(n + i) * size + A.indices[at]!]! += A.values[at]!;
    let most = 1;
    for (let i = 0; i < n; i++) most = Math.max(most, K[i * size + i]!);
    for (let i = 0; i < size; i++) K[i * size + i]! += i < n ? shift * most : -1e-12;
  };

  const solve = ({ first, second, third }: Sides): Direction => {
    const { W, factor } = must(factored, 'factors');
    const z = new Float64Array(third.length);
    unscaledTwice(program, W, third, z);
    const x = right.subarray(0, n);
    x.set(first);
    addTransposedProduct(G, z, 1, x);
    right.set(second, n);
    solveDenseLdl(factor, right);
    for (let i = 0; i < z.length; i++) z[i] = -third[i]!;
    addProduct(G, x, 1, z);
    unscaledTwice(program, W, z, z);
    return { x: x.slice(), y: right.slice(n), z };
  };

  /** Digits that cancel in dz, and what was added to the diagonal, are missing. */
  const missed = ({ x, y, z }: Direction, { first, second }: Sides): Sides => {
    const [dual, rows] = [first.slice(), second.slice()];
    if (P) addProduct(denseMatrix(n, n, P), x, -1, dual);
    addTransposedProduct(A, y, -1, dual);
    addTransposedProduct(G, z, -1, dual);
    addProduct(A, x, -1, rows);
    return { first: dual, second: rows, third: none };
  };

  return {
    factor: (W) => {
      fill(W);
      factored = { W, factor: factorDenseLdl(K, size, signs, kernel) };
    },
    solve,
    missing: (at, sides, enough) => {
      let sum: Direction | undefined;
      let rest = missed(at, sides);
      let before = largest(rest);
      for (let k = 0; k < refinements && before > enough; k++) {
        const more = solve(rest);
        const next = sum ? { x: plus(sum.x, 1, more.x), y: plus(sum.y, 1, more.y), z: plus(sum.z, 1, more.z) } : more;
        const left = missed(more, rest);
        const now = largest(left);
        if (!(now < before)) break;
        [sum, rest] = [next, left];
        if (!(now < 0.5 * before)) break;
        before = now;
      }
      return sum;
    },
  };
}

function largest({ first, second }: Sides): number {
  return Math.max(maxNorm(first), maxNorm(second));
}

/** Lower triangle of K += weight · g gᵀ, g being a row of G. */
function addOuter(K: Float64Array, size: number, { G: { starts, indices, values } }: ConeProgram, row: number, weight: number): void {
  const [begin, end] = [starts[row]!, starts[row + 1]!];
  for (let a = begin; a < end; a++) {
    const value = weight * values[a]!;
    const i = indices[a]!;
    for (let b = begin; b < end; b++) if (indices[b]! <= i) K[i * size + indices[b]!]! += value * values[b]!;
  }
}

/** Lower triangle of K += weight · (2 q qᵀ + M) on some columns, ascending. */
function addCone(K: Float64Array, size: number, columns: Int32Array, M: Float64Array, q: Float64Array, weight: number): void {
  const count = columns.length;
  for (let a = 0; a < count; a++) {
    const row = columns[a]! * size;
    const twice = 2 * q[columns[a]!]!;
    for (let b = 0; b <= a; b++) K[row + columns[b]!]! += weight * (twice * q[columns[b]!]! + M[a * count + b]!);
  }
}
