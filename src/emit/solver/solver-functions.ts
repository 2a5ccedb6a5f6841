// What exported solvers have in common, whatever the language: the functions of a problem, spelled by a dialect.

import { must } from '../../base/internal.ts';
import type { Expr } from '../../ir/expr.ts';
import { NotInTarget } from '../body.ts';
import type { Dialect } from '../dialect.ts';
import { moduleFor } from '../emit.ts';
import type { ModuleModel, SizeSource } from '../module.ts';
import type { SolverRequest, SolverRow } from './solver-request.ts';

/** The functions by what they give; absent where there is nothing to give. */
export const functionNames = { objective: 'objective', evaluate: 'evaluate', bounds: 'bounds', limits: 'row_limits', norms: 'row_norms', start: 'helper_starts', recovered: 'recovered', cones: 'cone_gradients', pulls: 'row_gradients' } as const;

export interface SolverModule {
  readonly model: ModuleModel;
  /** Names of arguments in code, by variable. */
  readonly nameOf: (variable: string) => string;
  /** Sizes that the parameters tell, and those that only start values tell. */
  readonly known: readonly SizeSource[];
  readonly fromStart: readonly SizeSource[];
}

/** The functions of the problem. `words` are names that the layout uses for itself. */
export function solverModule(request: SolverRequest, dialect: Dialect, words: readonly string[]): SolverModule {
  const own = request.variables.map((v) => v.variable);
  const helpers = request.solved.map((s) => s.variable).filter((v) => !own.includes(v));
  const parameters = request.parameters.map((p) => p.variable);
  const made = helpersOf(request);
  const named = (prefix: string, exprs: readonly { readonly expr: SolverRequest['objective'] }[]): { name: string; expr: SolverRequest['objective'] }[] =>
    exprs.map(({ expr }, k) => ({ name: `${prefix}_${k + 1}`, expr }));
  const groups = [
    { name: functionNames.objective, says: `The objective of the model, to be ${request.sense === 'max' ? 'maximised' : 'minimised'}.`, results: [{ name: 'value', expr: request.objective }] },
    {
      name: functionNames.evaluate,
      says: request.rows.length === 0 ? 'What is minimised, and its gradients.' : 'What is minimised, the rows, and the gradients of the whole with the rows weighted by y + rho * row, or the nearest weight that they allow.',
      results: [{ name: 'value', expr: request.smooth }, ...named('row', request.rows), ...named('gradient', request.gradients.map((expr) => ({ expr })))],
    },
    { name: functionNames.bounds, says: 'Bounds of variables, in the order of the problem.', results: named('bound', request.bounds.map((b) => ({ expr: b.value }))) },
    { name: functionNames.limits, says: 'Limits of the weights of rows that are kinks: least and most, or the radius of a norm.', results: named('limit', request.rows.flatMap((r) => limitsOf(r).map((expr) => ({ expr })))) },
    { name: functionNames.norms, says: 'Lengths of the gradients of the rows.', results: named('norm', request.rows.map((r) => ({ expr: r.norm }))) },
    { name: functionNames.pulls, says: 'Gradients of the constraints, each times its weight y.', results: named('gradient', request.pulls.map((expr) => ({ expr }))) },
    { name: functionNames.start, says: 'Start values of helper variables, from those of the model.', results: named('start', made) },
    { name: functionNames.recovered, says: 'The variables of the model from what is solved for.', results: named('value', request.variables.map((v) => ({ expr: v.recovered }))) },
    { name: functionNames.cones, says: 'Gradients of the whole by semidefinite matrices, in the sign of their cones.', results: named('gradient', request.cones.map(({ gradient }) => ({ expr: gradient }))) },
  ].filter((g) => g.results.length > 0);
  const model = moduleFor(
    {
      name: request.name,
      title: '',
      variables: [...parameters, ...own, ...helpers, ...request.rows.flatMap((r) => [r.y, r.rho])],
      outputs: [],
      groups,
    },
    { ...dialect, reserved: new Set([...dialect.reserved, ...words]) },
  );
  const { signature } = model;
  if (signature.explicit.length > 0) throw new NotInTarget(`nothing in the model tells the size ${must(signature.explicit[0]).size}`);
  if (signature.callables.length > 0) throw new NotInTarget('a model with declared functions has no program of its own');
  const isParameter = (s: SizeSource): boolean => parameters.includes(s.from.variable);
  return {
    model,
    nameOf: (variable) => must(signature.arguments.find((a) => a.variable.name === variable), `argument ${variable}`).name,
    known: signature.sizes.filter(isParameter),
    fromStart: signature.sizes.filter((s) => !isParameter(s)),
  };
}

export function helpersOf({ solved }: SolverRequest): { expr: SolverRequest['objective']; as: 'value' | 'factor' }[] {
  return solved.flatMap((s) => (s.start ? [s.start] : []));
}

/** Least and most of the weights, or the radius; none for constraints. */
export function limitsOf({ weights }: SolverRow): Expr[] {
  return weights.kind === 'interval' ? [weights.least, weights.most] : weights.kind === 'ball' ? [weights.radius] : [];
}
