import { expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import { solve } from '../index.ts';
import { instanceOf } from './instance.ts';
import { solvePath, spaced } from './path.ts';

const A = Array.from({ length: 12 }, (_, i) => Array.from({ length: 6 }, (_c, j) => Math.sin(3 * i + 7 * j + i * j)));
const b = Array.from({ length: 12 }, (_, i) => Math.cos(5 * i));
const model = 'parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n norm2(A*x-b)^2+c*norm1(x)';

test('a path has the optima of single solves', () => {
  const values = spaced(10, 1e-3, 9);
  const path = solvePath(model, { A, b }, { parameter: 'c', values });
  expect(path.map((p) => p.value)).toEqual(values);
  for (const { value, solution } of path) {
    const alone = solve(model, { A, b, c: value });
    expect(solution.outcome).toBe('optimal (global)');
    expect(Math.abs(solution.objective - alone.objective)).toBeLessThan(1e-7 * Math.max(1, alone.objective));
  }
  // With less weight on the norm there are more entries, until all are there.
  const entries = path.map(({ solution }) => must(solution.x['x']).data.filter((v) => Math.abs(v) > 1e-6).length);
  expect(must(entries[0])).toBeLessThan(must(entries.at(-1)));
});

test('a smooth path starts each solve where the last one ended', () => {
  const ridge = "parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n sum(log(exp(-(b.*(A*x)))+vector(1)))+c*x'*x";
  const values = spaced(1, 0.9, 6);
  const path = solvePath(ridge, { A, b }, { parameter: 'c', values });
  const alone = values.map((c) => solve(ridge, { A, b, c }));
  const total = (list: readonly { readonly iterations: number }[]): number => list.reduce((sum, s) => sum + s.iterations, 0);
  expect(total(path.map((p) => p.solution))).toBeLessThan(total(alone));
});

test('an instance solves for new values of several parameters, in any order and size', () => {
  const text = 'parameters\n matrix A\n vector b\n scalar c, d\nvariables\n vector x\nmin\n c*norm2(A*x-b)^2+d*norm1(x)\nst\n x <= d';
  const instance = instanceOf(text, { A, b, c: 1, d: 2 }, ['b', 'c', 'd']);
  let now: Record<string, number | number[]> = { b, c: 1, d: 2 };
  for (const change of [{}, { d: 0.1 }, { c: 3, b: b.map((x) => 1 - x) }, { c: 1 }, { d: 2, b }]) {
    now = { ...now, ...change };
    const solution = instance.solve(change);
    const alone = solve(text, { A, ...now });
    expect(solution.outcome).toBe('optimal (global)');
    expect(Math.abs(solution.objective - alone.objective)).toBeLessThan(1e-7 * Math.max(1, alone.objective));
  }
  expect(() => instance.solve({ A })).toThrow('A is not a parameter of the model that may change');
  expect(() => instance.solve({ b: [1, 2] })).toThrow();
  expect(instance.solve({ b }).outcome).toBe('optimal (global)');
  instance.release();
});

test('a path that comes back to its first value', () => {
  const [one, , again] = solvePath(model, { A, b }, { parameter: 'c', values: [1, 5, 1] }).map((p) => p.solution.objective);
  expect(Math.abs(must(one) - must(again))).toBeLessThan(1e-7 * must(one));
});

test('spaced numbers and unknown parameters', () => {
  expect(spaced(1, 100, 3).map((x) => Math.round(x))).toEqual([1, 10, 100]);
  expect(spaced(-1, 1, 3)).toEqual([-1, 0, 1]);
  expect(spaced(2, 5, 1)).toEqual([2]);
  expect(() => solvePath(model, { A, b }, { parameter: 'd', values: [1] })).toThrow('d is not a parameter');
  expect(solvePath(model, { A, b }, { parameter: 'c', values: [1, 2], limits: { seconds: 1e-9 } }).length).toBeLessThan(2);
});
