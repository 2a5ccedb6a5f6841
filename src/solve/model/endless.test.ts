// Objectives whose infimum no point attains, and others that only look like them.

import { expect, test } from 'vitest';
import { solveModel } from './solve-model.ts';

test.each([
  ['a falling exponential', 'variables\n scalar x\nmin\n exp(x)'],
  ['a reciprocal', 'variables\n scalar x\nmin\n 1/x\nst\n x >= 1'],
  ['above a level', 'variables\n scalar x\nmin\n 5+exp(x)'],
  ['along a ray within an equation', 'variables\n vector x(2)\nmin\n exp(x[1])+exp(x[2])\nst\n x[1]-x[2] == 3'],
  ['a norm beside its own axis', 'variables\n vector x(2)\nmin\n norm2(x)-x[1]\nst\n x[2] == 1'],
])('no point is called optimal: %s', (_, text) => {
  const { outcome, says, ray, violation } = solveModel(text);
  expect(outcome).toBe('feasible but not optimal');
  expect(says).toMatch(/^no point is optimal/);
  expect(ray).toBeDefined();
  expect(violation).toBeLessThanOrEqual(1e-8);
});

test.each([
  ['under a hyperbola', 'x', ['x*y >= 1', 'x >= 0', 'y >= 0']],
  ['on a hyperbola', 'x', ['x*y == 1', 'x >= 0']],
  ['of a square on a hyperbola', 'y*y', ['x*y == 1']],
  ['of squares', 'x^2+(x*y-1)^2', []],
  ['where a denominator grows', 'y', ['y*x^2 == 1', 'x >= 1']],
  ['above an exponential', 'x', ['x >= exp(-y)']],
  ['above a sum of exponentials, beside a bound', 'x', ['x >= exp(-y)+exp(-2*y)', 'x <= 3']],
  ['of a bounded function', '-x^2/(1+x^2)+0*y', []],
])('no point of a curved way is called optimal: %s', (_, objective, rows) => {
  const { outcome, says, ray, violation } = solveModel(`variables\n scalar x\n scalar y\nmin\n ${objective}${rows.length > 0 ? `\nst\n ${rows.join('\n ')}` : ''}\n`);
  expect(outcome).toBe('feasible but not optimal');
  expect(says).toMatch(/^(no point is optimal|neither this point is optimal nor any on the way on): from this feasible one the objective falls/);
  expect(ray).toBeDefined();
  expect(violation).toBeLessThanOrEqual(1e-8);
});

test.each([
  ['a row that only presses against a bound', 'x', ['x >= exp(-y)-1', 'x >= 0'], 0],
  ['a bound on what goes far', 'x', ['x >= exp(-y)', 'y <= 20'], Math.exp(-20)],
  ['a price on what goes far', 'x+1e-9*y', ['x >= exp(-y)'], 1e-9 * (1 + Math.log(1e9))],
  ['a price so small that the point is only nearly the best', 'x+y/1e16', ['x*y >= 1', 'x >= 0', 'y >= 0'], 2e-8],
  ['a flat half line', 'x', ['x >= max(1-y, 0)^3'], 0],
  ['large numbers', 'x^2+y^2', ['x*y >= 1e10', 'x >= 0'], 2e10],
  ['a product of large numbers', '(x*y-1e8)^2', ['x >= 1', 'y >= 1', 'x <= 10'], 0],
  ['a valley that ends', 'x^2*y^2+(x-3e3)^2', [], 0],
  ['a far minimum of a flat function', 'log(1+(x-5e4)^2)+y^2', [], 0],
])('a point stays optimal: %s', (_, objective, rows, value) => {
  const found = solveModel(`variables\n scalar x\n scalar y\nmin\n ${objective}${rows.length > 0 ? `\nst\n ${rows.join('\n ')}` : ''}\n`);
  expect(found.outcome).toMatch(/^optimal/);
  expect(Math.abs(found.objective - value)).toBeLessThanOrEqual(3e-8 * Math.max(1, value));
});

test('classes that a plane separates have no logistic regression without a penalty', () => {
  const text = (penalty: string): string => `parameters\n matrix A\n vector y\nvariables\n vector w\nmin\n sum(log(1+exp(-y.*(A*w))))${penalty}`;
  const data = { A: [[1, 2], [2, 1], [-1, -1]], y: [1, 1, -1] };
  expect(solveModel(text(''), data).outcome).toBe('feasible but not optimal');
  expect(solveModel(text('+1e-6*norm2(w)^2'), data).outcome).toBe('optimal (global)');
  expect(solveModel(text(''), { ...data, y: [1, 1, 1] }).outcome).toBe('optimal (global)');
});

test('a maximum is said to grow', () => {
  expect(solveModel('variables\n scalar x\nmax\n -exp(x)').says).toMatch(/the objective grows .*\(far out it is 0\)/);
});

test.each([
  ['an optimum far out', 'variables\n scalar x\nmin\n exp(-x)+1e-4*x', 9.210340371976184],
  ['a flat optimum', 'variables\n scalar x\nmin\n max(1-x, 0)^3', undefined],
  ['a bound at the end', 'variables\n scalar x\nmin\n exp(x)\nst\n x >= -20', -20],
])('an optimum stays one: %s', (_, text, at) => {
  const { outcome, x } = solveModel(text);
  expect(outcome).toBe('optimal (global)');
  if (at !== undefined) expect(x['x']?.data[0]).toBeCloseTo(at, 4);
});

test('where the objective is not defined at a bound, the start lies inside', () => {
  const { outcome, says } = solveModel('variables\n scalar x\nmin\n log(x-2)\nst\n x >= 2');
  expect(outcome).toBe('unbounded');
  expect(says).toMatch(/to a point where it is not defined/);
});

test('extreme entries and sums of all values of a spectrum are the functions of that name', () => {
  const data = { B: [[1, 2], [3, -1]] };
  const solve = (objective: string): ReturnType<typeof solveModel> => solveModel(`parameters\n matrix B\nvariables\n vector x(2)\nmin\n ${objective}`, data);
  const plain = solve('smax(B+diag(x))');
  const same = solve('max(svdvals(B+diag(x)))');
  expect([plain.outcome, same.outcome]).toEqual(['optimal (global)', 'optimal (global)']);
  expect(same.objective).toBeCloseTo(plain.objective, 8);
  expect(solve('sum(svdvals(B+diag(x)))+norm2(x)^2').outcome).toBe('optimal (global)');
});

test('where a method is stuck away from the feasible set of a convex problem, the least violation proves that there is none', () => {
  const { outcome, says, violation } = solveModel('variables\n vector x(3)\nmin\n sum(x)\nst\n log(sum(exp(x))) <= 0\n sum(x) >= 1');
  expect(outcome).toBe('infeasible');
  expect(says).toMatch(/the least violation is 1\.29/);
  expect(violation).toBeGreaterThan(1);
});
