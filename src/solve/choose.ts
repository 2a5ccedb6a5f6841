// Which methods are tried on a problem, in order, and why.

import { augmentedLagrangian } from './augmented-lagrangian.ts';
import { coordinateDescent, hasCoordinates } from './coordinate-descent.ts';
import { drive } from './drive.ts';
import type { Control, Run } from './drive.ts';
import { interiorPoint } from './interior-point.ts';
import { levenbergMarquardt } from './least-squares.ts';
import { isSemidefinite } from './linear/definite.ts';
import type { Method, MethodOptions, Progress } from './method.ts';
import { newton } from './newton.ts';
import { newtonCg } from './newton-cg.ts';
import { isPairwise, pairwise } from './pairwise.ts';
import { nonlinearInteriorPoint } from './nonlinear.ts';
import { rowCount } from './problem.ts';
import type { Problem } from './problem.ts';
import { quadraticProgram } from './quadratic-program.ts';
import { quasiNewton } from './quasi-newton.ts';
import { secondOrderInteriorPoint } from './second-order/interior-point.ts';
import { semidefiniteInteriorPoint } from './semidefinite/interior-point.ts';
import { rankOneFactorisation } from './semidefinite/rank-one.ts';

export interface Attempt {
  readonly name: string;
  /** One clause for the user: the method was chosen because … */
  readonly why: string;
  /** Whether an optimum it finds ends the solve; otherwise the next attempt starts from there and may improve it. */
  readonly final: boolean;
  /** Starts where the problem does, not at the best point so far: a second opinion. */
  readonly fresh: boolean;
  run(how: MethodOptions, control: Control): Generator<Progress, Run>;
}

// Up to this many variables, dense second derivatives cost little beside the evaluations they save.
const smallForNewton = 30;
const mostForNewton = 400;
const mostForQr = 3e8;
// Of first derivatives; where these do not end, products of second ones may.
const manySteps = 5000;
// Below this interior points are as quick; above it a dense second derivative is not factorised.
const manyForBounds = 100;
const mostForBounds = 2500;

