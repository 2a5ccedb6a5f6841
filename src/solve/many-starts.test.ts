import { expect, test } from 'vitest';

import { add, mul, problemFrom, sq, sub } from './jets-for-tests.ts';
import { solveFromMany } from './many-starts.ts';
import { solve } from './solve.ts';

// Hock–Schittkowski 2: two local minima on the bound x₂ = 1.5, the better one far from the start.
const two = problemFrom({
  start: [-2, 1],
  lower: [-Infinity, 1.5],
  f: (x) => add(mul(100, sq(sub(x[1]!, sq(x[0]!)))), sq(sub(1, x[0]!))),
});

test('several starts find the better of two minima, and say the same again', () => {
  expect(solve(two).objective).toBeCloseTo(4.941229318, 7);
  const found = solveFromMany(two, { starts: 12, seed: 3 });
  expect(found.outcome).toEqual({ kind: 'optimal', scope: 'local' });
  expect(found.objective).toBeCloseTo(0.0504261879, 9);
  expect(solveFromMany(two, { starts: 12, seed: 3 }).z).toEqual(found.z);
});

test('limits hold for all starts together', () => {
  const { evaluations, outcome } = solveFromMany(two, { starts: 50, seed: 1 }, { limits: { evaluations: 30 } });
  expect(evaluations.objective + evaluations.gradient).toBeLessThanOrEqual(30);
  expect(['optimal', 'stopped']).toContain(outcome.kind);
});

test('a certified optimum ends the search', () => {
  const bowl = problemFrom({ start: [3], f: (x) => sq(x[0]!), convex: true });
  const one = solve(bowl);
  expect(solveFromMany(bowl, { starts: 9, seed: 1 }).iterations).toBe(one.iterations);
});
