// Primal–dual interior points for convex quadratic objectives over numbers ≥ 0 and second-order cones: the scaling of
// Nesterov and Todd, the predictor and corrector of Mehrotra, from an infeasible start. Where it finds no optimum, it looks
// for the least violation, and then for a way on which the objective falls for ever: both are programs that have optima.
// Vandenberghe, The CVXOPT linear and quadratic cone program solvers, 2010, section 7.

import { unreachable } from '../../base/internal.ts';
import { lateStanding } from '../late.ts';
import type { Claim, Method, MethodOptions, Standing } from '../method.ts';
import { addProduct, addTransposedProduct, denseMatrix } from '../matrix.ts';
import type { Problem } from '../problem.ts';
import { addTo, dot, maxNorm, plus } from '../vector.ts';
import { type ConeProgram, coneProgram, elasticProgram, recessionProgram } from './cone-program.ts';
import { circle, longest, shortfall, undone, unit } from './cones.ts';
import { type Direction, type NewtonSystem, type Sides, newtonSystem } from './newton-system.ts';
import { type Scaling, newScaling, rescale, scaled, unscaled } from './scaling.ts';

interface Iterate extends Direction {
  readonly s: Float64Array;
}

interface Residuals {
  readonly dual: Float64Array;
  readonly rows: Float64Array;
  readonly cones: Float64Array;
  /** What counts as 1 in the first two. */
  readonly scale: number;
  /** The largest of them and of the gap, relative. */
  readonly worst: number;
  readonly primal: number;
  readonly value: number;
}

/** What is looked for: the optimum, or after it (`main`) the least violation, or then a way down from a feasible point. */
type Aim = { readonly kind: 'optimum' } | { readonly kind: 'violation'; readonly main: ConicState } | { readonly kind: 'recession'; readonly main: ConicState; readonly from: Iterate };

interface ConicState {
  readonly problem: Problem;
  readonly program: ConeProgram;
  readonly aim: Aim;
  /** Both are written anew in each step. */
  readonly system: NewtonSystem;
  readonly scaling: Scaling;
  readonly at: Iterate;
  readonly residuals: Residuals;
  readonly best: { readonly at: Iterate; readonly residuals: Residuals; readonly step: number };
  readonly steps: number;
  readonly length: number;
  readonly claim: Claim | undefined;
  readonly tolerance: number;
}

const mostSteps = 100;
// Steps without a better point.
const patience = 8;
// Of the way to the edge of the cones.
const share = 0.99;
// A solution takes a small part of the time of a factorisation.
const correctors = 2;

export const secondOrderInteriorPoint: Method<ConicState> = {
  name: 'second-order cone interior point',
  init: (problem, { tolerance }: MethodOptions) => begun(problem, coneProgram(problem), Math.min(1e-10, tolerance / 100), { kind: 'optimum' }),
  step,
  done: (state) => state.claim,
  standing,
};

function standing(state: ConicState): Standing {
  const { aim } = state;
  const { problem, program, best, length } = aim.kind === 'optimum' ? state : aim.main;
  const { at, residuals } = aim.kind === 'recession' ? { at: aim.from, residuals: residualsAt(program, aim.from) } : best;
  const plain = {
    z: at.x.map((value, j) => Math.min(problem.upper[j]!, Math.max(problem.lower[j]!, value))),
    objective: residuals.value,
    violation: residuals.primal,
    stationarity: residuals.worst,
    step: length,
  };
  return lateStanding(plain, () => program.multipliers(at.y, at.z));
}

function begun(problem: Problem, program: ConeProgram, tolerance: number, aim: Aim): ConicState {
  const length = program.h.length;
  const e = unit(program, length);
  const scaling = newScaling(program, length);
  const system = newtonSystem(program);
  rescale(program, e, e, scaling);
  system.factor(scaling);
  const found = system.solve({ first: program.c.map((v) => -v), second: program.b, third: program.h });
  const at: Iterate = { ...found, s: inside(program, found.z.map((v) => -v), e), z: inside(program, found.z, e) };
  const residuals = residualsAt(program, at);
  return { problem, program, aim, system, scaling, at, residuals, best: { at, residuals, step: 0 }, steps: 0, length: 0, claim: undefined, tolerance };
}

