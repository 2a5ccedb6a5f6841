// Quadratic programs on a box with one equation, where the second derivative is stored: pairs of variables move along the
// equation, and between them Newton steps on the variables that are free give the last digits. Where the objective is not
// convex, what they end at is a point that no pair and no move of the free variables improves.

import { must } from '../../base/internal.ts';
import { lateStanding } from '../late.ts';
import type { Claim, Method, MethodOptions, Standing } from '../method.ts';
import { type PrimalDual, errorOf, polish } from '../polish.ts';
import type { Problem } from '../problem.ts';
import { quadraticProgram } from '../quadratic-program.ts';
import { maxNorm } from '../vector.ts';
import { type Settled, settle } from './free-moves.ts';
import { movePairs } from './pair-moves.ts';
import { type Moving, type PairProgram, isAtRest, missingAt, onEquation, pairProgram, slopesAt } from './pair-program.ts';

interface PairwiseState {
  readonly program: PairProgram;
  readonly x: Float64Array;
  readonly slope: Float64Array;
  /** Spread of the slopes at which Newton steps are tried. */
  readonly rest: number;
  readonly spread: number;
  readonly tolerance: number;
  /** Of pairs. */
  readonly turns: number;
  /** Pairs since the last Newton steps. */
  readonly pairs: number;
  /** The variables between their bounds when the pairs last came to rest. */
  readonly free?: Uint8Array;
  /** With the prices of the end, where those that the slopes show are not the best. */
  readonly polished?: PrimalDual;
  readonly claim: Claim | undefined;
}

// Pairs that one step of the method moves.
const pairsPerStep = 1000;
// Where pairs are slow, Newton steps are tried after so many of these.
const turnsBetween = 5;
// Newton steps that cost no more than so many pairs do not wait.
const soon = 100;
// Of Newton steps, per cube of the variables that are free and per entry of their rows, beside those of a pair, per variable.
const work = { factor: 0.022, rows: 3, pair: 2.75 };

export const pairwise: Method<PairwiseState> = {
  name: 'pairwise minimisation',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance, warm }: MethodOptions): PairwiseState {
  const program = pairProgram(problem);
  const x = onEquation(program, warm?.z ?? problem.start);
  const slope = slopesAt(program, x);
  const spread = maxNorm(slope);
  const isMet = Math.abs(missingAt(program, x)) <= 1e-9 * Math.max(1, Math.abs(program.level));
  const claim: Claim | undefined = isMet ? undefined : { kind: 'stalled', why: 'the bounds leave no point on the equation' };
  return { program, x, slope, rest: 1e-2 * spread, spread, tolerance, turns: 0, pairs: 0, claim };
}

function step(state: PairwiseState): PairwiseState {
  const { program, rest, tolerance } = state;
  const turns = state.turns + 1;
  // Without bounds pairs may go far, where a free direction shows at once that there is no end.
  const isOpen = program.lower.includes(-Infinity) || program.upper.includes(Infinity);
  const first: Settled = isOpen ? settle(program, state, tolerance) : state;
  if (first.ray) return { ...state, ...first, turns, claim: { kind: 'unbounded', ray: first.ray } };
  const moved = { x: first.x.slice(), slope: first.slope.slice() };
  const { spread, count } = movePairs(program, moved, rest, isOpen ? program.n : pairsPerStep);
  const pairs = state.pairs + count;
  const between = { ...state, ...moved, spread, turns, pairs };
  if (spread > rest && turns % turnsBetween !== 0) return between;
  const free = freeOf(program, moved.x);
  // Newton steps cost most: they wait until the pairs have cost as much, or do not change any more which variables are free.
  const isDue = isOpen || pairs + soon >= pairsOfNewton(program, free) || (state.free?.every((f, k) => f === free[k]) ?? false) || isAtRest(program, moved, tolerance);
  if (!isDue) return spread > rest ? between : { ...between, free, rest: 0.1 * Math.min(rest, spread) };
  const settled = settle(program, moved, tolerance);
  const after = { ...state, ...settled, turns, pairs: 0, free: freeOf(program, settled.x) };
  if (settled.ray) return { ...after, claim: { kind: 'unbounded', ray: settled.ray } };
  if (isAtRest(program, settled, tolerance)) return { ...after, claim: { kind: 'converged' } };
  if (spread > rest) return after;
  if (rest > 1e-12 * maxNorm(settled.slope)) return { ...after, rest: 0.1 * Math.min(rest, settled.spread) };
  const whole = must(quadraticProgram(program.problem));
  const polished = polish(whole, priced(program, settled));
  const claim: Claim = errorOf(whole, polished) <= tolerance ? { kind: 'converged' } : { kind: 'stalled', why: 'the pairs no longer move by more than rounding' };
  return { ...after, x: polished.x, polished, claim };
}

/** 1 for each variable between its bounds. */
function freeOf({ lower, upper }: PairProgram, x: Float64Array): Uint8Array {
  const free = new Uint8Array(x.length);
  for (let k = 0; k < x.length; k++) if (x[k]! > lower[k]! && x[k]! < upper[k]!) free[k] = 1;
  return free;
}

/** Pairs that cost as much as Newton steps. */
function pairsOfNewton({ n }: PairProgram, free: Uint8Array): number {
  const m = free.reduce((sum, f) => sum + f, 0);
  return (work.factor * m ** 3 + work.rows * m * n) / (work.pair * n);
}

/** The point with the prices that its slopes show: the equation's from the variables that are free, or between the bounds. */
function priced({ a, lower, upper }: PairProgram, { x, slope }: Moving): PrimalDual {
  let [sum, count, least, most] = [0, 0, Infinity, -Infinity];
  for (let k = 0; k < x.length; k++) {
    const q = slope[k]!;
    const grows = a[k]! > 0 ? x[k]! < upper[k]! : x[k]! > lower[k]!;
    const shrinks = a[k]! > 0 ? x[k]! > lower[k]! : x[k]! < upper[k]!;
    if (grows && shrinks) {
      sum += q;
      count++;
    }
    if (grows) least = Math.min(least, q);
    if (shrinks) most = Math.max(most, q);
  }
  const ends = [least, most].filter(Number.isFinite);
  const price = count > 0 ? sum / count : ends.reduce((total, q) => total + q, 0) / Math.max(1, ends.length);
  const bounds = new Float64Array(x.length);
  for (let k = 0; k < x.length; k++) {
    const left = a[k]! * (slope[k]! - price);
    if ((left > 0 && x[k]! <= lower[k]!) || (left < 0 && x[k]! >= upper[k]!)) bounds[k] = left;
  }
  return { x, rows: Float64Array.of(price), bounds };
}

function standing({ program, x, slope, spread, polished }: PairwiseState): Standing {
  const { a, c, n, constant } = program;
  // ½ x'Hx + c'x from the gradient Hx + c.
  let objective = constant;
  for (let j = 0; j < n; j++) objective += 0.5 * x[j]! * (slope[j]! * a[j]! + c[j]!);
  const plain = {
    z: polished?.x ?? x,
    objective,
    violation: 0,
    stationarity: spread,
    step: 1,
  };
  return lateStanding(plain, () => {
    const { rows, bounds } = polished ?? priced(program, { x, slope });
    return { linear: rows, nonlinear: new Float64Array(0), bounds };
  });
}
