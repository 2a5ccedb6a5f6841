import { describe, expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { must } from '../base/internal.ts';
import type { Given } from './model/data.ts';
import { solvePath, spaced } from './model/path.ts';
import { solveModel } from './model/solve-model.ts';

const r = random(7);
const table = (m: number, n: number): number[][] => Array.from({ length: m }, () => Array.from({ length: n }, () => r.normal()));
const list = (n: number): number[] => Array.from({ length: n }, () => r.normal());
const A = table(40, 90);
const wide = table(90, 40);
const b = list(40);

const declared = 'parameters\n matrix A\n vector b\n scalar c\n';
const cases: readonly { readonly name: string; readonly model: string; readonly data: Given }[] = [
  { name: 'lasso', model: `${declared}variables\n vector x\nmin\n norm2(A*x-b)^2+c*norm1(x)`, data: { A, b, c: 4 } },
  { name: 'nearly no weight, more columns than rows', model: `${declared}variables\n vector x\nmin\n norm2(A*x-b)^2+c*norm1(x)`, data: { A, b, c: 1e-3 } },
  { name: 'the transpose of the data', model: `${declared}variables\n vector x\nmin\n norm2(A'*x-b)^2+c*norm1(x)`, data: { A: wide, b, c: 3 } },
  { name: 'a free offset beside sparse coefficients', model: `${declared}variables\n vector x\n scalar beta\nmin\n norm2(A*x+beta*vector(1)-b)^2+c*norm1(x)+0.1*x'*x`, data: { A, b: b.map((x) => x + 5), c: 4 } },
  { name: 'weighted rows and weighted absolute values', model: 'parameters\n matrix A\n vector b, s, w\nvariables\n vector x\nmin\n sum(s.*(A*x-b).^2)+sum(w.*abs(x))', data: { A, b, s: b.map((x) => 0.1 + x * x), w: A[0]!.map((x) => 1 + Math.abs(x)) } },
  { name: 'a stored second derivative', model: 'parameters\n matrix Q symmetric psd\n vector q\n scalar c\nvariables\n vector x\nmin\n 0.5*x\'*Q*x-q\'*x+c*norm1(x)', data: { Q: wide[0]!.slice(0, 6).map((_, i) => Array.from({ length: 6 }, (_c, j) => (i === j ? 4 : 1 / (1 + i + j)))), q: [5, -3, 0.2, 1, -2, 0], c: 1 } },
  { name: 'bounds on some variables, absolute values of others', model: 'parameters\n matrix A, B\n vector b\n scalar c\nvariables\n vector x\n vector y\nmin\n norm2(A*x+B*y-b)^2+c*norm1(x)\nst\n y >= 0\n y <= 0.3', data: { A, B: table(40, 7), b, c: 5 } },
];

describe('coordinate descent ends where interior points do', () => {
  for (const { name, model, data } of cases) {
    test(name, () => {
      const ours = solveModel(model, data, { method: 'coordinate descent' });
      const other = solveModel(model, data, { method: 'interior point' });
      expect(ours.outcome).toBe('optimal (global)');
      expect(ours.kkt.stationarity.scaled).toBeLessThan(1e-10);
      expect(Math.abs(ours.objective - other.objective)).toBeLessThan(1e-7 * Math.max(1, Math.abs(other.objective)));
      expect(solveModel(model, data).method).toBe('coordinate descent');
    });
  }
});

test('entries that are zero are exactly zero', () => {
  const { model, data } = must(cases[0]);
  const x = must(solveModel(model, data).x['x']).data;
  expect(x.filter((v) => v === 0).length).toBeGreaterThan(x.length / 2);
});

test('absolute values that no coordinate has to itself are left to others', () => {
  const data = { A, b, c: 4 };
  for (const model of [`${declared}variables\n vector x\nmin\n norm2(A*x-b)^2+c*norm1(A*x)`, `${declared}variables\n vector x\nmin\n norm2(A*x-b)^2+c*norm1(x)\nst\n sum(x) == 1`]) {
    const solution = solveModel(model, data);
    expect(solution.method).not.toBe('coordinate descent');
    expect(solution.outcome).toBe('optimal (global)');
    expect(() => solveModel(model, data, { method: 'coordinate descent' })).toThrow('does not take this problem');
  }
});

test('a path shares what does not change, and a change of the fixed data is seen by the next path', () => {
  const model = must(cases[0]).model;
  const values = spaced(40, 0.4, 8);
  for (const scale of [1, 3]) {
    const scaled = b.map((x) => scale * x);
    const path = solvePath(model, { A, b: scaled }, { parameter: 'c', values });
    path.forEach(({ value, solution }) => {
      const alone = solveModel(model, { A, b: scaled, c: value }, { method: 'interior point' });
      expect(Math.abs(solution.objective - alone.objective)).toBeLessThan(1e-7 * alone.objective);
    });
  }
});

test('a path whose parameter is the data of the smooth part', () => {
  const model = must(cases[0]).model;
  const path = solvePath(model, { b, c: 4 }, { parameter: 'A', values: [A, A.map((row) => row.map((x) => 2 * x))] });
  path.forEach(({ value, solution }) => {
    const alone = solveModel(model, { A: value, b, c: 4 }, { method: 'interior point' });
    expect(solution.outcome).toBe('optimal (global)');
    expect(Math.abs(solution.objective - alone.objective)).toBeLessThan(1e-7 * alone.objective);
  });
});