/** Moved along e until it is well inside. */
function inside(program: ConeProgram, v: Float64Array, e: Float64Array): Float64Array {
  const short = shortfall(program, v);
  return short < -1e-8 * Math.max(1, maxNorm(v)) ? v : plus(v, 1 + short, e);
}

function residualsAt({ P, n, c, constant, A, b, G, h }: ConeProgram, { x, y, s, z }: Iterate): Residuals {
  const dual = new Float64Array(n);
  addTransposedProduct(A, y, 1, dual);
  addTransposedProduct(G, z, 1, dual);
  const forces = maxNorm(dual);
  let bends = 0;
  let value = 0;
  if (P) {
    const bent = new Float64Array(n);
    addProduct(denseMatrix(n, n, P), x, 1, bent);
    bends = maxNorm(bent);
    value = dot(x, bent) / 2;
    addTo(dual, 1, bent);
  }
  addTo(dual, 1, c);
  value += dot(c, x) + constant;
  const rows = new Float64Array(b.length);
  addProduct(A, x, 1, rows);
  addTo(rows, -1, b);
  const cones = plus(s, -1, h);
  addProduct(G, x, 1, cones);
  const primal = Math.max(maxNorm(rows) / Math.max(1, maxNorm(b)), maxNorm(cones) / Math.max(1, maxNorm(h)));
  const gap = Math.abs(dot(s, z)) / Math.max(1, Math.abs(value));
  const scale = Math.max(1, maxNorm(c), Math.min(bends, forces));
  const worst = Math.max(primal, gap, maxNorm(dual) / scale);
  return { dual, rows, cones, scale: Math.min(scale, Math.max(1, maxNorm(b))), primal, value, worst: Number.isNaN(worst) ? Infinity : worst };
}

function step(state: ConicState): ConicState {
  const { program, system, scaling: W, at, residuals, tolerance } = state;
  if (!rescale(program, at.s, at.z, W)) return ended(state);
  system.factor(W);
  const size = program.linear + program.starts.length - 1;
  const mu = dot(at.s, at.z) / size;
  const predicted = direction(state, 1, towards(state));
  const reach = Math.min(1, reaches(program, at, predicted.d));
  const sigma = (1 - reach) ** 3;
  let corrected = direction(state, 1 - sigma, towards(state, sigma * mu, predicted.d));
  let far = reaches(program, at, corrected.d);
  // What a direction leaves out of second order is told better by the one before it: no factorisation is needed for that.
  for (let k = 0; k < correctors; k++) {
    const more = direction(state, 1 - sigma, towards(state, sigma * mu, corrected.d));
    const further = reaches(program, at, more.d);
    if (!(further > far)) break;
    [corrected, far] = [more, further];
  }
  const enough = Math.max(0.1 * tolerance * residuals.scale, 1e-3 * Math.max(maxNorm(residuals.dual), maxNorm(residuals.rows)));
  const d = refined(state, corrected, enough);
  const length = Math.min(1, share * reaches(program, at, d));
  const next: Iterate = { x: plus(at.x, length, d.x), y: plus(at.y, length, d.y), s: plus(at.s, length, d.s), z: plus(at.z, length, d.z) };
  const now = residualsAt(program, next);
  const steps = state.steps + 1;
  const best = now.worst < state.best.residuals.worst ? { at: next, residuals: now, step: steps } : state.best;
  const moved: ConicState = { ...state, at: next, residuals: now, best, steps, length };
  const isOver = now.worst <= tolerance || steps >= mostSteps || steps - best.step >= patience || length < 1e-10 || now.worst === Infinity;
  return isOver ? ended(moved) : moved;
}

