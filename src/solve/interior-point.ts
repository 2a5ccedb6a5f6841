// Linear and convex quadratic programs, from presolve to certificates: the method around the predictor–corrector
// steps. Where those cannot decide, two auxiliary linear programs do: the least violation of the rows, and the
// steepest ray.

import { must, unreachable } from '../base/internal.ts';
import { farkas, recessionRay } from './certificates.ts';
import { fromEntries, toSparse } from './matrix.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import { errorOf, polish } from './polish.ts';
import type { PrimalDual } from './polish.ts';
import { inUnits, initInterior, interiorEnd, isParted, releaseInterior, scaledPoint, stepInterior, unscaled, worst } from './predictor-corrector.ts';
import type { InteriorEnd, InteriorState } from './predictor-corrector.ts';
import { presolve } from './presolve.ts';
import type { Presolved } from './presolve.ts';
import type { Problem } from './problem.ts';
import { objectiveAt, quadraticProgram } from './quadratic-program.ts';
import type { QuadraticProgram } from './quadratic-program.ts';

const sharp = 1e-12;
const rounding = 1e-15;

interface QuadraticState {
  readonly program: QuadraticProgram;
  /** undefined once presolve has found a contradiction. */
  readonly presolved: Presolved | undefined;
  readonly phase: Phase;
  readonly claim: Claim | undefined;
  /** The best point so far, of the program as it came. */
  readonly point: PrimalDual;
  readonly tolerance: number;
}

type Phase =
  /** `tried` is the error at which the active set was last read off before the end. */
  | { readonly kind: 'optimise'; readonly interior: InteriorState; readonly tried?: number }
  /** A ray is known: is there a feasible point? */
  | { readonly kind: 'feasible'; readonly interior: InteriorState; readonly ray: Float64Array }
  /** The least violation of the rows, where the optimum was not found. */
  | { readonly kind: 'elastic'; readonly interior: InteriorState; readonly ray?: Float64Array }
  | { readonly kind: 'ray'; readonly interior: InteriorState }
  | { readonly kind: 'over' };

export const interiorPoint: Method<QuadraticState> = {
  name: 'interior point',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance }: MethodOptions): QuadraticState {
  const program = must(quadraticProgram(problem), 'quadratic program');
  return initQuadratic(program, clampedStart(problem), tolerance);
}

function initQuadratic(program: QuadraticProgram, start: Float64Array, tolerance: number): QuadraticState {
  const zero: PrimalDual = { x: start, rows: new Float64Array(program.m), bounds: new Float64Array(program.n) };
  const presolved = presolve(program);
  const common = { program, point: zero, tolerance, claim: undefined };
  if ('program' in presolved) {
    const interior = initInterior(presolved.program, Math.min(1e-9, tolerance / 10));
    return { ...common, presolved, phase: { kind: 'optimise', interior } };
  }
  const certificate = farkas(program, presolved.rows);
  const claim: Claim =
    certificate === undefined
      ? { kind: 'stalled', why: 'the bounds contradict each other by little more than rounding' }
      : { kind: 'infeasible', rows: certificate.rows, bounds: certificate.bounds };
  return { ...common, presolved: undefined, phase: { kind: 'over' }, claim };
}

function clampedStart({ start, lower, upper }: Problem): Float64Array {
  return start.map((value, j) => Math.min(upper[j]!, Math.max(lower[j]!, value)));
}

function step(state: QuadraticState): QuadraticState {
  const { phase } = state;
  if (phase.kind === 'over') return state;
  const end = interiorEnd(phase.interior);
  if (end === undefined) return phase.kind === 'optimise' ? stepped(state, phase) : { ...state, phase: { ...phase, interior: stepInterior(phase.interior) } };
  const next = afterPhase(state, phase, end);
  if (next.phase.kind === 'over' || next.phase.interior.embedding !== phase.interior.embedding) releaseInterior(phase.interior);
  return next;
}

// Errors from which on the active set may be seen, and how much they fall before it is looked at again.
const seen = 1e-3;
const again = 1e-3;

/** One step; where it parts the sides that press from the others, the equations of those that do may prove the optimum. */
function stepped(state: QuadraticState, phase: Extract<Phase, { readonly kind: 'optimise' }>): QuadraticState {
  const interior = stepInterior(phase.interior);
  const error = worst(interior.errors);
  const next: QuadraticState = { ...state, phase: { ...phase, interior } };
  if (!(error <= seen && error <= again * (phase.tried ?? Infinity)) || !isParted(interior)) return next;
  const point = finished(interior, must(state.presolved, 'presolve'), 1);
  if (!(errorOf(state.program, point) <= sharp)) return { ...next, phase: { ...phase, interior, tried: error } };
  releaseInterior(interior);
  return { ...state, point, phase: { kind: 'over' }, claim: { kind: 'converged' } };
}

