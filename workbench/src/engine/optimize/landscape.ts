// The objective over a plane through a solution, with the path that led there: for contours and surfaces.

import { must } from '../../../../src/base/internal.ts';
import { once } from '../../../../src/base/once.ts';
import { RicciError } from '../../../../src/base/diagnostic.ts';
import { inContext } from '../../../../src/ir/expr.ts';
import { toDense } from '../../../../src/data/array.ts';
import type { Dense } from '../../../../src/ops/reference/dense.ts';
import { oneDerivative } from '../../../../src/pipeline.ts';
import { interpreter } from '../../../../src/run/interpret.ts';
import { bindSizes } from '../../../../src/run/sizes.ts';
import type { PreparedModel } from '../../../../src/solve/index.ts';
import type { Work } from '../work.ts';
import { type AxisVector, axesOf } from './directions.ts';
import { type Loaded, type ModelQuestion, loaded } from './given.ts';
import { type LastSolution, keptModel, lastSolution } from './solve.ts';
import { arrays, dot, flat, moved } from './space.ts';
import type { Axis } from './ways.ts';

export interface LandscapeQuestion extends ModelQuestion {
  readonly axes: readonly [Axis, Axis];
}

export interface Landscape {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** `objective[row][column]`, rows by y; NaN outside the domain. */
  readonly objective: readonly Float64Array[];
  /** Whether all inequalities hold there. */
  readonly feasible: readonly Uint8Array[];
  /** The sides of equations on the same grid, whose zeros are where they hold. */
  readonly equations: readonly (readonly Float64Array[])[];
  readonly optimum: readonly [number, number];
  readonly labels: readonly [string, string];
  /** Points of the solve, seen along what the plane leaves out. */
  readonly path: readonly (readonly [number, number])[];
}

const points = 61;
// The interpreter takes no longer than this for one picture.
const effort = 2 ** 21;

// Messages are heard this often, in milliseconds.
const pause = 40;

/** The message `stop` ends it early, with an error: what is asked next need not wait. */
export async function landscape(question: LandscapeQuestion, work: Work): Promise<Landscape> {
  const prepared = keptModel(question.model, work);
  const last = lastSolution(question.model, work);
  if (!last) throw new RicciError([{ code: 'no-solution', severity: 'error', message: 'there is no solution to look around', span: [0, 0], help: 'solve the model first' }]);
  let isStopped = false;
  work.onMessage((message) => (isStopped ||= message === 'stop'));
  const { values } = await loaded(prepared, question, work);
  const { x } = last.solution;
  const { constraints } = prepared.model;
  const { axes, path, evaluate } = inContext(prepared.context, () => seenFrom(question, prepared, values, last));
  const center = flat(x);
  const [across, up] = axes.map((axis, k) => windowOf(axis, path.map((point) => point[k]!), center));
  const [first, second] = axes;
  const objective: Float64Array[] = [];
  const feasible: Uint8Array[] = [];
  const equations: Float64Array[][] = [];
  let heard = performance.now();
  for (const height of must(up)) {
    const row = moved(center, height - second.base, second.vector);
    const rowValues: (readonly Dense[])[] = [];
    for (const place of must(across)) {
      rowValues.push(evaluate(moved(row, place - first.base, first.vector)));
      if (performance.now() - heard < pause) continue;
      await new Promise((go) => setTimeout(go, 0));
      if (isStopped) throw new RicciError([{ code: 'stopped', severity: 'error', message: 'the picture was given up', span: [0, 0] }]);
      heard = performance.now();
    }
    objective.push(Float64Array.from(rowValues, ([value]) => value!.data[0]!));
    const residuals = rowValues.map(([, ...sides]) => sides.flatMap((side, i) => (constraints[i]!.relation === '==' ? [...side.data.subarray(0, mostEquations)] : [])).slice(0, mostEquations));
    residuals[0]!.forEach((_, k) => (equations[k] ??= []).push(Float64Array.from(residuals, (r) => r[k]!)));
    feasible.push(Uint8Array.from(rowValues, ([, ...sides]) => Number(sides.every((side, i) => holds(side, constraints[i]!.relation)))));
  }
  return { x: must(across), y: must(up), objective, feasible, equations, optimum: [first.base, second.base], labels: [first.label, second.label], path };
}

interface Seen {
  readonly axes: readonly [AxisVector, AxisVector];
  readonly path: readonly (readonly [number, number])[];
  /** The objective, and the sides of all constraints. */
  readonly evaluate: (at: Float64Array) => readonly Dense[];
}

function seenFrom(question: LandscapeQuestion, { model }: PreparedModel, values: Loaded['values'], { solution: { x }, trail }: LastSolution): Seen {
  const given = new Map<string, Dense>([...Object.entries(values).map(([name, array]) => [name, toDense(array)] as const), ...Object.entries(x)]);
  const variables = model.variables.map((v) => v.node);
  const sizes = bindSizes([...model.parameters.map((p) => p.node), ...variables], given);
  const valuesAt = (at: Float64Array): ReadonlyMap<string, Dense> => new Map([...given, ...arrays(at, x)]);
  const center = flat(x);
  const gradient = (at: Float64Array): Float64Array => flat(Object.fromEntries(slopes()(valuesAt(at)).map((slope, i) => [i, slope])));
  const slopes = once(() => interpreter(variables.map((v) => oneDerivative(model.objective.expr, v)), sizes, effort));
  const axes = axesOf(question.axes, { x, center, variables, trail, gradient });
  const path = trail.map((point) => axes.map(({ vector, base }) => base + dot(moved(point, -1, center), vector) / dot(vector, vector)) as [number, number]);
  const evaluate = interpreter([model.objective.expr, ...model.constraints.map((c) => c.expr)], sizes, effort);
  return { axes, path, evaluate: (at) => evaluate(valuesAt(at)) };
}

/** Wide enough for the path; where there is none to speak of, as wide as the numbers of the solution are large. */
function windowOf({ base }: AxisVector, path: readonly number[], center: Float64Array): number[] {
  const far = path.reduce((most, at) => (Number.isFinite(at) ? Math.max(most, Math.abs(at - base)) : most), 0);
  const usual = 0.5 * (center.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 2);
  const half = Math.max(1.25 * far, 0.5 * Math.abs(base), far > 0.01 * usual ? 0 : usual);
  return Array.from({ length: points }, (_, i) => base + half * ((2 * i) / (points - 1) - 1));
}

// More lines than these are no picture.
const mostEquations = 12;

function holds({ data }: Dense, relation: string): boolean {
  const slack = 1e-9;
  // The zeros of equations are drawn as lines, as their set has no inside.
  if (relation === '==') return true;
  return relation.startsWith('<') ? data.every((d) => d <= slack) : data.every((d) => d >= -slack);
}
