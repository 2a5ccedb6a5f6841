// Which coordinates are not at rest at the optimum, nearly: a working set grows by those that violate their conditions most
// (Massias, Gramfort & Salmon, ICML 2018) and is swept a few times on the columns of the data, of which no products are
// needed. What it finds is a start for methods that end exactly.

import { must } from '../base/internal.ts';
import { descentFields, emitDescent } from '../run/wasm/descent.ts';
import { sharedMachine } from '../run/wasm/machine.ts';
import { vectorAt } from '../run/wasm/matrix.ts';
import type { Factored } from './problem.ts';

/** Values, slopes of the smooth part, weights of the absolute values and bounds, by coordinates. */
export interface CoordinateNumbers {
  readonly x: Float64Array;
  readonly slope: Float64Array;
  readonly weight: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** How far a coordinate is from its condition: the least size of an element of its subdifferential and normal cone. */
export function violationOf(at: CoordinateNumbers, i: number): number {
  const value = at.x[i]!;
  const g = at.slope[i]!;
  const w = at.weight[i]!;
  if (w !== 0 && value === 0) return Math.max(0, Math.abs(g) - w);
  const whole = value > 0 ? g + w : value < 0 ? g - w : g;
  if (value <= at.lower[i]!) return Math.max(0, -whole);
  if (value >= at.upper[i]!) return Math.max(0, whole);
  return Math.abs(whole);
}

/** At the kink of its absolute value, or at a bound. */
export function isAtRest({ x, weight, lower, upper }: CoordinateNumbers, i: number): boolean {
  return weight[i] !== 0 ? x[i] === 0 : x[i] === lower[i] || x[i] === upper[i];
}

/** Those that are not at rest, and of the others the ones that violate their conditions most, at most so many, in order. */
export function workingSet(at: CoordinateNumbers, most: (kept: number) => number): { readonly all: Int32Array; readonly wanting: number } {
  const n = at.x.length;
  const violations = new Float64Array(n);
  let [kept, wanting] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (!isAtRest(at, i)) {
      kept++;
      violations[i] = Infinity;
    } else if ((violations[i] = violationOf(at, i)) > 0) wanting++;
  }
  const count = kept + Math.min(wanting, Math.floor(most(kept)));
  const least = count === 0 ? Infinity : violations.slice().sort()[n - count]!;
  const all = new Int32Array(count);
  // Of several with the least violation the first.
  let above = 0;
  for (let i = 0; i < n; i++) if (violations[i]! > least) above++;
  let level = count - above;
  for (let i = 0, k = 0; i < n; i++) if (violations[i]! > least || (violations[i] === least && level-- > 0)) all[k++] = i;
  return { all, wanting };
}

/**
 * Those that are not at rest, and those that may leave it when the others move to where they want to be: next to the
 * solution of a problem with other weights, the violation of the first tells how far slopes will change (the strong rules
 * of Tibshirani et al., J. Roy. Stat. Soc. B 74, 2012); the least, since a ridge adds to those of large values. Undefined
 * where these are many, beside the first or beside `few`.
 */
export function nearby(at: CoordinateNumbers, few: number): Int32Array | undefined {
  const n = at.x.length;
  let margin = Infinity;
  let kept = 0;
  for (let i = 0; i < n; i++) {
    if (isAtRest(at, i)) continue;
    kept++;
    margin = Math.min(margin, violationOf(at, i));
  }
  if (kept === 0) margin = 0;
  const all = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) if (!isAtRest(at, i) || slackOf(at, i) < margin || violationOf(at, i) > 0) all[count++] = i;
  return count - kept <= Math.max(few, kept) ? all.subarray(0, count) : undefined;
}

/** How much the slope of a coordinate at rest may change before it wants to move. */
function slackOf({ x, slope, weight, lower, upper }: CoordinateNumbers, i: number): number {
  const g = slope[i]!;
  if (weight[i] !== 0) return weight[i]! - Math.abs(g);
  if (lower[i] === upper[i]) return Infinity;
  return x[i] === lower[i] ? g : -g;
}

const mostRounds = 8;
const sweepsPerRound = 3;
// The first set has so many that want to move, later ones at least a share of those that do.
const first = 200;
const share = 0.5;
// Where fewer want to move besides those that do, all are swept until they hold.
const fewWanting = 0.01;
// Numbers that one call works on.
const perCall = 1 << 14;
// Time of a multiplication in a product of matrices beside that in a sweep.
const quicker = 0.4;