function afterPhase(state: QuadraticState, phase: Exclude<Phase, { readonly kind: 'over' }>, end: InteriorEnd): QuadraticState {
  switch (phase.kind) {
    case 'optimise':
      return afterOptimise(state, phase.interior, end);
    case 'feasible':
      return afterFeasible(state, phase.interior, phase.ray);
    case 'elastic':
      return afterElastic(state, phase.interior, phase.ray);
    case 'ray':
      return afterRay(state, phase.interior);
    default:
      return unreachable(phase);
  }
}

function afterOptimise(
  state: QuadraticState,
  interior: InteriorState,
  end: InteriorEnd,
): QuadraticState {
  const presolved = must(state.presolved, 'presolve');
  if (end === 'infeasible') {
    const decided = infeasible(state, presolved.restoreFarkas(unscaled(interior, interior.at, 1).rows));
    if (decided !== undefined) return decided;
  }
  if (end === 'unbounded') {
    const ray = recessionRay(state.program, presolved.restoreRay(unscaled(interior, interior.at, 1).x));
    return ray === undefined ? searchRay(state) : searchFeasible(state, ray);
  }
  const point = finished(interior, presolved);
  const error = errorOf(state.program, point);
  // While the active set cannot be read off, the iterates go on: to the last digits, and to rounding if they must.
  const wanted = error > state.tolerance ? rounding : sharp;
  if (error > sharp && end === 'converged' && interior.tolerance > wanted)
    return {
      ...state,
      point,
      phase: { kind: 'optimise', interior: { ...interior, tolerance: interior.tolerance / 1000 } },
    };
  if (error <= state.tolerance) return { ...state, point, phase: { kind: 'over' }, claim: { kind: 'converged' } };
  return searchElastic({ ...state, point }, undefined);
}

/** The best iterate, polished, of the program as it came. */
function finished(interior: InteriorState, presolved: Presolved, passes?: number): PrimalDual {
  const at = polished(interior, passes);
  return presolved.restore(at.x, at.rows, at.bounds);
}

/** The best iterate, or what polishing makes of it. Which bounds are active is seen where all is of size one. */
function polished(interior: InteriorState, passes?: number): PrimalDual {
  const { original, scaling } = interior;
  const best = interior.best.at;
  const sharper = inUnits(scaling, polish(scaling.program, clamped(scaling.program, scaledPoint(interior, best)), passes));
  const [before, after] = [unscaled(interior, best), sharper].map((at) => clamped(original, at)) as [PrimalDual, PrimalDual];
  return errorOf(original, after) <= errorOf(original, before) ? after : before;
}

function clamped(program: QuadraticProgram, { x, rows, bounds }: PrimalDual): PrimalDual {
  const { lower, upper } = program;
  const inside = new Float64Array(x.length);
  for (let j = 0; j < x.length; j++) inside[j] = Math.min(upper[j]!, Math.max(lower[j]!, x[j]!));
  return { x: inside, rows, bounds };
}

function infeasible(state: QuadraticState, rows: Float64Array): QuadraticState | undefined {
  const certificate = farkas(state.program, rows);
  if (certificate === undefined) return undefined;
  const claim: Claim = { kind: 'infeasible', rows: certificate.rows, bounds: certificate.bounds };
  return { ...state, phase: { kind: 'over' }, claim };
}

function searchFeasible(state: QuadraticState, ray: Float64Array): QuadraticState {
  const { program } = must(state.presolved, 'presolve');
  const without = { ...program, P: fromEntries(program.n, program.n, []), c: new Float64Array(program.n) };
  return { ...state, phase: { kind: 'feasible', ray, interior: initInterior(without, 1e-9) } };
}

function afterFeasible(state: QuadraticState, interior: InteriorState, ray: Float64Array): QuadraticState {
  const presolved = must(state.presolved, 'presolve');
  if (interiorEnd(interior) === 'infeasible') {
    const decided = infeasible(state, presolved.restoreFarkas(unscaled(interior, interior.at, 1).rows));
    if (decided !== undefined) return decided;
  }
  const found = polished(interior);
  if (errorOf(interior.original, found) > state.tolerance) return searchElastic(state, ray);
  return unbounded(state, presolved.restore(found.x, found.rows, found.bounds).x, ray);
}

function unbounded(state: QuadraticState, x: Float64Array, ray: Float64Array): QuadraticState {
  const { n, m } = state.program;
  const point = { x, rows: new Float64Array(m), bounds: new Float64Array(n) };
  return { ...state, point, phase: { kind: 'over' }, claim: { kind: 'unbounded', ray } };
}

