import { expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import type { Given } from './data.ts';
import { solvePath } from './path.ts';
import { prepareModel } from './prepare.ts';
import { readingOf } from './reading.ts';
import { sensitivities } from './sensitivity.ts';
import { solveModel } from './solve-model.ts';

const S = [[2, 1], [1, 2]];
const R = [[0.02, -0.01, 0.03], [-0.04, 0.02, 0.01], [0.05, 0.01, -0.02], [-0.01, 0.03, 0.02], [0.01, -0.03, 0.04]];
const tailRisk = 'parameters\n matrix R\n scalar beta\nvariables\n vector w\n scalar t\nmin\n t+1/((1-beta)*5)*sum(max(-R*w-vector(t), 0))\nst\n sum(w) == 1\n w >= 0\n';

test.each<[string, string, Given]>([
  ['a weight that is positive below 1', tailRisk, { R, beta: 0.6 }],
  ['a difference of two numbers', 'parameters\n scalar c, d\nvariables\n vector x(2)\nmin\n (c-d)*norm1(x)+sum(exp(x))\n', { c: 3, d: 2 }],
  ['a matrix beside logarithms', "parameters\n matrix S symmetric\nvariables\n vector x\nmin\n 0.5*x'*S*x-sum(log(x))\n", { S }],
  ['a matrix under a root', "parameters\n matrix S\nvariables\n vector x\nmin\n sqrt(x'*S*x+1)+sum(exp(x))\n", { S }],
  ['a matrix in a constraint', "parameters\n matrix S\nvariables\n vector x\nmin\n sum(exp(x))\nst\n x'*S*x <= 1\n", { S }],
  ['a negative one', "parameters\n matrix S\nvariables\n vector x\nmax\n x'*S*x+sum(log(x))\n", { S: [[-2, -1], [-1, -2]] }],
])('%s is seen in the data', (_, model, data) => {
  const found = solveModel(model, data);
  expect(found.outcome).toBe('optimal (global)');
  expect(readingOf(prepareModel(model), data).convex).toBe(true);
  expect(readingOf(prepareModel(model)).convex).toBe(false);
});

test.each<[string, string, Given]>([
  ['a weight with the other sign', tailRisk, { R, beta: 1.4 }],
  ['a matrix that bends both ways', "parameters\n matrix S symmetric\nvariables\n vector x\nmin\n 0.5*x'*S*x-sum(log(x))+sum(x.^4)\n", { S: [[1, 3], [3, 1]] }],
  ['a matrix that is not symmetric', "parameters\n matrix S\nvariables\n vector x\nmin\n log(1+x'*S*x)+sum(exp(x))\n", { S: [[1, 3], [1, 1]] }],
])('%s is not', (_, model, data) => {
  expect(solveModel(model, data, { limits: { seconds: 5 } }).outcome).not.toBe('optimal (global)');
});

test('derivatives of the optimum are of the same form', () => {
  const model = "parameters\n matrix S\n scalar c, d\nvariables\n vector x\nmin\n (c-d)*sqrt(x'*S*x+1)+sum(exp(x))\n";
  const h = 1e-4;
  const [low, at, high] = [3 - h, 3, 3 + h].map((c) => solveModel(model, { S, c, d: 2 }));
  const [by] = sensitivities(model, { S, c: 3, d: 2 }, must(at), ['c']);
  expect(by!.objective!.data[0]).toBeCloseTo((must(high).objective - must(low).objective) / (2 * h), 6);
  expect(by!.x!['x']!.data[0]).toBeCloseTo((must(high).x['x']!.data[0]! - must(low).x['x']!.data[0]!) / (2 * h), 5);
});

test('along a path few forms of the model are made', () => {
  const prepared = prepareModel("parameters\n scalar c, d\nvariables\n vector x(2)\nmin\n (c-d)*norm1(x-vector(1))+sum(exp(x))\n");
  const values = Array.from({ length: 60 }, (_, k) => 2.1 + 0.1 * k);
  const outcomes = solvePath(prepared, { d: 1 }, { parameter: 'c', values }).map((p) => p.solution.outcome);
  expect(new Set(outcomes)).toEqual(new Set(['optimal (global)']));
  expect(prepared.judged.size).toBeLessThan(12);
});
