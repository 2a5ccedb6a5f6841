// The Newton system of a cone program, with the slacks and their multipliers eliminated:
//
//   [ P + Gᵀ W⁻² G   Aᵀ ] [dx]
//   [ A              0  ] [dy]     Gᵀ W⁻² G = Σ (z/s) g gᵀ + Σ β⁻² (2 q qᵀ + G₁ᵀG₁ − g₀ g₀ᵀ),  q = Gᵀ J w
//
// The first matrix of a second-order cone changes by one outer product alone; the others are made once.

import { lookAtTime } from '../../certify/deadline.ts';
import { factorDenseLdl, kernelSize, ldlKernel, solveDenseLdl } from '../linear/dense-ldl.ts';
import { addProduct, addTransposedProduct } from '../matrix.ts';
import { maxNorm, plus } from '../vector.ts';
import type { ConeProgram } from './cone-program.ts';
import type { Scaling } from './scaling.ts';

// From so many columns on a row takes long enough to look at the time.
const many = 100;

/** Of a second-order cone: the columns it has, and the lower triangle of G₁ᵀG₁ − g₀ g₀ᵀ on them. */
export interface Fixed {
  readonly columns: Int32Array;
  readonly matrix: Float64Array;
}

export function fixedParts({ G, starts }: ConeProgram): Fixed[] {
  return Array.from({ length: starts.length - 1 }, (_, k) => {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const columns = Int32Array.from(new Set(G.indices.subarray(G.starts[from], G.starts[to]))).sort();
    const place = new Map([...columns].map((j, at) => [j, at]));
    const size = columns.length;
    const matrix = new Float64Array(size * size);
    for (let i = from; i < to; i++) {
      if (size > many) lookAtTime();
      const sign = i === from ? -1 : 1;
      const first = G.starts[i]!;
      const at = Int32Array.from(G.indices.subarray(first, G.starts[i + 1]), (j) => place.get(j)!);
      for (let a = 0; a < at.length; a++) {
        const row = at[a]! * size;
        const value = sign * G.values[first + a]!;
        for (let b = 0; b <= a; b++) matrix[row + at[b]!]! += value * G.values[first + b]!;
      }
    }
    return { columns, matrix };
  });
}

export interface Direction {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
}

/** Solves P dx + Aᵀdy + Gᵀdz = r₁, A dx = r₂, G dx − W² dz = r₃. */
export type Solve = (first: Float64Array, second: Float64Array, third: Float64Array) => Direction;

// Beside the largest entry of a matrix.
const shift = 1e-14;

export function newtonSystem(program: ConeProgram, fixed: readonly Fixed[], W: Scaling): Solve {
  const { n, P, A, G, linear, starts } = program;
  const p = A.rows;
  const size = n + p;
  const K = new Float64Array(size * size);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) K[i * size + j] = P[i * n + j]!;
  for (let r = 0; r < linear; r++) {
    for (let a = G.starts[r]!; a < G.starts[r + 1]!; a++) {
      const value = W.weights[r]! * G.values[a]!;
      for (let b = G.starts[r]!; b < G.starts[r + 1]!; b++) if (G.indices[b]! <= G.indices[a]!) K[G.indices[a]! * size + G.indices[b]!]! += value * G.values[b]!;
    }
  }
  fixed.forEach(({ columns, matrix }, k) => {
    const [from, to] = [starts[k]!, starts[k + 1]!];
    const q = new Float64Array(n);
    for (let i = from; i < to; i++) {
      const by = i === from ? W.w[i]! : -W.w[i]!;
      for (let at = G.starts[i]!; at < G.starts[i + 1]!; at++) q[G.indices[at]!]! += by * G.values[at]!;
    }
    const weight = 1 / W.beta[k]! ** 2;
    const count = columns.length;
    for (let a = 0; a < count; a++) {
      const row = columns[a]! * size;
      const twice = 2 * q[columns[a]!]!;
      for (let b = 0; b <= a; b++) K[row + columns[b]!]! += weight * (twice * q[columns[b]!]! + matrix[a * count + b]!);
    }
  });
  for (let i = 0; i < p; i++) for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) K[(n + i) * size + A.indices[at]!]! += A.values[at]!;
  let most = 1;
  for (let i = 0; i < n; i++) most = Math.max(most, K[i * size + i]!);
  for (let i = 0; i < size; i++) K[i * size + i]! += i < n ? shift * most : -1e-12;
  const signs = Int8Array.from({ length: size }, (_, i) => (i < n ? 1 : -1));
  const factor = factorDenseLdl(K, size, signs, size < kernelSize ? undefined : ldlKernel(size));
  const inverse = (v: Float64Array): Float64Array => W.inverse(W.inverse(v));
  const roughly: Solve = (first, second, third) => {
    const right = new Float64Array(size);
    right.set(first);
    addTransposedProduct(G, inverse(third), 1, right.subarray(0, n));
    right.set(second, n);
    solveDenseLdl(factor, right);
    const x = right.slice(0, n);
    const moved = third.map((value) => -value);
    addProduct(G, x, 1, moved);
    return { x, y: right.slice(n), z: inverse(moved) };
  };
  // Digits that cancel in dz, and what was added to the diagonal, are made good against the whole system.
  return (first, second, third) => {
    let at = roughly(first, second, third);
    let last = Infinity;
    for (let k = 0; k < refinements; k++) {
      const left = [first.slice(), second.slice(), third.slice()] as const;
      symmetricProduct(P, at.x, left[0]);
      addTransposedProduct(A, at.y, -1, left[0]);
      addTransposedProduct(G, at.z, -1, left[0]);
      addProduct(A, at.x, -1, left[1]);
      addProduct(G, at.x, -1, left[2]);
      W.times(W.times(at.z)).forEach((value, i) => (left[2][i]! += value));
      const now = Math.max(...left.map(maxNorm));
      if (!(now < 0.5 * last)) break;
      last = now;
      const more = roughly(...left);
      at = { x: plus(at.x, 1, more.x), y: plus(at.y, 1, more.y), z: plus(at.z, 1, more.z) };
    }
    return at;
  };
}

const refinements = 4;

/** out −= P x */
function symmetricProduct(P: Float64Array, x: Float64Array, out: Float64Array): void {
  const n = x.length;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += P[i * n + j]! * x[j]!;
    out[i]! -= sum;
  }
}
