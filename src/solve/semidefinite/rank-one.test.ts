import { expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { random } from '../../base/random.ts';
import type { Given } from '../model/data.ts';
import { solveModel } from '../model/solve-model.ts';

const method = 'rank-one factorisation';

function symmetric(n: number, seed: number, entry: (g: ReturnType<typeof random>) => number): number[][] {
  const g = random(seed);
  const M = Array.from({ length: n }, () => Array.from({ length: n }, () => 0));
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) M[i]![j] = M[j]![i] = entry(g);
  return M;
}

const models: readonly (readonly [string, string, Given])[] = [
  ['a maximum cut', 'parameters\n matrix L symmetric\nvariables\n matrix X psd\nmax\n tr(L*X)\nst\n diag(X) == vector(1)', { L: symmetric(12, 3, (g) => g.normal()) }],
  ['the nearest correlation matrix', 'parameters\n matrix C symmetric\nvariables\n matrix X psd\nmin\n 0.5*norm2(X-C)^2\nst\n diag(X) == vector(1)', { C: [[2, -1, 0, 0], [-1, 2, -1, 0], [0, -1, 2, -1], [0, 0, -1, 2]] }],
  ['theta of the pentagon', 'parameters\n matrix E symmetric\nvariables\n matrix X psd\nmax\n sum(X)\nst\n tr(X) == 1\n X.*E == matrix(0)', { E: [0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => ((i - j + 5) % 5 === 1 || (j - i + 5) % 5 === 1 ? 1 : 0))) }],
  ['the positive part of a matrix', 'parameters\n matrix C symmetric\nvariables\n matrix X psd\nmin\n norm2(X-C)^2', { C: symmetric(8, 5, (g) => g.normal()) }],
];

test.each(models)('%s: by factors as by interior points', (_, text, data) => {
  const inner = solveModel(text, data);
  const factors = solveModel(text, data, { method });
  expect(inner.method).toBe('semidefinite interior point');
  expect(factors.method).toBe(method);
  expect([inner.outcome, factors.outcome]).toEqual(['optimal (global)', 'optimal (global)']);
  expect(Math.abs(factors.objective - inner.objective)).toBeLessThan(1e-6 * Math.max(1, Math.abs(inner.objective)));
});

test('a smooth objective that is no quadratic', () => {
  const text = 'parameters\n matrix C symmetric\nvariables\n matrix X psd\nmin\n norm2(X-C)^2+exp(0.1*tr(X))';
  const C = symmetric(6, 7, (g) => g.normal());
  const [own, other] = [solveModel(text, { C }, { method }), solveModel(text, { C })];
  expect(own.outcome).toBe('optimal (global)');
  expect(Math.abs(own.objective - other.objective)).toBeLessThan(1e-6 * Math.abs(other.objective));
});

test('it does not take other problems', () => {
  expect(() => solveModel('variables\n vector x(2)\nmin\n norm2(x)^2', {}, { method })).toThrow(RicciError);
});
