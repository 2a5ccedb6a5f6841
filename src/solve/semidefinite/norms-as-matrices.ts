// Second-order cones among semidefinite ones: |u| ≤ t exactly if there are w with u[i]² ≤ t w[i] and Σ w ≤ t, and the first of
// these say that the matrices [t, u[i]; u[i], w[i]] are psd.

import { must } from '../../base/internal.ts';
import { type SparseMatrix, eachEntry, fromEntries, toSparse } from '../matrix.ts';
import type { Multipliers } from '../method.ts';
import type { Cone, LinearRows, NormRows, Problem } from '../problem.ts';
import { rowList } from '../row-list.ts';

export interface Widened {
  /** Without `norms`; its first variables are those of the problem. */
  readonly problem: Problem;
  /** Multipliers of the problem from those of the widened one. */
  readonly narrowed: (multipliers: Multipliers) => Multipliers;
}

/** The problem with three more variables for each number of a norm, or for several that are equal. */
export function normsAsMatrices(problem: Problem, { matrix, offset, starts }: NormRows): Widened {
  const { dim, cones = [], linear } = problem;
  const M = toSparse(matrix);
  const groups = Array.from({ length: starts.length - 1 }, (_, k) => sameRows(M, offset, starts[k]! + 1, starts[k + 1]!));
  const total = dim + 3 * groups.reduce((sum, list) => sum + list.length, 0);
  const rows = rowList(total);
  const [lower, upper]: [number[], number[]] = [[], []];
  if (linear) {
    const own = toSparse(linear.matrix);
    for (let i = 0; i < own.rows; i++) rows.add(own, i, 1, 0);
    lower.push(...linear.lower);
    upper.push(...linear.upper);
  }
  const more: Cone[] = [];
  /** `by` times M[i] z + offset[i], less these entries, is 0, or no less. */
  const tie = (i: number, by: number, places: readonly number[], isLeast: boolean): void => {
    rows.add(M, i, by, 0);
    for (const place of places) rows.extend(place, -1);
    lower.push(0 - by * offset[i]!);
    upper.push(isLeast ? Infinity : 0 - by * offset[i]!);
  };
  groups.forEach((list, k) => {
    const head = starts[k]!;
    const last: number[] = [];
    for (const same of list) {
      const t = dim + 3 * more.length;
      more.push({ order: 2, places: Int32Array.of(t, t + 1, t + 1, t + 2), sign: 1 });
      tie(head, 1, [t], false);
      tie(must(same[0]), Math.sqrt(same.length), [t + 1], false);
      last.push(t + 2);
    }
    tie(head, 1, last, true);
  });
  const ties: LinearRows = { matrix: rows.matrix(), lower: Float64Array.from(lower), upper: Float64Array.from(upper) };
  const narrowed = (wide: Multipliers): Multipliers => {
    const norms = new Float64Array(offset.length);
    let at = linear?.matrix.rows ?? 0;
    groups.forEach((list, k) => {
      const head = starts[k]!;
      let length = 0;
      for (const same of list) {
        norms[head]! += wide.linear[at++]!;
        const price = wide.linear[at++]!;
        for (const i of same) norms[i] = price / Math.sqrt(same.length);
        length = Math.hypot(length, price);
      }
      norms[head]! += wide.linear[at++]!;
      // In the cone but for rounding.
      if (norms[head]! < length && norms[head]! > (1 - rounding) * length) norms[head] = length;
    });
    return { ...wide, linear: wide.linear.slice(0, linear?.matrix.rows ?? 0), bounds: wide.bounds.slice(0, dim), cones: (wide.cones ?? []).slice(0, cones.length), norms };
  };
  const { norms: _, ...rest } = problem;
  const wide = (v: Float64Array, fill: number): Float64Array => {
    const all = new Float64Array(total).fill(fill);
    all.set(v);
    return all;
  };
  const widened: Problem = { ...rest, dim: total, lower: wide(problem.lower, -Infinity), upper: wide(problem.upper, Infinity), start: wide(problem.start, 0), objective: widerObjective(problem, total), linear: ties, cones: [...cones, ...more] };
  return { problem: widened, narrowed };
}

const rounding = 1e-6;

/** The rows from here to there, those together that are equal: a symmetric matrix has every entry twice. */
function sameRows({ starts, indices, values }: SparseMatrix, offset: Float64Array, from: number, to: number): number[][] {
  const groups = new Map<string, number[]>();
  for (let i = from; i < to; i++) {
    let key = String(offset[i]);
    for (let at = starts[i]!; at < starts[i + 1]!; at++) key += ` ${indices[at]} ${values[at]}`;
    const found = groups.get(key);
    if (found) found.push(i);
    else groups.set(key, [i]);
  }
  return [...groups.values()];
}

function widerObjective({ objective, dim }: Problem, total: number): Problem['objective'] {
  const { hessian } = objective;
  return {
    class: objective.class,
    value: (z) => objective.value(z.slice(0, dim)),
    gradient: (z, out) => {
      const own = new Float64Array(dim);
      const value = objective.gradient(z.slice(0, dim), own);
      out.fill(0);
      out.set(own);
      return value;
    },
    ...(hessian && {
      hessian: (z: Float64Array) => {
        const entries: [number, number, number][] = [];
        eachEntry(must(hessian(z.slice(0, dim))), (i, j, value) => j <= i && entries.push([i, j, value]));
        return fromEntries(total, total, entries);
      },
    }),
  };
}
