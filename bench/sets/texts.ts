// A program as the texts a user would write: an MPS file, and a model with its data.

import type { Csr } from '../../src/base/csr.ts';
import { csrFromCoordinates } from '../../src/base/csr.ts';
import type { Entry, NumericProgram } from '../../src/data/programs/program.ts';
import type { Given } from '../../src/solve/index.ts';

/** Free format; the shortest decimals that read back to the same numbers. */
export function mpsOf(program: NumericProgram): string {
  const { columns, rows, rowLower, rowUpper, lower, upper } = program;
  const lines = [`NAME ${program.name}`, 'ROWS', ' N cost'];
  const kinds = rows.map((_, i) => (rowLower[i] === rowUpper[i] ? 'E' : rowUpper[i]! < Infinity ? 'L' : rowLower[i]! > -Infinity ? 'G' : 'N'));
  rows.forEach((row, i) => lines.push(` ${kinds[i]} ${row}`));
  lines.push('COLUMNS');
  const byColumn = Map.groupBy(program.entries, ([, j]) => j);
  columns.forEach((column, j) => {
    lines.push(` ${column} cost ${program.cost[j]}`);
    for (const [i, , value] of byColumn.get(j) ?? []) lines.push(` ${column} ${rows[i]} ${value}`);
  });
  lines.push('RHS');
  if (program.constant !== 0) lines.push(` rhs cost ${-program.constant}`);
  rows.forEach((row, i) => {
    if (kinds[i] !== 'N') lines.push(` rhs ${row} ${kinds[i] === 'G' ? rowLower[i] : rowUpper[i]}`);
  });
  lines.push('RANGES');
  rows.forEach((row, i) => {
    if (kinds[i] === 'L' && rowLower[i]! > -Infinity) lines.push(` range ${row} ${rowUpper[i]! - rowLower[i]!}`);
  });
  lines.push('BOUNDS');
  columns.forEach((column, j) => {
    if (lower[j] === upper[j]) lines.push(` FX bound ${column} ${lower[j]}`);
    else {
      lines.push(lower[j] === -Infinity ? ` MI bound ${column}` : ` LO bound ${column} ${lower[j]}`);
      if (upper[j]! < Infinity) lines.push(` UP bound ${column} ${upper[j]}`);
    }
  });
  if (program.quadratic.length > 0) {
    lines.push('QUADOBJ');
    for (const [i, j, value] of program.quadratic) lines.push(` ${columns[i]} ${columns[j]} ${value}`);
  }
  return `${lines.join('\n')}\nENDATA\n`;
}

/** Bounds are rows like others, twice, with 1e20 where there is none. */
export const model = `parameters
  matrix P, A
  vector q, l, u
  scalar r
variables
  vector x
min
  0.5*x'*P*x + q'*x + r
st
  l <= A*x
  A*x <= u`;

export function dataOf(program: NumericProgram): Given {
  const [n, m] = [program.columns.length, program.rows.length];
  const both = program.quadratic.flatMap(([i, j, value]): Entry[] => (i === j ? [[i, j, value]] : [[i, j, value], [j, i, value]]));
  const bounds: Entry[] = program.columns.map((_, j): Entry => [m + j, j, 1]);
  const written = (values: Float64Array): number[] => [...values].map((v) => Math.max(-1e20, Math.min(1e20, v)));
  return {
    P: csrOf(n, n, both),
    A: csrOf(m + n, n, [...program.entries, ...bounds]),
    q: program.cost,
    r: program.constant,
    l: [...written(program.rowLower), ...written(program.lower)],
    u: [...written(program.rowUpper), ...written(program.upper)],
  };
}

function csrOf(rows: number, cols: number, entries: readonly Entry[]): Csr {
  return csrFromCoordinates(rows, cols, entries.map(([i]) => i), entries.map(([, j]) => j), entries.map(([, , value]) => value));
}
