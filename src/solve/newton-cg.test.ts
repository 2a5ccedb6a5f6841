import { describe, expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { must } from '../base/internal.ts';
import type { Given } from './model/data.ts';
import { solveModel } from './model/solve-model.ts';

const r = random(11);
const table = (m: number, n: number): number[][] => Array.from({ length: m }, () => Array.from({ length: n }, () => r.normal()));
const signs = (n: number): number[] => Array.from({ length: n }, () => (r.uniform() < 0.5 ? -1 : 1));
const A = table(60, 12);

const cases: readonly { readonly name: string; readonly model: string; readonly data: Given; readonly other: string; readonly start?: Given }[] = [
  { name: 'logistic regression', model: "parameters\n matrix A\n vector y\nvariables\n vector w\nmin\n 0.01*w'*w+sum(log(exp((-y).*(A*w))+vector(1)))", data: { A, y: signs(60) }, other: 'projected L-BFGS' },
  { name: 'least squares on a box', model: 'parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n norm2(A*x-b)^2\nst\n x >= -0.02\n x <= 0.05', data: { A, b: A.map((row) => row[0]! + r.normal()) }, other: 'projected Newton' },
  { name: 'Rosenbrock', model: 'variables\n vector x(2)\nmin\n 100*(x[2]-x[1]^2)^2+(1-x[1])^2', data: {}, other: 'projected Newton', start: { x: [-1.2, 1] } },
  { name: 'a start where the second derivative is not definite', model: 'parameters\n vector a\nvariables\n vector x\nmin\n sum(x.^4)-sum(a.*x.^2)', data: { a: [1, 2, 3] }, other: 'projected L-BFGS', start: { x: [0.1, -0.1, 0.1] } },
];

describe('Newton-CG ends where other methods do', () => {
  for (const { name, model, data, other, start } of cases) {
    test(name, () => {
      const options = start ? { start } : {};
      const [ours, theirs] = [solveModel(model, data, { ...options, method: 'newton-cg' }), solveModel(model, data, { ...options, method: other })];
      expect(ours.method).toBe('Newton-CG');
      expect(ours.outcome).toBe(theirs.outcome);
      expect(ours.outcome).toMatch(/^optimal/);
      expect(Math.abs(ours.objective - theirs.objective)).toBeLessThan(1e-8 * Math.max(1, Math.abs(theirs.objective)));
    });
  }
});

test('it says what it does not take', () => {
  expect(() => solveModel('variables\n vector x(2)\nmin\n norm2(x)^2\nst\n sum(x) == 1', {}, { method: 'newton-cg' })).toThrow('does not take this problem');
});

test('a ray is found', () => {
  expect(solveModel('variables\n vector x(2)\nmin\n x[1]^2-x[2]^2', {}, { method: 'newton-cg', start: { x: [1, 0.5] } }).outcome).toBe('unbounded');
});

test('columns that differ much in size: the sample of the rows tells how', () => {
  const many = random(3);
  const rows = 6000;
  const data = Float64Array.from({ length: rows * 10 }, (_, k) => many.normal() * 10 ** (k % 5));
  const y = Float64Array.from({ length: rows }, (_, i) => (data[i * 10]! + 0.5 * many.normal() > 0 ? 1 : -1));
  const model = "parameters\n matrix A\n vector y\nvariables\n vector w\nmin\n 1e-3*w'*w+sum(log(exp((-y).*(A*w))+vector(1)))";
  const solution = solveModel(model, { A: { shape: [rows, 10], data }, y }, { method: 'projected L-BFGS' });
  expect(solution.outcome).toBe('optimal (global)');
  expect(solution.evaluations).toBeLessThan(60);
  const x = must(solution.x['w']).data;
  expect(x.every(Number.isFinite)).toBe(true);
});
