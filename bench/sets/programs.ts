// The problems of the public sets as programs of numbers, and programs without an optimum made from them.

import { must } from '../../src/base/internal.ts';
import { random } from '../../src/base/random.ts';
import type { Entry, NumericProgram } from '../../src/data/programs/program.ts';

type Triplets = readonly [rows: readonly number[], cols: readonly number[], values: readonly number[]];

/** As fetch.py writes it: P is the lower triangle, null stands for no bound. */
export interface Stored {
  readonly name: string;
  readonly n: number;
  readonly m: number;
  readonly P: Triplets;
  readonly A: Triplets;
  readonly q: readonly number[];
  readonly r: number;
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
  readonly rowLower: readonly (number | null)[];
  readonly rowUpper: readonly (number | null)[];
}

export function programOf(p: Stored): NumericProgram {
  return {
    name: p.name,
    sense: 'min',
    columns: p.q.map((_, j) => `x${j + 1}`),
    rows: p.rowLower.map((_, i) => `c${i + 1}`),
    cost: Float64Array.from(p.q),
    constant: p.r,
    quadratic: entriesOf(p.P),
    entries: entriesOf(p.A),
    lower: Float64Array.from(p.lower, (v) => v ?? -Infinity),
    upper: Float64Array.from(p.upper, (v) => v ?? Infinity),
    rowLower: Float64Array.from(p.rowLower, (v) => v ?? -Infinity),
    rowUpper: Float64Array.from(p.rowUpper, (v) => v ?? Infinity),
  };
}

function entriesOf([rows, cols, values]: Triplets): Entry[] {
  return values.map((value, k): Entry => [must(rows[k]), must(cols[k]), value]);
}

/** Without the quadratic part: of the problems whose names begin with Q this is a linear program of Netlib. */
export function linearOf(program: NumericProgram): NumericProgram {
  return { ...program, quadratic: [] };
}

function withRow(program: NumericProgram, coefficients: Float64Array, lower: number, upper: number): NumericProgram {
  const i = program.rows.length;
  const added: Entry[] = [];
  coefficients.forEach((value, j) => {
    if (value !== 0) added.push([i, j, value]);
  });
  return {
    ...program,
    rows: [...program.rows, 'added'],
    entries: [...program.entries, ...added],
    rowLower: Float64Array.of(...program.rowLower, lower),
    rowUpper: Float64Array.of(...program.rowUpper, upper),
  };
}

/** Infeasible: the objective is to be better than its optimum by a tenth. */
export function better(program: NumericProgram, optimum: number): NumericProgram {
  return withRow(program, program.cost, -Infinity, optimum - program.constant - 0.1 * Math.max(1, Math.abs(optimum)));
}

/** Infeasible: a combination of some equations with another right side. undefined where there are not enough. */
export function contradicted(program: NumericProgram, seed: number): NumericProgram | undefined {
  const r = random(seed);
  const equations = [...program.rowLower.keys()].filter((i) => program.rowLower[i] === program.rowUpper[i]);
  if (equations.length < 3) return undefined;
  const weight = new Float64Array(program.rows.length);
  for (let k = 0; k < 5; k++) weight[must(equations[r.integer(equations.length)])] = Math.round(8 * r.normal()) / 4;
  const sum = new Float64Array(program.columns.length);
  let right = 0;
  let size = 1;
  for (const [i, j, value] of program.entries) sum[j]! += weight[i]! * value;
  for (const i of equations) {
    right += weight[i]! * program.rowLower[i]!;
    size = Math.max(size, Math.abs(weight[i]! * program.rowLower[i]!));
  }
  if (sum.every((value) => value === 0)) return undefined;
  return withRow(program, sum, right + 0.05 * size, right + 0.05 * size);
}

/** Unbounded if it was feasible: a new column makes up for what some columns without curvature do to the rows, and pays. */
export function falling(program: NumericProgram, seed: number): NumericProgram | undefined {
  const r = random(seed);
  const { columns, lower, upper, cost } = program;
  const curved = new Set(program.quadratic.flatMap(([i, j]) => [i, j]));
  const open = [...columns.keys()].filter((j) => upper[j] === Infinity && lower[j]! > -Infinity && !curved.has(j));
  if (open.length === 0) return undefined;
  const direction = new Float64Array(columns.length);
  for (let k = 0; k < 4; k++) direction[must(open[r.integer(open.length)])] = 0.5 + r.uniform();
  const column = new Float64Array(program.rows.length);
  for (const [i, j, value] of program.entries) column[i]! -= value * direction[j]!;
  let slope = 0;
  cost.forEach((value, j) => (slope += value * direction[j]!));
  const added: Entry[] = [];
  column.forEach((value, i) => {
    if (value !== 0) added.push([i, columns.length, value]);
  });
  return {
    ...program,
    columns: [...columns, 'added'],
    cost: Float64Array.of(...cost, -slope - Math.max(1, Math.abs(slope))),
    entries: [...program.entries, ...added],
    lower: Float64Array.of(...lower, 0),
    upper: Float64Array.of(...upper, Infinity),
  };
}
