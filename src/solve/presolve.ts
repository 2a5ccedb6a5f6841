// A light presolve of quadratic programs: rows with no entry or one, rows without bounds, fixed variables. Each step
// is undone for a point and its multipliers in reverse order (Andersen & Andersen 1995).

import { lookAtTime } from '../base/deadline.ts';
import { once } from '../base/once.ts';
import { addSymmetricProduct, partOf, transposed } from './matrix.ts';
import { symmetricPart } from './linear/symmetric.ts';
import type { QuadraticProgram } from './quadratic-program.ts';

export interface Presolved {
  readonly program: QuadraticProgram;
  /** The point and multipliers of the program before, from those of the program after. */
  restore(x: Float64Array, rows: Float64Array, bounds: Float64Array): Restored;
  /** Farkas multipliers of the rows before, from those after. */
  restoreFarkas(rows: Float64Array): Float64Array;
  /** A ray of the program before. */
  restoreRay(ray: Float64Array): Float64Array;
}

export interface Restored {
  readonly x: Float64Array;
  readonly rows: Float64Array;
  readonly bounds: Float64Array;
}

/** Farkas multipliers of the rows of the program as it came. */
export interface Contradiction {
  readonly rows: Float64Array;
}

type Step =
  | { readonly kind: 'fixed'; readonly variable: number }
  | {
      readonly kind: 'single';
      readonly row: number;
      readonly variable: number;
      readonly coefficient: number;
      readonly setsLower: boolean;
      readonly setsUpper: boolean;
    };

// Bounds that cross by rounding are one value.
const crossing = 1e-11;

