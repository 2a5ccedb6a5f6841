// Rows that say the same in other words, and bounds that stand for none.

import { expect, test } from 'vitest';
import { must } from '../base/internal.ts';
import { condense } from './condense.ts';
import { problemOf, programOf } from './problems-for-tests.ts';
import { solve } from './solve.ts';

const inf = Infinity;

test('parallel rows become one and rows of one entry bounds, and multipliers find their way back', () => {
  const program = programOf({
    c: [1, 1, 1],
    A: [[1, 2, 0], [2, 4, 0], [-1, -2, 0], [0, 0, -2], [1, 0, 1]],
    rowLower: [1, -inf, -inf, -inf, 0],
    rowUpper: [inf, 20, -1.5, -6, inf],
    lower: [-inf, -inf, -inf],
  });
  const condensed = must(condense(problemOf(program)));
  expect(condensed.problem.linear?.matrix.rows).toBe(2);
  expect([condensed.problem.linear?.lower[0], condensed.problem.linear?.upper[0]]).toEqual([1.5, 10]);
  expect(condensed.problem.lower[2]).toBe(3);
  // The tightest lower side is that of row 2, the upper one that of row 1.
  const pressed = condensed.restore(Float64Array.of(6, 0), Float64Array.of(0, 0, 4));
  expect([...pressed.linear].map((v) => v + 0)).toEqual([0, 0, -6, -2, 0]);
  expect([...pressed.bounds]).toEqual([0, 0, 0]);
  const held = condensed.restore(Float64Array.of(-6, 0), Float64Array.of(0, 0, 0));
  expect([...held.linear].map((v) => v + 0)).toEqual([0, -3, 0, 0, 0]);
  const back = condensed.condense({ linear: pressed.linear, bounds: pressed.bounds, nonlinear: new Float64Array(0) });
  expect([[...back.linear], [...back.bounds]]).toEqual([[6, 0], [0, 0, 4]]);
});

test('two inequalities that make an equation leave the same optimum and multipliers that prove it', () => {
  const s = solve(problemOf(programOf({
    c: [1, 2, 3],
    P: [[2, 0, 0], [0, 2, 0], [0, 0, 0]],
    A: [[1, 1, 1], [-1, -1, -1], [1, -1, 0], [1, -1, 0], [0, 0, 1], [0, 0, 5]],
    rowLower: [4, -inf, 0.5, -inf, 0, -inf],
    rowUpper: [inf, -4, inf, 0.5, inf, 10],
    lower: [-inf, -inf, -inf],
  })));
  expect(s.outcome).toEqual({ kind: 'optimal', scope: 'global' });
  expect(s.z[0]! + s.z[1]! + s.z[2]!).toBeCloseTo(4, 10);
  expect(s.z[0]! - s.z[1]!).toBeCloseTo(0.5, 10);
  expect(s.kkt.stationarity.scaled).toBeLessThan(1e-10);
  expect(s.kkt.sign.value).toBe(0);
});

test('rows that contradict each other are proved infeasible by a combination of themselves', () => {
  const s = solve(problemOf(programOf({ c: [0, 0], A: [[1, 3], [2, 6], [1, 0]], rowLower: [2, -inf, 0], rowUpper: [inf, 3, 1], lower: [-inf, -inf] })));
  expect(s.outcome.kind).toBe('infeasible');
  const certificate = s.outcome.kind === 'infeasible' ? s.outcome.certificate : undefined;
  const rows = must(certificate?.kind === 'farkas' ? certificate.rows : undefined);
  expect(rows[0]!).toBeGreaterThan(0);
  expect(rows[0]! + 2 * rows[1]!).toBeCloseTo(0, 12);
});

test('bounds of 1e20, and a little less, are none', () => {
  const far = 9.9e19;
  const base = { c: [1, 2], A: [[1, 1], [1, -1]] };
  const near = solve(problemOf(programOf({ ...base, rowLower: [1, -inf], rowUpper: [inf, inf], lower: [0, 0], upper: [inf, inf] })));
  const written = solve(problemOf(programOf({ ...base, rowLower: [1, -far], rowUpper: [1e20, far], lower: [0, 0], upper: [1e20, 1e30] })));
  expect(written.outcome).toEqual(near.outcome);
  expect([...written.z]).toEqual([...near.z]);
  const falls = solve(problemOf(programOf({ c: [-1, 0], A: [[1, -1]], rowLower: [-1e20], rowUpper: [1], lower: [0, 0], upper: [1e20, 1e20] })));
  expect(falls.outcome.kind).toBe('unbounded');
});
