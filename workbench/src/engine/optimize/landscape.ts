// The objective over a plane through a solution, with the path that led there: for contours and surfaces.

import { must } from '../../../../src/base/internal.ts';
import { RicciError } from '../../../../src/base/diagnostic.ts';
import { inContext } from '../../../../src/ir/expr.ts';
import { toDense } from '../../../../src/data/array.ts';
import type { Dense } from '../../../../src/ops/reference/dense.ts';
import { oneDerivative } from '../../../../src/pipeline.ts';
import { interpreter } from '../../../../src/run/interpret.ts';
import { bindSizes } from '../../../../src/run/sizes.ts';
import type { Work } from '../work.ts';
import { type AxisVector, axesOf } from './directions.ts';
import { type ModelQuestion, loaded } from './given.ts';
import { keptModel, lastSolution } from './solve.ts';
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

export async function landscape(question: LandscapeQuestion, work: Work): Promise<Landscape> {
  const prepared = keptModel(question.model, work);
  const last = lastSolution(question.model, work);
  if (!last) throw new RicciError([{ code: 'no-solution', severity: 'error', message: 'there is no solution to look around', span: [0, 0], help: 'solve the model first' }]);
  const { values } = await loaded(prepared, question, work);
  const { x } = last.solution;
  const given = new Map<string, Dense>([...Object.entries(values).map(([name, array]) => [name, toDense(array)] as const), ...Object.entries(x)]);
  return inContext(prepared.context, () => {
    const { model } = prepared;
    const variables = model.variables.map((v) => v.node);
    const sizes = bindSizes([...model.parameters.map((p) => p.node), ...variables], given);
    const valuesAt = (at: Float64Array): ReadonlyMap<string, Dense> => new Map([...given, ...arrays(at, x)]);
    const center = flat(x);
    const gradient = (at: Float64Array): Float64Array => flat(Object.fromEntries(slopes()(valuesAt(at)).map((slope, i) => [i, slope])));
    const slopes = once(() => interpreter(variables.map((v) => oneDerivative(model.objective.expr, v)), sizes, effort));
    const axes = axesOf(question.axes, { x, center, variables, trail: last.trail, gradient });
    const [first, second] = axes;
    const path = last.trail.map((point) => axes.map(({ vector, base }) => base + dot(moved(point, -1, center), vector) / dot(vector, vector)) as [number, number]);
    const windows = axes.map((axis, k) => windowOf(axis, path.map((point) => point[k]!), center));
    const evaluate = interpreter([model.objective.expr, ...model.constraints.map((c) => c.expr)], sizes, effort);
    const objective: Float64Array[] = [];
    const feasible: Uint8Array[] = [];
    const equations: Float64Array[][] = [];
    for (const up of must(windows[1])) {
      const row = moved(center, up - second.base, second.vector);
      const rowValues = must(windows[0]).map((across) => evaluate(valuesAt(moved(row, across - first.base, first.vector))));
      objective.push(Float64Array.from(rowValues, ([value]) => value!.data[0]!));
      const residuals = rowValues.map(([, ...sides]) => sides.flatMap((side, i) => (model.constraints[i]!.relation === '==' ? [...side.data.subarray(0, mostEquations)] : [])).slice(0, mostEquations));
      residuals[0]!.forEach((_, k) => (equations[k] ??= []).push(Float64Array.from(residuals, (r) => r[k]!)));
      feasible.push(Uint8Array.from(rowValues, ([, ...sides]) => Number(sides.every((side, i) => holds(side, model.constraints[i]!.relation)))));
    }
    return { x: must(windows[0]), y: must(windows[1]), objective, feasible, equations, optimum: [first.base, second.base], labels: [first.label, second.label], path };
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
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
