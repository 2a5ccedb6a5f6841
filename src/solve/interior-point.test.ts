import { describe, expect, test } from 'vitest';

import { loadHighs } from './highs-for-tests.ts';
import { lpText, problemOf, programOf, randomProgram } from './problems-for-tests.ts';
import type { Rows } from './problems-for-tests.ts';
import { solve } from './solve.ts';

const infinity = Infinity;

function solved(rows: Rows) {
  return solve(problemOf(programOf(rows)));
}

describe('linear programs', () => {
  test('Beale: the simplex method cycles here', () => {
    // Beale 1955
    const { outcome, objective, z } = solved({
      c: [-0.75, 150, -0.02, 6],
      A: [
        [0.25, -60, -1 / 25, 9],
        [0.5, -90, -1 / 50, 3],
        [0, 0, 1, 0],
      ],
      rowUpper: [0, 0, 1],
    });
    expect(outcome).toEqual({ kind: 'optimal', scope: 'global' });
    expect(objective).toBeCloseTo(-1 / 20, 10);
    expect(z[2]).toBeCloseTo(1, 9);
  });

  test.each([3, 6, 10])('Klee–Minty in dimension %i', (n) => {
    // max Σ 2^(n-j) x_j  with  2 Σ_{j<i} 2^(i-j) x_j + x_i ≤ 5^i
    const A = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (j < i ? 2 ** (i - j + 1) : j === i ? 1 : 0)),
    );
    const { outcome, objective } = solved({
      c: Array.from({ length: n }, (_, j) => -(2 ** (n - 1 - j))),
      A,
      rowUpper: A.map((_, i) => 5 ** (i + 1)),
    });
    expect(outcome.kind).toBe('optimal');
    expect(objective / -(5 ** n)).toBeCloseTo(1, 9);
  });

  test('prices: the multiplier of a row is the rate of its bound', () => {
    const rows = {
      c: [-3, -5],
      A: [
        [1, 0],
        [0, 2],
        [3, 2],
      ],
      rowUpper: [4, 12, 18],
    };
    const { objective, multipliers, kkt } = solved(rows);
    expect(objective).toBeCloseTo(-36, 9);
    expect(Array.from(multipliers.linear)).toEqual([
      expect.closeTo(0, 8),
      expect.closeTo(-1.5, 8),
      expect.closeTo(-1, 8),
    ]);
    expect(solved({ ...rows, rowUpper: [4, 13, 18] }).objective).toBeCloseTo(-37.5, 9);
    expect(kkt.gap?.scaled).toBeLessThan(1e-9);
  });

  test('infeasible: the Farkas vector contradicts itself', () => {
    const { outcome } = solved({
      c: [1, 1],
      A: [
        [1, 1],
        [1, 1],
      ],
      rowLower: [2, -infinity],
      rowUpper: [infinity, 1],
      lower: [-infinity, -infinity],
    });
    expect(outcome.kind).toBe('infeasible');
    if (outcome.kind !== 'infeasible' || outcome.certificate.kind !== 'farkas') throw new Error('no Farkas vector');
    const { rows, gap } = outcome.certificate;
    expect(rows[0]! + rows[1]!).toBeCloseTo(0, 12);
    expect(gap).toBeCloseTo(rows[0]!, 9);
  });

  test('infeasible by rows of one entry', () => {
    const rows = {
      c: [0, 1],
      A: [
        [2, 0],
        [1, 1],
        [0, 1],
      ],
      rowLower: [8, -infinity, 5],
      rowUpper: [infinity, 8, infinity],
    };
    expect(solved(rows).outcome.kind).toBe('infeasible');
  });

  test('unbounded: the ray descends for ever', () => {
    const { outcome } = solved({ c: [-1, -1], A: [[1, -1]], rowLower: [-1], rowUpper: [1] });
    expect(outcome.kind).toBe('unbounded');
    if (outcome.kind === 'unbounded') expect(outcome.ray[0]! - outcome.ray[1]!).toBeCloseTo(0, 9);
  });

  test('unbounded objective over an empty set is infeasible', () => {
    const rows = {
      c: [-1, 0, 0],
      A: [
        [0, 1, 1],
        [0, 1, 1],
      ],
      rowLower: [1, 3],
      rowUpper: [2, 4],
    };
    expect(solved(rows).outcome.kind).toBe('infeasible');
  });

  test('badly scaled data', () => {
    const { outcome, objective } = solved({
      c: [1e-6, 1e6],
      A: [
        [1e-4, 1e4],
        [1e5, 1],
      ],
      rowLower: [1, 1e7],
      rowUpper: [infinity, infinity],
    });
    expect(outcome.kind).toBe('optimal');
    expect(objective).toBeCloseTo(0.01, 8);
  });
});

