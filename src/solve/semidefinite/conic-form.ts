// A problem with psd matrices among its variables in the form that interior points want:
//
//   minimise ⟨C, X⟩ + cᵀx + gᵀf + ½ fᵀQf   subject to  ⟨Aᵢ, X⟩ + (Aₓ x)ᵢ + (B f)ᵢ = bᵢ,  X psd,  x ≥ 0,  f free.
//
// Bounds shift variables or become rows; variables with a second derivative become free ones, tied to the cone by rows.

import { must, unreachable } from '../../base/internal.ts';
import { type Matrix, eachEntry } from '../matrix.ts';
import type { Multipliers } from '../method.ts';
import type { Problem } from '../problem.ts';
import { normsAsMatrices } from './norms-as-matrices.ts';

/** Sparse symmetric matrices, one for each row of a problem; both triangles. */
export interface ConeMap {
  /** Matrix i has the entries from starts[i] to starts[i + 1]. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly cols: Int32Array;
  readonly values: Float64Array;
}

export interface ConicForm {
  readonly m: number;
  readonly orders: readonly number[];
  /** By cone. */
  readonly maps: readonly ConeMap[];
  readonly costs: readonly Float64Array[];
  /** By column: the rows and values of Aₓ and B. */
  readonly positive: readonly Column[];
  readonly positiveCost: Float64Array;
  readonly free: readonly Column[];
  readonly freeCost: Float64Array;
  /** What the objective has beside them. */
  readonly constant: number;
  /** [q, q] by rows. */
  readonly curvature: Float64Array;
  readonly right: Float64Array;
  point(X: readonly Float64Array[], x: Float64Array, f: Float64Array): Float64Array;
  /** `y` by row, at a point; the slacks of the cones are computed from them. */
  multipliers(y: Float64Array, z: Float64Array): Multipliers;
  /** The same for a combination that proves infeasibility, where the objective has no part. */
  certificate(y: Float64Array): Multipliers;
}

export interface Column {
  readonly rows: readonly number[];
  readonly values: readonly number[];
}

type Place =
  | { readonly kind: 'cone'; readonly cone: number; readonly row: number; readonly col: number }
  | { readonly kind: 'positive'; readonly column: number; readonly from: number; readonly sign: 1 | -1 }
  | { readonly kind: 'free'; readonly column: number }
  | { readonly kind: 'fixed'; readonly value: number };

interface RowParts {
  readonly entries: [number, number][];
  readonly slack?: number;
  readonly right: number;
}

/** Of a problem whose objective is linear or a convex quadratic and whose rows are linear. */
export function conicForm(problem: Problem): ConicForm {
  if (!problem.norms) return formOf(problem);
  const { problem: wide, narrowed } = normsAsMatrices(problem, problem.norms);
  const form = formOf(wide);
  const widened = (z: Float64Array): Float64Array => {
    const all = new Float64Array(wide.dim);
    all.set(z);
    return all;
  };
  return {
    ...form,
    point: (X, x, f) => form.point(X, x, f).slice(0, problem.dim),
    // The objective has no part of what is more.
    multipliers: (y, z) => narrowed(form.multipliers(y, widened(z))),
    certificate: (y) => narrowed(form.certificate(y)),
  };
}

