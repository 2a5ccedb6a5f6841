// Everything a worker can be asked. A task is a function from plain data to plain data, in a file of its own that knows
// no page and no worker, so that its tests run in Node; all but the first are loaded when they are first asked for.

import { derive } from './derive.ts';
import type { exportPage } from './export.ts';

export const tasks = {
  derive: async (): Promise<typeof derive> => derive,
  export: async (): Promise<typeof exportPage> => (await import('./export.ts')).exportPage,
} as const;

export type Tasks = typeof tasks;
