// Newton–CG on a box with products of the second derivative alone (Nocedal & Wright, algorithm 7.1, with Bertsekas' free
// set): the equations of the step are solved by conjugate gradients, as exactly as the gradient is small, up to the first
// direction of negative curvature.

import { must } from '../base/internal.ts';
import { boundPrices, freeSet, projectedGradient } from './box.ts';
import { claimAtStart, claimFarAway } from './descent.ts';
import { searchAlong } from './line-search.ts';
import type { Point } from './line-search.ts';
import { lateStanding } from './late.ts';
import type { Claim, Method, MethodOptions, Standing } from './method.ts';
import type { Problem } from './problem.ts';
import { addTo, dot, maxNorm, norm, plus } from './vector.ts';

interface NewtonCgState {
  readonly problem: Problem;
  readonly point: Point;
  readonly target: number;
  readonly size: number;
  readonly least: number;
  readonly step: number;
  /** Steps in a row without progress above rounding. */
  readonly idle: number;
  readonly claim: Claim | undefined;
}

const patience = 5;
const mostProducts = 500;

export const newtonCg: Method<NewtonCgState> = {
  name: 'Newton-CG',
  init,
  step,
  done: (state) => state.claim,
  standing,
};

function init(problem: Problem, { tolerance, warm }: MethodOptions): NewtonCgState {
  const x = warm?.z ?? problem.start;
  const g = new Float64Array(problem.dim);
  const f = problem.objective.gradient(x, g);
  const size = projectedGradient(problem, x, g);
  const target = 0.1 * tolerance * Math.min(1, Math.max(maxNorm(g), 1e-8));
  return { problem, point: { x, f, g }, target, size, least: size, step: 0, idle: 0, claim: claimAtStart(x, f, size, target) };
}

function step(state: NewtonCgState): NewtonCgState {
  const { problem, point } = state;
  const { x, f, g } = point;
  const free = freeSet(problem, x, g);
  const { d, isCurved } = direction(problem, x, g, free);
  // Along negative curvature nothing says how far.
  const first = isCurved ? Math.min(1, Math.max(1e-3, norm(x)) / norm(d)) : 1;
  const evaluate = (z: Float64Array, out: Float64Array): number => problem.objective.gradient(z, out);
  const steepest = (): Float64Array => g.map((value, j) => (free[j] === 1 ? -value : 0));
  const found = searchAlong(problem, evaluate, point, d, first) ?? searchAlong(problem, evaluate, point, steepest(), Math.min(1, 0.1 / norm(g)));
  if (found === undefined) {
    const claim: Claim = state.size <= 100 * state.target ? { kind: 'converged' } : { kind: 'stalled', why: 'no step lowers the objective by more than rounding' };
    return { ...state, claim };
  }
  const size = projectedGradient(problem, found.point.x, found.point.g);
  const isProgress = f - found.point.f > 1e-15 * Math.abs(f) || size < 0.5 * state.least;
  const next = { ...state, point: found.point, size, least: Math.min(size, state.least), step: found.step, idle: isProgress ? 0 : state.idle + 1 };
  return { ...next, claim: ending(next, x) };
}

function ending({ problem, point: { x, f }, size, target, idle }: NewtonCgState, before: Float64Array): Claim | undefined {
  if (size <= target) return { kind: 'converged' };
  const far = claimFarAway(problem, x, f, plus(x, -1, before));
  if (far) return far;
  return idle >= patience ? { kind: 'stalled', why: 'the objective no longer changes above rounding' } : undefined;
}

/** An approximate solution of H d = −g on the free variables. */
function direction(problem: Problem, x: Float64Array, g: Float64Array, free: Uint8Array): { readonly d: Float64Array; readonly isCurved: boolean } {
  const n = x.length;
  const product = must(problem.objective.hessianProduct?.bind(problem.objective), 'Hessian products');
  const mask = free.includes(0) ? Float64Array.from(free) : undefined;
  const inverse = problem.objective.approximation?.(x).inverse(mask);
  const onFree = (v: Float64Array): void => {
    if (mask) for (let j = 0; j < n; j++) v[j]! *= mask[j]!;
  };
  const d = new Float64Array(n);
  const r = g.slice();
  onFree(r);
  const size = norm(r);
  // Superlinear: the forcing term of Eisenstat & Walker's kind.
  const enough = Math.min(0.5, Math.sqrt(size / Math.max(1, size, norm(g)))) * size;
  let y = inverse ? inverse(r) : r.slice();
  let p = y.map((value) => -value);
  let ry = dot(r, y);
  const Hp = new Float64Array(n);
  for (let turn = 0; turn < Math.min(2 * n, mostProducts); turn++) {
    product(x, p, Hp);
    onFree(Hp);
    const curve = dot(p, Hp);
    if (!(curve > 1e-14 * dot(p, p) * (norm(Hp) / Math.max(1e-300, norm(p))))) return turn === 0 ? { d: p, isCurved: true } : { d, isCurved: false };
    const alpha = ry / curve;
    addTo(d, alpha, p);
    addTo(r, alpha, Hp);
    if (!(norm(r) > Math.min(enough, 0.1 * size))) break;
    y = inverse ? inverse(r) : r.slice();
    const next = dot(r, y);
    const beta = next / ry;
    ry = next;
    p = p.map((value, j) => beta * value - y[j]!);
  }
  return { d, isCurved: false };
}

function standing({ problem, point, size, step: length }: NewtonCgState): Standing {
  const plain = {
    z: point.x,
    objective: point.f,
    violation: 0,
    stationarity: size,
    step: length,
  };
  return lateStanding(plain, () => ({ linear: new Float64Array(0), nonlinear: new Float64Array(0), bounds: boundPrices(problem, point.x, point.g) }));
}