function formOf(problem: Problem): ConicForm {
  const { dim, objective, lower, upper, linear } = problem;
  const cones = problem.cones ?? [];
  const origin = new Float64Array(dim);
  const gradient = new Float64Array(dim);
  objective.gradient(origin, gradient);
  const Q = objective.class === 'quadratic' ? objective.hessian?.(origin) : undefined;
  const bent = new Set<number>();
  if (Q) eachEntry(Q, (i, j, value) => value !== 0 && bent.add(i).add(j));

  // Where each variable stands; a bent one is a free column, tied to where it would stand otherwise.
  const places: Place[] = [];
  const ties: { readonly variable: number; readonly to: Place }[] = [];
  const positive: { rows: number[]; values: number[]; cost: number }[] = [];
  const free: { rows: number[]; values: number[]; cost: number; variable: number }[] = [];
  const inCone = new Map<number, Place>();
  cones.forEach(({ order, places: at }, cone) => {
    for (let row = 0; row < order; row++) for (let col = row; col < order; col++) inCone.set(at[row * order + col]!, { kind: 'cone', cone, row, col });
  });
  const boundRows: RowParts[] = [];
  const boundOwners: number[] = [];
  const newPositive = (): number => positive.push({ rows: [], values: [], cost: 0 }) - 1;
  for (let j = 0; j < dim; j++) {
    const [low, high] = [lower[j]!, upper[j]!];
    const isBounded = low > -Infinity || high < Infinity;
    const cone = inCone.get(j);
    let place: Place;
    if (cone) {
      place = cone;
      if (isBounded) {
        if (low === high) boundRows.push({ entries: [[j, 1]], right: low });
        else {
          if (low > -Infinity) boundRows.push({ entries: [[j, 1]], slack: -1, right: low });
          if (high < Infinity) boundRows.push({ entries: [[j, 1]], slack: 1, right: high });
        }
        while (boundOwners.length < boundRows.length) boundOwners.push(j);
      }
    } else if (low === high) place = { kind: 'fixed', value: low };
    else if (low > -Infinity) {
      place = { kind: 'positive', column: newPositive(), from: low, sign: 1 };
      if (high < Infinity) {
        boundRows.push({ entries: [[j, 1]], slack: 1, right: high });
        boundOwners.push(j);
      }
    } else if (high < Infinity) place = { kind: 'positive', column: newPositive(), from: high, sign: -1 };
    else place = { kind: 'free', column: free.push({ rows: [], values: [], cost: 0, variable: j }) - 1 };
    if (bent.has(j) && place.kind !== 'free' && place.kind !== 'fixed') {
      ties.push({ variable: j, to: place });
      place = { kind: 'free', column: free.push({ rows: [], values: [], cost: 0, variable: j }) - 1 };
    }
    places.push(place);
  }

  // Rows: those of the problem, of bounds, of ties.
  const lists: [number, number][][] = Array.from({ length: linear?.matrix.rows ?? 0 }, () => []);
  if (linear) eachEntry(linear.matrix, (i, j, value) => value !== 0 && must(lists[i]).push([j, value]));
  const parts: (RowParts & { readonly of?: number; readonly tie?: Place })[] = [];
  lists.forEach((entries, i) => {
    const [low, high] = [linear!.lower[i]!, linear!.upper[i]!];
    if (low === high) parts.push({ entries, right: low, of: i });
    else {
      if (low > -Infinity) parts.push({ entries, slack: -1, right: low, of: i });
      if (high < Infinity) parts.push({ entries, slack: 1, right: high, of: i });
    }
  });
  const firstBound = parts.length;
  parts.push(...boundRows);
  const firstTie = parts.length;
  for (const { variable, to } of ties) parts.push({ entries: [[variable, 1]], right: 0, tie: to });

  const parted = cones.map((): MapList => ({ starts: [0], rows: [], cols: [], values: [] }));
  const right: number[] = [];
  const scales: number[] = [];
  const rowOf = new Int32Array(parts.length);
  const known = new Map<string, number>();
  parts.forEach(({ entries, slack, right: level, tie }, at) => {
    // A matrix equation of symmetric sides says everything twice.
    const key = slack === undefined && !tie ? `${level}: ${entries.map(([j, v]) => `${j} ${v}`).join(', ')}` : undefined;
    const before = key === undefined ? undefined : known.get(key);
    if (before !== undefined) {
      rowOf[at] = -1;
      return;
    }
    const i = right.length;
    if (key !== undefined) known.set(key, i);
    rowOf[at] = i;
    const size = Math.hypot(...entries.map(([, v]) => v)) || 1;
    scales.push(size);
    let rest = level / size;
    const put = (place: Place, value: number): void => {
      switch (place.kind) {
        case 'cone': {
          const signed = value * must(cones[place.cone]).sign;
          addEntry(must(parted[place.cone]), place.row, place.col, signed);
          break;
        }
        case 'positive':
          rest -= value * place.from;
          must(positive[place.column]).rows.push(i);
          must(positive[place.column]).values.push(value * place.sign);
          break;
        case 'free':
          must(free[place.column]).rows.push(i);
          must(free[place.column]).values.push(value);
          break;
        case 'fixed':
          rest -= value * place.value;
          break;
      }
    };
    for (const [j, value] of entries) put(must(places[j]), value / size);
    if (tie) put(tie, -1 / size);
    if (slack !== undefined) positive.push({ rows: [i], values: [slack], cost: 0 });
    right.push(rest);
    for (const list of parted) list.starts.push(list.rows.length);
  });
  const maps = parted.map(({ starts, rows, cols, values }): ConeMap => ({ starts: new Int32Array(starts), rows: new Int32Array(rows), cols: new Int32Array(cols), values: new Float64Array(values) }));

  const costs = cones.map(({ order }) => new Float64Array(order * order));
  const positiveCost = new Float64Array(positive.length);
  const freeCost = new Float64Array(free.length);
  const curvature = new Float64Array(free.length * free.length);
  places.forEach((place, j) => {
    const c = gradient[j]!;
    if (place.kind === 'cone') {
      const { order, sign } = must(cones[place.cone]);
      const C = must(costs[place.cone]);
      if (place.row === place.col) C[place.row * order + place.col]! += sign * c;
      else {
        C[place.row * order + place.col]! += (sign * c) / 2;
        C[place.col * order + place.row]! += (sign * c) / 2;
      }
    } else if (place.kind === 'positive') positiveCost[place.column]! += place.sign * c;
    else if (place.kind === 'free') freeCost[place.column]! += c;
  });
  const columnOf = new Map(free.map((f, k) => [f.variable, k]));
  if (Q) {
    symmetricEntries(Q, (i, j, value) => {
      const [a, b] = [columnOf.get(i), columnOf.get(j)];
      if (a !== undefined && b !== undefined) curvature[a * free.length + b]! += value;
      // A fixed variable bends into the cost of the other.
      const fixed = places[j];
      if (a !== undefined && fixed?.kind === 'fixed') freeCost[a]! += value * fixed.value;
    });
  }
  const tied = new Map(ties.map((t) => [t.variable, t.to]));

  const spread = (y: Float64Array, withObjective: boolean): Multipliers => {
    const rows = new Float64Array(linear?.matrix.rows ?? 0);
    const bounds = new Float64Array(dim);
    parts.forEach(({ of }, at) => {
      if (rowOf[at]! < 0) return;
      const price = y[rowOf[at]!]! / scales[rowOf[at]!]!;
      if (of !== undefined) rows[of]! += price;
      else if (at >= firstBound && at < firstTie) bounds[boundOwners[at - firstBound]!]! += price;
    });
    const slacks = maps.map((map, k) => {
      const S = withObjective ? must(costs[k]).slice() : new Float64Array(must(costs[k]).length);
      addMapped(map, y, must(cones[k]).order, -1, S);
      return S;
    });
    return { linear: rows, nonlinear: new Float64Array(0), bounds, cones: slacks };
  };
  /** What is left of the gradient belongs to the bounds of variables outside the cones. */
  const finished = (given: Multipliers, slope: Float64Array): Multipliers => {
    const rest = slope.slice();
    if (linear) eachEntry(linear.matrix, (i, j, value) => (rest[j]! -= value * given.linear[i]!));
    const bounds = given.bounds.slice();
    for (let j = 0; j < dim; j++) if (!inCone.has(j) && (lower[j]! > -Infinity || upper[j]! < Infinity)) bounds[j] = rest[j]!;
    return { ...given, bounds };
  };
  const pointOf = (X: readonly Float64Array[], x: Float64Array, f: Float64Array): Float64Array =>
    Float64Array.from(places, (place, j) => {
      const own = tied.get(j) ?? place;
      switch (own.kind) {
        case 'cone':
          return must(cones[own.cone]).sign * must(X[own.cone])[own.row * must(cones[own.cone]).order + own.col]!;
        case 'positive':
          return own.from + own.sign * x[own.column]!;
        case 'free':
          return f[own.column]!;
        case 'fixed':
          return own.value;
        default:
          return unreachable(own);
      }
    });
  return {
    m: right.length,
    orders: cones.map((c) => c.order),
    maps,
    costs,
    positive,
    positiveCost,
    free,
    freeCost,
    constant: objective.value(Float64Array.from(places, (place) => (place.kind === 'positive' ? place.from : place.kind === 'fixed' ? place.value : 0))),
    curvature,
    right: Float64Array.from(right),
    point: pointOf,
    multipliers: (y, z) => {
      const slope = new Float64Array(dim);
      objective.gradient(z, slope);
      return finished(spread(y, true), slope);
    },
    certificate: (y) => finished(spread(y, false), new Float64Array(dim)),
  };
}

