// Functions of spectra beside curved objectives; the values are those of CVXPY with Clarabel.

import { describe, expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import { random } from '../../base/random.ts';
import type { Given } from './data.ts';
import { solvePath } from './path.ts';
import { prepareModel } from './prepare.ts';
import { readingOf } from './reading.ts';
import { sensitivities } from './sensitivity.ts';
import { solveModel } from './solve-model.ts';

const Y = [[1, -1, 1, 1], [-1, -1, 1, -1], [1, 1, -1, 1]];
const C = [[3, 2, 0.2], [2, 2, -0.3], [0.2, -0.3, 0.7]];
const logistic = 'parameters\n matrix Y\n scalar c\nvariables\n matrix X\nmin\n sum(log(1+exp(-Y.*X)))+c*nuc(X)\n';

describe('by factors, and judged over the matrices', () => {
  test.each<[string, string, Given, number]>([
    ['the nuclear norm beside a logistic loss', logistic, { Y, c: 0.6 }, 6.57759954],
    ['a bound of the nuclear norm', 'parameters\n matrix Y\n scalar c\nvariables\n matrix X\nmin\n sum(log(1+exp(-Y.*X)))\nst\n nuc(X) <= c\n', { Y, c: 2 }, 5.97465368],
    ['the spectral norm beside exponentials', 'parameters\n matrix Y\n scalar c\nvariables\n matrix X\nmin\n sum(exp(-Y.*X))+c*smax(X)\n', { Y, c: 0.6 }, 4.68956418],
    ['the largest eigenvalue beside a determinant', 'parameters\n matrix C symmetric\nvariables\n matrix X symmetric psd\nmin\n lmax(X)+tr(C*X)-logdet(X)\n', { C }, 4.65139253],
    ['a bound of the largest eigenvalue', 'parameters\n matrix C symmetric\nvariables\n matrix X symmetric psd\nmin\n tr(C*X)-logdet(X)\nst\n lmax(X) <= 0.8\n', { C }, 3.87459755],
  ])('%s', (_, model, data, value) => {
    const found = solveModel(model, data);
    expect(found.outcome).toBe('optimal (global)');
    expect(Math.abs(found.objective - value)).toBeLessThan(2e-8 * value);
    expect(found.violation).toBeLessThanOrEqual(1e-8);
    expect(Math.max(found.kkt.stationarity.scaled, found.kkt.sign.scaled, found.kkt.complementarity.scaled)).toBeLessThanOrEqual(1e-7);
    const reading = readingOf(prepareModel(model), data);
    expect(reading.structure.join()).toMatch(/kinks: (nuc|smax|lmax) by a semidefinite matrix/);
    expect(JSON.stringify(reading)).not.toContain('helper');
  });

  test('parts of kinks keep their bounds', () => {
    const A = [[1, -1, 0.5], [-0.3, 2, 1], [1, 0.2, -1]];
    const found = solveModel('parameters\n matrix A\nvariables\n matrix W\nmin\n sum(exp(W))+2*sum(huber(W-A))+0.5*nuc(W-A)+sum(max(W,0))\n', { A });
    expect(found.outcome).toBe('optimal (global)');
    expect(found.objective).toBeCloseTo(15.372160601253654, 5);
  });

  test('the multiplier of a bound is what its optimum is worth', () => {
    const model = (c: number): string => `parameters\n matrix Y\nvariables\n matrix X\nmin\n sum(log(1+exp(-Y.*X)))\nst\n k: nuc(X) <= ${c}\n`;
    const [low, at, high] = [1.999, 2, 2.001].map((c) => solveModel(model(c), { Y }));
    expect(must(at).multipliers['k']!.data[0]).toBeCloseTo((must(low).objective - must(high).objective) / 0.002, 5);
  });

  test('the optimum moves as re-solves say', () => {
    const h = 1e-4;
    const [low, at, high] = [0.3 - h, 0.3, 0.3 + h].map((c) => solveModel(logistic, { Y, c }, { tolerance: 1e-10 }));
    const [by] = sensitivities(logistic, { Y, c: 0.3 }, must(at), ['c']);
    expect(by!.objective!.data[0]).toBeCloseTo((must(high).objective - must(low).objective) / (2 * h), 5);
    by!.x!['X']!.data.forEach((v, i) => expect(v).toBeCloseTo((must(high).x['X']!.data[i]! - must(low).x['X']!.data[i]!) / (2 * h), 3));
  });

  test('a path goes on from its last value', () => {
    const solutions = solvePath(logistic, { Y }, { parameter: 'c', values: [2, 0.9, 0.6, 0.3] }).map((p) => p.solution);
    expect(solutions.map((s) => s.outcome)).toEqual(Array(4).fill('optimal (global)'));
    expect(solutions[2]!.objective).toBeCloseTo(6.57759954, 7);
    // Beyond the largest slope of the loss nothing is left.
    expect(Math.max(...solutions[0]!.x['X']!.data.map(Math.abs))).toBeLessThan(1e-5);
  });

  test('a start that is given is where a loss that is not convex begins', () => {
    const model = 'parameters\n matrix Y\nvariables\n matrix X\nmin\n sum(sin(X-Y))+0.01*nuc(X)\n';
    const near = (v: number): number => solveModel(model, { Y }, { start: { X: Y.map((row) => row.map((y) => v + y)) } }).x['X']!.data[0]!;
    expect(near(-1.5)).toBeLessThan(0);
    expect(near(4.7)).toBeGreaterThan(4);
  });

  test('half of the entries of a matrix of low rank, 60 × 40', () => {
    const source = random(3);
    const normals = (rows: number, cols: number): number[][] => Array.from({ length: rows }, () => Array.from({ length: cols }, () => source.normal()));
    const [m, n, r] = [60, 40, 3];
    const [U, V] = [normals(m, r), normals(n, r)];
    const W = Array.from({ length: m }, () => Array.from({ length: n }, () => (source.uniform() < 0.5 ? 1 : 0)));
    const M = W.map((row, i) => row.map((w, j) => w * U[i]!.reduce((sum, u, k) => sum + u * V[j]![k]!, 0)));
    const found = solveModel('parameters\n matrix M, W\n scalar c\nvariables\n matrix X\nmin\n 0.5*norm2(W.*X-M)^2+c*nuc(X)\n', { M, W, c: 3 });
    expect(found.outcome).toBe('optimal (global)');
    expect(found.why).toMatch(/smooth/);
  });

  test('bounds of spectra that no matrix keeps are infeasible, with multipliers that prove it', () => {
    const found = solveModel('variables\n matrix X(3,3) symmetric psd\nmin\n -logdet(X)\nst\n k: lmax(X) <= 1\n t: tr(X) >= 4\n');
    expect(found.outcome).toBe('infeasible');
    const [k, t] = [found.farkas!['k']!.data[0]!, found.farkas!['t']!.data[0]!];
    expect(k / t).toBeCloseTo(3, 5);
  });
});