export interface Identified {
  /** Values and slopes; those of what was swept last may be a sweep old. */
  readonly at: CoordinateNumbers;
  /** Whether sweeps of those that move changed nothing more than the target. */
  readonly isSettled: boolean;
}

/**
 * Rounds of few sweeps over sets that grow by those that want to move. Sweeps of the last set go on to the target, as long as
 * that is less work than the products of its columns.
 */
export function identified(at: CoordinateNumbers, { columns, missing, scale, ridge }: Factored, target: number, rounds: number = mostRounds): Identified {
  const n = at.x.length;
  const { length } = columns;
  const machine = sharedMachine();
  const { memory } = machine.context;
  const sweep = machine.linked(emitDescent).columns;
  const blas = machine.blas('f64');
  const squares = new Float64Array(n).fill(NaN);
  const x = at.x.slice();
  const width = descentFields.length;
  return memory.temporary((length + n * width + n) * 8, (vAt) => {
    const [fieldsAt, placesAt] = [vAt + length * 8, vAt + (length + n * width) * 8];
    memory.doubles(vAt, length).fill(0);
    const moving = everyone(n).filter((i) => x[i] !== 0);
    columns.take(moving).forEach((column, k) => blas.axpy(x[moving[k]!]!, vectorAt(column, length), vectorAt(vAt, length)));
    const before = moving.length === 0 ? new Float64Array(n) : columns.against(memory.doubles(vAt, length));
    const linear = at.slope.map((g, i) => g - scale * before[i]! - ridge[i]! * x[i]!);
    let now: CoordinateNumbers = { ...at, x };
    for (let round = 0; ; round++) {
      const { all, wanting } = workingSet(now, (kept) => Math.max(first, share * kept));
      const isLast = round >= rounds || wanting <= fewWanting * all.length;
      const sweepOnce = sweepsOf(all);
      // Together no more work than the products.
      const most = (missing(all) * quicker) / 4;
      const goesOn = (sweeps: number, rate: number, moved: number): boolean => sweeps < sweepsPerRound || (isLast && sweeps + sweepsLeft(rate, moved, target) < most);
      let moved = Infinity;
      for (let [sweeps, rate] = [0, 1]; moved > target && goesOn(sweeps, rate, moved); sweeps++) {
        const was = moved;
        moved = sweepOnce();
        rate = moved / was;
      }
      const swept = memory.doubles(fieldsAt, all.length * width);
      all.forEach((i, k) => (x[i] = must(swept[k * width])));
      // Sweeps leave those without curvature where they are.
      if (isLast && moved <= target && all.every((i) => scale * squares[i]! + ridge[i]! > 0 || violationOf(now, i) === 0)) return { at: now, isSettled: true };
      const product = columns.against(memory.doubles(vAt, length));
      now = { ...at, x, slope: linear.map((c, i) => c + scale * product[i]! + ridge[i]! * x[i]!) };
      if (isLast) return { at: now, isSettled: false };
    }

    /** Makes the set ready; a sweep returns the largest change of a slope by its own coordinate. */
    function sweepsOf(all: Int32Array): () => number {
      const places = columns.take(all);
      memory.i32().set(places, placesAt / 4);
      const fields = memory.doubles(fieldsAt, all.length * width);
      all.forEach((i, k) => {
        if (Number.isNaN(squares[i])) squares[i] = blas.dot(vectorAt(places[k]!, length), vectorAt(places[k]!, length));
        fields.set([x[i]!, scale * squares[i]! + ridge[i]!, at.weight[i]!, at.lower[i]!, at.upper[i]!, linear[i]!, ridge[i]!], k * width);
      });
      const atOnce = Math.max(1, Math.floor(perCall / length));
      return () => {
        let moved = 0;
        for (let k = 0; k < all.length; k += atOnce) moved = Math.max(moved, sweep(Math.min(atOnce, all.length - k), length, fieldsAt + k * width * 8, placesAt + k * 4, vAt, scale));
        return moved;
      };
    }
  });
}

export function everyone(n: number): Int32Array {
  const all = new Int32Array(n);
  for (let i = 0; i < n; i++) all[i] = i;
  return all;
}

/** Sweeps to the target, if they go on as before. */
export function sweepsLeft(rate: number, moved: number, target: number): number {
  return rate > 0 && rate < 0.9 ? Math.log(target / moved) / Math.log(rate) : Infinity;
}
