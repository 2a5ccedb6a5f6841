// Quadratic programs whose second derivative is a product V'V of few rows V: with u = Vx the objective has ½ u'u in place of
// ½ x'Px, and each step of interior points costs what few rows do (Fine & Scheinberg, Efficient SVM training using low-rank
// kernel representations, JMLR 2, 2001).

import { must } from '../base/internal.ts';
import { interiorPoint } from './interior-point.ts';
import { columnsOf } from './linear/definite.ts';
import { type SparseMatrix, fromEntries, toSparse } from './matrix.ts';
import type { Claim, Method, Standing } from './method.ts';
import type { LinearRows, Problem } from './problem.ts';

export interface Factor {
  readonly dims: number;
  /** V: [dims, n] */
  readonly rows: Float64Array;
}

// Below this order a dense factorisation is as quick.
const manyVariables = 400;

/** V of a quadratic objective, if it is of few rows. */
export function factorOf({ objective, start, dim: n }: Problem): Factor | undefined {
  if (objective.class !== 'quadratic' || n < manyVariables) return undefined;
  const { matrix: M, scale } = objective.scaled ?? { matrix: must(objective.hessian)(start), scale: undefined };
  if (M.kind !== 'dense') return undefined;
  const found = columnsOf(M);
  return found && { dims: found.dims, rows: scale ? found.points.map((value, at) => value * scale[at % n]!) : found.points };
}

interface FactoredState {
  readonly problem: Problem;
  readonly within: ReturnType<typeof interiorPoint.init>;
}

/** Interior points on the problem with u beside its variables. */
export function interiorPointBy(factor: Factor): Method<FactoredState> {
  return {
    name: interiorPoint.name,
    init: (problem, { tolerance }) => ({ problem, within: interiorPoint.init(withFactor(problem, factor), { tolerance }) }),
    step: ({ problem, within }) => ({ problem, within: interiorPoint.step(within) }),
    done: ({ problem, within }) => claimOf(problem, interiorPoint.done(within)),
    standing: ({ problem, within }) => standingOf(problem, interiorPoint.standing(within)),
  };
}

function claimOf({ dim: n, linear }: Problem, claim: Claim | undefined): Claim | undefined {
  if (claim?.kind === 'unbounded') return { ...claim, ray: claim.ray.slice(0, n) };
  if (claim?.kind === 'infeasible') return { ...claim, rows: claim.rows.slice(0, linear?.matrix.rows ?? 0), bounds: claim.bounds.slice(0, n) };
  return claim;
}

function standingOf({ dim: n, linear }: Problem, standing: Standing): Standing {
  const { linear: rows, nonlinear, bounds } = standing.multipliers;
  return { ...standing, z: standing.z.slice(0, n), multipliers: { linear: rows.slice(0, linear?.matrix.rows ?? 0), nonlinear, bounds: bounds.slice(0, n) } };
}

function withFactor(problem: Problem, factor: Factor): Problem {
  const { dim: n, objective, linear, lower, upper, start } = problem;
  const { dims } = factor;
  const total = n + dims;
  const c = new Float64Array(n);
  const constant = objective.gradient(new Float64Array(n), c);
  const P = fromEntries(total, total, Array.from({ length: dims }, (_, k) => [n + k, n + k, 1]));
  const gradient = (z: Float64Array, out: Float64Array): number => {
    let value = constant;
    for (let j = 0; j < n; j++) value += c[j]! * z[j]!;
    for (let k = n; k < total; k++) value += 0.5 * z[k]! ** 2;
    for (let j = 0; j < total; j++) out[j] = j < n ? c[j]! : z[j]!;
    return value;
  };
  return {
    dim: total,
    lower: longer(lower, dims, -Infinity),
    upper: longer(upper, dims, Infinity),
    start: longer(start, dims, 0),
    objective: { class: 'quadratic', value: (z) => gradient(z, new Float64Array(total)), gradient, hessian: () => P },
    linear: withRows(linear ?? noRows(n), factor),
    convex: true,
  };
}

function noRows(n: number): LinearRows {
  return { matrix: fromEntries(0, n, []), lower: new Float64Array(0), upper: new Float64Array(0) };
}

/** The rows, and below them V, each row with the -1 of its own new variable. */
function withRows({ matrix, lower, upper }: LinearRows, { dims, rows: V }: Factor): LinearRows {
  const A = toSparse(matrix);
  const { rows: m, cols: n } = A;
  const count = A.starts[m]!;
  const starts = new Int32Array(m + dims + 1);
  starts.set(A.starts);
  const indices = new Int32Array(count + dims * (n + 1));
  indices.set(A.indices.subarray(0, count));
  const values = new Float64Array(indices.length);
  values.set(A.values.subarray(0, count));
  for (let k = 0, at = count; k < dims; k++) {
    for (let j = 0; j < n; j++) indices[at + j] = j;
    values.set(V.subarray(k * n, k * n + n), at);
    indices[at + n] = n + k;
    values[at + n] = -1;
    at += n + 1;
    starts[m + k + 1] = at;
  }
  const longerA: SparseMatrix = { kind: 'sparse', rows: m + dims, cols: n + dims, starts, indices, values };
  return { matrix: longerA, lower: longer(lower, dims, 0), upper: longer(upper, dims, 0) };
}

function longer(values: Float64Array, by: number, filler: number): Float64Array {
  const out = new Float64Array(values.length + by).fill(filler);
  out.set(values);
  return out;
}
