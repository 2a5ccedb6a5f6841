// Certificates looked at again, by arithmetic that shares nothing with the solver.

import type { NumericProgram } from '../../src/data/programs/program.ts';

/** How far the least value of the combination lies above zero, relative to its terms; negative or NaN if it proves nothing. */
export function farkasMargin(program: NumericProgram, rows: ArrayLike<number>, bounds: ArrayLike<number>): number {
  const n = program.columns.length;
  const sum = Float64Array.from({ length: n }, (_, j) => bounds[j] ?? NaN);
  const terms = sum.map(Math.abs);
  for (const [i, j, value] of program.entries) {
    sum[j]! += value * rows[i]!;
    terms[j]! += Math.abs(value * rows[i]!);
  }
  let least = 0;
  let size = 0;
  const add = (multiplier: number, lower: number, upper: number): void => {
    if (multiplier === 0) return;
    const part = multiplier * (multiplier > 0 ? lower : upper);
    least += part;
    size += Math.abs(part);
  };
  for (let i = 0; i < rows.length; i++) add(rows[i]!, program.rowLower[i]!, program.rowUpper[i]!);
  for (let j = 0; j < n; j++) add(bounds[j]!, program.lower[j]!, program.upper[j]!);
  const vanishes = sum.every((value, j) => Math.abs(value) <= Math.max(1e-9 * least, 1e-11 * terms[j]!));
  return vanishes && Number.isFinite(least) ? least / size : NaN;
}

/** How fast the objective falls along the ray, relative to its terms; 0 or NaN if a bound or row stops it, or it curves. */
export function fallAlong(program: NumericProgram, ray: ArrayLike<number>): number {
  const n = program.columns.length;
  const moved = new Float64Array(program.rows.length);
  const terms = new Float64Array(program.rows.length);
  for (const [i, j, value] of program.entries) {
    moved[i]! += value * ray[j]!;
    terms[i]! += Math.abs(value * ray[j]!);
  }
  for (let i = 0; i < moved.length; i++) {
    const slack = 1e-9 * terms[i]!;
    if ((moved[i]! > slack && program.rowUpper[i]! < Infinity) || (moved[i]! < -slack && program.rowLower[i]! > -Infinity)) return NaN;
  }
  let slope = 0;
  let size = 0;
  for (let j = 0; j < n; j++) {
    if ((ray[j]! > 0 && program.upper[j]! < Infinity) || (ray[j]! < 0 && program.lower[j]! > -Infinity)) return NaN;
    slope += program.cost[j]! * ray[j]!;
    size += Math.abs(program.cost[j]! * ray[j]!);
  }
  const curved = new Float64Array(n);
  let curvature = 0;
  for (const [i, j, value] of program.quadratic) {
    curved[i]! += value * ray[j]!;
    if (i !== j) curved[j]! += value * ray[i]!;
    curvature += Math.abs(value);
  }
  if (curved.some((value) => Math.abs(value) > 1e-9 * curvature)) return NaN;
  return -slope / size;
}
