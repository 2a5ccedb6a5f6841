// The minimiser of a quadratic with absolute values and bounds of single variables whose second derivative is at hand: sweeps
// of coordinate descent until it shows which are at rest, and Newton steps on the others, which give the last digits.

import { descentFields, emitDescent } from '../run/wasm/descent.ts';
import { choleskySolve, cholesky } from '../run/wasm/lapack.ts';
import { sharedMachine } from '../run/wasm/machine.ts';
import { rowMajor, vectorAt } from '../run/wasm/matrix.ts';
import { type CoordinateNumbers, isAtRest, sweepsLeft, violationOf } from './identify.ts';
import { maxNorm } from './vector.ts';

const mostSweeps = 2000;
// Between attempts to solve the equations of a set whose signs still change.
const sweepsBetween = 10;
// Numbers that one call works on.
const perCall = 1 << 14;

/** scale · M + diag(ridge), for an M in linear memory whose rows are `stride` bytes apart. */
export interface Square {
  readonly at: number;
  readonly stride: number;
  readonly scale: number;
  readonly ridge: Float64Array;
}

/** As `withinSet`, for a second derivative by rows. */
export function withinMatrix(Q: Float64Array, part: CoordinateNumbers, target: number): Float64Array | undefined {
  const n = part.x.length;
  const { memory } = sharedMachine().context;
  return memory.temporary(n * n * 8, (at) => {
    memory.doubles(at, n * n).set(Q);
    return withinSet({ at, stride: n * 8, scale: 1, ridge: new Float64Array(n) }, part, target);
  });
}

/** The minimiser for values and slopes that are changed; undefined where there is none. */
export function withinSet(Q: Square, part: CoordinateNumbers, target: number): Float64Array | undefined {
  const { x, slope, weight, lower, upper } = part;
  const n = x.length;
  const machine = sharedMachine();
  const { memory } = machine.context;
  const { rows } = machine.linked(emitDescent);
  const width = descentFields.length;
  const { scale, ridge, stride } = Q;
  const curvature = diagonal(Q, n);
  if (!movedFlat(curvature, part)) return undefined;
  memory.temporary((n + n * width + 1) * 8, (vAt) => {
    const fieldsAt = vAt + n * 8;
    const changesAt = fieldsAt + n * width * 8;
    const fields = memory.doubles(fieldsAt, n * width);
    for (let i = 0, at = 0; i < n; i++, at += width) {
      fields[at + 1] = curvature[i]!;
      fields[at + 2] = weight[i]!;
      fields[at + 3] = lower[i]!;
      fields[at + 4] = upper[i]!;
      fields[at + 6] = ridge[i]!;
    }
    const atOnce = Math.max(1, Math.floor(perCall / n));
    const signs = new Int8Array(n);
    // Whether changes are counted since `signs` were noted, and how many of these move.
    let isNoted = false;
    let movable: number | undefined;
    // A sweep moves less than what it leaves.
    const little = 0.01 * target;
    let before = Infinity;
    let isAway = true;
    for (let turn = 1; turn <= mostSweeps; turn++) {
      if (isAway) {
        const [v, values] = [memory.doubles(vAt, n), memory.doubles(fieldsAt, n * width)];
        for (let i = 0; i < n; i++) {
          v[i] = (slope[i]! - ridge[i]! * x[i]!) / scale;
          values[i * width] = x[i]!;
        }
        isAway = false;
      }
      let moved = 0;
      for (let k = 0; k < n; k += atOnce) moved = Math.max(moved, rows(Math.min(atOnce, n - k), n, fieldsAt + k * width * 8, Q.at + k * stride, stride, vAt, vAt + k * 8, changesAt, scale));
      const isNear = moved <= target;
      if (!isNear) {
        let isSame = true;
        if (!isNoted || memory.i32()[changesAt / 4] !== 0) {
          isSame = notedSigns(signs, memory.doubles(fieldsAt, n * width), part);
          isNoted = true;
          memory.i32()[changesAt / 4] = 0;
          if (!isSame) movable = undefined;
        }
        const rate = moved / before;
        before = moved;
        if (!isSame && turn % sweepsBetween !== 0) continue;
        if (isSame) {
          movable ??= moving(signs);
          if (sweepsLeft(rate, moved, little) * sweepWork(movable, n) < newtonWork(movable)) continue;
        }
      }
      const [v, swept] = [memory.doubles(vAt, n), memory.doubles(fieldsAt, n * width)];
      for (let i = 0; i < n; i++) {
        x[i] = swept[i * width]!;
        slope[i] = scale * v[i]! + ridge[i]! * x[i]!;
      }
      if (moved <= little || worstOf(part) <= target) break;
      if (isNear) continue;
      solveSmooth(Q, part);
      isAway = true;
      isNoted = false;
      before = Infinity;
      if (worstOf(part) <= target) break;
    }
  });
  return x;
}

