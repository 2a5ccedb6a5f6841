// Linear and quadratic programs made around an optimum that is known: a point, active bounds and rows, multipliers that may
// vanish, and the objective that makes them fit.

import { random } from '../../src/base/random.ts';
import type { Entry, NumericProgram } from '../../src/data/programs/program.ts';

export interface Traits {
  readonly quadratic?: boolean;
  /** Share of active bounds and rows whose multiplier is zero. */
  readonly degenerate?: number;
  /** Rows that are sums of others, or copies. */
  readonly dependent?: 'sums' | 'copies';
  readonly zeroRows?: boolean;
  readonly free?: boolean;
  readonly fixed?: boolean;
  readonly noObjective?: boolean;
  /** Both sides of bounds and rows are 1e-7 from each other. */
  readonly thin?: boolean;
  /** Bounds of 1e9 for none. */
  readonly far?: boolean;
  /** Units of variables, rows and the objective are 10 to the power of ± this. */
  readonly scale?: number;
  /** Infeasible by so much, relative: a combination of rows must exceed what they allow. */
  readonly contradiction?: number;
}

export interface Generated {
  readonly program: NumericProgram;
  readonly optimum: number;
  /** The unit of the objective. */
  readonly unit: number;
}

export function generated(seed: number, traits: Traits): Generated {
  const r = random(seed);
  const { degenerate = 0, scale = 0 } = traits;
  const n = 5 + r.integer(40);
  const m = Math.max(1, Math.floor(n * (0.3 + 0.9 * r.uniform())));
  const sparse = (): Float64Array => Float64Array.from({ length: n }, () => (r.uniform() < 0.3 ? r.normal() : 0));
  const A = Array.from({ length: m }, sparse);
  if (traits.dependent !== undefined)
    for (let k = 0; k < m / 4; k++) {
      const [a, b, c] = [r.integer(m), r.integer(m), r.integer(m)];
      if (a !== b && a !== c) A[a] = A[b]!.map((v, j) => v + (traits.dependent === 'copies' ? 0 : A[c]![j]!));
    }
  if (traits.zeroRows === true) A[r.integer(m)] = new Float64Array(n);
  const factors = traits.quadratic === true && traits.noObjective !== true ? Array.from({ length: Math.max(1, Math.floor(0.3 * n)) }, sparse) : [];
  const times = (x: Float64Array): Float64Array => {
    const out = new Float64Array(n);
    for (const f of factors) {
      const along = f.reduce((sum, v, j) => sum + v * x[j]!, 0);
      for (let j = 0; j < n; j++) out[j]! += along * f[j]!;
    }
    return out;
  };

  const x = Float64Array.from({ length: n }, () => 3 * r.normal());
  const none = traits.far === true ? 1e9 : Infinity;
  const price = (): number => (traits.noObjective === true || r.uniform() < degenerate ? 0 : Math.abs(r.normal()));
  const [lower, upper, w] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  for (let j = 0; j < n; j++) {
    const kind = r.uniform();
    if (traits.free === true && kind < 0.4) [lower[j], upper[j]] = [-none, none];
    else if (traits.fixed === true && kind < 0.6) [lower[j], upper[j], w[j]] = [x[j]!, x[j]!, price()];
    else if (kind < 0.75) [lower[j], upper[j], w[j]] = [x[j]!, r.uniform() < 0.5 ? none : x[j]! + 1 + r.uniform(), price()];
    else [lower[j], upper[j]] = [x[j]! - 1 - r.uniform(), r.uniform() < 0.5 ? none : x[j]! + (traits.thin === true ? 1e-7 : 1 + r.uniform())];
  }
  const [rowLower, rowUpper, y] = [new Float64Array(m), new Float64Array(m), new Float64Array(m)];
  for (let i = 0; i < m; i++) {
    const value = A[i]!.reduce((sum, v, j) => sum + v * x[j]!, 0);
    const kind = r.uniform();
    if (kind < 0.4) [rowLower[i], rowUpper[i], y[i]] = [value, value, (r.uniform() < 0.5 ? -1 : 1) * price()];
    else if (kind < 0.7) [rowLower[i], rowUpper[i], y[i]] = [value, traits.thin === true ? value + 1e-7 : r.uniform() < 0.7 ? Infinity : value + 1, price()];
    else [rowLower[i], rowUpper[i]] = [-Infinity, value + (r.uniform() < 0.3 ? 0 : r.uniform())];
  }
  const curved = times(x);
  const cost = Float64Array.from({ length: n }, (_, j) => (traits.noObjective === true ? 0 : A.reduce((sum, row, i) => sum + row[j]! * y[i]!, w[j]! - curved[j]!)));
  const optimum = cost.reduce((sum, c, j) => sum + x[j]! * (c + curved[j]! / 2), 0);

  if (traits.contradiction !== undefined) {
    const chosen = [...A.keys()].filter((i) => rowUpper[i]! < Infinity);
    const sum = new Float64Array(n);
    let most = 0;
    for (const i of chosen) {
      const weight = 0.5 + r.uniform();
      A[i]!.forEach((v, j) => (sum[j]! += weight * v));
      most += weight * rowUpper[i]!;
    }
    A.push(sum);
    return scaled(most + traits.contradiction * Math.max(1, Math.abs(most)));
  }
  return scaled(undefined);

  function scaled(last: number | undefined): Generated {
    const unitOf = (): number => 10 ** (scale * (2 * r.uniform() - 1));
    const columns = Float64Array.from({ length: n }, unitOf);
    const rows = Float64Array.from(A, unitOf);
    const unit = unitOf();
    const [low, high] = last === undefined ? [rowLower, rowUpper] : [Float64Array.of(...rowLower, last), Float64Array.of(...rowUpper, Infinity)];
    const quadratic: Entry[] = [];
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        const value = factors.reduce((sum, f) => sum + f[i]! * f[j]!, 0);
        if (value !== 0) quadratic.push([i, j, unit * value * columns[i]! * columns[j]!]);
      }
    const program: NumericProgram = {
      name: 'generated',
      sense: 'min',
      columns: Array.from(x, (_, j) => `x${j}`),
      rows: A.map((_, i) => `c${i}`),
      cost: cost.map((c, j) => unit * c * columns[j]!),
      constant: 0,
      quadratic,
      entries: A.flatMap((row, i) => [...row].flatMap((v, j): Entry[] => (v === 0 ? [] : [[i, j, v * rows[i]! * columns[j]!]]))),
      lower: lower.map((v, j) => v / columns[j]!),
      upper: upper.map((v, j) => v / columns[j]!),
      rowLower: low.map((v, i) => v * rows[i]!),
      rowUpper: high.map((v, i) => v * rows[i]!),
    };
    return { program, optimum: unit * optimum, unit };
  }
}
