import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { solveModel } from './solve-model.ts';

const text = "parameters\n matrix K symmetric\n vector y\n scalar c\nvariables\n vector a\nmin\n 0.5*(a.*y)'*K*(a.*y)-sum(a)\nst\n a >= 0\n a <= c\n y'*a == 0\n";

type Kernel = (far: number, product: number) => number;
const kernels: Readonly<Record<string, Kernel>> = {
  linear: (_, p) => p,
  cubic: (_, p) => (p / 4 + 1) ** 3,
  Gaussian: (far) => Math.exp(-far / 4),
  'of distances': (far) => Math.exp(-Math.sqrt(far)),
};

/** Points with a curved border between their labels, some of which are wrong. */
function machine(n: number, kernel: Kernel, c: number, seed = 1): { K: number[][]; y: number[]; c: number } {
  const r = random(seed);
  const X = Array.from({ length: n }, () => Array.from({ length: 4 }, () => r.normal()));
  const K = X.map((p) => X.map((q) => kernel(p.reduce((sum, x, k) => sum + (x - q[k]!) ** 2, 0), p.reduce((sum, x, k) => sum + x * q[k]!, 0))));
  return { K, y: X.map((p) => (p[0]! * p[1]! + p[2]! + 0.4 * r.normal() > 0 ? 1 : -1)), c };
}

describe('duals of support vector machines end where interior points do', () => {
  for (const [name, kernel] of Object.entries(kernels)) {
    test.each([1e-3, 1, 1e4])(`kernel ${name}, c = %d`, (c) => {
      const data = machine(130, kernel, c);
      const found = solveModel(text, data);
      expect(found.method).toBe('pairwise minimisation');
      expect(found.outcome).toBe('optimal (global)');
      const other = solveModel(text, data, { method: 'interior point' });
      expect(Math.abs(found.objective - other.objective)).toBeLessThan(1e-7 * Math.max(1, Math.abs(other.objective)));
    });
  }
});

test('a kernel that is none is no proof of a global optimum', () => {
  const found = solveModel(text, machine(60, (_, p) => Math.tanh(p - 0.5), 1), { starts: 1 });
  expect(found.outcome).not.toBe('optimal (global)');
  expect(found.convexity).not.toBe('convex');
});

test('nor for so many points that it is looked at by a sample first', () => {
  const found = solveModel(text, machine(420, (_, p) => Math.tanh(p - 0.5), 1), { limits: { seconds: 1 } });
  expect(found.outcome).not.toBe('optimal (global)');
  expect(found.convexity).not.toBe('convex');
});

test('a kernel for many points, by what it is made of and by factorisation', () => {
  for (const kernel of [kernels['Gaussian']!, (far: number) => 1 / (1 + far)]) {
    const found = solveModel(text, machine(430, kernel, 10));
    expect(found.outcome).toBe('optimal (global)');
    expect(found.method).toBe('pairwise minimisation');
    expect(found.kkt.stationarity.scaled).toBeLessThan(1e-10);
  }
});

test('labels that are all alike leave nothing but zero', () => {
  const { K, c } = machine(120, kernels['Gaussian']!, 1);
  const found = solveModel(text, { K, c, y: K.map(() => 1) });
  expect(found.outcome).toBe('optimal (global)');
  expect(Math.abs(found.objective)).toBeLessThan(1e-12);
});

test('weights of the points, and other coefficients of the equation', () => {
  const model = "parameters\n matrix K symmetric\n vector y, s, e\n scalar c\nvariables\n vector a\nmin\n 3*(a.*s)'*K*(a.*s)-y'*a\nst\n a >= -1\n a <= c\n e'*a == 0.5\n";
  const { K, y, c } = machine(140, kernels['Gaussian']!, 2);
  const r = random(5);
  const data = { K, y, c, s: y.map(() => r.normal()), e: y.map((v) => v * (0.5 + r.uniform())) };
  const found = solveModel(model, data);
  const other = solveModel(model, data, { method: 'interior point' });
  expect(found.method).toBe('pairwise minimisation');
  expect(found.outcome).toBe('optimal (global)');
  expect(Math.abs(found.objective - other.objective)).toBeLessThan(1e-7 * Math.abs(other.objective));
});
