// Primal–dual interior points for convex quadratic objectives over numbers ≥ 0 and second-order cones: the scaling of
// Nesterov and Todd, the predictor and corrector of Mehrotra, from an infeasible start. It claims optima and contradictions;
// where the objective falls for ever, it stalls. Vandenberghe, The CVXOPT linear and quadratic cone program solvers, 2010, section 7.

import type { Claim, Method, MethodOptions, Standing } from '../method.ts';
import { addProduct, addTransposedProduct } from '../matrix.ts';
import type { Problem } from '../problem.ts';
import { dot, maxNorm, plus } from '../vector.ts';
import { type ConeProgram, coneProgram, elasticProgram } from './cone-program.ts';
import { type Direction, type Fixed, type Solve, fixedParts, newtonSystem } from './newton-system.ts';
import { type Scaling, circle, longest, scalingAt, shortfall, undone, unit } from './scaling.ts';

interface Iterate extends Direction {
  readonly s: Float64Array;
}

interface Residuals {
  readonly dual: Float64Array;
  readonly rows: Float64Array;
  readonly cones: Float64Array;
  /** The largest of them and of the gap, relative. */
  readonly worst: number;
  readonly primal: number;
}

interface ConicState {
  readonly problem: Problem;
  readonly program: ConeProgram;
  readonly fixed: readonly Fixed[];
  readonly at: Iterate;
  readonly residuals: Residuals;
  readonly best: { readonly at: Iterate; readonly residuals: Residuals; readonly step: number };
  readonly steps: number;
  readonly length: number;
  readonly claim: Claim | undefined;
  /** Once the least violation is looked for: the state that was left. */
  readonly elastic?: ConicState;
  readonly tolerance: number;
}

const mostSteps = 100;
// Steps without a better point.
const patience = 8;
// Of the way to the edge of the cones.
const share = 0.99;

export const secondOrderInteriorPoint: Method<ConicState> = {
  name: 'second-order cone interior point',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function standing(state: ConicState): Standing {
  const { problem, program, best: { at, residuals } } = state.elastic ?? state;
  return {
    z: at.x.map((value, j) => Math.min(problem.upper[j]!, Math.max(problem.lower[j]!, value))),
    multipliers: program.multipliers(at.y, at.z),
    objective: problem.objective.value(at.x),
    violation: residuals.primal,
    stationarity: residuals.worst,
    step: state.length,
  };
}

function init(problem: Problem, { tolerance }: MethodOptions): ConicState {
  return begun(problem, coneProgram(problem), Math.min(1e-10, tolerance / 100));
}

function begun(problem: Problem, program: ConeProgram, tolerance: number): ConicState {
  const fixed = fixedParts(program);
  const e = unit(program, program.h.length);
  const still = scalingAt(program, e, e);
  const found = still && newtonSystem(program, fixed, still)(program.c.map((v) => -v), program.b, program.h);
  const start: Iterate = found
    ? { ...found, s: inside(program, found.z.map((v) => -v), e), z: inside(program, found.z, e) }
    : { x: new Float64Array(program.n), y: new Float64Array(program.b.length), s: e, z: e };
  const residuals = residualsAt(program, start);
  return { problem, program, fixed, at: start, residuals, best: { at: start, residuals, step: 0 }, steps: 0, length: 0, claim: undefined, tolerance };
}

/** Moved along e until it is well inside. */
function inside(program: ConeProgram, v: Float64Array, e: Float64Array): Float64Array {
  const short = shortfall(program, v);
  return short < -1e-8 * Math.max(1, maxNorm(v)) ? v : plus(v, 1 + short, e);
}

function residualsAt({ P, n, c, A, b, G, h }: ConeProgram, { x, y, s, z }: Iterate): Residuals {
  const Px = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += P[i * n + j]! * x[j]!;
    Px[i] = sum;
  }
  const forces = new Float64Array(n);
  addTransposedProduct(A, y, 1, forces);
  addTransposedProduct(G, z, 1, forces);
  const dual = forces.map((v, j) => v + Px[j]! + c[j]!);
  const rows = b.map((v) => -v);
  addProduct(A, x, 1, rows);
  const cones = s.map((v, i) => v - h[i]!);
  addProduct(G, x, 1, cones);
  const value = dot(x, Px) / 2 + dot(c, x);
  const primal = Math.max(maxNorm(rows) / Math.max(1, maxNorm(b)), maxNorm(cones) / Math.max(1, maxNorm(h)));
  const gap = Math.abs(dot(s, z)) / Math.max(1, Math.abs(value));
  const slope = maxNorm(dual) / Math.max(1, maxNorm(c), Math.min(maxNorm(Px), maxNorm(forces)));
  const worst = Math.max(primal, gap, slope);
  return { dual, rows, cones, primal, worst: Number.isNaN(worst) ? Infinity : worst };
}

