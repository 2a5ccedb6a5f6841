// Which methods are tried on a problem, in order, and why.

import { must } from '../base/internal.ts';
import { once } from '../base/once.ts';
import { augmentedLagrangian } from './augmented-lagrangian.ts';
import { coordinateDescent, hasCoordinates } from './coordinate-descent.ts';
import { drive } from './drive.ts';
import type { Control, Run } from './drive.ts';
import { interiorPoint } from './interior-point.ts';
import { levenbergMarquardt } from './least-squares.ts';
import { isSemidefinite } from './linear/definite.ts';
import { factorOf, interiorPointBy } from './low-rank.ts';
import type { Method, MethodOptions, Progress } from './method.ts';
import { newton } from './newton.ts';
import { newtonCg } from './newton-cg.ts';
import { isPairwise } from './pairwise/pair-program.ts';
import { pairwise } from './pairwise/pairwise.ts';
import { nonlinearInteriorPoint } from './nonlinear.ts';
import { rowCount } from './problem.ts';
import type { Matrix } from './matrix.ts';
import type { Problem } from './problem.ts';
import { quadraticProgram } from './quadratic-program.ts';
import { quasiNewton } from './quasi-newton.ts';
import { secondOrderInteriorPoint } from './second-order/interior-point.ts';
import { semismoothNewton } from './semismooth-newton.ts';
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
// Where second derivatives fill, and beyond this many first derivatives alone are used.
const fewThatFill = 300;
const mostThatFill = 2500;
const mostForQr = 3e8;
// Of first derivatives; where these do not end, products of second ones may.
const manySteps = 5000;
// Below this interior points are as quick; above it a dense second derivative is not factorised.
const manyForBounds = 100;
const mostForBounds = 2500;

/**
 * The methods for a problem, the first choice first; each later one continues from the best point before it. What only a
 * later one needs to know is not looked at before. `seconds` are left.
 */
export function* choose(problem: Problem, seconds: number = Infinity): Generator<Attempt, void, undefined> {
  if (problem.cones !== undefined && problem.cones.length > 0) return yield* forCones(problem);
  if (problem.norms) return yield attempt(secondOrderInteriorPoint, 'the problem is a second-order cone program: norms of affine parts, and a convex quadratic objective');
  // Before anything that needs the second derivative as a whole.
  if (problem.convex && hasKinks(problem)) {
    yield attempt(coordinateDescent, 'the objective is a convex quadratic and absolute values of single variables', { most: 200 });
    if (problem.objective.class === 'quadratic') yield attempt(interiorPoint, 'the problem is a convex quadratic program');
    return yield attempt(quasiNewton, 'the objective is smooth in the parts of its variables');
  }
  const { objective, nonlinear } = problem;
  // The second derivative as a whole is asked for only where nothing else tells.
  const isProgram = (nonlinear?.count ?? 0) === 0 && (objective.class === 'linear' || (objective.class === 'quadratic' && objective.hessian !== undefined));
  const convexQuadratic = isProgram && (problem.convex || (problem.semidefinite ?? isSoonSemidefinite(must(quadraticProgram(problem)).P, seconds)));
  if (objective.isBent && problem.convex && rowCount(problem) === 0) return yield* withBends(problem);
  if (convexQuadratic) yield* forQuadratic(problem);
  if (isProgram && !convexQuadratic && objective.class === 'quadratic' && problem.dim >= manyForBounds && isPairwise(problem)) yield attempt(pairwise, 'the objective is quadratic, though not known to be convex, on a box with one equation', { most: 400 });
  return yield* rowCount(problem) > 0 ? withRows(problem, convexQuadratic) : withoutRows(problem, convexQuadratic);
}

// Of pairs, before interior points, where these are quick.
const stepsOfPairs = 4;

function* forQuadratic(problem: Problem): Generator<Attempt> {
  const { objective, dim } = problem;
  const factor = once(() => factorOf(problem));
  const kind = objective.class === 'linear' ? 'the problem is a linear program' : 'the problem is a convex quadratic program';
  const hasRows = rowCount(problem) > 0;
  if (dim >= manyForBounds && isPairwise(problem))
    yield attempt(pairwise, `${kind}, on a box with one equation`, { most: (steps) => steps >= 400 || (steps >= stepsOfPairs && factor() !== undefined) });
  // With bounds alone, a second derivative that is not stored already may never be made as a whole.
  const few = hasRows || objective.scaled ? factor() : undefined;
  if (few) yield attempt(interiorPointBy(few), `${kind}, and the second derivative a product of few columns`);
  // With bounds alone, one factorisation on the free variables is a whole iteration, and few of them find the active set.
  if (!hasRows && objective.class === 'quadratic' && dim >= manyForBounds && dim <= mostForBounds)
    yield attempt(newton, 'the problem is a convex quadratic program with bounds alone');
  if (!hasRows && dim > mostForBounds) yield attempt(quasiNewton, `${kind}, and only bounds constrain its many variables`, { most: 300 });
  yield attempt(interiorPoint, kind);
}

