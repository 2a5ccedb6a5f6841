import { expect, test } from 'vitest';
import { instanceOf } from './instance.ts';
import { prepareModel } from './prepare.ts';
import { sensitivities } from './sensitivity.ts';
import { solveModel } from './solve-model.ts';

const text = 'parameters\n matrix A\n vector b\n scalar p\nvariables\n vector x\nmin\n sum((A*x-b).^p)\nst\n x >= 0\n';
const data = { A: [[2, 1], [1, 3], [1, 1]], b: [1, 2, -1] };

test('an exponent of the data that is 2 makes a square', () => {
  const written = solveModel(text.replace('.^p', '.^2').replace(' scalar p\n', ''), data);
  const given = solveModel(text, { ...data, p: 2 });
  expect(given.outcome).toBe('optimal (global)');
  expect(given.method).toBe(written.method);
  expect([...given.x['x']!.data]).toEqual([...written.x['x']!.data]);
  expect(given.notices.map((n) => n.code)).not.toContain('unused-name');
});

test('other exponents of a model that is kept are those of the data', () => {
  const prepared = prepareModel(text);
  const at = (p: number): ReturnType<typeof solveModel> => solveModel(prepared, { ...data, p });
  const [square, fourth, again] = [at(2), at(4), at(2)];
  expect(fourth.objective).toBeCloseTo(solveModel(text.replace('.^p', '.^4').replace(' scalar p\n', ''), data).objective, 8);
  expect([...again.x['x']!.data]).toEqual([...square.x['x']!.data]);
  const linear = at(1);
  expect(linear.outcome).toBe('optimal (global)');
  expect(linear.objective).toBeCloseTo(-2, 8);
});

test('an instance takes exponents one after the other', () => {
  const instance = instanceOf(text, { ...data, p: 2 }, ['p']);
  const values = [2, 4, 2, 6].map((p) => instance.solve({ p }).objective);
  instance.release();
  expect(values[2]).toBeCloseTo(values[0]!, 10);
  for (const [k, p] of [[1, 4], [3, 6]] as const) expect(values[k]).toBeCloseTo(solveModel(text.replace('.^p', `.^${p}`).replace(' scalar p\n', ''), data).objective, 7);
});

test('derivatives by the exponent and by the others are those of the model as it is written', () => {
  const free = 'parameters\n vector b\n scalar p\nvariables\n vector x\nmin\n sum(b.*x)+sum(x.^p)/p\nst\n x >= 0.1\n';
  const given = { b: [-2, -3], p: 2 };
  const solution = solveModel(free, given);
  const [by] = sensitivities(free, given, solution, ['b']);
  expect([...by!.x!['x']!.data].map((v) => v + 0)).toEqual([-1, 0, 0, -1].map((v) => expect.closeTo(v, 8)));
  const [exponent] = sensitivities(free, given, solution, ['p']);
  const h = 1e-4;
  const slope = (solveModel(free, { ...given, p: 2 + h }).objective - solveModel(free, { ...given, p: 2 - h }).objective) / (2 * h);
  expect(exponent!.objective!.data[0]).toBeCloseTo(slope, 5);
});
