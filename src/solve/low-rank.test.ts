import { describe, expect, test } from 'vitest';

import { must } from '../base/internal.ts';
import { random } from '../base/random.ts';
import { factorOf } from './low-rank.ts';
import { denseMatrix } from './matrix.ts';
import type { Problem } from './problem.ts';
import { problemOf, programOf } from './problems-for-tests.ts';
import { solve } from './solve.ts';

const n = 420;

/** ½ x'V'Vx + c'x on a box, with two rows. */
function drawn(rank: number, seed: number, more: { readonly upper?: number; readonly level?: number; readonly c?: readonly number[] } = {}): Problem {
  const r = random(seed);
  const V = Array.from({ length: rank }, () => Array.from({ length: n }, () => r.normal()));
  const P = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) P[i * n + j] = P[j * n + i] = V.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
  const c = more.c ?? Array.from({ length: n }, () => r.normal());
  const A = [c.map(() => 0.5 + r.uniform()), c.map(() => r.normal())];
  const { level = 0.7 } = more;
  const program = programOf({ c, A, rowLower: [level, -0.5], rowUpper: [level, 0.5], lower: c.map(() => 0), upper: c.map(() => more.upper ?? 1) });
  return problemOf({ ...program, P: denseMatrix(n, n, P) });
}

describe('a second derivative of few columns', () => {
  test.each([1, 7, 60])('of rank %i: the optimum and the multipliers of the dense program', (rank) => {
    const problem = drawn(rank, rank);
    expect(must(factorOf(problem)).dims).toBe(rank);
    const found = solve(problem);
    expect(found.why).toContain('few columns');
    expect(found.outcome).toEqual({ kind: 'optimal', scope: 'global' });
    const dense = solve(problem, { method: 'interior point' });
    expect(dense.why).toBe('it was asked for');
    expect(Math.abs(found.objective - dense.objective)).toBeLessThan(1e-9 * Math.max(1, Math.abs(dense.objective)));
    expect(Math.abs(found.multipliers.linear[0]! - dense.multipliers.linear[0]!)).toBeLessThan(1e-6 * Math.abs(dense.multipliers.linear[0]!));
    expect(found.z.length).toBe(n);
    expect(found.multipliers.bounds.length).toBe(n);
  });

  test('rows that no point of the box keeps are proven to be so', () => {
    const { outcome } = solve(drawn(5, 3, { level: 1e4 }));
    if (outcome.kind !== 'infeasible' || outcome.certificate.kind !== 'farkas') throw new Error(outcome.kind);
    expect(outcome.certificate.rows.length).toBe(2);
  });

  test('without an end along what it does not see', () => {
    const far = drawn(5, 4, { upper: Infinity, c: Array.from({ length: n }, () => -1) });
    const { linear: _, ...open } = far;
    const { outcome } = solve(open);
    if (outcome.kind !== 'unbounded') throw new Error(outcome.kind);
    expect(must(outcome.ray).length).toBe(n);
  });

  test('others are left alone', () => {
    expect(factorOf(drawn(n, 5))).toBeUndefined();
    const small = problemOf(programOf({ c: [1, 1], P: [[1, 1], [1, 1]] }));
    expect(factorOf(small)).toBeUndefined();
  });
});