describe('quadratic programs', () => {
  test('projection on the simplex', () => {
    const { z, outcome } = solved({
      c: [-0.5, -2, 0.3],
      P: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      A: [[1, 1, 1]],
      rowLower: [1],
      rowUpper: [1],
    });
    expect(outcome.kind).toBe('optimal');
    expect(Array.from(z)).toEqual([expect.closeTo(0, 10), expect.closeTo(1, 10), expect.closeTo(0, 10)]);
  });

  test('Hock–Schittkowski 35, 76', () => {
    const hs35 = solved({
      c: [-8, -6, -4],
      P: [
        [4, 2, 2],
        [2, 4, 0],
        [2, 0, 2],
      ],
      A: [[1, 1, 2]],
      rowUpper: [3],
    });
    expect(hs35.objective + 9).toBeCloseTo(1 / 9, 10);
    const hs76 = solved({
      c: [-1, -3, 1, -1],
      P: [
        [2, 0, -1, 0],
        [0, 1, 0, 0],
        [-1, 0, 2, 1],
        [0, 0, 1, 1],
      ],
      A: [
        [1, 2, 1, 1],
        [3, 1, 2, -1],
        [0, 1, 4, 0],
      ],
      rowLower: [-infinity, -infinity, 1.5],
      rowUpper: [5, 4, infinity],
    });
    expect(hs76.objective).toBeCloseTo(-4.681818181818, 10);
  });

  test('dependent equations, singular Hessian, one solution of many', () => {
    const { outcome, objective } = solved({
      c: [0, 0, 0],
      P: [
        [1, 1, 0],
        [1, 1, 0],
        [0, 0, 0],
      ],
      A: [
        [1, 1, 1],
        [2, 2, 2],
        [1, 1, 0],
      ],
      rowLower: [3, 6, 1],
      rowUpper: [3, 6, 1],
      lower: [-infinity, -infinity, -infinity],
    });
    expect(outcome.kind).toBe('optimal');
    expect(objective).toBeCloseTo(0.5, 10);
  });

  test('inconsistent equations', () => {
    const { outcome } = solved({
      c: [0, 0],
      P: [
        [1, 0],
        [0, 1],
      ],
      A: [
        [1, 1],
        [2, 2],
      ],
      rowLower: [1, 3],
      rowUpper: [1, 3],
      lower: [-infinity, -infinity],
    });
    expect(outcome.kind).toBe('infeasible');
  });

  test('an empty box names its variable', () => {
    const { outcome } = solved({
      c: [1, 1],
      P: [
        [1, 0],
        [0, 1],
      ],
      lower: [0, 2],
      upper: [1, 1],
    });
    expect(outcome).toEqual({ kind: 'infeasible', certificate: { kind: 'empty-box', variable: 1 } });
  });
});

describe('against HiGHS', () => {
  test('random linear programs', { timeout: 60_000 }, async () => {
    const highs = await loadHighs();
    const met = new Map<string, number>();
    for (let seed = 0; seed < 300; seed++) {
      const program = randomProgram(seed, false);
      const { outcome, objective } = solve(problemOf(program));
      const referee = highs.solve(lpText(program), { output_flag: false });
      met.set(outcome.kind, (met.get(outcome.kind) ?? 0) + 1);
      if (referee.Status === 'Optimal') {
        expect(outcome.kind, `seed ${seed}`).toBe('optimal');
        const by = Math.max(1, Math.abs(referee.ObjectiveValue));
        expect(Math.abs(objective - referee.ObjectiveValue) / by, `seed ${seed}`).toBeLessThan(1e-7);
      }
      if (outcome.kind === 'optimal') expect(referee.Status, `seed ${seed}`).toBe('Optimal');
      // Its presolve may call an unbounded program infeasible; without an objective it does not.
      if (outcome.kind === 'infeasible') expect(referee.Status, `seed ${seed}`).toBe('Infeasible');
      if (outcome.kind === 'unbounded') {
        const feasible = highs.solve(lpText({ ...program, c: new Float64Array(program.n) }), { output_flag: false });
        expect([referee.Status, feasible.Status], `seed ${seed}`).toEqual([
          expect.not.stringMatching('Optimal'),
          'Optimal',
        ]);
      }
    }
    for (const kind of ['optimal', 'infeasible', 'unbounded']) expect(met.get(kind)).toBeGreaterThan(20);
  });

  test(
    'random quadratic programs are feasible where it says so, and proved otherwise',
    { timeout: 60_000 },
    async () => {
      const highs = await loadHighs();
      let optimal = 0;
      for (let seed = 1000; seed < 1200; seed++) {
        const program = randomProgram(seed, true);
        const { outcome, kkt } = solve(problemOf(program));
        const feasible = highs.solve(lpText({ ...program, c: new Float64Array(program.n) }), { output_flag: false });
        const kinds = feasible.Status === 'Optimal' ? ['optimal', 'unbounded'] : ['infeasible'];
        expect(kinds, `seed ${seed}`).toContain(outcome.kind);
        if (outcome.kind === 'optimal') {
          optimal++;
          expect(kkt.gap?.scaled, `seed ${seed}`).toBeLessThan(1e-7);
        }
      }
      expect(optimal).toBeGreaterThan(40);
    },
  );
});
