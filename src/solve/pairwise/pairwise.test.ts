import { expect, test } from 'vitest';

import { must } from '../../base/internal.ts';
import { random } from '../../base/random.ts';
import { symmetricEigen } from '../../ops/reference/symmetric-eigen.ts';
import { denseMatrix } from '../matrix.ts';
import { equationOf, isPairwise } from './pair-program.ts';
import { problemOf, programOf } from '../problems-for-tests.ts';
import type { QuadraticProgram } from '../quadratic-program.ts';
import { solve } from '../solve.ts';

/** ½ x'GG'x + c'x on a box, with one equation whose coefficients have both signs. */
function drawn(n: number, rank: number, seed: number, more: Partial<QuadraticProgram> = {}): QuadraticProgram {
  const r = random(seed);
  const G = Array.from({ length: n }, () => Array.from({ length: rank }, () => r.normal()));
  const P = G.map((row) => G.map((other) => row.reduce((sum, value, k) => sum + value * other[k]!, 0)));
  const c = P.map(() => r.normal());
  const a = P.map(() => (r.uniform() < 0.5 ? -1 : 1) * (0.5 + r.uniform()));
  const program = programOf({ c, A: [a], rowLower: [0.7], rowUpper: [0.7], lower: c.map(() => -0.2), upper: c.map(() => 1) });
  return { ...program, P: denseMatrix(n, n, Float64Array.from(P.flat())), ...more };
}

test.each([
  [12, 20, 1],
  [40, 60, 2],
  [40, 7, 3],
  [150, 40, 4],
  [300, 320, 5],
])('the optimum of interior points, for %i variables of rank %i', (n, rank, seed) => {
  const problem = problemOf(drawn(n, rank, seed));
  const other = solve(problem, { method: 'interior point' });
  const found = solve(problem, { method: 'pairwise minimisation' });
  expect(found.outcome).toEqual({ kind: 'optimal', scope: 'global' });
  expect(found.objective).toBeCloseTo(other.objective, 9);
  expect(found.multipliers.linear[0]).toBeCloseTo(other.multipliers.linear[0]!, 6);
  expect(Math.abs(found.kkt.primal.value)).toBeLessThan(1e-12);
});

test('it is chosen from a hundred variables on, for one equation in all of them', () => {
  expect(solve(problemOf(drawn(120, 130, 6))).method).toBe('pairwise minimisation');
  const program = drawn(30, 30, 7);
  expect(isPairwise(problemOf(program))).toBe(true);
  expect(isPairwise(problemOf({ ...program, rowLower: Float64Array.of(-1) }))).toBe(false);
  expect(isPairwise(problemOf({ ...program, A: { ...program.A, values: program.A.values.map((v, k) => (k === 3 ? 0 : v)) } }))).toBe(false);
});

test('bounds that miss the equation are proven to, by the method after it', () => {
  const program = drawn(120, 130, 8);
  const far = Float64Array.of(1e4);
  const { outcome } = solve(problemOf({ ...program, rowLower: far, rowUpper: far }));
  expect(outcome.kind).toBe('infeasible');
});

test('half-lines: it falls for ever where the second derivative vanishes', () => {
  const n = 101;
  const program = drawn(n, 4, 9, { lower: new Float64Array(n).fill(-Infinity), upper: new Float64Array(n).fill(Infinity) });
  expect(solve(problemOf(program)).outcome.kind).toBe('unbounded');
});

test.each([10, 11, 12])('where the objective is not convex: a point that no move of the free variables improves', (seed) => {
  const n = 130;
  const program = drawn(n, 30, seed);
  const other = drawn(n, 30, seed + 100);
  const data = must(denseOf(program)).map((value, at) => value - must(denseOf(other))[at]!);
  const found = solve({ ...problemOf({ ...program, P: denseMatrix(n, n, data) }), convex: false });
  expect(found.method).toBe('pairwise minimisation');
  expect(found.outcome).toEqual({ kind: 'optimal', scope: 'local' });
  const a = equationOf(problemOf(program));
  const free = [...found.z.keys()].filter((j) => found.z[j]! > -0.2 && found.z[j]! < 1);
  const last = must(free.at(-1));
  // Directions along the equation, on the free variables.
  const along = free.slice(0, -1).map((j) => [j, -a[j]! / a[last]!] as const);
  const entry = (i: number, j: number): number => data[i * n + j]!;
  const H = Float64Array.from(along.flatMap(([i, u]) => along.map(([j, v]) => entry(i, j) + u * entry(last, j) + v * entry(i, last) + u * v * entry(last, last))));
  const { values } = symmetricEigen({ shape: [along.length, along.length], data: H });
  expect(Math.min(0, ...values.data)).toBeGreaterThan(-1e-9);
});

test('a direction of negative curvature without a bound is a ray', () => {
  const n = 101;
  const program = drawn(n, 200, 13, { lower: new Float64Array(n).fill(-Infinity), upper: new Float64Array(n).fill(Infinity) });
  const data = must(denseOf(program)).slice();
  for (let j = 0; j < n; j++) data[j * (n + 1)]! -= 150;
  expect(solve({ ...problemOf({ ...program, P: denseMatrix(n, n, data) }), convex: false }).outcome.kind).toBe('unbounded');
});

function denseOf({ P }: QuadraticProgram): Float64Array | undefined {
  return P.kind === 'dense' ? P.data : undefined;
}
