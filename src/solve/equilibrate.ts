// Scaling of a quadratic program before an interior-point method: rows and columns of its KKT matrix to norm one
// (Ruiz 2001), then the objective to the size of its gradient.

import { lookAtTime } from '../base/deadline.ts';
import { entryCount } from './matrix.ts';
import type { Matrix, SparseMatrix } from './matrix.ts';
import type { QuadraticProgram } from './quadratic-program.ts';

/** x = columns ∘ x̂, (A x)̂ = rows ∘ A x, f̂ = cost · f; so y = rows ∘ ŷ / cost and w = ŵ / (columns ∘ cost). */
export interface Scaling {
  readonly program: QuadraticProgram;
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  readonly cost: number;
}

export function equilibrate(program: QuadraticProgram, turns = 12): Scaling {
  const { n, m, P, A } = program;
  const columns = new Float64Array(n).fill(1);
  const rows = new Float64Array(m).fill(1);
  for (let turn = 0; turn < turns; turn++) {
    lookAtTime();
    const normColumns = new Float64Array(n);
    const normRows = new Float64Array(m);
    largest(P, columns, columns, normColumns, normColumns);
    largest(A, rows, columns, normRows, normColumns);
    let spread = 0;
    const apply = (scales: Float64Array, norms: Float64Array): void => {
      for (let i = 0; i < scales.length; i++) {
        const norm = norms[i]!;
        if (norm === 0) continue;
        const off = Math.abs(1 - norm);
        if (!(off <= spread)) spread = off;
        scales[i] = Math.min(1e6, Math.max(1e-6, scales[i]! / Math.sqrt(norm)));
      }
    };
    apply(columns, normColumns);
    apply(rows, normRows);
    if (spread < 0.1) break;
  }
  lookAtTime();
  const scaledP = scaleEntries(P, columns, columns, 1);
  const c = program.c.map((value, j) => value * columns[j]!);
  const cost = costScale(scaledP, c, n);
  return {
    columns,
    rows,
    cost,
    program: {
      n,
      m,
      P: scaleEntries(scaledP, undefined, undefined, cost),
      c: c.map((value) => value * cost),
      constant: program.constant * cost,
      A: scaleEntries(A, rows, columns, 1) as SparseMatrix,
      rowLower: program.rowLower.map((value, i) => value * rows[i]!),
      rowUpper: program.rowUpper.map((value, i) => value * rows[i]!),
      lower: program.lower.map((value, j) => value / columns[j]!),
      upper: program.upper.map((value, j) => value / columns[j]!),
    },
  };
}

/** The same with x̂ and the bounds divided by `unit`, and the objective brought to size one again. */
export function rescaled(scaling: Scaling, unit: number): Scaling {
  const { program } = scaling;
  const P = scaleEntries(program.P, undefined, undefined, unit * unit);
  const c = program.c.map((value) => value * unit);
  const cost = costScale(P, c, program.n);
  const divided = (values: Float64Array): Float64Array => values.map((value) => value / unit);
  return {
    columns: scaling.columns.map((value) => value * unit),
    rows: divided(scaling.rows),
    cost: scaling.cost * cost,
    program: {
      ...program,
      P: scaleEntries(P, undefined, undefined, cost),
      c: c.map((value) => value * cost),
      constant: program.constant * cost,
      rowLower: divided(program.rowLower),
      rowUpper: divided(program.rowUpper),
      lower: divided(program.lower),
      upper: divided(program.upper),
    },
  };
}

/** Largest scaled entries of the rows and of the columns, where they are above what is there. */
function largest(M: Matrix, left: Float64Array, right: Float64Array, ofRows: Float64Array, ofColumns: Float64Array): void {
  const isDense = M.kind === 'dense';
  const values = isDense ? M.data : M.values;
  for (let i = 0; i < M.rows; i++) {
    const scale = left[i]!;
    const end = isDense ? (i + 1) * M.cols : M.starts[i + 1]!;
    let most = ofRows[i]!;
    for (let at = isDense ? i * M.cols : M.starts[i]!; at < end; at++) {
      const j = isDense ? at - i * M.cols : M.indices[at]!;
      const size = Math.abs(values[at]!) * scale * right[j]!;
      if (size > most) most = size;
      if (size > ofColumns[j]!) ofColumns[j] = size;
    }
    if (most > ofRows[i]!) ofRows[i] = most;
  }
}

function costScale(P: Matrix, c: Float64Array, n: number): number {
  let size = 0;
  for (const value of c) size = Math.max(size, Math.abs(value));
  if (entryCount(P) > 0) {
    // Mean over columns of P of their largest entries, by one pass.
    const norms = new Float64Array(n);
    const ones = new Float64Array(n).fill(1);
    largest(P, ones, ones, norms, norms);
    size = Math.max(size, norms.reduce((sum, value) => sum + value, 0) / n);
  }
  return size === 0 ? 1 : Math.min(1e12, Math.max(1e-12, 1 / size));
}

function scaleEntries(M: Matrix, left: Float64Array | undefined, right: Float64Array | undefined, by: number): Matrix {
  const isDense = M.kind === 'dense';
  const values = (isDense ? M.data : M.values).slice();
  for (let i = 0; i < M.rows; i++) {
    const scale = by * (left === undefined ? 1 : left[i]!);
    const end = isDense ? (i + 1) * M.cols : M.starts[i + 1]!;
    for (let at = isDense ? i * M.cols : M.starts[i]!; at < end; at++) {
      const j = isDense ? at - i * M.cols : M.indices[at]!;
      values[at]! *= right === undefined ? scale : scale * right[j]!;
    }
  }
  return isDense ? { ...M, data: values } : { ...M, values };
}
