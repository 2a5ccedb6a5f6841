/**
 * ricci/solve: optimisation problems from a text and its data to a verified answer.
 *
 * @example
 * ```ts
 * import { solve } from 'ricci/solve';
 *
 * const { outcome, objective, x } = solve('parameters\n vector a\nvariables\n vector x\nmin\n norm2(x-a)^2\nst\n x >= 0', { a: [1, -2] });
 * ```
 * @module
 */

// From the text of a model
export { type ModelOptions, type ModelProgress, solveModel as solve, solveModelAsync as solveAsync, solvingModel as solving } from './model/solve-model.ts';
export { type PreparedModel, prepareModel } from './model/prepare.ts';
export { type ModelReport, type NameReading, type PartReading, readingOf } from './model/reading.ts';
export type { Given, GivenValue } from './model/data.ts';
export { type OutcomeName, type Solution, solutionData } from './model/answer.ts';
export { type Instance, type InstanceOptions, instanceOf } from './model/instance.ts';
export { type PathOptions, type PathPoint, solvePath, solvingPath, spaced } from './model/path.ts';
export { type Sensitivity, sensitivities } from './model/sensitivity.ts';

// Numeric problems
export { methodNames } from './choose.ts';
export { solve as minimise, solveAsync as minimiseAsync, solving as minimising } from './solve.ts';
export { type ManyStarts, solveFromMany as minimiseFromMany } from './many-starts.ts';
export type { KktReport, Measure } from './kkt.ts';
export type { Matrix } from './matrix.ts';
export type { Limits, Multipliers, Outcome, Progress, Result, SolveOptions, WarmStart } from './method.ts';
export type { LinearRows, NonlinearRows, Objective, Problem, Residuals } from './problem.ts';
export { outcomeName as numericOutcome } from './outcome.ts';
export { problemOf } from './program-file.ts';
export { type NlModel, modelOfNl } from './ampl/as-model.ts';
export { type NlSolution, solveNl } from './ampl/solve-nl.ts';
export { type NlFile, nlFileOf } from './ampl/write.ts';
