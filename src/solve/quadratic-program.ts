// Linear and quadratic programs: what interior points, their presolve and their polish read.

import { addSymmetricProduct, fromEntries, toSparse } from './matrix.ts';
import type { Matrix, SparseMatrix } from './matrix.ts';
import type { Problem } from './problem.ts';

/** minimise ½ xᵀPx + cᵀx + constant  subject to  rowLower ≤ A x ≤ rowUpper,  lower ≤ x ≤ upper. */
export interface QuadraticProgram {
  readonly n: number;
  readonly m: number;
  /** Symmetric: dense in full, or sparse as the lower triangle. */
  readonly P: Matrix;
  readonly c: Float64Array;
  readonly constant: number;
  readonly A: SparseMatrix;
  readonly rowLower: Float64Array;
  readonly rowUpper: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The program of a problem whose objective is linear or quadratic and whose rows are linear; undefined for others. */
export function quadraticProgram(problem: Problem): QuadraticProgram | undefined {
  const { objective, dim: n, linear } = problem;
  if ((problem.nonlinear?.count ?? 0) > 0) return undefined;
  const form = quadraticForm(problem);
  if (form === undefined) return undefined;
  const c = new Float64Array(n);
  const constant = objective.gradient(new Float64Array(n), c);
  return {
    n,
    m: linear?.matrix.rows ?? 0,
    P: form,
    c,
    constant,
    A: linear === undefined ? fromEntries(0, n, []) : toSparse(linear.matrix),
    rowLower: linear?.lower ?? new Float64Array(0),
    rowUpper: linear?.upper ?? new Float64Array(0),
    lower: problem.lower,
    upper: problem.upper,
  };
}

function quadraticForm({ objective, dim: n }: Problem): Matrix | undefined {
  if (objective.class === 'linear') return fromEntries(n, n, []);
  if (objective.class === 'quadratic') return objective.hessian?.(new Float64Array(n));
  return undefined;
}

export function objectiveAt(program: QuadraticProgram, x: Float64Array): number {
  const product = new Float64Array(program.n);
  addSymmetricProduct(program.P, x, 0.5, product);
  let sum = program.constant;
  for (let j = 0; j < program.n; j++) sum += (product[j]! + program.c[j]!) * x[j]!;
  return sum;
}
