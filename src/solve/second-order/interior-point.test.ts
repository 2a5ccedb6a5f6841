import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { holds, kktReport } from '../kkt.ts';
import { denseMatrix } from '../matrix.ts';
import type { Problem } from '../problem.ts';
import { solveModel } from '../model/solve-model.ts';
import { sensitivities } from '../model/sensitivity.ts';
import { prepareModel } from '../model/prepare.ts';

const method = 'second-order cone interior point';
const near = (x: ArrayLike<number>, y: readonly number[], tolerance = 1e-7): void => {
  expect(x.length).toBe(y.length);
  for (let i = 0; i < y.length; i++) expect(Math.abs(x[i]! - y[i]!)).toBeLessThanOrEqual(tolerance);
};

test('groups of the lasso shrink by their lengths, and vanish exactly where they are short', () => {
  const b = [3, 4, 0.1, -0.2, 0.05, 5, 12];
  const s = solveModel('parameters\n vector b\n scalar c\nvariables\n vector x\nmin\n 0.5*norm2(x-b)^2+c*(norm2(x[1:2])+norm2(x[3:5])+norm2(x[6:7]))', { b, c: 1 });
  expect([s.outcome, s.method]).toEqual(['optimal (global)', method]);
  near(s.x['x']!.data, [3 * 0.8, 4 * 0.8, 0, 0, 0, (5 * 12) / 13, (12 * 12) / 13], 1e-6);
});

test('the point of least distances is a vertex where the angle is wide', () => {
  const s = solveModel('parameters\n vector a, b, c\nvariables\n vector x\nmin\n norm2(x-a)+norm2(x-b)+norm2(x-c)', { a: [0, 0], b: [4, 1], c: [-4, 1] });
  expect([s.outcome, s.method]).toEqual(['optimal (global)', method]);
  near(s.x['x']!.data, [0, 0], 1e-6);
});

test('a ball: the multiplier of its radius is the length of the cost', () => {
  const s = solveModel("parameters\n vector c\n scalar r positive\nvariables\n vector x\nmin\n c'*x\nst\n norm2(x) <= r", { c: [3, -4, 12], r: 2 });
  expect([s.outcome, s.method, s.violation]).toEqual(['optimal (global)', method, 0]);
  near(s.x['x']!.data, [-6 / 13, 8 / 13, -24 / 13]);
  const [constraint] = Object.keys(s.multipliers);
  near(s.multipliers[constraint!]!.data, [13], 1e-6);
  expect(s.active[constraint!]).toEqual([0]);
});

test('a concave maximum, equations and bounds beside norms', () => {
  const s = solveModel('parameters\n vector a\nvariables\n vector x\nmax\n -norm2(x-a)-2*norm2(x)\nst\n sum(x) == 3\n x >= 0.5\n x[1] <= 0.75', { a: [1, 2, 3] });
  const other = solveModel('parameters\n vector a\nvariables\n vector x\nmax\n -norm2(x-a)-2*norm2(x)\nst\n sum(x) == 3\n x >= 0.5\n x[1] <= 0.75', { a: [1, 2, 3] }, { method: 'nonlinear interior point' });
  expect([s.outcome, s.method]).toEqual(['optimal (global)', method]);
  near([s.objective], [other.objective], 1e-7);
});

test.each([1, 2, 3, 4])('robust linear programs have the optima that smooth methods find (%i)', (seed) => {
  const r = random(seed);
  const normals = (n: number): number[] => Array.from({ length: n }, () => r.normal());
  const n = 4;
  const matrix = (): number[][] => Array.from({ length: n }, () => normals(n).map((v) => v / 2));
  const data = { c: normals(n), a: normals(n), d: normals(n), P: matrix(), Q: matrix() };
  const text = "parameters\n vector a, c, d\n matrix P, Q\nvariables\n vector x\nmin\n c'*x+0.1*x'*x\nst\n a'*x+norm2(P*x) <= 1\n d'*x+2*norm2(Q*x-d) <= 9";
  const [s, other] = [solveModel(text, data), solveModel(text, data, { method: 'nonlinear interior point' })];
  expect([s.outcome, s.method]).toEqual(['optimal (global)', method]);
  near([s.objective], [other.objective], 1e-7 * Math.max(1, Math.abs(other.objective)));
});

test('rows that contradict a norm are combined to a proof', () => {
  const s = solveModel('variables\n vector x(3)\nmin\n sum(x)\nst\n norm2(x) <= 1\n x >= 2');
  expect([s.outcome, s.method]).toEqual(['infeasible', method]);
  expect(Object.values(s.farkas ?? {}).every((part) => part.data.some((v) => v > 0))).toBe(true);
});

