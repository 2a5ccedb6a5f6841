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

describe('more coordinates than are taken at once', () => {
  const lasso = `${declared}variables\n vector x\nmin\n norm2(A*x-b)^2+c*norm1(x)`;
  const many = (rows: number, cols: number, entry: (i: number, j: number, z: () => number) => number, seed = 3): { A: { shape: number[]; data: Float64Array }; b: Float64Array } => {
    const s = random(seed);
    const data = Float64Array.from({ length: rows * cols }, (_, k) => entry(Math.floor(k / cols), k % cols, () => s.normal()));
    return { A: { shape: [rows, cols], data }, b: Float64Array.from({ length: rows }, (_, i) => 3 * data[i * cols + 3]! - 2 * data[i * cols + 7]! + s.normal()) };
  };
  const plain = (_i: number, _j: number, z: () => number): number => z();
  let common = 0;
  const correlated = (_i: number, j: number, z: () => number): number => (j === 0 ? (common = z()) : (common = 0.95 * common + 0.3 * z()));
  const own: readonly { readonly name: string; readonly model: string; readonly data: Given }[] = [
    { name: 'more columns than rows', model: lasso, data: { ...many(60, 300, plain), c: 8 } },
    { name: 'more rows than columns', model: lasso, data: { ...many(500, 260, plain), c: 60 } },
    { name: 'correlated columns', model: lasso, data: { ...many(120, 300, correlated), c: 5 } },
    { name: 'columns of zeros, and twice the same', model: lasso, data: { ...many(80, 300, (_i, j, z) => (j % 5 === 0 ? (common = 0) : j % 5 === 2 ? common : (common = z()))), c: 6 } },
    { name: 'hardly a penalty', model: lasso, data: { ...many(300, 260, plain), c: 1e-3 } },
    { name: 'a penalty that leaves nothing', model: lasso, data: { ...many(100, 300, plain), c: 1e6 } },
    { name: 'no entry may be negative', model: `${lasso}\nst\n x >= 0`, data: { ...many(90, 300, plain), c: 6 } },
    { name: 'a weight for each coefficient and each row', model: 'parameters\n matrix A\n vector b, s, w\nvariables\n vector x\nmin\n sum(s.*(A*x-b).^2)+sum(w.*abs(x))', data: { ...many(90, 300, plain), s: Float64Array.from({ length: 90 }, (_, i) => 0.2 + (i % 7)), w: Float64Array.from({ length: 300 }, (_, j) => 5 + (j % 11)) } },
    { name: 'an offset that is not penalised', model: `${declared}variables\n vector x\n scalar beta\nmin\n norm2(A*x+beta*vector(1)-b)^2+c*norm1(x)`, data: { ...many(90, 300, plain), c: 8 } },
    { name: 'an elastic net of the transpose', model: `${declared}variables\n vector x\nmin\n norm2(A'*x-b)^2+c*norm1(x)+0.3*x'*x`, data: { A: many(300, 70, plain).A, b: many(70, 9, plain).b, c: 7 } },
  ];
  for (const { name, model, data } of own) {
    test(name, () => {
      const ours = solveModel(model, data);
      expect(ours.outcome).toBe('optimal (global)');
      expect(ours.kkt.stationarity.scaled).toBeLessThan(1e-9);
      const other = solveModel(model, data, { method: 'interior point' });
      expect(ours.objective - other.objective).toBeLessThan(1e-7 * Math.max(1, Math.abs(other.objective)));
      if (!model.includes('x >= 0')) expect(ours.method).toBe('coordinate descent');
    }, 60_000);
  }
});
