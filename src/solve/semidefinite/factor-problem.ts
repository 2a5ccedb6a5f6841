// A problem over semidefinite matrices in the entries of their factors, X = V Vᵀ with V [n, r]: a plain smooth problem, whose
// rows are nonlinear where they touch a matrix. Burer & Monteiro, Math. Programming 95, 2003.

import { must } from '../../base/internal.ts';
import { denseMatrix, eachEntry } from '../matrix.ts';
import type { Multipliers } from '../method.ts';
import type { Cone, Problem } from '../problem.ts';

export interface FactorProblem {
  readonly problem: Problem;
  /** The point of the problem itself. */
  point(u: Float64Array): Float64Array;
  /** With the matrices of the cones: what is left of the gradient of the Lagrangian. */
  multipliers(z: Float64Array, inner: Multipliers): Multipliers;
}

interface Row {
  readonly entries: readonly (readonly [number, number])[];
  readonly lower: number;
  readonly upper: number;
  /** Of the linear rows, or of the bounds. */
  readonly row?: number;
  readonly bound?: number;
}

/** `factors[k]` is [r, n]: one column of V after the other. */
export function factorProblem(problem: Problem, rest: Float64Array, factors: readonly Float64Array[]): FactorProblem {
  const cones = must(problem.cones);
  const inCone = new Uint8Array(problem.dim);
  for (const { places } of cones) for (const j of places) inCone[j] = 1;
  const plain = [...Array(problem.dim).keys()].filter((j) => inCone[j] === 0);
  const ranks = factors.map((V, k) => V.length / must(cones[k]).order);
  const offsets = factors.map((_, k) => plain.length + factors.slice(0, k).reduce((sum, V) => sum + V.length, 0));
  const dim = plain.length + factors.reduce((sum, V) => sum + V.length, 0);
  const start = new Float64Array(dim);
  plain.forEach((j, at) => (start[at] = rest[j]!));
  factors.forEach((V, k) => start.set(V, must(offsets[k])));
  const bounds = (of: Float64Array, missing: number): Float64Array => Float64Array.from({ length: dim }, (_, at) => (at < plain.length ? of[plain[at]!]! : missing));

  const lists: [number, number][][] = Array.from({ length: problem.linear?.matrix.rows ?? 0 }, () => []);
  if (problem.linear) eachEntry(problem.linear.matrix, (i, j, value) => value !== 0 && must(lists[i]).push([j, value]));
  const rows: Row[] = [
    ...lists.map((entries, row): Row => ({ entries, lower: problem.linear!.lower[row]!, upper: problem.linear!.upper[row]!, row })),
    ...[...Array(problem.dim).keys()].filter((j) => inCone[j] === 1 && (problem.lower[j]! > -Infinity || problem.upper[j]! < Infinity)).map((j): Row => ({ entries: [[j, 1]], lower: problem.lower[j]!, upper: problem.upper[j]!, bound: j })),
  ];

  const point = (u: Float64Array): Float64Array => {
    const z = new Float64Array(problem.dim);
    plain.forEach((j, at) => (z[j] = u[at]!));
    cones.forEach((cone, k) => addGram(cone, u, must(offsets[k]), must(ranks[k]), z));
    return z;
  };
  const pulledBack = (slope: Float64Array, u: Float64Array, out: Float64Array): void => {
    plain.forEach((j, at) => (out[at] = slope[j]!));
    cones.forEach((cone, k) => pullBack(cone, slope, u, must(offsets[k]), must(ranks[k]), out));
  };
  const slope = new Float64Array(problem.dim);
  return {
    point,
    problem: {
      dim,
      lower: bounds(problem.lower, -Infinity),
      upper: bounds(problem.upper, Infinity),
      start,
      startGiven: true,
      convex: false,
      objective: {
        class: 'smooth',
        value: (u) => problem.objective.value(point(u)),
        gradient: (u, out) => {
          const f = problem.objective.gradient(point(u), slope);
          pulledBack(slope, u, out);
          return f;
        },
      },
      ...(rows.length > 0 && {
        nonlinear: {
          count: rows.length,
          lower: Float64Array.from(rows, (r) => r.lower),
          upper: Float64Array.from(rows, (r) => r.upper),
          value: (u: Float64Array, out: Float64Array) => {
            const z = point(u);
            rows.forEach(({ entries }, i) => (out[i] = entries.reduce((sum, [j, value]) => sum + value * z[j]!, 0)));
          },
          jacobian: (u: Float64Array) => {
            const J = denseMatrix(rows.length, dim);
            const along = new Float64Array(problem.dim);
            rows.forEach(({ entries }, i) => {
              for (const [j, value] of entries) along[j] = value;
              pulledBack(along, u, J.data.subarray(i * dim, (i + 1) * dim));
              for (const [j] of entries) along[j] = 0;
            });
            return J;
          },
        },
      }),
    },
    multipliers: (z, inner) => {
      const linear = new Float64Array(problem.linear?.matrix.rows ?? 0);
      const prices = new Float64Array(problem.dim);
      plain.forEach((j, at) => (prices[j] = inner.bounds[at]!));
      const left = new Float64Array(problem.dim);
      problem.objective.gradient(z, left);
      rows.forEach(({ entries, row, bound }, i) => {
        const y = inner.nonlinear[i]!;
        if (row !== undefined) linear[row] = y;
        if (bound !== undefined) prices[bound] = y;
        for (const [j, value] of entries) left[j]! -= y * value;
      });
      const slacks = cones.map(({ order, places, sign }) => Float64Array.from(places, (j, at) => sign * left[j]! * (Math.floor(at / order) === at % order ? 1 : 0.5)));
      return { linear, nonlinear: new Float64Array(0), bounds: prices, cones: slacks };
    },
  };
}

/** z[i, j] = sign · Σ_c V[i, c] V[j, c] */
function addGram({ order: n, places, sign }: Cone, u: Float64Array, offset: number, rank: number, z: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let sum = 0;
      for (let c = 0; c < rank; c++) sum += u[offset + c * n + i]! * u[offset + c * n + j]!;
      z[places[i * n + j]!] = sign * sum;
    }
  }
}

/** The adjoint: each entry of the slope counts once for its pair. */
function pullBack({ order: n, places, sign }: Cone, slope: Float64Array, u: Float64Array, offset: number, rank: number, out: Float64Array): void {
  for (let c = 0; c < rank; c++) {
    const at = offset + c * n;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += (i === j ? 2 : 1) * slope[places[i * n + j]!]! * u[at + j]!;
      out[at + i] = sign * sum;
    }
  }
}
