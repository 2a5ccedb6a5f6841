// The whole solver of a model as a program.

import { type SolverTarget, solverCode } from '../../../../src/pipeline/solver-code.ts';

export function solverProgram({ model, target }: { readonly model: string; readonly target: SolverTarget }): { readonly path: string; readonly text: string } {
  const { path, text } = solverCode(model, target);
  return { path, text };
}
