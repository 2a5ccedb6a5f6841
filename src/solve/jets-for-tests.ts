// Values with first and second derivatives, for test problems written as formulas.

import { denseMatrix } from './matrix.ts';
import type { Problem } from './problem.ts';

export interface Jet {
  readonly v: number;
  readonly g: Float64Array;
  /** Full, by rows. */
  readonly h: Float64Array;
}

export type Term = Jet | number;

function sizeOf(terms: readonly Term[]): number {
  for (const term of terms) if (typeof term !== 'number') return term.g.length;
  return 0;
}

function jet(term: Term, n: number): Jet {
  return typeof term === 'number' ? { v: term, g: new Float64Array(n), h: new Float64Array(n * n) } : term;
}

export function add(...terms: readonly Term[]): Jet {
  const n = sizeOf(terms);
  const out = { v: 0, g: new Float64Array(n), h: new Float64Array(n * n) };
  for (const term of terms.map((one) => jet(one, n))) {
    out.v += term.v;
    for (let i = 0; i < n; i++) out.g[i]! += term.g[i]!;
    for (let i = 0; i < n * n; i++) out.h[i]! += term.h[i]!;
  }
  return out;
}

export function mul(...terms: readonly Term[]): Jet {
  const n = sizeOf(terms);
  return terms
    .map((term) => jet(term, n))
    .reduce((a, b) => {
      const h = new Float64Array(n * n);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++)
          h[i * n + j] = a.v * b.h[i * n + j]! + b.v * a.h[i * n + j]! + a.g[i]! * b.g[j]! + a.g[j]! * b.g[i]!;
      return { v: a.v * b.v, g: a.g.map((value, i) => value * b.v + a.v * b.g[i]!), h };
    });
}

export function sub(a: Term, b: Term): Jet {
  return add(a, typeof b === 'number' ? -b : mul(-1, b));
}

/** φ(a) from φ, φ′ and φ″ at its value. */
function lift(a: Jet, v: number, d1: number, d2: number): Jet {
  const n = a.g.length;
  const h = a.h.map((value, at) => d1 * value + d2 * a.g[Math.floor(at / n)]! * a.g[at % n]!);
  return { v, g: a.g.map((value) => d1 * value), h };
}

export function pow(a: Jet, p: number): Jet {
  const at = (q: number): number => (q === 0 ? 1 : a.v ** q);
  return lift(a, at(p), p === 0 ? 0 : p * at(p - 1), p === 0 || p === 1 ? 0 : p * (p - 1) * at(p - 2));
}

export const sq = (a: Jet): Jet => pow(a, 2);
export const div = (a: Term, b: Jet): Jet => mul(a, pow(b, -1));
export const exp = (a: Jet): Jet => lift(a, Math.exp(a.v), Math.exp(a.v), Math.exp(a.v));
export const log = (a: Jet): Jet => lift(a, Math.log(a.v), 1 / a.v, -1 / a.v ** 2);
export const sin = (a: Jet): Jet => lift(a, Math.sin(a.v), Math.cos(a.v), -Math.sin(a.v));
export const cos = (a: Jet): Jet => lift(a, Math.cos(a.v), -Math.sin(a.v), -Math.cos(a.v));
export const atan = (a: Jet): Jet => lift(a, Math.atan(a.v), 1 / (1 + a.v ** 2), (-2 * a.v) / (1 + a.v ** 2) ** 2);

export type Formula = (x: readonly Jet[]) => Jet;

export interface Formulas {
  readonly start: readonly number[];
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
  readonly f: Formula;
  /** Each is 0. */
  readonly equal?: (x: readonly Jet[]) => readonly Jet[];
  /** Each is at least 0. */
  readonly positive?: (x: readonly Jet[]) => readonly Jet[];
  /** The objective is the sum of their squares, and `f` is not read. */
  readonly residuals?: (x: readonly Jet[]) => readonly Jet[];
  readonly convex?: boolean;
}

export function problemFrom({ start, lower, upper, f, equal, positive, residuals, convex = false }: Formulas): Problem {
  const n = start.length;
  const jets = (z: Float64Array): Jet[] =>
    Array.from(z, (v, i) => {
      const g = new Float64Array(n);
      g[i] = 1;
      return { v, g, h: new Float64Array(n * n) };
    });
  const squares: Formula = (x) => add(0, ...residuals!(x).map(sq));
  const objective = residuals === undefined ? f : squares;
  const rows = (z: Float64Array): Jet[] => {
    const x = jets(z);
    return [...(equal?.(x) ?? []), ...(positive?.(x) ?? [])].map((row) => add(row, mul(0, x[0]!)));
  };
  const first = Float64Array.from(start);
  const count = rows(first).length;
  const equations = equal?.(jets(first)).length ?? 0;
  const box = (values: readonly number[] | undefined, otherwise: number): Float64Array =>
    values === undefined ? new Float64Array(n).fill(otherwise) : Float64Array.from(values);
  return {
    dim: n,
    lower: box(lower, -Infinity),
    upper: box(upper, Infinity),
    start: first,
    convex,
    objective: {
      class: residuals === undefined ? 'smooth' : 'least-squares',
      value: (z) => objective(jets(z)).v,
      gradient: (z, out) => {
        const at = objective(jets(z));
        out.set(at.g);
        return at.v;
      },
      hessian: (z) => denseMatrix(n, n, objective(jets(z)).h),
      ...(residuals === undefined
        ? {}
        : {
            residuals: {
              count: residuals(jets(first)).length,
              weight: 1,
              offset: 0,
              value: (z: Float64Array, out: Float64Array) => out.set(residuals(jets(z)).map(({ v }) => v)),
              jacobian: (z: Float64Array) => stacked(residuals(jets(z)), n),
            },
          }),
    },
    ...(count === 0
      ? {}
      : {
          nonlinear: {
            count,
            lower: new Float64Array(count),
            upper: Float64Array.from({ length: count }, (_, i) => (i < equations ? 0 : Infinity)),
            value: (z: Float64Array, out: Float64Array) => out.set(rows(z).map(({ v }) => v)),
            jacobian: (z: Float64Array) => stacked(rows(z), n),
            hessian: (z: Float64Array, y: Float64Array) => {
              const sum = new Float64Array(n * n);
              rows(z).forEach(({ h }, i) => h.forEach((value, at) => (sum[at]! += y[i]! * value)));
              return denseMatrix(n, n, sum);
            },
          },
        }),
  };
}

function stacked(jetsOfRows: readonly Jet[], n: number): ReturnType<typeof denseMatrix> {
  const data = new Float64Array(jetsOfRows.length * n);
  jetsOfRows.forEach(({ g }, i) => data.set(g, i * n));
  return denseMatrix(jetsOfRows.length, n, data);
}
