// Models as they are typed, with what people get wrong: whole texts to outcomes and messages.

import { describe, expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import type { Given } from './data.ts';
import { prepareModel } from './prepare.ts';
import { readingOf } from './reading.ts';
import { sensitivities } from './sensitivity.ts';
import { solveModel } from './solve-model.ts';

function refused(text: string, data: Given = {}): string[] {
  try {
    solveModel(text, data);
  } catch (error) {
    if (error instanceof RicciError) return error.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.code} ${text.slice(0, d.span[0]).split('\n').length}`);
    throw error;
  }
  return [];
}

describe('wishes for whole numbers name their line', () => {
  test.each([
    ['variables\n vector x(3)\nmin\n sum(x.^2)\nst\n x in {0,1}', 'integer-variable 6'],
    ['variables\n scalar x in {0,1}\nmin\n x', 'integer-variable 2'],
    ['variables\n scalar x\nmin\n x\nst\n x >= 1\n x integer', 'integer-variable 7'],
    ['variables\n scalar x\nmin\n x\nst\n x in binary', 'integer-variable 6'],
    ['variables\n scalar x binary\nmin\n x', 'integer-variable 2'],
    ['variables\n vector y(2)\n int x\nmin\n x', 'integer-variable 3'],
    ['variables\n vector x(2)\nmin\n sum(x)\nst\n x in [0, 1]', 'bad-model 6'],
  ])('%j', (text, expected) => expect(refused(text)).toEqual([expected]));
});

describe('comments', () => {
  const b = { b: [1, 2] };
  test.each([
    '# (a note)\nparameters\n vector b\nvariables\n vector x\nmin\n norm2(x-b)^2',
    'parameters\n vector b # (given; by hand)\nvariables\n vector x %(wanted)\nmin\n norm2(x-b)^2 #(the distance)',
    'parameters\n vector b\nvariables\n vector x\nmin\n #(i,i->; x-b, x-b) # (an einsum -> a number)',
    "parameters\n vector b\nvariables\n vector x\nmin\n #('i,i->', x-b, x-b)",
  ])('%j', (text) => {
    const s = solveModel(text, b);
    expect(s.outcome).toBe('optimal (global)');
    expect([...s.x['x']!.data]).toEqual([expect.closeTo(1, 8), expect.closeTo(2, 8)]);
  });

  test('do not become part of the name of a constraint', () => {
    const s = solveModel('variables\n vector x(2)\nmin\n norm2(x)^2\nst\n sum(x) >= 1 # (enough)', {});
    expect(Object.keys(s.multipliers)).toEqual(['sum(x) >= 1']);
  });
});

describe('start values in a model', () => {
  test.each([
    ['variables\n scalar x\n scalar y\nmin\n (1-x)^2+100*(y-x^2)^2\nstart\n x = -1.2\n y = 1', { x: 1, y: 1 }],
    ['variables\n vector x\nmin\n norm2(x-vector(3))^2\nstart\n x = [1; 2]', { x: 3 }],
    ['parameters\n vector b\nvariables\n vector x\nmin\n norm2(x-b)^4\nstart\n x = b+vector(1)', { x: 5 }],
    ['variables\n vector x(2)\nmin\n sum((x.^2-vector(1)).^2)\nstart\n x = vector(-2)', { x: -1 }],
  ] as const)('%j', (text, expected) => {
    const s = solveModel(text, text.includes('vector b') ? { b: [5, 5] } : {});
    expect(s.outcome).toMatch(/^optimal/);
    for (const [name, value] of Object.entries(expected)) for (const v of s.x[name]!.data) expect(Math.abs(v - value)).toBeLessThan(1e-2);
  });
});

describe('falling for ever, slowly', () => {
  test.each([
    'variables\n scalar x\nmin\n -log(x)',
    'variables\n scalar x\nmin\n -log(x)\nst\n x >= 1',
    'variables\n vector x(2)\nmin\n -sum(log(x))\nst\n x[1]-x[2] == 0',
    'variables\n vector x(2)\nmax\n sqrt(x[1])\nst\n x >= 0\n x[2] <= 1',
  ])('%j', (text) => expect(solveModel(text).outcome).toBe('unbounded'));

  test.each([
    ['variables\n scalar x\nmin\n -log(x)\nst\n x <= 5', -Math.log(5)],
    ['variables\n scalar x\nmin\n x-log(x)', 1],
    ['variables\n scalar x\nmin\n 1e-6*x-log(x)', 1 - Math.log(1e6)],
    ['variables\n scalar x\nmin\n 1/x\nst\n 1 <= x <= 1e7', 1e-7],
  ])('has an end: %j', (text, objective) => {
    const s = solveModel(text);
    expect(s.outcome).toMatch(/^optimal/);
    expect(Math.abs(s.objective - objective)).toBeLessThan(1e-5 * Math.max(1, Math.abs(objective)));
  });
});

test('notices of data come with the answer', () => {
  const s = solveModel('parameters\n matrix A\n vector b, c\nvariables\n vector x\nmin\n norm2(A*x-b)^2', { A: [[1, 1e9], [2, 1]], b: [1, 2], c: [1], d: 3 });
  expect(s.notices.map((n) => n.code).toSorted()).toEqual(['bad-scaling', 'data-not-used', 'name-not-used']);
});

test('matrices are read and answered for as what they are', () => {
  const text = 'parameters\n scalar t\n matrix C symmetric\nvariables\n matrix X psd\nmin\n tr(C*X)\nst\n tr(X) == t';
  expect(readingOf(prepareModel(text)).method?.name).toBe('semidefinite interior point');
  const data = { t: 2, C: [[1, 2], [2, -1]] };
  const s = solveModel(text, data);
  expect(s.objective).toBeCloseTo(-2 * Math.sqrt(5), 7);
  const prepared = prepareModel(text);
  const [by] = sensitivities(prepared, data, solveModel(prepared, data), ['t']);
  expect(by?.says).toMatch(/^differentiable/);
  expect(by?.objective?.data[0]).toBeCloseTo(-Math.sqrt(5), 7);
});
