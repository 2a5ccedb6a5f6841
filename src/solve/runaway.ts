// Optima that are none: under x y >= 1 the least x is smaller the larger y is, and where a method stops all conditions hold to
// the tolerance. If the objective still falls each time the variable that went farthest is taken farther, and the
// others follow, no point attains the infimum. Rays do not show this: the way is curved.

import type { Endless } from './endless.ts';
import type { Progress } from './method.ts';
import type { Problem } from './problem.ts';
import type { Solution } from './solve.ts';
import { maxNorm, plus } from './vector.ts';

/** A point of the way is solved for from a start of its own, to a tolerance. */
export type SolvePoint = (problem: Problem) => Generator<Progress, Solution>;

// Beside 1 and the start.
const far = 100;
// How far the variable is taken, as multiples of its value.
const factors = [1.5, 2, 4, 16, 256, 2 ** 16, 2 ** 20] as const;
// Falls larger than rounding that must come first.
const leastFalls = 4;

/**
 * The way on from a local optimum far out, if the objective falls all along it; undefined if it rises, or does not change,
 * or if the way leaves the constraints.
 */
export function* runaway(problem: Problem, found: Solution, solvePoint: SolvePoint): Generator<Progress, Endless | undefined> {
  const j = farthest(problem, found.z);
  if (j === undefined) return undefined;
  let [last, falls] = [found, 0];
  for (const factor of factors) {
    const value = factor * found.z[j]!;
    const fixed = (bounds: Float64Array): Float64Array => bounds.with(j, value);
    const next = yield* solvePoint({ ...problem, lower: fixed(problem.lower), upper: fixed(problem.upper), start: last.z.with(j, value), startGiven: true });
    const blind = rounding(problem, next) + rounding(problem, last);
    const fall = last.objective - next.objective;
    if (!(fall >= -blind) || !(next.kkt.primal.scaled <= found.kkt.primal.scaled || next.violation <= feasible)) return undefined;
    if (fall > blind) falls++;
    else if (falls < leastFalls) return undefined;
    else break;
    last = next;
  }
  const way = plus(last.z, -1, found.z);
  const length = maxNorm(way);
  return { ray: way.map((v) => (Math.abs(v) < 1e-3 * length ? 0 : v / length)), below: last.objective, isCurved: true };
}

// Violations that count as none.
const feasible = 1e-8;

/** The variable that is farthest out, if it is far and nothing bounds it on that side. */
function farthest({ start, lower, upper, linear, nonlinear, norms, cones, objective }: Problem, z: Float64Array): number | undefined {
  // A quadratic objective on a polyhedron that is bounded below has a least value. Frank & Wolfe, 1956.
  const isProgram = (objective.class === 'linear' || objective.class === 'quadratic') && !nonlinear;
  if (isProgram || norms || (cones?.length ?? 0) > 0 || (linear && linear.matrix.rows > mostRows) || z.length > mostVariables) return undefined;
  let best: number | undefined;
  for (let j = 0; j < z.length; j++) {
    const [size, from] = [Math.abs(z[j]!), Math.abs(start[j]!)];
    const isFree = z[j]! > 0 ? upper[j] === Infinity : lower[j] === -Infinity;
    if (isFree && size > far * Math.max(1, from) && !(best !== undefined && size <= Math.abs(z[best]!))) best = j;
  }
  return best;
}

// The way is walked for small problems.
const [mostVariables, mostRows] = [200, 400];

/** By how much a value may be wrong: digits of its terms, and what violations of the rows are worth. */
function rounding({ dim, objective }: Problem, { z, multipliers, violation }: Solution): number {
  const gradient = new Float64Array(dim);
  let size = Math.abs(objective.gradient(z, gradient));
  for (let j = 0; j < dim; j++) size += Math.abs(gradient[j]! * z[j]!);
  let price = 0;
  for (const y of multipliers.linear) price += Math.abs(y);
  for (const y of multipliers.nonlinear) price += Math.abs(y);
  return 8 * Number.EPSILON * size + price * violation;
}
