// The convex problems of the acceptance set with an optimum, against CVXPY.

import { readFileSync } from 'node:fs';
import type { Given } from '../../src/solve/model/data.ts';
import type { SolveCase } from './solve-cases.ts';

interface Accepted {
  readonly id: string;
  readonly model: string;
  readonly data: Given;
  readonly outcome: string;
  readonly convex: boolean;
}

const all = JSON.parse(readFileSync(new URL('../../test/models.json', import.meta.url), 'utf8')) as readonly Accepted[];

export const acceptedCases: readonly SolveCase[] = all
  .filter(({ convex, outcome }) => convex && outcome === 'optimal')
  .map(({ id, model, data }) => ({ name: `accepted-${id}`, model, data: () => data, bars: { cvxpy: 1 } }));
