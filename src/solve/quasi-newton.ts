// Projected limited-memory BFGS on a box (Byrd, Lu, Nocedal & Zhu 1995, with Bertsekas' reduction to the free set):
// the curvature pairs are read on the free variables only, and the search bends along the bounds.

import { boundPrices, freeSet, projectedGradient } from './box.ts';
import { claimAtStart, claimFarAway } from './descent.ts';
import { searchAlong } from './line-search.ts';
import type { Point } from './line-search.ts';
import { lateStanding } from './late.ts';
import type { Claim, CurvaturePair, Method, MethodOptions, Standing } from './method.ts';
import type { Approximation, Problem } from './problem.ts';
import { onSample } from './sampled-start.ts';
import { addTo, dot, maskedDot, maxNorm, norm, plus } from './vector.ts';

export interface QuasiNewtonState {
  readonly problem: Problem;
  readonly point: Point;
  /** Newest last. */
  readonly memory: readonly CurvaturePair[];
  /** The memory as the last direction read it. */
  readonly onFree?: FreePairs;
  /** Of the second derivative, from `steps` steps ago. */
  readonly base?: Base;
  /** Whether steps on a sample of the rows were many. */
  readonly wasSlow: boolean;
  readonly target: number;
  readonly steps: number;
  readonly firstGradient: number;
  readonly step: number;
  /** Steps in a row without progress above rounding. */
  readonly idle: number;
  /** The projected gradient when it last made progress. */
  readonly lastGradient: number;
  readonly bestGradient: number;
  readonly claim: Claim | undefined;
}

const pairs = 12;

interface Base {
  readonly of: Approximation;
  /** Steps since the first one, and those after which the approximation is made anew. */
  readonly steps: number;
  readonly next: number;
  readonly mask: Float64Array | undefined;
  readonly inverse: (r: Float64Array) => Float64Array;
}

// Where differences of the objective have no digits left, the gradient still falls, slowly in long valleys.
const patience = 40;

export const quasiNewton: Method<QuasiNewtonState> = {
  name: 'projected L-BFGS',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance, warm }: MethodOptions): QuasiNewtonState {
  if (!warm?.z && !warm?.memory) {
    const ahead = fromSample(problem, tolerance);
    if (ahead) return ahead;
  }
  return beginning(problem, evaluated(problem, warm?.z ?? problem.start), tolerance, warm?.memory);
}

function evaluated({ dim, objective }: Problem, x: Float64Array): Point {
  const g = new Float64Array(dim);
  return { x, f: objective.gradient(x, g), g };
}

function beginning(problem: Problem, point: Point, tolerance: number, memory: readonly CurvaturePair[] = []): QuasiNewtonState {
  const { x, f, g } = point;
  const size = projectedGradient(problem, x, g);
  const target = 0.1 * tolerance * (size > 0 ? Math.min(1, maxNorm(g)) : 1);
  return { problem, wasSlow: false, point, memory, target, steps: 0, firstGradient: size, step: 0, idle: 0, lastGradient: size, bestGradient: size, claim: claimAtStart(x, f, size, target) };
}

// Steps on a sample, and how far its gradient falls: its optimum is not that of all rows. Of its pairs the newest tell how
// long steps are; more of them do not fit those of all rows well.
const mostOnSample = 40;
const enoughOnSample = 1e-2;
const pairsOfSample = 4;
// Of what a sample gains, what all rows must: then what it says of the start is enough.
const share = 0.5;

/** From where a sample of the rows leads, if that is lower. */
function fromSample(problem: Problem, tolerance: number): QuasiNewtonState | undefined {
  const sample = onSample(problem);
  if (!sample) return undefined;
  const first = beginning(sample, evaluated(sample, sample.start), tolerance);
  let at = first;
  while (!at.claim && at.steps < mostOnSample && at.bestGradient > enoughOnSample * at.firstGradient) at = step(at);
  if (at === first) return undefined;
  const point = evaluated(problem, at.point.x);
  const size = projectedGradient(problem, point.x, point.g);
  const isLower = first.point.f - point.f > share * (first.point.f - at.point.f);
  let before = first;
  if (!isLower || !Number.isFinite(size)) {
    // A sample that says little of the whole may lead far away.
    before = beginning(problem, evaluated(problem, problem.start), tolerance);
    if (before.claim || !(point.f < before.point.f) || !Number.isFinite(size)) return before;
  }
  return { ...before, problem, claim: undefined, point, memory: at.memory.slice(-pairsOfSample), lastGradient: size, bestGradient: size, wasSlow: at.steps > trial };
}

