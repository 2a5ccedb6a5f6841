// A model with its data, kept for solves that differ in the values of a few parameters alone: what these do not touch is
// read, checked, compiled and multiplied once, and each solve begins where the last one ended.

import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { inContext } from '../../ir/expr.ts';
import { toItsEnd } from '../run-steps.ts';
import type { Solution } from './answer.ts';
import { type Given, type ModelData, readData, withValue } from './data.ts';
import { type PreparedModel, prepareModel } from './prepare.ts';
import { type ModelOptions, type ModelProgress, solvingGiven } from './solve-model.ts';

export interface Instance {
  /**
   * Solves with these values of changing parameters; the others keep those of the last call. Throws a `RicciError` for
   * values that do not fit, and for parameters that were not said to change.
   */
  readonly solve: (values?: Given, options?: InstanceOptions) => Solution;
  /** The same, one value after each step of a method. */
  readonly solving: (values?: Given, options?: InstanceOptions) => Generator<ModelProgress, Solution>;
  /** Gives the memory of the data back at once; it is not to be used after that. */
  readonly release: () => void;
}

export type InstanceOptions = Omit<ModelOptions, 'start' | 'warm'>;

/**
 * Reads and checks a model and its data, for several solves. `changing` are the names of parameters whose values will
 * change; the data have their first ones. `start` has values of variables to start from. Throws a `RicciError` as
 * `solveModel` does.
 *
 * @example instanceOf('parameters\n scalar c\nvariables\n vector x(2)\nmin\n norm2(x-vector(c))^2', { c: 1 }, ['c']).solve({ c: 2 }).objective // 0
 */
export function instanceOf(model: string | PreparedModel, data: Given, changing: readonly string[], start?: Given): Instance {
  const prepared = typeof model === 'string' ? prepareModel(model) : model;
  const known = prepared.model.parameters.map((p) => p.name);
  const missing = changing.find((name) => !known.includes(name));
  if (missing !== undefined) throw noParameter(prepared, missing, known);
  const within = (work: () => ModelData): ModelData => inContext(prepared.context, work);
  let given: ModelData = { ...within(() => readData(prepared.model, data, start)), kept: { changing: new Set(changing), made: new Map() } };
  let warm: ModelOptions['warm'];
  function* solving(values: Given = {}, options: InstanceOptions = {}): Generator<ModelProgress, Solution> {
    const began = performance.now();
    for (const name of Object.keys(values)) {
      if (!changing.includes(name)) throw noParameter(prepared, name, changing);
      const before = given;
      given = within(() => withValue(prepared.model, before, name, must(values[name])));
    }
    const solution = yield* solvingGiven(prepared, given, { ...options, ...(warm && { warm }) }, began);
    if (solution.outcome.startsWith('optimal')) {
      given = { ...given, start: new Map(Object.entries(solution.x)) };
      warm = { ...solution.warm };
    }
    return solution;
  }
  return {
    solving,
    solve: (values, options) => toItsEnd(solving(values, options)),
    release: () => given.residents?.release(),
  };
}

function noParameter({ text }: PreparedModel, name: string, known: readonly string[]): RicciError {
  return new RicciError([{ code: 'no-such-parameter', severity: 'error', message: `${name} is not a parameter of the model that may change`, span: [0, text.length], needed: known.length === 0 ? 'a model with parameters' : `one of ${known.join(', ')}`, found: name, help: 'name a parameter of the model' }]);
}
