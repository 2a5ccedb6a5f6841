// How the answer is computed for given sizes, and what each step costs.

import { type PlanRow, planMemory, planRows } from '../../../src/plan/table.ts';
import { planOf } from '../../../src/pipeline/compile.ts';
import type { Question } from './question.ts';

export interface PlanQuestion extends Question {
  readonly dims: Readonly<Record<string, number>>;
  readonly hessian: boolean;
}

export interface Planned {
  readonly rows: readonly PlanRow[];
  readonly memory: number;
  /** All sizes, those that were given and those that were assumed. */
  readonly sizes: readonly (readonly [name: string, size: number])[];
}

export function plan({ text, declare, by: [by], dims, hessian }: PlanQuestion): Planned {
  const { plan: made, sizes } = planOf(text, { declare, dims, hessian, ...(by !== undefined && { by }) });
  return { rows: planRows(made), memory: planMemory(made), sizes: [...sizes] };
}