function step(state: QuasiNewtonState): QuasiNewtonState {
  const { problem, point, memory } = state;
  const { x, f, g } = point;
  const free = freeSet(problem, x, g);
  const evaluate = (z: Float64Array, out: Float64Array): number => problem.objective.gradient(z, out);
  const onFree = freePairs(memory, free, state.onFree);
  const base = isSlow(state) ? baseAt(state, onFree.mask) : undefined;
  const d = memory.length === 0 && !base ? steepest(g, free) : twoLoop(onFree, g, base?.inverse);
  // Without curvature the first step is as long as the point is large, at most.
  const first = memory.length === 0 && !base ? Math.min(1, Math.max(1e-3, 0.1 * norm(x)) / norm(d)) : 1;
  const found = searchAlong(problem, evaluate, point, d, first);
  if (found === undefined) {
    if (memory.length > 0) return { ...state, memory: [] };
    const why = 'no step along the gradient lowers the objective by more than rounding';
    return { ...state, claim: { kind: 'stalled', why } };
  }
  const next = found.point;
  const s = plus(next.x, -1, x);
  const y = plus(next.g, -1, g);
  const size = projectedGradient(problem, next.x, next.g);
  const gain = f - next.f;
  const progress = gain > 1e-15 * Math.abs(f) || size < 0.5 * state.lastGradient;
  const idle = progress ? 0 : state.idle + 1;
  return {
    ...state,
    point: next,
    onFree,
    ...(base && { base }),
    memory: curved(s, y) ? [...memory.slice(1 - pairs), { s, y }] : memory,
    steps: state.steps + 1,
    step: found.step,
    idle,
    lastGradient: progress ? size : state.lastGradient,
    bestGradient: Math.min(size, state.bestGradient),
    claim: ending(state, next, size, idle, s),
  };
}

/** Pairs alone are as good on functions that bend alike in all directions, and cost nothing. */
function isSlow({ base, wasSlow, steps, firstGradient, bestGradient }: QuasiNewtonState): boolean {
  return base !== undefined || wasSlow || (steps >= trial && bestGradient > expected * firstGradient);
}

// What so many steps should bring.
const trial = 8;
const expected = 1e-3;

/** The approximation of the second derivative, renewed after 3, 12, 48, … steps, or 12, 48, … where a sample led near, on the free variables. */
function baseAt({ problem, point, base, wasSlow }: QuasiNewtonState, mask: Float64Array | undefined): Base | undefined {
  const make = problem.objective.approximation;
  if (!make) return undefined;
  const steps = (base?.steps ?? -1) + 1;
  const isDue = base === undefined || steps >= base.next;
  const of = isDue ? make(point.x) : base.of;
  const isSame = !isDue && (mask === undefined ? base.mask === undefined : base.mask !== undefined && alike(mask, base.mask));
  return { of, steps, next: isDue ? Math.max(wasSlow ? 12 : 3, 4 * steps) : base.next, mask, inverse: isSame ? base.inverse : of.inverse(mask) };
}

function ending(
  { problem, target }: QuasiNewtonState,
  { x, f }: Point,
  size: number,
  idle: number,
  s: Float64Array,
): Claim | undefined {
  if (size <= target) return { kind: 'converged' };
  const far = claimFarAway(problem, x, f, s);
  if (far) return far;
  if (idle >= patience) return { kind: 'stalled', why: 'the objective no longer changes above rounding' };
  return undefined;
}

/** A pair is kept if its curvature is positive beyond rounding. */
function curved(s: Float64Array, y: Float64Array): boolean {
  const [sy, ss, yy] = [dot(s, y), dot(s, s), dot(y, y)];
  return sy > 1e-10 * Math.sqrt(ss) * Math.sqrt(yy);
}

function steepest(g: Float64Array, free: Uint8Array): Float64Array {
  return g.map((value, j) => (free[j] === 1 ? -value : 0));
}

/** Products of pairs on the free variables of one set, kept while the set stays: it settles long before the end. */
export interface FreePairs {
  /** 1 for free variables, 0 for others; absent where all are free. */
  readonly mask: Float64Array | undefined;
  readonly of: ReadonlyMap<CurvaturePair, Products>;
}

interface Products {
  readonly sy: number;
  readonly ss: number;
  readonly yy: number;
  readonly isUsable: boolean;
}

