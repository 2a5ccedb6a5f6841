// Everything a worker can be asked. A task is a function from plain data to plain data, in a file of its own that knows
// no page and no worker, so that its tests run in Node; all but the first are loaded when they are first asked for.

import { derive } from './derive.ts';
import type { steps } from './steps.ts';
import type { indexNotation } from './index-notation.ts';
import type { program } from './program.ts';
import type { plan } from './plan.ts';
import type { numbers } from './numbers.ts';
import type { convexity } from './convexity.ts';
import type { graph } from './graph.ts';
import type { exportPage } from './export.ts';

export const tasks = {
  derive: async (): Promise<typeof derive> => derive,
  export: async (): Promise<typeof exportPage> => (await import('./export.ts')).exportPage,
  steps: async (): Promise<typeof steps> => (await import('./steps.ts')).steps,
  indexNotation: async (): Promise<typeof indexNotation> => (await import('./index-notation.ts')).indexNotation,
  program: async (): Promise<typeof program> => (await import('./program.ts')).program,
  plan: async (): Promise<typeof plan> => (await import('./plan.ts')).plan,
  numbers: async (): Promise<typeof numbers> => (await import('./numbers.ts')).numbers,
  convexity: async (): Promise<typeof convexity> => (await import('./convexity.ts')).convexity,
  graph: async (): Promise<typeof graph> => (await import('./graph.ts')).graph,
} as const;

export type Tasks = typeof tasks;
