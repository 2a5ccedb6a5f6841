// A program of a file as the numeric problem that methods read.

import type { NumericProgram } from '../data/programs/program.ts';
import { isSemidefinite } from './linear/definite.ts';
import { addSymmetricProduct, fromEntries } from './matrix.ts';
import type { Problem } from './problem.ts';

/** As a minimisation: for `max` the objective has its sign changed. */
export function problemOf(program: NumericProgram): Problem {
  const { columns, rows, cost, constant, quadratic, entries, lower, upper, rowLower, rowUpper } = program;
  const n = columns.length;
  const sign = program.sense === 'max' ? -1 : 1;
  const c = cost.map((value) => sign * value);
  const Q = fromEntries(n, n, quadratic.map(([i, j, value]) => [i, j, sign * value] as const));
  const isLinear = quadratic.length === 0;
  const gradient = (z: Float64Array, out: Float64Array): number => {
    out.set(c);
    let value = sign * constant;
    for (let j = 0; j < n; j++) value += c[j]! * z[j]!;
    if (isLinear) return value;
    const product = new Float64Array(n);
    addSymmetricProduct(Q, z, 1, product);
    for (let j = 0; j < n; j++) {
      value += 0.5 * product[j]! * z[j]!;
      out[j]! += product[j]!;
    }
    return value;
  };
  const spare = new Float64Array(n);
  return {
    dim: n,
    lower,
    upper,
    start: lower.map((low, j) => Math.min(Math.max(0, low), upper[j]!)),
    objective: {
      class: isLinear ? 'linear' : 'quadratic',
      value: (z) => gradient(z, spare),
      gradient,
      ...(!isLinear && {
        hessian: () => Q,
        hessianProduct: (_z: Float64Array, v: Float64Array, out: Float64Array) => {
          out.fill(0);
          addSymmetricProduct(Q, v, 1, out);
        },
      }),
    },
    ...(rows.length > 0 && { linear: { matrix: fromEntries(rows.length, n, entries), lower: rowLower, upper: rowUpper } }),
    convex: isLinear || isSemidefinite(Q),
  };
}
