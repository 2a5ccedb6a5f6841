// Points that keep the first-order conditions under constraints and are no local optimum.

import { describe, expect, test } from 'vitest';
import { solveModel } from './solve-model.ts';

const solve = (sense: 'min' | 'max', objective: string, rows: readonly string[]): ReturnType<typeof solveModel> =>
  solveModel(`variables\n scalar x\n scalar y\n${sense}\n ${objective}\nst\n ${rows.join('\n ')}\n`);

describe('second derivatives decide', () => {
  test.each([
    ['max', 'x^2+y^2', ['x+y == 1', 'x >= 0', 'y >= 0'], 1],
    ['min', '-x-y', ['x*y <= 1', 'x >= 0', 'y >= 0', 'x <= 3', 'y <= 3'], -10 / 3],
    ['min', 'x*y', ['x^2+y^2 == 2'], -1],
    ['max', 'x*y', ['x+y == 1'], 0.25],
    ['min', '-3*x^2-3*y^2', ['x >= 0', 'x <= 3', 'y >= -2', 'y <= 0'], -39],
    ['min', '2*x^2+(y-1)^2-4*(y-1)^2', ['x >= 0', 'x <= 3', 'y >= 1', 'y <= 2'], -3],
  ] as const)('%s %s under %s', (sense, objective, rows, value) => {
    const found = solve(sense, objective, rows);
    expect(found.outcome).toMatch(/^optimal/);
    expect(found.objective).toBeCloseTo(value, 7);
  });
  test.each([
    ['max', 'x^2+y^2', ['x+y == 1']],
    ['min', 'x*y', ['x+y == 1']],
  ] as const)('%s %s under %s has no end', (sense, objective, rows) => {
    expect(solve(sense, objective, rows).outcome).toBe('unbounded');
  });
});
