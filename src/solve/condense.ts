// Rows that say the same in other words, as in `l <= A*x; A*x <= u`: parallel rows become one, rows of one entry become
// bounds. Two inequalities that make an equation leave no room between them, which interior points need.

import { partOf, toSparse } from './matrix.ts';
import type { SparseMatrix } from './matrix.ts';
import type { Multipliers } from './method.ts';
import { objectiveWith } from './late.ts';
import type { Problem } from './problem.ts';

export interface Condensed {
  readonly problem: Problem;
  /** Multipliers, or a Farkas combination, of the problem before, from those of the problem after. */
  restore(linear: Float64Array, bounds: Float64Array): Combination;
  /** The other way. */
  condense(multipliers: Multipliers): Multipliers;
}

export interface Combination {
  readonly linear: Float64Array;
  readonly bounds: Float64Array;
}

/** A row that gives a bound: its multiplier is that of the bound over the factor. */
interface Source {
  readonly row: number;
  readonly factor: number;
}

/** undefined if there is nothing to gain, or the bounds that meet contradict each other. */
export function condense(problem: Problem): Condensed | undefined {
  const { linear, dim } = problem;
  if (linear === undefined || (problem.cones !== undefined && problem.cones.length > 0)) return undefined;
  const A = toSparse(linear.matrix);
  // Each row is `factor` times row `first`, or times a variable.
  const [firstOf, factor, variableOf] = alike(A);
  const heads: number[] = [];
  const place = new Int32Array(A.rows).fill(-1);
  for (let i = 0; i < A.rows; i++) if (variableOf[i]! < 0 && firstOf[i] === i) place[i] = heads.push(i) - 1;
  if (heads.length === A.rows) return undefined;
  const columns = Int32Array.from({ length: dim }, (_, j) => j);

  const lower = problem.lower.slice();
  const upper = problem.upper.slice();
  const rowLower = new Float64Array(heads.length).fill(-Infinity);
  const rowUpper = new Float64Array(heads.length).fill(Infinity);
  const lowerBy = new Map<number, Source>();
  const upperBy = new Map<number, Source>();
  for (let i = 0; i < A.rows; i++) {
    const j = variableOf[i]!;
    const [low, high] = j >= 0 ? [lower, upper] : [rowLower, rowUpper];
    const to = j >= 0 ? j : place[firstOf[i]!]!;
    const [a, b] = [linear.lower[i]! / factor[i]!, linear.upper[i]! / factor[i]!];
    const source = { row: i, factor: factor[i]! };
    // Sources of rows are counted behind those of variables.
    const key = j >= 0 ? to : dim + to;
    if (Math.min(a, b) > low[to]!) {
      low[to] = Math.min(a, b);
      lowerBy.set(key, source);
    }
    if (Math.max(a, b) < high[to]!) {
      high[to] = Math.max(a, b);
      upperBy.set(key, source);
    }
  }
  if (lower.some((low, j) => low > upper[j]!) || rowLower.some((low, i) => low > rowUpper[i]!)) return undefined;

  const objective = objectiveWith(problem.objective, ({ coordinates: _none, ...plain }) => plain);
  const { linear: _old, ...rest } = problem;
  const reduced: Problem = {
    ...rest,
    lower,
    upper,
    objective,
    start: problem.start.map((value, j) => Math.min(upper[j]!, Math.max(lower[j]!, value))),
    ...(heads.length > 0 && { linear: { matrix: partOf(A, heads, columns), lower: rowLower, upper: rowUpper } }),
  };
  return {
    problem: reduced,
    restore: (rows, bounds) => {
      const out = { linear: new Float64Array(A.rows), bounds: bounds.slice() };
      const give = (key: number, value: number): boolean => {
        const source = value > 0 ? lowerBy.get(key) : value < 0 ? upperBy.get(key) : undefined;
        if (source !== undefined) out.linear[source.row]! += value / source.factor;
        return source !== undefined;
      };
      bounds.forEach((value, j) => {
        if (give(j, value)) out.bounds[j] = 0;
      });
      // What presses where no bound is, is left for the judge to see.
      rows.forEach((value, i) => {
        if (!give(dim + i, value)) out.linear[heads[i]!]! += value;
      });
      return out;
    },
    condense: (multipliers) => {
      const bounds = multipliers.bounds.slice();
      const rows = new Float64Array(heads.length);
      multipliers.linear.forEach((value, i) => {
        if (variableOf[i]! >= 0) bounds[variableOf[i]!]! += value * factor[i]!;
        else rows[place[firstOf[i]!]!]! += value * factor[i]!;
      });
      return { ...multipliers, linear: rows, bounds };
    },
  };
}

/** For each row: the first row that is parallel to it, how many times that it is, and its variable if it has but one, else -1. */
function alike(A: SparseMatrix): readonly [Int32Array, Float64Array, Int32Array] {
  const first = Int32Array.from({ length: A.rows }, (_, i) => i);
  const factor = new Float64Array(A.rows).fill(1);
  const variable = new Int32Array(A.rows).fill(-1);
  const seen = new Map<number, number[]>();
  for (let i = 0; i < A.rows; i++) {
    const from = A.starts[i]!;
    const count = A.starts[i + 1]! - from;
    if (count === 0 || A.values[from] === 0) continue;
    if (count === 1) {
      variable[i] = A.indices[from]!;
      factor[i] = A.values[from]!;
      continue;
    }
    const key = hashOf(A, from, count);
    const list = seen.get(key);
    const found = list?.find((k) => isParallel(A, i, k));
    if (found !== undefined) {
      first[i] = found;
      factor[i] = A.values[from]! / A.values[A.starts[found]!]!;
    } else if (list === undefined) seen.set(key, [i]);
    else list.push(i);
  }
  return [first, factor, variable];
}

// Of a long row so many entries count for its hash.
const mostHashed = 16;

/** Of the columns, and of the values as multiples of the first, to some digits. */
function hashOf({ indices, values }: SparseMatrix, from: number, count: number): number {
  const lead = values[from]!;
  const stride = Math.max(1, Math.floor(count / mostHashed));
  let hash = count;
  for (let at = from; at < from + count; at += stride) {
    hash = Math.imul(hash ^ indices[at]!, 0x01000193);
    hash = Math.imul(hash ^ Math.round(Math.min(1e6, Math.abs(values[at]! / lead)) * 1e3), 0x01000193);
  }
  return hash;
}

function isParallel({ starts, indices, values }: SparseMatrix, i: number, k: number): boolean {
  const [one, other] = [starts[i]!, starts[k]!];
  const count = starts[i + 1]! - one;
  if (starts[k + 1]! - other !== count) return false;
  const factor = values[one]! / values[other]!;
  for (let at = 0; at < count; at++) {
    const value = values[one + at]!;
    if (indices[one + at] !== indices[other + at] || Math.abs(value - factor * values[other + at]!) > 4e-16 * Math.abs(value)) return false;
  }
  return true;
}
