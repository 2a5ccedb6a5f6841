// The minimiser of a quadratic with absolute values and bounds of single variables whose second derivative is at hand: sweeps
// of coordinate descent until it shows which are at rest, and Newton steps on the others, which give the last digits.

import { descentFields, emitDescent } from '../run/wasm/descent.ts';
import { choleskySolve, cholesky } from '../run/wasm/lapack.ts';
import { sharedMachine } from '../run/wasm/machine.ts';
import { rowMajor } from '../run/wasm/matrix.ts';
import { type CoordinateNumbers, isAtRest, violationOf } from './identify.ts';
import { maxNorm } from './vector.ts';

const mostSweeps = 2000;
// Between attempts to solve the equations of a set whose signs still change.
const sweepsBetween = 10;
// Numbers that one call works on.
const perCall = 1 << 14;

/** The minimiser, for Q by rows and values and slopes that are changed; undefined where there is none. */
export function withinSet(Q: Float64Array, part: CoordinateNumbers, target: number): Float64Array | undefined {
  if (!movedFlat(Q, part)) return undefined;
  const { x, slope, weight, lower, upper } = part;
  const n = x.length;
  const machine = sharedMachine();
  const { memory } = machine.context;
  const { rows } = machine.linked(emitDescent);
  const width = descentFields.length;
  memory.temporary((n * n + n + n * width) * 8, (matrixAt) => {
    const slopeAt = matrixAt + n * n * 8;
    const fieldsAt = slopeAt + n * 8;
    memory.doubles(matrixAt, n * n).set(Q);
    const fields = memory.doubles(fieldsAt, n * width);
    for (let i = 0, at = 0; i < n; i++, at += width) {
      fields[at + 1] = Q[i * (n + 1)]!;
      fields[at + 2] = weight[i]!;
      fields[at + 3] = lower[i]!;
      fields[at + 4] = upper[i]!;
    }
    const atOnce = Math.max(1, Math.floor(perCall / n));
    const signs = new Int8Array(n);
    // A sweep moves less than what it leaves.
    const little = 0.01 * target;
    let before = Infinity;
    let isAway = true;
    for (let turn = 1; turn <= mostSweeps; turn++) {
      if (isAway) {
        memory.doubles(slopeAt, n).set(slope);
        const values = memory.doubles(fieldsAt, n * width);
        for (let i = 0; i < n; i++) values[i * width] = x[i]!;
        isAway = false;
      }
      let moved = 0;
      for (let k = 0; k < n; k += atOnce) moved = Math.max(moved, rows(Math.min(atOnce, n - k), n, fieldsAt + k * width * 8, matrixAt + k * n * 8, slopeAt, slopeAt + k * 8));
      const isSame = notedSigns(signs, memory.doubles(fieldsAt, n * width), part);
      if (moved > little) {
        const rate = moved / before;
        before = moved;
        if (!isSame && turn % sweepsBetween !== 0) continue;
        if (isSame && sweepsLeft(rate, moved, little) * sweepWork(signs, n) < newtonWork(signs)) continue;
      }
      const swept = memory.doubles(fieldsAt, n * width);
      for (let i = 0; i < n; i++) x[i] = swept[i * width]!;
      slope.set(memory.doubles(slopeAt, n));
      if (moved <= little) break;
      solveSmooth(Q, part);
      isAway = true;
      before = Infinity;
      let worst = 0;
      for (let i = 0; i < n; i++) worst = Math.max(worst, violationOf(part, i));
      if (worst <= target) break;
    }
  });
  return x;
}

/** Sweeps to the target, if they go on as before. */
function sweepsLeft(rate: number, moved: number, target: number): number {
  return rate > 0 && rate < 0.9 ? Math.log(target / moved) / Math.log(rate) : Infinity;
}

// Of a factorisation, beside sweeps: it runs through many small calls.
const callsOfFactor = 4;

function sweepWork(signs: Int8Array, n: number): number {
  return (moving(signs) + 10) * n;
}

function newtonWork(signs: Int8Array): number {
  const m = moving(signs);
  return callsOfFactor * m * m * (50 + m / 6);
}

function moving(signs: Int8Array): number {
  let count = 0;
  for (let i = 0; i < signs.length; i++) count += signs[i]! & 1;
  return count;
}

/**
 * 1 and -1 above and below the kink, 2 and -2 at upper and lower bounds, 3 within them; whether they are those noted before.
 */
