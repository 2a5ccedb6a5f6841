// Linear and quadratic programs that are degenerate, dependent, badly scaled, infeasible or unbounded, each with its
// answer worked out by hand or from the literature named.

import { describe, expect, test } from 'vitest';
import { must } from '../base/internal.ts';
import { random } from '../base/random.ts';
import { type Rows, problemOf, programOf } from './problems-for-tests.ts';
import { type Solution, solve } from './solve.ts';

function solved(rows: Rows): Solution {
  const s = solve(problemOf(programOf(rows)));
  // Whatever is claimed is proved by numbers that are looked at here again.
  if (s.outcome.kind === 'optimal') expect(must(s.kkt.gap).scaled).toBeLessThan(1e-6);
  if (s.outcome.kind === 'infeasible' && s.outcome.certificate.kind === 'farkas') expect(s.outcome.certificate.gap).toBeGreaterThan(0);
  return s;
}

const inf = Infinity;
const fill = (n: number, v: number): number[] => Array.from({ length: n }, () => v);

interface Program extends Rows {
  readonly name: string;
  readonly is: number | 'infeasible' | 'unbounded';
}

const programs: readonly Program[] = [
  // Beale, Cycling in the dual simplex algorithm, 1955.
  { name: 'Beale 1955', c: [-0.75, 150, -0.02, 6], A: [[0.25, -60, -0.04, 9], [0.5, -90, -0.02, 3], [0, 0, 1, 0]], rowLower: fill(3, -inf), rowUpper: [0, 0, 1], lower: fill(4, 0), is: -0.05 },
  // Hoffman's example as Kuhn tells it; Marshall & Suurballe, A note on cycling in the simplex method, 1969.
  { name: 'Kuhn', c: [-2, -3, 1, 12], A: [[-2, -9, 1, 9], [1 / 3, 1, -1 / 3, -2], [2, 3, -1, -12]], rowLower: fill(3, -inf), rowUpper: [0, 0, 2], lower: fill(4, 0), is: -2 },
  { name: 'Marshall and Suurballe', c: [-10, 57, 9, 24], A: [[0.5, -5.5, -2.5, 9], [0.5, -1.5, -0.5, 1], [1, 0, 0, 0]], rowLower: fill(3, -inf), rowUpper: [0, 0, 1], lower: fill(4, 0), is: -1 },
  { name: 'equal rows', c: [1, 2], A: [[1, 1], [1, 1], [1, 1], [2, 2]], rowLower: [1, 1, 1, 2], rowUpper: [1, 1, 1, 2], lower: [0, 0], is: 1 },
  { name: 'equal rows that differ on the right', c: [1, 2], A: [[1, 1], [1, 1]], rowLower: [1, 2], rowUpper: [1, 2], lower: [0, 0], is: 'infeasible' },
  { name: 'a row that follows from two others', c: [3, 1, 2], A: [[1, 1, 0], [0, 1, 1], [1, 2, 1]], rowLower: [2, 3, 5], rowUpper: [2, 3, 5], lower: fill(3, 0), is: 4 },
  { name: 'empty rows and columns', c: [0, 1, 0], A: [[0, 0, 0], [0, 1, 0], [0, 0, 0]], rowLower: [-1, 2, 0], rowUpper: [1, inf, 0], lower: fill(3, 0), upper: [inf, inf, 7], is: 2 },
  { name: 'an empty row that cannot hold', c: [1, 1], A: [[0, 0], [1, 1]], rowLower: [1, 0], rowUpper: [2, inf], lower: [0, 0], is: 'infeasible' },
  { name: 'an empty column that falls for ever', c: [-1, 1], A: [[0, 1]], rowLower: [1], rowUpper: [inf], lower: [0, 0], is: 'unbounded' },
  { name: 'fixed variables', c: [1, 1, 1], A: [[1, 1, 1]], rowLower: [5], rowUpper: [inf], lower: [2, -inf, 0], upper: [2, inf, 0], is: 5 },
  { name: 'all fixed, and contradicted', c: [1, 1], A: [[1, 1]], rowLower: [5], rowUpper: [5], lower: [1, 1], upper: [1, 1], is: 'infeasible' },
  { name: 'free variables alone', c: [1, 1], A: [[1, 2], [3, -1]], rowLower: [4, 5], rowUpper: [4, 5], lower: fill(2, -inf), is: 3 },
  { name: 'free variables without enough rows', c: [1, 1], A: [[1, 2]], rowLower: [4], rowUpper: [4], lower: fill(2, -inf), is: 'unbounded' },
  { name: 'a facet of optima', c: [-1, -1, 0], A: [[1, 1, 1]], rowLower: [-inf], rowUpper: [3], lower: fill(3, 0), is: -3 },
  { name: 'one point, many rows through it', c: [-1, -1], A: Array.from({ length: 12 }, (_, k) => [Math.cos((k * Math.PI) / 22), Math.sin((k * Math.PI) / 22)]), rowLower: fill(12, -inf), rowUpper: Array.from({ length: 12 }, (_, k) => Math.cos((k * Math.PI) / 22) + Math.sin((k * Math.PI) / 22)), is: -2 },
  { name: 'rows of sizes 1e-8 to 1e8', c: [1, 1, 1], A: [[1e8, 2e8, 0], [0, 1e-8, 3e-8], [1, 0, 1]], rowLower: [4e8, 6e-8, 1], rowUpper: fill(3, inf), lower: fill(3, 0), is: 10 / 3 },
  { name: 'columns of sizes 1e-6 to 1e6', c: [1e6, 1e-6, 1], A: [[1e6, 1e-6, 1], [2e6, -1e-6, 0]], rowLower: [3, 0], rowUpper: [inf, inf], lower: fill(3, 0), is: 3 },
  { name: 'transport with equal supply and demand', c: [4, 6, 9, 5, 3, 8], A: [[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [1, 0, 0, 1, 0, 0], [0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 1]], rowLower: [10, 20, 10, 10, 10], rowUpper: [10, 20, 10, 10, 10], lower: fill(6, 0), is: 150 },
  { name: 'nearly parallel rows', c: [-1, -1], A: [[1, 1], [1, 1 + 1e-9]], rowLower: [-inf, -inf], rowUpper: [1, 1], lower: [0, 0], is: -1 },
  { name: 'infeasible by little', c: [1, 0], A: [[1, 1], [1, 1]], rowLower: [1 + 1e-3, -inf], rowUpper: [inf, 1], lower: [0, 0], is: 'infeasible' },
  { name: 'unbounded along a face', c: [-1, 0, 0], A: [[1, -1, 0], [0, 0, 1]], rowLower: [-inf, 0], rowUpper: [1, 1], lower: fill(3, 0), is: 'unbounded' },
];

describe('linear', () => {
  test.each(programs)('$name', ({ is, ...rows }) => {
    const s = solved(rows);
    if (typeof is === 'string') expect(s.outcome.kind).toBe(is);
    else {
      expect(s.outcome).toEqual({ kind: 'optimal', scope: 'global' });
      expect(Math.abs(s.objective - is)).toBeLessThan(1e-7 * Math.max(1, Math.abs(is)));
    }
  });

  // Klee & Minty 1972, in Chvátal's form: max Σ 10^(n-j) x_j, 2 Σ_{j<i} 10^(i-j) x_j + x_i ≤ 100^(i-1).
  test.each([4, 7])('Klee and Minty with powers of a hundred, %i', (n) => {
    const index = [...Array(n).keys()];
    const s = solved({
      c: index.map((j) => -(10 ** (n - 1 - j))),
      A: index.map((i) => index.map((j) => (j < i ? 2 * 10 ** (i - j) : j === i ? 1 : 0))),
      rowLower: fill(n, -inf),
      rowUpper: index.map((i) => 100 ** i),
      lower: fill(n, 0),
    });
    expect(s.outcome.kind).toBe('optimal');
    expect(Math.abs(s.objective / -(100 ** (n - 1)) - 1)).toBeLessThan(1e-8);
  });
});

const half = (P: readonly (readonly number[])[]): number[][] => P.map((row) => [...row]);

// Hock & Schittkowski, Test examples for nonlinear programming codes, 1981, where a number is given.
const quadratic: readonly Program[] = [
  { name: 'HS 21', P: half([[0.02, 0], [0, 2]]), c: [0, 0], A: [[10, -1]], rowLower: [10], rowUpper: [inf], lower: [2, -50], upper: [50, 50], is: 0.04 },
  { name: 'HS 28', P: half([[2, 2, 0], [2, 4, 2], [0, 2, 2]]), c: [0, 0, 0], A: [[1, 2, 3]], rowLower: [1], rowUpper: [1], lower: fill(3, -inf), is: 0 },
  { name: 'HS 48', P: half([[2, 0, 0, 0, 0], [0, 2, -2, 0, 0], [0, -2, 2, 0, 0], [0, 0, 0, 2, -2], [0, 0, 0, -2, 2]]), c: [-2, 0, 0, 0, 0], A: [fill(5, 1), [0, 0, 1, -2, -2]], rowLower: [5, -3], rowUpper: [5, -3], lower: fill(5, -inf), is: -1 },
  { name: 'HS 51', P: half([[2, -2, 0, 0, 0], [-2, 4, 2, 0, 0], [0, 2, 2, 0, 0], [0, 0, 0, 2, 0], [0, 0, 0, 0, 2]]), c: [0, -4, -4, -2, -2], A: [[1, 3, 0, 0, 0], [0, 0, 1, 1, -2], [0, 1, 0, 0, -1]], rowLower: [4, 0, 0], rowUpper: [4, 0, 0], lower: fill(5, -inf), is: -6 },
  { name: 'HS 118 in miniature: ranges of differences', P: half([[2e-4, 0, 0], [0, 2e-4, 0], [0, 0, 2e-4]]), c: [2.3, 2.3, 2.3], A: [[-1, 1, 0], [0, -1, 1], [1, 1, 1]], rowLower: [-7, -7, 60], rowUpper: [6, 6, inf], lower: [8, 8, 8], upper: [21, 57, 16], is: leastOfRanges() },
  { name: 'a singular second derivative and a flat direction', P: half([[1, -1], [-1, 1]]), c: [0, 0], A: [[1, 1]], rowLower: [-inf], rowUpper: [10], lower: fill(2, -inf), is: 0 },
  { name: 'a flat direction that falls for ever', P: half([[1, -1], [-1, 1]]), c: [-1, -1], A: [[1, -1]], rowLower: [0], rowUpper: [1], lower: fill(2, -inf), is: 'unbounded' },
  { name: 'inconsistent, with a second derivative', P: half([[1, 0], [0, 1]]), c: [0, 0], A: [[1, 1], [1, 1]], rowLower: [1, -inf], rowUpper: [inf, 0], is: 'infeasible' },
  { name: 'equations three times over', P: half([[1, 0], [0, 1]]), c: [0, 0], A: [[1, 1], [2, 2], [-1, -1]], rowLower: [2, 4, -2], rowUpper: [2, 4, -2], is: 1 },
  { name: 'second derivatives of 1e-8 and 1e8', P: half([[1e8, 0], [0, 1e-8]]), c: [-1e8, -1e-8], A: [[1, 1]], rowLower: [-inf], rowUpper: [5], is: -0.5e8 - 0.5e-8 },
  { name: 'optimum at a vertex of all bounds', P: half([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), c: [-5, -5, 5], A: [[1, 1, 1]], rowLower: [-inf], rowUpper: [100], lower: fill(3, 0), upper: fill(3, 1), is: -9 },
  { name: 'a row that is a bound', P: half([[2, 0], [0, 2]]), c: [0, 0], A: [[3, 0]], rowLower: [6], rowUpper: [inf], lower: [-1, -1], is: 4 },
];

/** ½·2e-4 Σx² + 2.3 Σx is least for Σx = 60 with the x as equal as the bounds allow: (22, 22, 16) is cut to (21, 23, 16). */
function leastOfRanges(): number {
  return 2.3 * 60 + 1e-4 * (21 ** 2 + 23 ** 2 + 16 ** 2);
}

describe('quadratic', () => {
  test.each(quadratic)('$name', ({ is, ...rows }) => {
    const s = solved(rows);
    if (typeof is === 'string') expect(s.outcome.kind).toBe(is);
    else {
      expect(s.outcome).toEqual({ kind: 'optimal', scope: 'global' });
      expect(Math.abs(s.objective - is)).toBeLessThan(1e-6 * Math.max(1, Math.abs(is)));
    }
  });
});

// Sparse vectors of least norm: a fifth of the rows' number of entries is not zero, so that most rows press for nothing.
test('vertices are exact, also where rows depend on each other', () => {
  const r = random(5);
  const [m, n, entries] = [20, 60, 5];
  const A = Array.from({ length: m }, () => Array.from({ length: n }, () => r.normal()));
  const x = Array.from({ length: n }, (_, j) => (j < entries ? j + 1 : 0));
  const b = A.map((row) => row.reduce((sum, a, j) => sum + a * must(x[j]), 0));
  const split = A.map((row) => [...row, ...row.map((a) => -a)]);
  const s = solved({ c: fill(2 * n, 1), A: split, rowLower: b, rowUpper: b, lower: fill(2 * n, 0) });
  expect(s.outcome.kind).toBe('optimal');
  for (let j = 0; j < n; j++) expect(Math.abs(s.z[j]! - s.z[n + j]! - must(x[j]))).toBeLessThan(1e-12);
  expect(s.iterations).toBeLessThan(10);
  const corner = solved({ c: [-1, -3], A: [[1, 1]], rowLower: [-inf], rowUpper: [1], lower: [0, 0] });
  expect([...corner.z]).toEqual([0, 1]);
});