/** What ds + W² dz should be, W (λ \\ (m e − λ ∘ λ − (W⁻¹ds) ∘ (W dz))), with the ds and dz of a direction before. */
function towards({ program, scaling: W, at }: ConicState, m: number = 0, before?: Iterate): Float64Array {
  const out = new Float64Array(at.s.length);
  if (before) {
    const [ds, dz] = [new Float64Array(out.length), new Float64Array(out.length)];
    unscaled(program, W, before.s, ds);
    scaled(program, W, before.z, dz);
    circle(program, ds, dz, out);
    for (let i = 0; i < out.length; i++) out[i] = -out[i]!;
    for (let i = 0; i < program.linear; i++) out[i]! += m;
    for (let k = 0; k + 1 < program.starts.length; k++) out[program.starts[k]!]! += m;
    undone(program, W.lambda, out);
    scaled(program, W, out, out);
  }
  addTo(out, -1, at.s); // W (λ \\ −λ ∘ λ)
  return out;
}

interface Aimed {
  readonly d: Iterate;
  readonly sides: Sides;
}

/** Where `part` of the residuals is undone, and ds + W² dz is what is wanted. */
function direction({ program, system, residuals: { dual, rows, cones } }: ConicState, part: number, wanted: Float64Array): Aimed {
  const times = (v: Float64Array): Float64Array => v.map((value) => -part * value);
  const s = times(cones);
  const sides: Sides = { first: times(dual), second: times(rows), third: plus(s, -1, wanted) };
  const d = system.solve(sides);
  addProduct(program.G, d.x, -1, s);
  return { d: { ...d, s }, sides };
}

/** The same until no residual is missed by more than `enough`. */
function refined({ program, system }: ConicState, { d, sides }: Aimed, enough: number): Iterate {
  const change = system.missing(d, sides, enough);
  if (!change) return d;
  const s = d.s.slice();
  addProduct(program.G, change.x, -1, s);
  return { x: plus(d.x, 1, change.x), y: plus(d.y, 1, change.y), z: plus(d.z, 1, change.z), s };
}

function reaches(program: ConeProgram, at: Iterate, d: Iterate): number {
  return Math.min(longest(program, at.s, d.s), longest(program, at.z, d.z));
}

// The judge has the last word; this is about whether to ask it.
const near = 1e-6;

function ended(state: ConicState): ConicState {
  const { problem, best, aim, tolerance } = state;
  switch (aim.kind) {
    case 'optimum':
      if (best.residuals.worst <= near) return { ...state, claim: { kind: 'converged' } };
      return begun(problem, elasticProgram(state.program), tolerance, { kind: 'violation', main: state });
    case 'violation': {
      const claim = contradiction(aim.main.program, state);
      if (claim || best.residuals.worst > near) return { ...state, claim: claim ?? stalled };
      return begun(problem, recessionProgram(aim.main.program), tolerance, { kind: 'recession', main: aim.main, from: feasible(aim.main, best.at) });
    }
    case 'recession':
      return { ...state, claim: fall(state) ?? stalled };
    default:
      return unreachable(aim);
  }
}

const stalled: Claim = { kind: 'stalled', why: 'the interior-point iterates stopped improving before the tolerance was reached' };

// Measures below this, beside the sizes of what they are sums of, may be rounding.
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

/** The point of least violation, with the multipliers of the last iterate. */
function feasible({ program, at }: ConicState, elastic: Iterate): Iterate {
  const x = elastic.x.slice(0, program.n);
  const s = program.h.slice();
  addProduct(program.G, x, -1, s);
  return { ...at, x, s };
}

function fall({ problem, program, best: { at, residuals } }: ConicState): Claim | undefined {
  if (!(residuals.worst <= near && residuals.value < -clear * maxNorm(program.c))) return undefined;
  return { kind: 'unbounded', ray: at.x.map((v, j) => (problem.lower[j]! > -Infinity ? Math.max(0, v) : problem.upper[j]! < Infinity ? Math.min(0, v) : v)) };
}