function step(state: ConicState): ConicState {
  const { program, fixed, at, residuals } = state;
  const W = scalingAt(program, at.s, at.z);
  if (!W) return ended(state);
  const solve = newtonSystem(program, fixed, W);
  const size = program.linear + program.starts.length - 1;
  const mu = dot(at.s, at.z) / size;
  const square = circle(program, W.lambda, W.lambda);
  const predicted = directionTo(program, W, solve, residuals, 1, square.map((v) => -v));
  const reach = Math.min(1, stepTo(program, at, predicted, 1));
  const sigma = (1 - reach) ** 3;
  const e = unit(program, at.s.length);
  const second = circle(program, W.inverse(predicted.s), W.times(predicted.z));
  const towards = square.map((v, i) => sigma * mu * e[i]! - v - second[i]!);
  const direction = directionTo(program, W, solve, residuals, 1 - sigma, towards);
  const length = Math.min(1, stepTo(program, at, direction, share));
  const next: Iterate = { x: plus(at.x, length, direction.x), y: plus(at.y, length, direction.y), s: plus(at.s, length, direction.s), z: plus(at.z, length, direction.z) };
  const now = residualsAt(program, next);
  const steps = state.steps + 1;
  const best = now.worst < state.best.residuals.worst ? { at: next, residuals: now, step: steps } : state.best;
  const moved: ConicState = { ...state, at: next, residuals: now, best, steps, length };
  const isOver = now.worst <= state.tolerance || steps >= mostSteps || steps - best.step >= patience || length < 1e-10 || now.worst === Infinity;
  return isOver ? ended(moved) : moved;
}

function directionTo(program: ConeProgram, W: Scaling, solve: Solve, { dual, rows, cones }: Residuals, part: number, towards: Float64Array): Iterate {
  const wanted = W.times(undone(program, W.lambda, towards)); // ds + W² dz
  const third = cones.map((v, i) => -part * v - wanted[i]!);
  const d = solve(dual.map((v) => -part * v), rows.map((v) => -part * v), third);
  const turned = W.times(W.times(d.z));
  return { ...d, s: wanted.map((v, i) => v - turned[i]!) };
}

function stepTo(program: ConeProgram, at: Iterate, d: Iterate, part: number): number {
  return part * Math.min(longest(program, at.s, d.s), longest(program, at.z, d.z));
}

// The judge has the last word; this is about whether to ask it.
const near = 1e-6;

/** Where no optimum was found, the least violation tells whether any point is feasible. */
function ended(state: ConicState): ConicState {
  const { problem, best, elastic, tolerance } = state;
  if (elastic) return { ...state, claim: contradiction(elastic.program, state) ?? stalled };
  if (best.residuals.worst <= near) return { ...state, claim: { kind: 'converged' } };
  return { ...begun(problem, elasticProgram(state.program), tolerance), elastic: state };
}

const stalled: Claim = { kind: 'stalled', why: 'the interior-point iterates stopped improving before the tolerance was reached' };

// A least violation below this, beside the right sides, may be rounding.
const clear = 1e-7;

/** The multipliers of the least violation, where it is positive, combine the rows to 0 ≥ something positive. */
function contradiction(program: ConeProgram, { best: { at } }: ConicState): Claim | undefined {
  const more = at.z.length - program.h.length;
  const z = new Float64Array(program.h.length);
  z.set(at.z.subarray(0, program.linear));
  z.set(at.z.subarray(program.linear + more), program.linear);
  const size = Math.max(1, maxNorm(program.b), maxNorm(program.h));
  if (!(-dot(program.b, at.y) - dot(program.h, z) > clear * size)) return undefined;
  const { linear, bounds, norms } = program.multipliers(at.y, z);
  return { kind: 'infeasible', rows: linear, bounds, ...(norms && { norms }) };
}
