// The face of the cone of semidefinite matrices on which an optimum X lies, as constraints and curvature near it: with W
// for the null space of X, and S for its multiplier,
//
//   Wᵀ dX W = 0,   and   d²L[dX, dX] = 2 ⟨S, dX X⁺ dX⟩,
//
// what the objective pays for the bend of the face. Shapiro, First and second order analysis of nonlinear semidefinite
// programs, Math. Programming 77, 1997, sections 4 and 5.

import { symmetricEigen } from '../../ops/reference/symmetric-eigen.ts';
import type { Cone } from '../problem.ts';

export interface Face {
  /** Over the variables of the problem, independent of each other. */
  readonly rows: readonly Float64Array[];
  /** Adds the curvature to a [dim, dim]. */
  readonly bend: (H: Float64Array) => void;
  /** How many directions belong neither to X nor to S: there the optimum has no derivative. */
  readonly weak: number;
}

// Beside the largest entry of X or S, or 1: where both vanish, an optimum of the usual accuracy leaves the root of that of either.
const positive = 1e-4;

export function faceAt({ order: n, places, sign }: Cone, z: Float64Array, S: Float64Array): Face {
  const dim = z.length;
  const X = Float64Array.from(places, (j) => sign * z[j]!);
  const [sizeX, sizeS] = [largest(X), largest(S)];
  // X and S commute: one basis for both, in which X is first where it is large and S where that is.
  const { vectors } = symmetricEigen({ shape: [n, n], data: X.map((x, at) => x / sizeX - S[at]! / sizeS) });
  const column = (k: number): Float64Array => Float64Array.from({ length: n }, (_, i) => vectors.data[i * n + k]!);
  const along = (M: Float64Array, v: Float64Array): number => v.reduce((sum, a, i) => sum + a * v.reduce((part, b, j) => part + M[i * n + j]! * b, 0), 0);
  const nulls: Float64Array[] = [];
  const inverse = new Float64Array(n * n);
  let weak = 0;
  for (let k = 0; k < n; k++) {
    const v = column(k);
    const [x, s] = [along(X, v), along(S, v)];
    if (Math.max(x / sizeX, s / sizeS) < positive) weak++;
    if (x / sizeX < s / sizeS) nulls.push(v);
    else for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) inverse[i * n + j]! += (v[i]! * v[j]!) / x;
  }
  const rows = nulls.flatMap((v, a) =>
    nulls.slice(0, a + 1).map((w) => {
      const row = new Float64Array(dim);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) row[places[i * n + j]!]! += sign * v[i]! * w[j]!;
      return row;
    }),
  );
  const bend = (H: Float64Array): void => {
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) for (let l = 0; l < n; l++) {
      const value = S[l * n + i]! * inverse[j * n + k]!;
      const [p, q] = [places[i * n + j]!, places[k * n + l]!];
      H[p * dim + q]! += value;
      H[q * dim + p]! += value;
    }
  };
  return { rows, bend, weak };
}

function largest(M: Float64Array): number {
  return M.reduce((most, v) => Math.max(most, Math.abs(v)), 1);
}