test.each([1, 2, 3, 4, 5, 6])('a ball that the equations do not meet (%i)', (seed) => {
  const r = random(seed);
  const [m, n] = [4 + seed, 12 + 3 * seed];
  const A = Array.from({ length: m }, () => Array.from({ length: n }, () => r.normal()));
  const b = A.map((row) => row.reduce((sum, a, j) => sum + (j < 3 ? a : 0), 0));
  const text = (radius: number): string => `parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n norm1(x)\nst\n A*x == b\n norm2(x) <= ${radius}`;
  const least = solveModel('parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n norm2(x)\nst\n A*x == b', { A, b }).objective;
  const [inside, outside] = [solveModel(text(1.01 * least), { A, b }), solveModel(text(0.99 * least), { A, b })];
  expect([inside.outcome, inside.method]).toEqual(['optimal (global)', method]);
  expect([outside.outcome, outside.method]).toEqual(['infeasible', method]);
  expect(solveModel(text(0.01 * least), { A, b }).outcome).toBe('infeasible');
});

test('a single feasible point is not taken for none', () => {
  const s = solveModel('variables\n vector x(3)\nmin\n sum(x)\nst\n norm2(x-1) <= 1\n norm2(x+[1; 1; 1]) <= 3^0.5*2-1');
  expect(s.outcome).not.toMatch(/infeasible/);
});

test.each([
  ['variables\n vector x(3)\nmin\n sum(x)+0.1*norm2(x)', [-1, -1, -1]],
  ['variables\n vector x(2)\nmin\n x[1]\nst\n norm2([x[1]; 1]) <= x[2]+x[1]', [-1, 2]],
  ['variables\n vector x(3)\nmin\n x[1]^2-2*x[2]\nst\n norm2(x[1:2]) <= x[3]+1\n x >= 0', [0, 1, 1]],
])('where the objective falls for ever, it is along a way of the cones (%#)', (text, way) => {
  const s = solveModel(text);
  expect([s.outcome, s.method]).toEqual(['unbounded', method]);
  const ray = [...s.ray!['x']!.data];
  near(ray.map((v) => v / Math.hypot(...ray)), way.map((v) => v / Math.hypot(...way)), 1e-6);
});

test('what is not convex is not taken for a cone program', () => {
  const s = solveModel('parameters\n matrix Q symmetric\nvariables\n vector x\nmin\n x\'*Q*x\nst\n norm2(x) <= 1', { Q: [[1, 0], [0, -2]] });
  expect([s.outcome, s.method === method]).toEqual(['optimal (local)', false]);
  near([s.objective], [-2]);
});

test('sensitivities of a cone program are those of its smooth form', () => {
  const model = prepareModel("parameters\n vector c\n scalar r positive\nvariables\n vector x\nmin\n c'*x\nst\n norm2(x) <= r");
  const data = { c: [3, 4], r: 2 };
  const [by] = sensitivities(model, data, solveModel(model, data), ['r']);
  near(by!.objective!.data, [-5], 1e-6);
});

test('the judge wants multipliers in the cones', () => {
  // minimise t + z[1] with t ≥ |(z[1], z[2])|.
  const matrix = { ...denseMatrix(3, 3), data: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) };
  const free = (v: number): Float64Array => new Float64Array(3).fill(v);
  const problem: Problem = {
    dim: 3,
    lower: free(-Infinity),
    upper: free(Infinity),
    start: free(0),
    objective: { class: 'linear', value: (z) => z[0]! + z[1]! / 2, gradient: (z, out) => (out.set([1, 0.5, 0]), z[0]! + z[1]! / 2) },
    norms: { matrix, offset: free(0), starts: Int32Array.of(0, 3) },
    convex: true,
  };
  const multipliers = (norms: number[]): Parameters<typeof kktReport>[2] => ({ linear: new Float64Array(0), nonlinear: new Float64Array(0), bounds: free(0), norms: Float64Array.from(norms) });
  expect(holds(kktReport(problem, free(0), multipliers([1, 0.5, 0])), 1e-8)).toBe(true);
  expect(holds(kktReport(problem, Float64Array.of(-1, 1, 0), multipliers([1, 0.5, 0])), 1e-8)).toBe(false);
  expect(holds(kktReport(problem, Float64Array.of(1, 1, 0), multipliers([1, 0.5, 0])), 1e-8)).toBe(false);
  const steep: Problem = { ...problem, objective: { class: 'linear', value: (z) => z[0]! + 2 * z[1]!, gradient: (z, out) => (out.set([1, 2, 0]), z[0]! + 2 * z[1]!) } };
  expect(holds(kktReport(steep, free(0), multipliers([1, 2, 0])), 1e-8)).toBe(false);
});