export function presolve(program: QuadraticProgram): Presolved | Contradiction {
  const { n, m, A } = program;
  const columnsOf = once(() => transposed(A));
  const lower = program.lower.slice();
  const upper = program.upper.slice();
  const rowLower = program.rowLower.slice();
  const rowUpper = program.rowUpper.slice();
  const size = new Float64Array(m); // of the terms taken out of a row, for tolerances
  const entries = new Int32Array(m);
  for (let i = 0; i < m; i++)
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) if (A.values[at] !== 0) entries[i]!++;
  const rowAlive = new Uint8Array(m).fill(1);
  const alive = new Uint8Array(n).fill(1);
  const fixedAt = new Float64Array(n);
  const steps: Step[] = [];
  const touchedRows: number[] = Array.from({ length: m }, (_, i) => i);
  const touchedVariables: number[] = Array.from({ length: n }, (_, j) => j);

  while (touchedRows.length > 0 || touchedVariables.length > 0) {
    const j = touchedVariables.pop();
    if (j !== undefined) {
      if (alive[j] === 0) continue;
      const [low, high] = [lower[j]!, upper[j]!];
      if (low > high + crossing * Math.max(1, Math.abs(low))) return { rows: explain(j) };
      if (low >= high) fix(j, low === high ? low : (low + high) / 2);
      continue;
    }
    if (touchedRows.length % 64 === 0) lookAtTime();
    const i = touchedRows.pop()!;
    if (rowAlive[i] === 0) continue;
    if (entries[i] === 0) {
      rowAlive[i] = 0;
      const slack = 1e-9 * Math.max(1, size[i]!);
      if (rowLower[i]! > slack || rowUpper[i]! < -slack) {
        const y = new Float64Array(m);
        y[i] = rowLower[i]! > slack ? 1 : -1;
        return { rows: undoFarkas(y) };
      }
    } else if (rowLower[i] === -Infinity && rowUpper[i] === Infinity) rowAlive[i] = 0;
    else if (entries[i] === 1) tighten(i);
  }
  return finish();

  function fix(j: number, value: number): void {
    const columns = columnsOf();
    alive[j] = 0;
    fixedAt[j] = value;
    steps.push({ kind: 'fixed', variable: j });
    for (let at = columns.starts[j]!; at < columns.starts[j + 1]!; at++) {
      const i = columns.indices[at]!;
      const term = columns.values[at]! * value;
      if (columns.values[at] === 0) continue;
      rowLower[i]! -= term;
      rowUpper[i]! -= term;
      size[i] = Math.max(size[i]!, Math.abs(term));
      entries[i]!--;
      touchedRows.push(i);
    }
  }

  /** A row with one entry left is a bound. */
  function tighten(i: number): void {
    let variable = -1;
    let coefficient = 0;
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) {
      if (alive[A.indices[at]!] === 0 || A.values[at] === 0) continue;
      variable = A.indices[at]!;
      coefficient += A.values[at]!;
    }
    if (coefficient === 0) return;
    rowAlive[i] = 0;
    const ends = [rowLower[i]! / coefficient, rowUpper[i]! / coefficient];
    const [low, high] = coefficient > 0 ? [ends[0]!, ends[1]!] : [ends[1]!, ends[0]!];
    const setsLower = low > lower[variable]!;
    const setsUpper = high < upper[variable]!;
    if (setsLower) lower[variable] = low;
    if (setsUpper) upper[variable] = high;
    if (!setsLower && !setsUpper) return;
    steps.push({ kind: 'single', row: i, variable, coefficient, setsLower, setsUpper });
    touchedVariables.push(variable);
  }

  /** Multipliers of the rows that gave variable j crossing bounds. */
  function explain(j: number): Float64Array {
    const y = new Float64Array(m);
    let needLower = true;
    let needUpper = true;
    for (const step of steps.toReversed()) {
      if (step.kind !== 'single' || step.variable !== j) continue;
      if (needLower && step.setsLower) {
        y[step.row]! += 1 / step.coefficient;
        needLower = false;
      }
      if (needUpper && step.setsUpper) {
        y[step.row]! -= 1 / step.coefficient;
        needUpper = false;
      }
    }
    return undoFarkas(y);
  }

  function undoFarkas(y: Float64Array): Float64Array {
    const w = new Float64Array(n);
    undo(y, w, new Float64Array(n));
    return y;
  }

  /** Multipliers in reverse: ∇f = Aᵀy + w for every variable taken out. `w` of those left is given. */
  function undo(y: Float64Array, w: Float64Array, gradient: Float64Array): void {
    for (const step of steps.toReversed()) {
      const j = step.variable;
      if (step.kind === 'fixed') {
        const columns = columnsOf();
        let rest = gradient[j]!;
        for (let at = columns.starts[j]!; at < columns.starts[j + 1]!; at++)
          rest -= columns.values[at]! * y[columns.indices[at]!]!;
        w[j] = rest;
      } else if ((w[j]! > 0 && step.setsLower) || (w[j]! < 0 && step.setsUpper)) {
        y[step.row]! += w[j]! / step.coefficient;
        w[j] = 0;
      }
    }
  }

  function finish(): Presolved {
    if (steps.length === 0 && !rowAlive.includes(0)) return { program, restore: (x, rows, bounds) => ({ x, rows, bounds }), restoreFarkas: (rows) => rows, restoreRay: (ray) => ray };
    const keptRows = indicesOf(rowAlive);
    const kept = indicesOf(alive);
    const pick = (from: Float64Array, which: readonly number[]): Float64Array =>
      Float64Array.from(which, (index) => from[index]!);
    const place = (values: Float64Array, which: readonly number[], total: number): Float64Array => {
      const out = new Float64Array(total);
      which.forEach((index, at) => (out[index] = values[at]!));
      return out;
    };
    const fixedPart = fixedAt.map((value, j) => (alive[j] === 1 ? 0 : value));
    const c = program.c.slice();
    addSymmetricProduct(program.P, fixedPart, 1, c);
    let constant = program.constant;
    for (let j = 0; j < n; j++) constant += ((program.c[j]! + c[j]!) / 2) * fixedPart[j]!;
    const unchanged = kept.length === n;
    const reduced: QuadraticProgram = {
      n: kept.length,
      m: keptRows.length,
      P: unchanged ? program.P : symmetricPart(program.P, kept),
      c: pick(c, kept),
      constant,
      A: unchanged && keptRows.length === m ? A : partOf(A, keptRows, kept),
      rowLower: pick(rowLower, keptRows),
      rowUpper: pick(rowUpper, keptRows),
      lower: pick(lower, kept),
      upper: pick(upper, kept),
    };
    return {
      program: reduced,
      restore: (x, rows, bounds) => {
        const full = place(x, kept, n);
        for (let j = 0; j < n; j++) full[j]! += fixedPart[j]!;
        const y = place(rows, keptRows, m);
        const w = place(bounds, kept, n);
        const gradient = program.c.slice();
        addSymmetricProduct(program.P, full, 1, gradient);
        undo(y, w, gradient);
        return { x: full, rows: y, bounds: w };
      },
      restoreFarkas: (rows) => {
        const y = place(rows, keptRows, m);
        const w = new Float64Array(n);
        const columns = columnsOf();
        for (const j of kept)
          for (let at = columns.starts[j]!; at < columns.starts[j + 1]!; at++)
            w[j]! -= columns.values[at]! * y[columns.indices[at]!]!;
        undo(y, w, new Float64Array(n));
        return y;
      },
      restoreRay: (ray) => place(ray, kept, n),
    };
  }
}

function indicesOf(flags: Uint8Array): number[] {
  const out: number[] = [];
  flags.forEach((flag, index) => {
    if (flag === 1) out.push(index);
  });
  return out;
}
