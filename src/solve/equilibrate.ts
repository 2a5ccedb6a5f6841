// Scaling of a quadratic program before an interior-point method: rows and columns of its KKT matrix to norm one
// (Ruiz 2001), then the objective to the size of its gradient.

import { eachEntry, entryCount } from './matrix.ts';
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
    const normColumns = new Float64Array(n);
    const normRows = new Float64Array(m);
    eachEntry(P, (i, j, value) => {
      const size = Math.abs(value) * columns[i]! * columns[j]!;
      if (size > normColumns[i]!) normColumns[i] = size;
      if (size > normColumns[j]!) normColumns[j] = size;
    });
    eachEntry(A, (i, j, value) => {
      const size = Math.abs(value) * rows[i]! * columns[j]!;
      if (size > normRows[i]!) normRows[i] = size;
      if (size > normColumns[j]!) normColumns[j] = size;
    });
    let spread = 0;
    const apply = (scales: Float64Array, norms: Float64Array): void => {
      for (let i = 0; i < scales.length; i++) {
        const norm = norms[i]!;
        if (norm === 0) continue;
        spread = Math.max(spread, Math.abs(1 - norm));
        scales[i] = Math.min(1e6, Math.max(1e-6, scales[i]! / Math.sqrt(norm)));
      }
    };
    apply(columns, normColumns);
    apply(rows, normRows);
    if (spread < 0.1) break;
  }
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

function costScale(P: Matrix, c: Float64Array, n: number): number {
  let size = 0;
  for (const value of c) size = Math.max(size, Math.abs(value));
  if (entryCount(P) > 0) {
    // Mean over columns of P of their largest entries, by one pass.
    const norms = new Float64Array(n);
    eachEntry(P, (i, j, value) => {
      norms[i] = Math.max(norms[i]!, Math.abs(value));
      norms[j] = Math.max(norms[j]!, Math.abs(value));
    });
    size = Math.max(size, norms.reduce((sum, value) => sum + value, 0) / n);
  }
  return size === 0 ? 1 : Math.min(1e12, Math.max(1e-12, 1 / size));
}

function scaleEntries(M: Matrix, left: Float64Array | undefined, right: Float64Array | undefined, by: number): Matrix {
  if (M.kind === 'dense') {
    const data = M.data.map(
      (value, at) => value * by * (left?.[Math.floor(at / M.cols)] ?? 1) * (right?.[at % M.cols] ?? 1),
    );
    return { ...M, data };
  }
  const values = M.values.slice();
  for (let i = 0; i < M.rows; i++)
    for (let at = M.starts[i]!; at < M.starts[i + 1]!; at++)
      values[at]! *= by * (left?.[i] ?? 1) * (right?.[M.indices[at]!] ?? 1);
  return { ...M, values };
}