export function freePairs(memory: readonly CurvaturePair[], free: Uint8Array, before?: FreePairs): FreePairs {
  const mask = free.includes(0) ? Float64Array.from(free) : undefined;
  const changes = before && changesBetween(before.mask, mask, free.length);
  const of = memory.map((pair): [CurvaturePair, Products] => {
    const known = changes ? before?.of.get(pair) : undefined;
    return [pair, (known && changes && updated(known, pair, changes)) ?? products(pair, mask)];
  });
  return { mask, of: new Map(of) };
}

function products({ s, y }: CurvaturePair, mask: Float64Array | undefined): Products {
  return judged(maskedDot(s, y, mask), maskedDot(s, s, mask), maskedDot(y, y, mask));
}

function judged(sy: number, ss: number, yy: number): Products {
  return { sy, ss, yy, isUsable: sy > 1e-12 * Math.sqrt(ss * yy) };
}

interface Changes {
  readonly places: readonly number[];
  /** 1 for a variable that became free, -1 for one that is held now. */
  readonly signs: readonly number[];
}

/** Where two masks differ, if that is in few places. */
function changesBetween(before: Float64Array | undefined, now: Float64Array | undefined, n: number): Changes | undefined {
  const [places, signs]: [number[], number[]] = [[], []];
  if (before === now) return { places, signs };
  for (let j = 0; j < n; j++) {
    const change = (now ? now[j]! : 1) - (before ? before[j]! : 1);
    if (change === 0) continue;
    if (places.length >= n / fewChanges) return undefined;
    places.push(j);
    signs.push(change);
  }
  return { places, signs };
}

// One in so many.
const fewChanges = 16;

/** The products with what changed added or taken away, unless most of them is taken away. */
function updated(known: Products, { s, y }: CurvaturePair, { places, signs }: Changes): Products | undefined {
  if (places.length === 0) return known;
  let { sy, ss, yy } = known;
  places.forEach((j, k) => {
    const [a, b] = [s[j]!, y[j]!];
    sy += signs[k]! * a * b;
    ss += signs[k]! * a * a;
    yy += signs[k]! * b * b;
  });
  const keepsDigits = sy > 0.1 * known.sy && ss > 0.1 * known.ss && yy > 0.1 * known.yy;
  return keepsDigits ? judged(sy, ss, yy) : undefined;
}

function alike(x: Float64Array, y: Float64Array): boolean {
  for (let j = 0; j < x.length; j++) if (x[j] !== y[j]) return false;
  return true;
}

/** −H g by the two-loop recursion (Nocedal & Wright, algorithm 7.4) on the free variables; `base` begins H, or a multiple of the unit matrix. */
export function twoLoop({ mask, of }: FreePairs, g: Float64Array, base?: (r: Float64Array) => Float64Array): Float64Array {
  let q: Float64Array = new Float64Array(g.length);
  addTo(q, -1, g);
  // What is held may take any value until the end: the products do not see it.
  const used = [...of].filter(([, { isUsable }]) => isUsable);
  const alpha = new Float64Array(used.length);
  for (let k = used.length - 1; k >= 0; k--) {
    const [{ s, y }, { sy }] = used[k]!;
    alpha[k] = maskedDot(s, q, mask) / sy;
    addTo(q, -alpha[k]!, y);
  }
  const newest = used.at(-1)?.[1];
  const last = used.at(-1)?.[0];
  if (base) {
    q = base(q);
    // As long as the newest pair says.
    const factor = newest && last ? newest.sy / maskedDot(last.y, base(last.y), mask) : 1;
    for (let j = 0; j < q.length; j++) q[j]! *= factor;
  } else if (newest) for (let j = 0; j < q.length; j++) q[j]! *= newest.sy / newest.yy;
  for (let k = 0; k < used.length; k++) {
    const [{ s, y }, { sy }] = used[k]!;
    addTo(q, alpha[k]! - maskedDot(y, q, mask) / sy, s);
  }
  if (mask) for (let j = 0; j < q.length; j++) if (mask[j] === 0) q[j] = 0;
  return q;
}

function standing({ problem, point, memory, step: length, bestGradient }: QuasiNewtonState): Standing {
  const plain = {
    z: point.x,
    objective: point.f,
    violation: 0,
    stationarity: bestGradient,
    step: length,
    memory,
  };
  return lateStanding(plain, () => ({ linear: new Float64Array(0), nonlinear: new Float64Array(0), bounds: boundPrices(problem, point.x, point.g) }));
}
