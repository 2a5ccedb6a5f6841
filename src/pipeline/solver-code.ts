// A model to a program that solves it, in another language and without us.

import { RicciError } from '../base/diagnostic.ts';
import { unreachable } from '../base/internal.ts';
import { NotInTarget } from '../emit/body.ts';
import type { EmittedFile } from '../emit/emit.ts';
import { pythonSolver } from '../emit/solver/python-solver.ts';
import type { SolverRequest } from '../emit/solver/solver-request.ts';
import { typescriptSolver } from '../emit/solver/typescript-solver.ts';
import { inContext } from '../ir/expr.ts';
import { type PreparedModel, prepareModel } from '../solve/model/prepare.ts';
import { programOf } from '../solve/model/program.ts';

export const solverTargets = ['numpy', 'jax', 'typescript'] as const;
/** Languages that whole solvers are written in. */
export type SolverTarget = (typeof solverTargets)[number];

/**
 * One self-contained program that solves the model for any data: its `solve` takes the parameters by name. Throws a
 * `RicciError` when the text has errors, and when the target lacks a function.
 *
 * @example solverCode('parameters\n vector a\nvariables\n vector x\nmin\n norm2(x-a)^2\nst\n x >= 0', 'numpy').path // 'model.py'
 */
export function solverCode(model: string | PreparedModel, target: SolverTarget, options: { readonly name?: string } = {}): EmittedFile {
  const prepared = typeof model === 'string' ? prepareModel(model) : model;
  return inContext(prepared.context, () => {
    try {
      return written(programOf(prepared, options.name ?? 'model'), target);
    } catch (error) {
      if (!(error instanceof NotInTarget)) throw error;
      throw new RicciError([{ code: 'not-in-target', severity: 'error', message: error.message, span: [0, prepared.text.length], help: 'choose another target' }]);
    }
  });
}

function written(request: SolverRequest, target: SolverTarget): EmittedFile {
  switch (target) {
    case 'numpy':
    case 'jax':
      return pythonSolver(request, target);
    case 'typescript':
      return typescriptSolver(request);
    default:
      return unreachable(target);
  }
}
