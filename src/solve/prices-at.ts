// The multipliers of a point that is known to be an optimum: those of the program of its first derivatives, whose solution is to
// stay (Nocedal & Wright, Numerical Optimization, 2006, section 18.1: the subproblem of sequential quadratic programming).

import { fromEntries, eachEntry } from './matrix.ts';
import type { Matrix } from './matrix.ts';
import type { Multipliers } from './method.ts';
import { type Problem, rowCount } from './problem.ts';
import { solve } from './solve.ts';
import { maxNorm } from './vector.ts';

/** Undefined where the derivatives leave none. */
export function multipliersAt(problem: Problem, z: Float64Array): Multipliers | undefined {
  const { dim: n, objective, linear, nonlinear, lower, upper } = problem;
  const c = new Float64Array(n);
  objective.gradient(z, c);
  const m = linear?.matrix.rows ?? 0;
  const values = new Float64Array(rowCount(problem));
  const entries: [number, number, number][] = [];
  const add = (matrix: Matrix, from: number): void => eachEntry(matrix, (i, j, value) => entries.push([from + i, j, value]));
  if (linear) {
    add(linear.matrix, 0);
    eachEntry(linear.matrix, (i, j, value) => (values[i]! += value * z[j]!));
  }
  if (nonlinear) {
    add(nonlinear.jacobian(z), m);
    nonlinear.value(z, values.subarray(m));
  }
  const rowLower = Float64Array.from([...(linear?.lower ?? []), ...(nonlinear?.lower ?? [])], (bound, i) => Math.min(0, bound - values[i]!));
  const rowUpper = Float64Array.from([...(linear?.upper ?? []), ...(nonlinear?.upper ?? [])], (bound, i) => Math.max(0, bound - values[i]!));
  const weight = Math.max(1e-300, maxNorm(c)) / Math.max(1, maxNorm(z));
  const P = fromEntries(n, n, Array.from({ length: n }, (_, j) => [j, j, weight]));
  const gradient = (d: Float64Array, out: Float64Array): number => {
    let value = 0;
    for (let j = 0; j < n; j++) {
      out[j] = c[j]! + weight * d[j]!;
      value += (c[j]! + 0.5 * weight * d[j]!) * d[j]!;
    }
    return value;
  };
  const steps: Problem = {
    dim: n,
    lower: lower.map((bound, j) => Math.min(0, bound - z[j]!)),
    upper: upper.map((bound, j) => Math.max(0, bound - z[j]!)),
    start: new Float64Array(n),
    objective: { class: 'quadratic', value: (d) => gradient(d, new Float64Array(n)), gradient, hessian: () => P },
    ...(values.length > 0 && { linear: { matrix: fromEntries(values.length, n, entries), lower: rowLower, upper: rowUpper } }),
    convex: true,
  };
  const { outcome, multipliers } = solve(steps, { tolerance: 1e-10 });
  if (outcome.kind !== 'optimal') return undefined;
  return { linear: multipliers.linear.slice(0, m), nonlinear: multipliers.linear.slice(m), bounds: multipliers.bounds };
}
