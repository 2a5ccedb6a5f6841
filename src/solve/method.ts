// What methods are: an init, a step and a done over an immutable state; what a solve returns.

import type { Problem } from './problem.ts';

/**
 * Multipliers of a point, signed as prices: at an optimum
 *
 *     ∇f(z) = Aᵀ linear + Jᵀ nonlinear + bounds,
 *
 * so a multiplier is ≥ 0 where a lower bound is active, ≤ 0 where an upper bound is active, and 0 between; it is the
 * rate at which the optimal objective grows with that bound. Of a semidefinite matrix X the multiplier S is one too, with
 * ⟨X, S⟩ = 0, and stands on the right as the gradient of sign · ⟨X, S⟩.
 */
export interface Multipliers {
  readonly linear: Float64Array;
  readonly nonlinear: Float64Array;
  /** One for each variable. */
  readonly bounds: Float64Array;
  /** One symmetric matrix for each cone, psd at an optimum, by rows. */
  readonly cones?: readonly Float64Array[];
  /** One number for each row of the second-order cones, in these cones at an optimum: Mᵀ norms stands on the right too. */
  readonly norms?: Float64Array;
}

export type Limit = 'time' | 'evaluations' | 'iterations' | 'caller';

/** How a solve ended. */
export type Outcome =
  /** The KKT report holds; global if the problem is certified convex. */
  | { readonly kind: 'optimal'; readonly scope: 'global' | 'local' }
  /**
   * Feasible, but the KKT conditions do not hold to the tolerance; or they do, and yet the objective falls on and on along
   * `ray`, or on a curved way in its direction, to `below` far out, so that no point is optimal.
   */
  | { readonly kind: 'feasible'; readonly why: string; readonly endless?: { readonly ray: Float64Array; readonly below: number; readonly isCurved?: boolean } }
  | { readonly kind: 'infeasible'; readonly certificate: Infeasibility }
  /** A stationary point of the violation; elsewhere there may be feasible points. */
  | { readonly kind: 'locally-infeasible'; readonly violation: number }
  /** From the feasible `z`, the objective falls for ever along `ray`; or below all numbers on the way along it to `pole`. */
  | { readonly kind: 'unbounded'; readonly ray: Float64Array; readonly pole?: Float64Array }
  /** The objective or a row is not defined where the method had to go. */
  | { readonly kind: 'left-domain'; readonly where: Float64Array }
  | { readonly kind: 'stopped'; readonly by: Limit }
  /** The method could not go on, and the point is not feasible. */
  | { readonly kind: 'failed'; readonly why: string };

export type Infeasibility =
  /** lower[i] > upper[i] of the box. */
  | { readonly kind: 'empty-box'; readonly variable: number }
  /**
   * Farkas: the combination Σ rows[i] (Az)[i] + Σ bounds[j] z[j] vanishes for all z, and its least value over the
   * bounds, `gap`, is positive. `rows` has the linear rows only. With cones, Σ sign · ⟨cones[k], X[k]⟩ is part of the
   * combination, and the matrices are psd; with second-order cones, Σ norms[i] (M z)[i] is, with norms in the cones.
   */
  | { readonly kind: 'farkas'; readonly rows: Float64Array; readonly bounds: Float64Array; readonly cones?: readonly Float64Array[]; readonly norms?: Float64Array; readonly gap: number }
  /** Convex rows: `z` has the least sum of squared violations, which is positive; its gradient vanishes on the box. */
  | { readonly kind: 'least-violation'; readonly violation: number };

export interface Evaluations {
  readonly objective: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  readonly jacobian: number;
}

export interface Result {
  readonly outcome: Outcome;
  readonly z: Float64Array;
  /** f(z), recomputed from z. */
  readonly objective: number;
  /** Largest violation of a bound or row, in the units of the problem. */
  readonly violation: number;
  readonly multipliers: Multipliers;
  readonly method: string;
  readonly iterations: number;
  readonly evaluations: Evaluations;
  readonly seconds: number;
  /** What a later solve of a like problem can start from. */
  readonly warm: WarmStart;
}

export interface WarmStart {
  readonly z?: Float64Array;
  readonly multipliers?: Multipliers;
  /** Curvature pairs of a quasi-Newton method, newest last. */
  readonly memory?: readonly CurvaturePair[];
}

export interface CurvaturePair {
  readonly s: Float64Array;
  readonly y: Float64Array;
}

/** One line of news after a step. */
export interface Progress {
  readonly method: string;
  readonly iteration: number;
  readonly objective: number;
  readonly violation: number;
  /** Largest entry of the (projected) gradient of the Lagrangian, scaled as the method scales it. */
  readonly stationarity: number;
  readonly step: number;
  readonly evaluations: number;
  readonly seconds: number;
  readonly z: Float64Array;
}

export interface Limits {
  readonly seconds?: number;
  /** Of objective values and gradients together. */
  readonly evaluations?: number;
  readonly iterations?: number;
}

export interface SolveOptions {
  /** KKT tolerance, relative as `kkt.ts` scales it. 1e-8 if left out. */
  readonly tolerance?: number;
  readonly limits?: Limits;
  /** One of `methodNames`, instead of the choice made by `choose`. */
  readonly method?: string;
  readonly warm?: WarmStart;
  /** Called after every step; a returned `'stop'` ends the solve with the best point so far. */
  readonly onProgress?: (progress: Progress) => 'stop' | void;
  /** Ends a solve; its state is looked at before every step and evaluation. */
  readonly signal?: AbortSignal;
}

/** Where a state of a method stands. */
export interface Standing {
  readonly z: Float64Array;
  readonly multipliers: Multipliers;
  readonly objective: number;
  readonly violation: number;
  readonly stationarity: number;
  readonly step: number;
  readonly memory?: readonly CurvaturePair[];
}

/**
 * What a method claims at its end: `converged` is a claim that `kkt.ts` tests before a result is called optimal;
 * certificates are tested too.
 */
export type Claim =
  | { readonly kind: 'converged' }
  | { readonly kind: 'stalled'; readonly why: string }
  | { readonly kind: 'infeasible'; readonly rows: Float64Array; readonly bounds: Float64Array; readonly cones?: readonly Float64Array[]; readonly norms?: Float64Array }
  | { readonly kind: 'locally-infeasible' }
  | { readonly kind: 'unbounded'; readonly ray: Float64Array }
  | { readonly kind: 'left-domain'; readonly where: Float64Array };

/** A method. A state is never changed: a step returns the next one. */
export interface Method<State> {
  readonly name: string;
  init(problem: Problem, options: MethodOptions): State;
  step(state: State): State;
  /** What the method claims at its end; undefined while it goes on. */
  done(state: State): Claim | undefined;
  standing(state: State): Standing;
}

export interface MethodOptions {
  readonly tolerance: number;
  readonly warm?: WarmStart;
}
