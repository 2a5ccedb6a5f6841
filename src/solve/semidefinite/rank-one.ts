// Semidefinite matrices by factors that grow: a quasi-Newton method on X = V Vᵀ, and where it ends, one more column along
// the eigenvector of the least eigenvalue of the gradient of the Lagrangian, until there is none below zero. A stationary
// point of a convex problem with that property is its optimum.
// Laue, A hybrid algorithm for convex semidefinite optimization, ICML 2012; Hazan, LATIN 2008, for the direction.

import { must } from '../../base/internal.ts';
import { symmetricEigen } from '../../ops/reference/symmetric-eigen.ts';
import { augmentedLagrangian } from '../augmented-lagrangian.ts';
import type { Claim, Method, MethodOptions, Multipliers, Standing } from '../method.ts';
import { type Problem, rowCount } from '../problem.ts';
import { quasiNewton } from '../quasi-newton.ts';
import { type FactorProblem, factorProblem } from './factor-problem.ts';

interface Inner {
  readonly step: () => Inner;
  readonly done: Claim | undefined;
  readonly standing: Standing;
}

interface FactorState {
  readonly problem: Problem;
  readonly options: MethodOptions;
  readonly factors: readonly Float64Array[];
  readonly form: FactorProblem;
  readonly inner: Inner;
  readonly claim: Claim | undefined;
}

export const rankOneFactorisation: Method<FactorState> = {
  name: 'rank-one factorisation',
  init: (problem, options) => {
    const factors = must(problem.cones).map(({ order, places, sign }) => {
      const g = new Float64Array(problem.dim);
      problem.objective.gradient(problem.start, g);
      const G = Float64Array.from(places, (j, at) => sign * g[j]! * (Math.floor(at / order) === at % order ? 1 : 0.5));
      // Not orthogonal to anything by symmetry.
      return G.every(Number.isFinite) ? leastVector(G, order).map((v, i) => v + 0.1 / (i + 2)) : identity(order);
    });
    const rank = factorProblem(problem, problem.start, factors);
    const isDefined = Number.isFinite(rank.problem.objective.value(rank.problem.start));
    return begun(problem, options, problem.start, isDefined ? factors : must(problem.cones).map((c) => identity(c.order)));
  },
  step,
  done: (state) => state.claim,
  standing: ({ problem, form, inner }) => {
    const z = form.point(inner.standing.z);
    return { ...inner.standing, z, multipliers: form.multipliers(z, inner.standing.multipliers), objective: problem.objective.value(z) };
  },
};

function begun(problem: Problem, options: MethodOptions, rest: Float64Array, factors: readonly Float64Array[], before?: Multipliers): FactorState {
  const form = factorProblem(problem, rest, factors);
  const warm = before && rowCount(form.problem) > 0 ? { warm: { multipliers: { ...before, bounds: new Float64Array(form.problem.dim) } } } : {};
  const how = { tolerance: options.tolerance, ...warm };
  return { problem, options, factors, form, inner: rowCount(form.problem) > 0 ? running(augmentedLagrangian, form.problem, how) : running(quasiNewton, form.problem, how), claim: undefined };
}

function running<State>(method: Method<State>, problem: Problem, options: MethodOptions): Inner {
  const at = (state: State): Inner => ({ step: () => at(method.step(state)), done: method.done(state), standing: method.standing(state) });
  return at(method.init(problem, options));
}

function step(state: FactorState): FactorState {
  const { problem, options, form, inner } = state;
  if (inner.done === undefined) return { ...state, inner: inner.step() };
  if (inner.done.kind !== 'converged' && inner.done.kind !== 'stalled') return { ...state, claim: inner.done };
  const u = inner.standing.z;
  const z = form.point(u);
  const { cones: slacks = [] } = form.multipliers(z, inner.standing.multipliers);
  let isOver = true;
  let from = problem.dim - new Set(must(problem.cones).flatMap((c) => [...c.places])).size;
  const factors = state.factors.map((V, k) => {
    const { order } = must(problem.cones?.[k]);
    const now = u.slice(from, from + V.length);
    from += V.length;
    const S = must(slacks[k]);
    const size = S.reduce((most, s) => Math.max(most, Math.abs(s)), 1);
    const { values } = symmetricEigen({ shape: [order, order], data: S });
    if (!(values.data[0]! < -options.tolerance * size) || V.length >= order * order) return now;
    isOver = false;
    const scale = Math.sqrt(Math.max(1e-6, Math.min(1, -values.data[0]! / size))) * Math.max(1e-2, Math.sqrt(now.reduce((sum, v) => sum + v * v, 0) / Math.max(1, now.length)));
    const grown = new Float64Array(now.length + order);
    grown.set(now);
    grown.set(leastVector(S, order).map((v) => 0.1 * scale * v), now.length);
    return grown;
  });
  if (isOver) return { ...state, claim: inner.done };
  return begun(problem, options, z, factors, inner.standing.multipliers);
}

function leastVector(S: Float64Array, n: number): Float64Array {
  const { vectors } = symmetricEigen({ shape: [n, n], data: S });
  return Float64Array.from({ length: n }, (_, i) => vectors.data[i * n]!);
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
}
