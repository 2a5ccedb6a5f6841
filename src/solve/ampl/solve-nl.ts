// The problem of an .nl file solved, with multipliers by the rows of the file.

import type { NlProblem } from '../../data/programs/nl.ts';
import type { Solution } from '../model/answer.ts';
import { type ModelOptions, solveModelAsync } from '../model/solve-model.ts';
import { modelOfNl } from './as-model.ts';

export interface NlSolution {
  readonly solution: Solution;
  readonly x: Float64Array;
  /** By row: the rate at which the optimal objective of the problem as a minimisation grows with the bound that holds the row. */
  readonly prices: Float64Array;
}

/** Solves the problem; its start values are used where `options` has none. */
export async function solveNl(problem: NlProblem, options: ModelOptions = {}): Promise<NlSolution> {
  const { prepared, data, start, places } = modelOfNl(problem);
  const solution = await solveModelAsync(prepared, data, { ...(start && { start }), ...options });
  const relations = new Map(prepared.model.constraints.map((c) => [c.name, c.relation]));
  const prices = Float64Array.from(places, (list) =>
    list.reduce((sum, { constraint, entry }) => sum + (relations.get(constraint) === '>=' ? 1 : -1) * (solution.multipliers[constraint]?.data[entry] ?? 0), 0),
  );
  return { solution, x: solution.x['x']?.data ?? new Float64Array(0), prices };
}
