// Everything a worker can be asked. A task is a function from plain data to plain data, in a file of its own that knows
// no page and no worker, so that its tests run in Node; all but the first are loaded when they are first asked for.

import { derive } from './derive.ts';
import type { steps } from './steps.ts';
import type { indexNotation } from './index-notation.ts';
import type { program } from './program.ts';
import type { plan } from './plan.ts';
import type { numbers } from './numbers.ts';
import type { convexity } from './convexity.ts';
import type { formulas } from './formulas.ts';
import type { graph } from './graph.ts';
import type { model } from './optimize/model.ts';
import type { solve } from './optimize/solve.ts';
import type { solverProgram } from './optimize/solver-program.ts';
import type { landscape } from './optimize/landscape.ts';
import type { study } from './study/run.ts';
import type { exportPage } from './export.ts';
import type { mine } from './mine.ts';
import type { modelHelp } from './model-help.ts';
import type { redeclared } from './redeclared.ts';
import type { words } from './words.ts';

export const tasks = {
  derive: async (): Promise<typeof derive> => derive,
  words: async (): Promise<typeof words> => (await import('./words.ts')).words,
  redeclare: async (): Promise<typeof redeclared> => (await import('./redeclared.ts')).redeclared,
  modelHelp: async (): Promise<typeof modelHelp> => (await import('./model-help.ts')).modelHelp,
  mine: async (): Promise<typeof mine> => (await import('./mine.ts')).mine,
  export: async (): Promise<typeof exportPage> => (await import('./export.ts')).exportPage,
  steps: async (): Promise<typeof steps> => (await import('./steps.ts')).steps,
  indexNotation: async (): Promise<typeof indexNotation> => (await import('./index-notation.ts')).indexNotation,
  program: async (): Promise<typeof program> => (await import('./program.ts')).program,
  plan: async (): Promise<typeof plan> => (await import('./plan.ts')).plan,
  numbers: async (): Promise<typeof numbers> => (await import('./numbers.ts')).numbers,
  convexity: async (): Promise<typeof convexity> => (await import('./convexity.ts')).convexity,
  formulas: async (): Promise<typeof formulas> => (await import('./formulas.ts')).formulas,
  graph: async (): Promise<typeof graph> => (await import('./graph.ts')).graph,
  model: async (): Promise<typeof model> => (await import('./optimize/model.ts')).model,
  solve: async (): Promise<typeof solve> => (await import('./optimize/solve.ts')).solve,
  solverProgram: async (): Promise<typeof solverProgram> => (await import('./optimize/solver-program.ts')).solverProgram,
  landscape: async (): Promise<typeof landscape> => (await import('./optimize/landscape.ts')).landscape,
  study: async (): Promise<typeof study> => (await import('./study/run.ts')).study,
} as const;

export type Tasks = typeof tasks;
