// Pairs of variables that move along the equation (sequential minimal optimisation; Platt 1999), chosen by second-order gain
// (Fan, Chen & Lin 2005). A pair along which the objective bends down, or not at all, goes to a bound.

import { sharedMachine } from '../../run/wasm/machine.ts';
import { emitPairs } from '../../run/wasm/pairs.ts';
import type { Moving, PairProgram } from './pair-program.ts';

/** Moves pairs, at most so many, changing x and its slopes, until they are at rest; returns the spread that is left, and how many moved. */
export function movePairs({ n, a, M, scale, ratio, bend, lower, upper, place }: PairProgram, { x, slope }: Moving, rest: number, pairs: number): { readonly spread: number; readonly count: number } {
  const machine = sharedMachine();
  const { memory } = machine.context;
  const { choose, move } = machine.linked(emitPairs);
  const { width, block } = place;
  const [slopeAt, ratioAt, bendAt, openedAt, closedAt, outAt] = [0, 1, 2, 3, 4, 5].map((k) => block + k * width * 8) as [number, number, number, number, number, number];
  const spare = outAt + 2 * 8;
  memory.doubles(block, 3 * width).fill(0);
  memory.doubles(slopeAt, n).set(slope);
  memory.doubles(ratioAt, n).set(ratio);
  memory.doubles(bendAt, n).set(bend);
  const opened = memory.doubles(openedAt, width).fill(Infinity);
  const closed = memory.doubles(closedAt, width).fill(-Infinity);
  const out = memory.doubles(outAt, 2);
  const slopes = memory.doubles(slopeAt, n);
  const note = (k: number): void => {
    const isAbove = x[k]! > lower[k]!;
    const isBelow = x[k]! < upper[k]!;
    opened[k] = (a[k]! > 0 ? isBelow : isAbove) ? 0 : Infinity;
    closed[k] = (a[k]! > 0 ? isAbove : isBelow) ? 0 : -Infinity;
  };
  for (let k = 0; k < n; k++) note(k);
  const rowAt = (k: number): number => place.copy.address + k * n * 8;
  let i = move(width, slopeAt, ratioAt, rowAt(0), rowAt(0), 0, 0, openedAt, closedAt, outAt, spare);
  let left = 0;
  let turn = 0;
  for (; ; turn++) {
    const least = out[0]!;
    const most = out[1]!;
    left = Math.max(0, most - least);
    if (i < 0 || !(left > rest) || turn >= pairs) break;
    const own = bend[i]!;
    const flat = Math.max(1e-12 * own, 1e-300);
    const j = choose(width, slopeAt, bendAt, ratioAt, closedAt, rowAt(i), least, own, 2 * ratio[i]!, flat, spare);
    if (j < 0) {
      left = 0;
      break;
    }
    const curvature = Math.max(flat, own + bend[j]! - 2 * ratio[i]! * ratio[j]! * M[i * n + j]!);
    const reachI = a[i]! > 0 ? (upper[i]! - x[i]!) * a[i]! : (lower[i]! - x[i]!) * a[i]!;
    const reachJ = a[j]! > 0 ? (x[j]! - lower[j]!) * a[j]! : (x[j]! - upper[j]!) * a[j]!;
    const t = Math.min((slopes[j]! - least) / curvature, reachI, reachJ);
    if (!Number.isFinite(t)) break;
    const fromI = x[i]!;
    const fromJ = x[j]!;
    const toI = t === reachI ? (a[i]! > 0 ? upper[i]! : lower[i]!) : fromI + t / a[i]!;
    const toJ = t === reachJ ? (a[j]! > 0 ? lower[j]! : upper[j]!) : fromJ - t / a[j]!;
    x[i] = toI;
    x[j] = toJ;
    note(i);
    note(j);
    i = move(width, slopeAt, ratioAt, rowAt(i), rowAt(j), scale[i]! * (toI - fromI), scale[j]! * (toJ - fromJ), openedAt, closedAt, outAt, spare);
  }
  slope.set(slopes);
  return { spread: left, count: turn };
}
