// What proves that a program has no feasible point, or that its objective falls for ever; tested on the data of the
// program, whoever found it.

import { addProduct, addSymmetricProduct, addTransposedProduct, fromEntries, transposed } from './matrix.ts';
import { factorKkt, planKkt } from './linear/kkt-system.ts';
import type { QuadraticProgram } from './quadratic-program.ts';
import { dot, maxNorm } from './vector.ts';

/** Linear rows and a box. */
export type LinearSystem = Pick<QuadraticProgram, 'n' | 'm' | 'A' | 'rowLower' | 'rowUpper' | 'lower' | 'upper'>;

export interface Farkas {
  readonly rows: Float64Array;
  readonly bounds: Float64Array;
  readonly gap: number;
}

// A certificate whose least violation is below this says nothing about points that are feasible to the tolerance.
const leastViolation = 2e-8;
const rounding = 1e-10;

/**
 * The Farkas certificate with these multipliers of the rows, if it is one: bounds := -Aᵀrows makes the combination
 * vanish, and every multiplier must meet a finite bound. A column without that bound must vanish up to rounding.
 */
export function farkas(system: LinearSystem, candidate: Float64Array): Farkas | undefined {
  const size = maxNorm(candidate);
  if (!(size > 0 && size < Infinity)) return undefined;
  const rows = candidate.map((value, i) => {
    const y = value / size;
    if (Math.abs(y) < 1e-14) return 0;
    return Math.abs(y > 0 ? system.rowLower[i]! : system.rowUpper[i]!) < Infinity ? y : 0;
  });
  return tested(system, withoutResidue(system, rows)) ?? tested(system, rows);
}

function tested(system: LinearSystem, rows: Float64Array): Farkas | undefined {
  const { n, m, A } = system;
  const bounds = new Float64Array(n);
  addTransposedProduct(A, rows, -1, bounds);
  const terms = new Float64Array(n);
  for (let i = 0; i < m; i++)
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++)
      terms[A.indices[at]!]! += Math.abs(rows[i]! * A.values[at]!);
  let gap = 0;
  let size = 0;
  let residue = 0;
  const see = (multiplier: number, lower: number, upper: number): boolean => {
    if (multiplier === 0) return true;
    const bound = multiplier > 0 ? lower : upper;
    if (Math.abs(bound) === Infinity) return false;
    gap += multiplier * bound;
    size += Math.abs(multiplier * bound);
    return true;
  };
  for (let i = 0; i < m; i++) if (!see(rows[i]!, system.rowLower[i]!, system.rowUpper[i]!)) return undefined;
  for (let j = 0; j < n; j++) {
    if (see(bounds[j]!, system.lower[j]!, system.upper[j]!)) continue;
    if (Math.abs(bounds[j]!) > 1e-13 * terms[j]!) residue = Math.max(residue, Math.abs(bounds[j]!));
    bounds[j] = 0;
  }
  const most = Math.max(maxNorm(rows), maxNorm(bounds));
  // No point with entries below gap/residue is feasible; with the rest this says: none of a sensible size.
  const holds = gap > rounding * size && gap > leastViolation * most && residue * 1e9 <= gap;
  return holds ? { rows, bounds, gap } : undefined;
}

/** The nearest multipliers on the same rows whose columns without bounds vanish. */
function withoutResidue(system: LinearSystem, rows: Float64Array): Float64Array {
  const combined = new Float64Array(system.n);
  addTransposedProduct(system.A, rows, -1, combined);
  const support: number[] = [];
  rows.forEach((value, i) => {
    if (Math.abs(value) > 1e-9) support.push(i);
  });
  const columns: number[] = [];
  combined.forEach((value, j) => {
    const bound = value > 0 ? system.lower[j]! : system.upper[j]!;
    const nearZero = Math.abs(value) < 1e-6;
    if (Math.abs(bound) === Infinity || nearZero) columns.push(j);
  });
  const byColumn = transposed(system.A);
  const place = new Int32Array(system.m).fill(-1);
  support.forEach((row, at) => (place[row] = at));
  const entries: [number, number, number][] = [];
  const right = new Float64Array(columns.length);
  columns.forEach((col, at) => {
    for (let k = byColumn.starts[col]!; k < byColumn.starts[col + 1]!; k++) {
      const row = place[byColumn.indices[k]!]!;
      if (row < 0) continue;
      entries.push([at, row, byColumn.values[k]!]);
      right[at]! -= byColumn.values[k]! * rows[support[row]!]!;
    }
  });
  const identity = fromEntries(
    support.length,
    support.length,
    support.map((_, at) => [at, at, 1] as const),
  );
  const plan = planKkt(identity, fromEntries(columns.length, support.length, entries));
  const change = new Float64Array(support.length);
  factorKkt(plan, new Float64Array(support.length), new Float64Array(columns.length), 1e-10).solve(change, right);
  const out = new Float64Array(system.m);
  support.forEach((row, at) => (out[row] = rows[row]! + change[at]!));
  return out;
}

// Entries of a ray below these shares of the largest may be rounding.
const trifles = [1e-13, 1e-10, 1e-7];

/** The ray, scaled to largest entry one, if the objective falls along it for ever and no bound or row stops it. */
export function recessionRay(program: QuadraticProgram, candidate: Float64Array): Float64Array | undefined {
  for (const trifle of trifles) {
    const ray = testedRay(program, candidate, trifle);
    if (ray !== undefined) return ray;
  }
  return undefined;
}

function testedRay(program: QuadraticProgram, candidate: Float64Array, trifle: number): Float64Array | undefined {
  const size = maxNorm(candidate);
  if (!(size > 0 && size < Infinity)) return undefined;
  const { n, m, A } = program;
  const ray = candidate.map((value, j) => {
    const entry = value / size;
    if (Math.abs(entry) < trifle) return 0;
    const bound = entry > 0 ? program.upper[j]! : program.lower[j]!;
    return Math.abs(bound) < Infinity && Math.abs(entry) < 1e-8 ? 0 : entry;
  });
  for (let j = 0; j < n; j++) {
    const bound = ray[j]! > 0 ? program.upper[j]! : program.lower[j]!;
    if (ray[j] !== 0 && Math.abs(bound) < Infinity) return undefined;
  }
  const slope = dot(program.c, ray);
  const slopeTerms = program.c.reduce((sum, value, j) => sum + Math.abs(value * ray[j]!), 0);
  if (!(slope < -1e-9 * slopeTerms)) return undefined;
  const moved = new Float64Array(m);
  addProduct(A, ray, 1, moved);
  for (let i = 0; i < m; i++) {
    let terms = 0;
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) terms += Math.abs(A.values[at]! * ray[A.indices[at]!]!);
    const tolerance = rounding * terms;
    if (moved[i]! > tolerance && program.rowUpper[i]! < Infinity) return undefined;
    if (moved[i]! < -tolerance && program.rowLower[i]! > -Infinity) return undefined;
  }
  const curved = new Float64Array(n);
  addSymmetricProduct(program.P, ray, 1, curved);
  const curvature = dot(ray, curved);
  let largestP = 0;
  for (const value of program.P.kind === 'dense' ? program.P.data : program.P.values)
    largestP = Math.max(largestP, Math.abs(value));
  return curvature <= 1e-12 * largestP * Math.max(1, n) && maxNorm(curved) <= 1e-9 * largestP ? ray : undefined;
}