// Where a program without kinks will not take as long.
const mostSemismooth = { free: 500, bounded: 150 };

function* withBends({ objective, dim, lower, upper }: Problem): Generator<Attempt> {
  const isFree = lower.every((b) => b === -Infinity) && upper.every((b) => b === Infinity);
  if (dim <= mostForBounds && objective.hessian) {
    const why = 'the objective is convex and has a first derivative, whose kinks a generalised second derivative steps over';
    yield attempt(semismoothNewton, why, { most: mostSemismooth[isFree ? 'free' : 'bounded'] });
    return;
  }
  yield attempt(quasiNewton, 'the objective is convex and has a first derivative', { most: manySteps });
  if (objective.hessianProduct) yield attempt(newtonCg, 'the second derivative is large, products with it are not, and first derivatives did not suffice');
}

function* withRows(problem: Problem, convexQuadratic: boolean): Generator<Attempt> {
  const { objective, nonlinear, dim, fills = false } = problem;
  const hasHessian = objective.class === 'linear' || objective.hessian !== undefined;
  const byPoints = hasHessian && (nonlinear === undefined || nonlinear.hessian !== undefined);
  if (fills && dim > fewThatFill) {
    yield attempt(augmentedLagrangian, 'there are constraints, and second derivatives of so many variables fill when they are factorised', { most: manySteps });
    if (!byPoints || dim > mostThatFill) return;
  }
  if (byPoints) yield attempt(nonlinearInteriorPoint, 'there are constraints, and exact second derivatives', { final: problem.convex || convexQuadratic || dim > smallForNewton });
  if (fills && dim > fewThatFill) return;
  const why = 'there are constraints, and first derivatives suffice';
  yield attempt(augmentedLagrangian, why, byPoints || convexQuadratic ? { fresh: true, most: 2000 } : {});
}

function* withoutRows(problem: Problem, convexQuadratic: boolean): Generator<Attempt> {
  const { objective, dim, convex } = problem;
  const newtonFits = once(() => dim <= mostForNewton && objective.class !== 'linear' && objective.hessian !== undefined);
  const confirm = 'exact second derivatives tell minima from saddle points, and give the last digits';
  const { residuals } = objective;
  const bySquares = residuals !== undefined && residuals.count * dim * dim <= mostForQr;
  const isSmall = !bySquares && dim <= smallForNewton && newtonFits();
  if (bySquares) {
    yield attempt(levenbergMarquardt, 'the objective is a sum of squares', { final: convex || !newtonFits() });
    if (newtonFits()) yield attempt(newton, confirm);
  } else if (isSmall) yield attempt(newton, 'there are few variables, and exact second derivatives');
  const isFirst = !bySquares && !isSmall && !convexQuadratic;
  const isLarge = objective.hessianProduct !== undefined && (dim > mostForNewton || (!convex && !newtonFits()));
  yield attempt(quasiNewton, 'the objective is smooth, and only bounds constrain it', { final: convex || !isFirst || !newtonFits(), ...(isLarge && { most: manySteps }) });
  if (isFirst && newtonFits()) yield attempt(newton, confirm);
  if (objective.hessianProduct !== undefined && !newtonFits())
    yield attempt(newtonCg, 'the second derivative is large, products with it are not, and first derivatives did not suffice');
}

// A factorisation that would take longer than the time that is left, at a few billion operations a second, is left out.
const operations = 4e9;

function isSoonSemidefinite(P: Matrix, seconds: number): boolean {
  return (P.kind === 'sparse' || P.rows ** 3 / 3 < operations * seconds) && isSemidefinite(P);
}

function hasKinks(problem: Problem): boolean {
  return hasCoordinates(problem) && (problem.objective.coordinates?.negative.some((q) => q >= 0) ?? false);
}

function* forCones({ objective }: Problem): Generator<Attempt> {
  const kind = objective.class === 'linear' ? 'a semidefinite program' : 'a convex quadratic objective over semidefinite matrices';
  yield attempt(semidefiniteInteriorPoint, `the problem is ${kind}`);
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
    attempt(semismoothNewton, 'it was asked for'),
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
  /** Steps after which the next method is tried, or what tells whether it is after so many. */
  readonly most?: number | ((steps: number) => boolean);
}

function attempt<State>(
  method: Method<State>,
  why: string,
  { final = true, fresh = false, most = Infinity }: Manner = {},
): Attempt {
  const isEnough = typeof most === 'number' ? (steps: number): boolean => steps >= most : most;
  return { name: method.name, why, final, fresh, run: (how, control) => drive(method, how, control, isEnough) };
}