interface MapList {
  readonly starts: number[];
  readonly rows: number[];
  readonly cols: number[];
  readonly values: number[];
}

/** A value of the pair of entries that are one number. */
function addEntry({ rows, cols, values }: MapList, row: number, col: number, value: number): void {
  rows.push(row);
  cols.push(col);
  values.push(row === col ? value : value / 2);
  if (row === col) return;
  rows.push(col);
  cols.push(row);
  values.push(value / 2);
}

/** out[i] += by · ⟨Aᵢ, M⟩ */
export function mapped({ starts, rows, cols, values }: ConeMap, M: Float64Array, n: number, by: number, out: Float64Array): void {
  for (let i = 0; i + 1 < starts.length; i++) {
    let sum = 0;
    for (let e = starts[i]!; e < starts[i + 1]!; e++) sum += values[e]! * M[rows[e]! * n + cols[e]!]!;
    out[i]! += by * sum;
  }
}

/** M += by · Σ y[i] Aᵢ */
export function addMapped({ starts, rows, cols, values }: ConeMap, y: Float64Array, n: number, by: number, M: Float64Array): void {
  for (let i = 0; i + 1 < starts.length; i++) {
    const weight = by * y[i]!;
    for (let e = starts[i]!; e < starts[i + 1]!; e++) M[rows[e]! * n + cols[e]!]! += weight * values[e]!;
  }
}

/** Every entry of a symmetric matrix: dense in full, or sparse as its lower triangle. */
function symmetricEntries(H: Matrix, visit: (i: number, j: number, value: number) => void): void {
  eachEntry(H, (i, j, value) => {
    visit(i, j, value);
    if (H.kind === 'sparse' && i !== j) visit(j, i, value);
  });
}