/** Each row may be missed on either side, at a price of its length. */
function searchElastic(state: QuadraticState, ray: Float64Array | undefined): QuadraticState {
  const { program } = must(state.presolved, 'presolve');
  const { n, m, A } = program;
  const entries: [number, number, number][] = [];
  for (let i = 0; i < m; i++) {
    let length = 1e-300;
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) {
      entries.push([i, A.indices[at]!, A.values[at]!]);
      length = Math.max(length, Math.abs(A.values[at]!));
    }
    entries.push([i, n + i, length], [i, n + m + i, -length]);
  }
  const total = n + 2 * m;
  const elastic: QuadraticProgram = {
    ...program,
    n: total,
    P: fromEntries(total, total, []),
    c: new Float64Array(total).fill(1, n),
    constant: 0,
    A: fromEntries(m, total, entries),
    lower: extended(program.lower, total, 0),
    upper: extended(program.upper, total, Infinity),
  };
  const interior = initInterior(elastic, 1e-10);
  return { ...state, phase: ray === undefined ? { kind: 'elastic', interior } : { kind: 'elastic', interior, ray } };
}

function extended(values: Float64Array, total: number, filler: number): Float64Array {
  const out = new Float64Array(total).fill(filler);
  out.set(values);
  return out;
}

function afterElastic(state: QuadraticState, interior: InteriorState, ray: Float64Array | undefined): QuadraticState {
  const presolved = must(state.presolved, 'presolve');
  const found = polished(interior);
  const decided = infeasible(state, presolved.restoreFarkas(found.rows));
  if (decided !== undefined) return decided;
  if (ray === undefined) return searchRay(state);
  const { n } = presolved.program;
  if (!(Math.max(...found.x.subarray(n), 0) <= state.tolerance)) return stalled(state);
  const { rows, bounds } = found;
  return unbounded(state, presolved.restore(found.x.slice(0, n), rows, bounds.slice(0, n)).x, ray);
}

/** minimise cᵀd over directions that no bound or row stops, along which the objective does not curve. */
function searchRay(state: QuadraticState): QuadraticState {
  const { program } = must(state.presolved, 'presolve');
  const { n, m, A, P } = program;
  const entries: [number, number, number][] = [];
  for (let i = 0; i < m; i++)
    for (let at = A.starts[i]!; at < A.starts[i + 1]!; at++) entries.push([i, A.indices[at]!, A.values[at]!]);
  const curved = toSparse(P);
  for (let i = 0; i < n; i++) {
    for (let at = curved.starts[i]!; at < curved.starts[i + 1]!; at++) {
      const j = curved.indices[at]!;
      entries.push([m + i, j, curved.values[at]!]);
      if (P.kind === 'sparse' && j !== i) entries.push([m + j, i, curved.values[at]!]);
    }
  }
  const stop = (bound: number, most: number): number => (Math.abs(bound) === Infinity ? most : 0);
  const directions: QuadraticProgram = {
    n,
    m: m + n,
    P: fromEntries(n, n, []),
    c: program.c,
    constant: 0,
    A: fromEntries(m + n, n, entries),
    rowLower: extended(
      program.rowLower.map((bound) => stop(bound, -Infinity)),
      m + n,
      0,
    ),
    rowUpper: extended(
      program.rowUpper.map((bound) => stop(bound, Infinity)),
      m + n,
      0,
    ),
    lower: program.lower.map((bound) => stop(bound, -1)),
    upper: program.upper.map((bound) => stop(bound, 1)),
  };
  return { ...state, phase: { kind: 'ray', interior: initInterior(directions, 1e-10) } };
}

function afterRay(state: QuadraticState, interior: InteriorState): QuadraticState {
  const presolved = must(state.presolved, 'presolve');
  const found = polished(interior);
  const ray = recessionRay(state.program, presolved.restoreRay(found.x));
  return ray === undefined ? stalled(state) : searchFeasible(state, ray);
}

function stalled(state: QuadraticState): QuadraticState {
  const why = 'the interior-point iterates stopped improving before the tolerance was reached';
  return { ...state, phase: { kind: 'over' }, claim: { kind: 'stalled', why } };
}

function standing(state: QuadraticState): Standing {
  const { program, phase, presolved } = state;
  const running = phase.kind === 'optimise' && presolved !== undefined && interiorEnd(phase.interior) === undefined;
  let point = state.point;
  if (running) {
    const at = clamped(presolved.program, unscaled(phase.interior, phase.interior.best.at));
    point = presolved.restore(at.x, at.rows, at.bounds);
  }
  const errors = phase.kind === 'over' ? undefined : phase.interior.errors;
  return {
    z: point.x,
    multipliers: { linear: point.rows, nonlinear: new Float64Array(0), bounds: point.bounds },
    objective: objectiveAt(program, point.x),
    violation: errors?.primal ?? 0,
    stationarity: errors?.dual ?? 0,
    step: phase.kind === 'over' ? 0 : phase.interior.step,
  };
}
