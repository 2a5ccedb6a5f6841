// Infinite sides of inequalities in the data of a model.

import { describe, expect, test } from 'vitest';
import { solveModel } from './solve-model.ts';

const head = 'parameters\n matrix A\n vector l, u, c\nvariables\n vector x\nmin\n c\'*x + x\'*x\nst\n ';
const data = { A: [[1, 1], [1, -1], [2, 1]], l: [1, -Infinity, -Infinity], u: [Infinity, Infinity, 3], c: [1, 2] };

describe('∞ stands for no bound', () => {
  test.each(['l <= A*x <= u', 'l <= A*x\n A*x <= u', 'A*x - l >= 0\n u >= A*x'])('%s', (rows) => {
    const { outcome, objective, notices } = solveModel(head + rows, data);
    expect(outcome).toBe('optimal (global)');
    expect(objective).toBeCloseTo(1.875, 9);
    expect(notices).toEqual([]);
  });

  test('of a single number, for all entries', () => {
    const model = 'parameters\n scalar t\n vector a\nvariables\n vector x\nmin\n norm2(x-a)^2\nst\n x >= t\n sum(x) <= t + 0*t';
    expect(() => solveModel(model, { t: -Infinity, a: [1, 2] })).toThrow('-Infinity');
    expect(solveModel(model.replace(/\n sum.*/, ''), { t: -Infinity, a: [1, 2] }).objective).toBeCloseTo(0, 9);
  });

  test('on the wrong side no point is feasible', () => {
    expect(solveModel(`${head}l <= A*x <= u`, { ...data, l: [Infinity, 0, 0] }).outcome).toBe('infeasible');
  });
});

test.each([
  ['an equation', 'A*x == l\n A*x <= u', {}],
  ['two sides that would cancel', 'A*x >= l + u', {}],
  ['a coefficient', 'l <= A*x <= u', { c: [Infinity, 1] }],
  ['no number at all', 'l <= A*x <= u', { u: [1, NaN, 3] }],
])('%s must be finite', (_, rows, more) => {
  expect(() => solveModel(head + rows, { ...data, ...more })).toThrow(/has (?:-?Infinity|NaN) at entry/);
});