function notedSigns(signs: Int8Array, fields: Float64Array, { weight, lower, upper }: CoordinateNumbers): boolean {
  let isSame = true;
  for (let i = 0, at = 0; i < signs.length; i++, at += descentFields.length) {
    const value = fields[at]!;
    const sign = weight[i] !== 0 ? Math.sign(value) : value === lower[i] ? -2 : value === upper[i] ? 2 : 3;
    if (sign !== signs[i]) isSame = false;
    signs[i] = sign;
  }
  return isSame;
}

/** Where a coordinate has no curvature it goes where its slope wants it; false if that is nowhere. */
function movedFlat(Q: Float64Array, { x, slope, weight, lower, upper }: CoordinateNumbers): boolean {
  const n = x.length;
  for (let i = 0; i < n; i++) {
    if (Q[i * (n + 1)]! > 0) continue;
    const [g, w] = [slope[i]!, weight[i]!];
    if (w === 0 && g === 0) continue;
    const to = Math.abs(g) <= w ? 0 : g < 0 ? upper[i]! : lower[i]!;
    if (!Number.isFinite(to)) return false;
    x[i] = Math.min(upper[i]!, Math.max(lower[i]!, to));
  }
  return true;
}

// Newton steps of one call that end at a kink or bound: where columns are nearly dependent, sweeps would take far longer.
const mostStops = 200;

/** Newton steps on the coordinates that are smooth where they stand, each up to the first kink or bound in its way. */
function solveSmooth(Q: Float64Array, part: CoordinateNumbers): void {
  for (let turn = 0; turn < mostStops; turn++) if (!newtonStep(Q, part)) return;
}

/** Whether it ended at a kink or bound, from where another may start. */
function newtonStep(Q: Float64Array, part: CoordinateNumbers): boolean {
  const { x, slope, weight, lower, upper } = part;
  const n = x.length;
  const free: number[] = [];
  for (let i = 0; i < n; i++) if (!isAtRest(part, i)) free.push(i);
  const m = free.length;
  if (m === 0) return false;
  return withFactor(Q, n, free, (solve) => {
    // Twice: the slopes have the rounding of all moves before.
    for (let turn = 0; turn < 2; turn++) {
      const d = solve(Float64Array.from(free, (i) => -(slope[i]! + (x[i]! > 0 ? weight[i]! : -weight[i]!))));
      if (!Number.isFinite(maxNorm(d))) return false;
      const endOf = (k: number): number => (weight[free[k]!] !== 0 ? 0 : d[k]! > 0 ? upper[free[k]!]! : lower[free[k]!]!);
      let [reach, stop] = [1, -1];
      for (let k = 0; k < m; k++) {
        const at = x[free[k]!]!;
        if (d[k] === 0 || (weight[free[k]!] !== 0 && d[k]! * at >= 0)) continue;
        const t = (endOf(k) - at) / d[k]!;
        if (t < reach) [reach, stop] = [t, k];
      }
      for (let k = 0; k < m; k++) {
        const i = free[k]!;
        const to = k === stop ? endOf(k) : x[i]! + reach * d[k]!;
        const change = to - x[i]!;
        x[i] = to;
        if (change !== 0) for (let j = 0, row = i * n; j < n; j++) slope[j]! += change * Q[row + j]!;
      }
      if (stop >= 0) return true;
    }
    return false;
  });
}

/** Calls `use` with solutions for Q on these coordinates; more of them than Q can tell apart are held together a little. */
function withFactor<T>(Q: Float64Array, n: number, free: readonly number[], use: (solve: (right: Float64Array) => Float64Array) => T): T {
  const m = free.length;
  const { context, blas } = sharedMachine();
  const { memory } = context;
  let largest = 0;
  for (const i of free) largest = Math.max(largest, Q[i * (n + 1)]!);
  return memory.temporary((m * m + m) * 8, (at) => {
    const factor = rowMajor(at, m, m);
    const side = rowMajor(at + m * m * 8, m, 1);
    const isFactored = (shift: number): boolean => {
      const H = memory.doubles(at, m * m);
      for (let a = 0, to = 0; a < m; a++, to += m) {
        const from = free[a]! * n;
        for (let b = 0; b <= a; b++) H[to + b] = Q[from + free[b]!]!;
        H[to + a]! += shift;
      }
      if (cholesky(blas('f64'), factor) < m) return false;
      const pivots = memory.doubles(at, m * m);
      for (let a = 0; a < m; a++) if (!(pivots[a * (m + 1)]! ** 2 > 1e-12 * largest)) return false;
      return true;
    };
    if (!isFactored(0)) isFactored(1e-9 * largest);
    return use((right) => {
      memory.doubles(side.at, m).set(right);
      choleskySolve(blas('f64'), factor, side);
      return memory.doubles(side.at, m).slice();
    });
  });
}
