// The objective over two coordinates around a solution, the others held: for contours.

import { must } from '../../../../src/base/internal.ts';
import { RicciError } from '../../../../src/base/diagnostic.ts';
import { inContext } from '../../../../src/ir/expr.ts';
import { toDense } from '../../../../src/data/array.ts';
import { type Dense, dense } from '../../../../src/ops/reference/dense.ts';
import { interpreter } from '../../../../src/run/interpret.ts';
import { placeText } from '../place-text.ts';
import { type Structure, structureOf } from '../../../../src/ir/structure.ts';
import { bindSizes } from '../../../../src/run/sizes.ts';
import type { Work } from '../work.ts';
import { type ModelQuestion, loaded } from './given.ts';
import { keptModel, lastSolution } from './solve.ts';

export interface Coordinate {
  readonly name: string;
  /** Row by row, from 0. */
  readonly index: number;
}

export interface LandscapeQuestion extends ModelQuestion {
  readonly axes: readonly [Coordinate, Coordinate];
  /** Half the width of the window; chosen by the solution where it is 0. */
  readonly reach: number;
  /** Points that have to lie in the window, such as a path. */
  readonly through: readonly (readonly number[])[];
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
}

const points = 61;
// The interpreter takes no longer than this for one picture.
const effort = 2 ** 21;

export async function landscape(question: LandscapeQuestion, work: Work): Promise<Landscape> {
  const prepared = keptModel(question.model, work);
  const solution = lastSolution(question.model, work);
  if (!solution) throw new RicciError([{ code: 'no-solution', severity: 'error', message: 'there is no solution to look around', span: [0, 0], help: 'solve the model first' }]);
  const { values } = await loaded(prepared, question, work);
  const given = new Map<string, Dense>([...Object.entries(values).map(([name, array]) => [name, toDense(array)] as const), ...Object.entries(solution.x)]);
  return inContext(prepared.context, () => {
    const { model } = prepared;
    const nodes = [...model.parameters, ...model.variables].map((v) => v.node);
    const evaluate = interpreter([model.objective.expr, ...model.constraints.map((c) => c.expr)], bindSizes(nodes, given), effort);
    const [first, second] = question.axes.map((axis) => coordinateOf(solution.x, axis)) as [number, number];
    const structures = new Map(model.variables.map((v) => [v.name, structureOf(v.node)]));
    const windows = [first, second].map((center, axis) => windowOf(center, question, axis)) as [number[], number[]];
    const at = (x: number, y: number): readonly Dense[] => {
      const moved = new Map(given);
      question.axes.forEach(({ name, index }, axis) => {
        const before = must(moved.get(name));
        const value = axis === 0 ? x : y;
        moved.set(name, dense(before.shape, mirrored(before, index, structures.get(name)).reduce((data, place) => data.with(place, value), before.data)));
      });
      return evaluate(moved);
    };
    const objective: Float64Array[] = [];
    const feasible: Uint8Array[] = [];
    const equations: Float64Array[][] = [];
    for (const y of windows[1]) {
      const rows = windows[0].map((x) => at(x, y));
      objective.push(Float64Array.from(rows, ([value]) => value!.data[0]!));
      const residuals = rows.map(([, ...sides]) => sides.flatMap((side, i) => (model.constraints[i]!.relation === '==' ? [...side.data.subarray(0, mostEquations)] : [])).slice(0, mostEquations));
      residuals[0]!.forEach((_, k) => (equations[k] ??= []).push(Float64Array.from(residuals, (r) => r[k]!)));
      feasible.push(Uint8Array.from(rows, ([, ...sides]) => Number(sides.every((side, i) => holds(side, model.constraints[i]!.relation)))));
    }
    return { x: windows[0], y: windows[1], objective, feasible, equations, optimum: [first, second], labels: question.axes.map(({ name, index }) => `${name}${placeText(index, solution.x[name]!.shape)}`) as [string, string] };
  });
}

function coordinateOf(x: Readonly<Record<string, Dense>>, { name, index }: Coordinate): number {
  const value = x[name]?.data[index];
  if (value !== undefined) return value;
  throw new RicciError([{ code: 'no-such-entry', severity: 'error', message: `the solution has no entry ${index + 1} of ${name}`, span: [0, 0], help: 'choose another one' }]);
}

function windowOf(center: number, { reach, through }: LandscapeQuestion, axis: number): number[] {
  const far = through.reduce((most, point) => Math.max(most, Math.abs((point[axis] ?? center) - center)), 0);
  const half = reach > 0 ? reach : Math.max(1.25 * far, 0.5 * Math.abs(center), 1);
  return Array.from({ length: points }, (_, i) => center + half * ((2 * i) / (points - 1) - 1));
}

// More lines than these are no picture.
const mostEquations = 12;

/** A symmetric matrix keeps its symmetry. */
function mirrored({ shape }: Dense, index: number, structure: Structure | undefined): readonly number[] {
  const n = shape[1] ?? 1;
  const mirror = (index % n) * n + Math.floor(index / n);
  return structure === 'symmetric' && mirror !== index ? [index, mirror] : [index];
}

function holds({ data }: Dense, relation: string): boolean {
  const slack = 1e-9;
  // The zeros of equations are drawn as lines, as their set has no inside.
  if (relation === '==') return true;
  return relation.startsWith('<') ? data.every((d) => d <= slack) : data.every((d) => d >= -slack);
}