/** The methods for a problem, the first choice first; each later one continues from the best point before it. */
export function choose(problem: Problem): readonly Attempt[] {
  if (problem.cones !== undefined && problem.cones.length > 0) return forCones(problem);
  if (problem.norms) return [attempt(secondOrderInteriorPoint, 'the problem is a second-order cone program: norms of affine parts, and a convex quadratic objective')];
  // Before anything that needs the second derivative as a whole.
  if (problem.convex && hasKinks(problem)) {
    const more = [problem.objective.class === 'quadratic' ? attempt(interiorPoint, 'the problem is a convex quadratic program') : undefined, attempt(quasiNewton, 'the objective is smooth in the parts of its variables')];
    return [attempt(coordinateDescent, 'the objective is a convex quadratic and absolute values of single variables', { most: 200 }), ...more.filter((one) => one !== undefined)];
  }
  const program = quadraticProgram(problem);
  const attempts: Attempt[] = [];
  const { objective, nonlinear, dim } = problem;
  const convexQuadratic = program !== undefined && (problem.convex || isSemidefinite(program.P));
  // With bounds alone, one factorisation on the free variables is a whole iteration, and few of them find the active set.
  if (
    convexQuadratic &&
    rowCount(problem) === 0 &&
    objective.class === 'quadratic' &&
    dim >= manyForBounds &&
    dim <= mostForBounds
  )
    attempts.push(attempt(newton, 'the problem is a convex quadratic program with bounds alone'));
  if (convexQuadratic) {
    const kind =
      objective.class === 'linear' ? 'the problem is a linear program' : 'the problem is a convex quadratic program';
    if (rowCount(problem) === 0 && dim > mostForBounds)
      attempts.push(attempt(quasiNewton, `${kind}, and only bounds constrain its many variables`, { most: 300 }));
    if (dim >= manyForBounds && isPairwise(problem))
      attempts.push(attempt(pairwise, `${kind}, on a box with one equation`, { most: 400 }));
    attempts.push(attempt(interiorPoint, kind));
  }
  const hasHessian = objective.hessian !== undefined || objective.class === 'linear';
  if (rowCount(problem) > 0) {
    if (hasHessian && (nonlinear === undefined || nonlinear.hessian !== undefined))
      attempts.push(
        attempt(nonlinearInteriorPoint, 'there are constraints, and exact second derivatives', {
          final: problem.convex || convexQuadratic || dim > smallForNewton,
        }),
      );
    const why = 'there are constraints, and first derivatives suffice';
    attempts.push(attempt(augmentedLagrangian, why, attempts.length > 0 ? { fresh: true, most: 2000 } : {}));
    return attempts;
  }
  const newtonFits = hasHessian && dim <= mostForNewton && objective.class !== 'linear';
  const confirm = 'exact second derivatives tell minima from saddle points, and give the last digits';
  const { residuals } = objective;
  if (residuals !== undefined && residuals.count * dim * dim <= mostForQr) {
    attempts.push(
      attempt(levenbergMarquardt, 'the objective is a sum of squares', { final: problem.convex || !newtonFits }),
    );
    if (newtonFits) attempts.push(attempt(newton, confirm));
  } else if (newtonFits && dim <= smallForNewton)
    attempts.push(attempt(newton, 'there are few variables, and exact second derivatives'));
  const last = problem.convex || !newtonFits || attempts.length > 0;
  const hasProducts = !newtonFits && objective.hessianProduct !== undefined;
  attempts.push(attempt(quasiNewton, 'the objective is smooth, and only bounds constrain it', { final: last, ...(hasProducts && { most: manySteps }) }));
  if (newtonFits && attempts.length === 1) attempts.push(attempt(newton, confirm));
  if (hasProducts) attempts.push(attempt(newtonCg, 'the second derivative is large, products with it are not, and first derivatives did not suffice'));
  return attempts;
}

function hasKinks(problem: Problem): boolean {
  return hasCoordinates(problem) && (problem.objective.coordinates?.negative.some((q) => q >= 0) ?? false);
}

function forCones({ objective }: Problem): readonly Attempt[] {
  const kind = objective.class === 'linear' ? 'a semidefinite program' : 'a convex quadratic objective over semidefinite matrices';
  return [attempt(semidefiniteInteriorPoint, `the problem is ${kind}`)];
}

/** A method by its name, for those who ask for one. */
export function methodNamed(name: string): Attempt | undefined {
  return named.get(name);
}

const named = new Map<string, Attempt>(
  [
    attempt(interiorPoint, 'it was asked for'),
    attempt(quasiNewton, 'it was asked for'),
    attempt(newton, 'it was asked for'),
    attempt(newtonCg, 'it was asked for'),
    attempt(pairwise, 'it was asked for'),
    attempt(coordinateDescent, 'it was asked for'),
    attempt(semidefiniteInteriorPoint, 'it was asked for'),
    attempt(secondOrderInteriorPoint, 'it was asked for'),
    attempt(rankOneFactorisation, 'it was asked for'),
    attempt(levenbergMarquardt, 'it was asked for'),
    attempt(nonlinearInteriorPoint, 'it was asked for'),
    attempt(augmentedLagrangian, 'it was asked for'),
  ].map((one) => [one.name, one]),
);

export const methodNames: readonly string[] = [...named.keys()];

interface Manner {
  readonly final?: boolean;
  readonly fresh?: boolean;
  /** Steps after which the next method is tried. */
  readonly most?: number;
}

function attempt<State>(
  method: Method<State>,
  why: string,
  { final = true, fresh = false, most }: Manner = {},
): Attempt {
  return { name: method.name, why, final, fresh, run: (how, control) => drive(method, how, control, most) };
}