function worstOf(part: CoordinateNumbers): number {
  let worst = 0;
  for (let i = 0; i < part.x.length; i++) worst = Math.max(worst, violationOf(part, i));
  return worst;
}

function diagonal({ at, stride, scale, ridge }: Square, n: number): Float64Array {
  const all = sharedMachine().context.memory.f64();
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = scale * all[(at + i * (stride + 8)) / 8]! + ridge[i]!;
  return values;
}

// Of a factorisation, beside sweeps: it runs through many small calls.
const callsOfFactor = 4;

/** `m` of the coordinates move. */
function sweepWork(m: number, n: number): number {
  return (m + 10) * n;
}

function newtonWork(m: number): number {
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
    const sign = weight[i] !== 0 ? (value > 0 ? 1 : value < 0 ? -1 : 0) : value === lower[i] ? -2 : value === upper[i] ? 2 : 3;
    if (sign !== signs[i]) isSame = false;
    signs[i] = sign;
  }
  return isSame;
}

/** Where a coordinate has no curvature it goes where its slope wants it; false if that is nowhere. */
function movedFlat(curvature: Float64Array, { x, slope, weight, lower, upper }: CoordinateNumbers): boolean {
  for (let i = 0; i < x.length; i++) {
    if (curvature[i]! > 0) continue;
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
// Coordinates of one factor that have come to rest: each costs a solution, and a row of a small system.
const mostHeld = 40;

/** Newton steps on the coordinates that are smooth where they stand, each up to the first kink or bound in its way. */
function solveSmooth(Q: Square, part: CoordinateNumbers): void {
  for (let stops = 0; stops < mostStops;) {
    const more = newtonSteps(Q, part);
    if (more === 0) return;
    stops += more;
  }
}

/** With one factor; how many ended at a kink or bound if the last one did, from where others may start, else 0. */
function newtonSteps(Q: Square, part: CoordinateNumbers): number {
  const { x, slope, weight, lower, upper } = part;
  const n = x.length;
  const free: number[] = [];
  for (let i = 0; i < n; i++) if (!isAtRest(part, i)) free.push(i);
  const m = free.length;
  if (m === 0) return 0;
  return withFactor(Q, free, (solve, isExact) => {
    const most = isExact ? mostHeld : 0;
    const held = newHeld(solve, m);
    // The last one twice: the slopes have the rounding of all moves before.
    for (let whole = 0; whole < 2;) {
      const d = solve(Float64Array.from(free, (i) => -(slope[i]! + (x[i]! > 0 ? weight[i]! : -weight[i]!))));
      held.keep(d);
      if (!Number.isFinite(maxNorm(d))) return 0;
      const endOf = (k: number): number => (weight[free[k]!] !== 0 ? 0 : d[k]! > 0 ? upper[free[k]!]! : lower[free[k]!]!);
      let [reach, stop] = [1, -1];
      for (let k = 0; k < m; k++) {
        const at = x[free[k]!]!;
        if (d[k] === 0 || (weight[free[k]!] !== 0 && d[k]! * at >= 0)) continue;
        const t = (endOf(k) - at) / d[k]!;
        if (t < reach) [reach, stop] = [t, k];
      }
      const change = new Float64Array(n);
      for (let k = 0; k < m; k++) {
        const i = free[k]!;
        const to = k === stop ? endOf(k) : x[i]! + reach * d[k]!;
        change[i] = to - x[i]!;
        x[i] = to;
      }
      addProduct(Q, change, slope);
      if (stop < 0) whole++;
      else if (held.count() === most) return most + 1;
      else held.hold(stop);
    }
    return 0;
  });
}

/**
 * Steps H⁻¹r as they are where some coordinates stay: H⁻¹(r + E u), for the multipliers u of those, by the Schur complement
 * E'H⁻¹E (Gill, Murray, Saunders & Wright, SIAM J. Matrix Anal. Appl. 8, 1987, §3).
 */
function newHeld(solve: (right: Float64Array) => Float64Array, m: number): { readonly hold: (k: number) => void; readonly keep: (d: Float64Array) => void; readonly count: () => number } {
  const places: number[] = [];
  // Columns of H⁻¹, made orthogonal with regard to H: each is zero at the places before its own.
  const columns: Float64Array[] = [];
  const keep = (d: Float64Array): void => {
    places.forEach((place, s) => {
      const column = columns[s]!;
      const factor = d[place]! / column[place]!;
      for (let k = 0; k < m; k++) d[k]! -= factor * column[k]!;
      d[place] = 0;
    });
  };
  const hold = (place: number): void => {
    const right = new Float64Array(m);
    right[place] = 1;
    const column = solve(right);
    keep(column);
    places.push(place);
    columns.push(column);
  };
  return { hold, keep, count: () => places.length };
}

/** slope += Q change, for a change of few entries. */
function addProduct({ at, stride, scale, ridge }: Square, change: Float64Array, slope: Float64Array): void {
  const n = change.length;
  const { context, blas } = sharedMachine();
  const { memory } = context;
  const { axpy } = blas('f64');
  memory.temporary(n * 8, (to) => {
    memory.doubles(to, n).fill(0);
    for (let i = 0; i < n; i++) if (change[i] !== 0) axpy(change[i]!, vectorAt(at + i * stride, n), vectorAt(to, n));
    const product = memory.doubles(to, n);
    for (let j = 0; j < n; j++) slope[j]! += scale * product[j]! + ridge[j]! * change[j]!;
  });
}

/** Calls `use` with solutions for Q on these coordinates; more of them than Q can tell apart are held together a little, and are then not exact. */
function withFactor<T>(Q: Square, free: readonly number[], use: (solve: (right: Float64Array) => Float64Array, isExact: boolean) => T): T {
  const m = free.length;
  const { context, blas } = sharedMachine();
  const { memory } = context;
  const { scale, ridge } = Q;
  let largest = 0;
  for (const i of free) largest = Math.max(largest, scale * memory.f64()[(Q.at + i * (Q.stride + 8)) / 8]! + ridge[i]!);
  return memory.temporary((m * m + m) * 8, (at) => {
    const factor = rowMajor(at, m, m);
    const side = rowMajor(at + m * m * 8, m, 1);
    const isFactored = (shift: number): boolean => {
      const H = memory.doubles(at, m * m);
      const all = memory.f64();
      for (let a = 0, to = 0; a < m; a++, to += m) {
        const from = (Q.at + free[a]! * Q.stride) / 8;
        for (let b = 0; b <= a; b++) H[to + b] = scale * all[from + free[b]!]!;
        H[to + a]! += ridge[free[a]!]! + shift;
      }
      if (cholesky(blas('f64'), factor) < m) return false;
      const pivots = memory.doubles(at, m * m);
      for (let a = 0; a < m; a++) if (!(pivots[a * (m + 1)]! ** 2 > 1e-12 * largest)) return false;
      return true;
    };
    const isExact = isFactored(0);
    if (!isExact) isFactored(1e-9 * largest);
    return use((right) => {
      memory.doubles(side.at, m).set(right);
      choleskySolve(blas('f64'), factor, side);
      return memory.doubles(side.at, m).slice();
    }, isExact);
  });
}
