import { describe, expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import { symmetricEigen } from '../../ops/reference/symmetric-eigen.ts';
import { prepareModel } from './prepare.ts';
import { readingOf } from './reading.ts';
import type { Solution } from './answer.ts';
import { sensitivities } from './sensitivity.ts';
import { solveModel } from './solve-model.ts';

const declared = 'parameters\n matrix C symmetric\nvariables\n vector x\n';
// Two negative eigenvalues: the determinant is positive at x = 0, where the matrix is not definite.
const C = [
  [-3, 1, 0.5, 0],
  [1, -2, 0, 0.3],
  [0.5, 0, 2, 0.4],
  [0, 0.3, 0.4, 3],
];

function leastEigenvalue(x: ArrayLike<number>, of: readonly (readonly number[])[] = C): number {
  const n = of.length;
  return must(symmetricEigen({ shape: [n, n], data: Float64Array.from(of.flatMap((row, i) => row.map((e, j) => (i === j ? e + x[i]! : e)))) }).values.data[0]);
}

describe('logarithms of determinants are taken where the symmetric matrix is definite', () => {
  for (const written of ['logdet(C+diag(x))', 'log(det(C+diag(x)))']) {
    test(`${written}: found also where the first guesses are on another branch`, () => {
      const solution = solveModel(`${declared}min\n -${written}+0.1*x'*x`, { C });
      expect(solution.outcome).toBe('optimal (global)');
      expect(solution.convexity).toBe('convex');
      expect(leastEigenvalue(must(solution.x['x']).data)).toBeGreaterThan(0.1);
      expect(solution.kkt.stationarity.scaled).toBeLessThan(1e-9);
    });
  }

  test('a given start on another branch is left', () => {
    const solution = solveModel(`${declared}min\n -logdet(C+diag(x))+0.1*x'*x`, { C }, { start: { x: [0, 0, 0, 0] } });
    expect(solution.outcome).toBe('optimal (global)');
    expect(leastEigenvalue(must(solution.x['x']).data)).toBeGreaterThan(0.1);
  });

  test('under bounds and equations, which the first point keeps', () => {
    const solution = solveModel(`${declared}min\n sum(x)-0.1*logdet(C+diag(x))\nst\n x <= 6\n x[1] == 5`, { C });
    expect(solution.outcome).toBe('optimal (global)');
    expect(leastEigenvalue(must(solution.x['x']).data)).toBeGreaterThan(0);
    expect(solution.x['x']?.data[0]).toBeCloseTo(5, 10);
  });

  test('a maximum is told as concave', () => {
    const report = readingOf(prepareModel(`${declared}max\n logdet(C+diag(x))\nst\n sum(x) == 30`), { C });
    expect(report.objective.convexity).toContain('concave');
    expect(report.convex).toBe(true);
  });

  test('no such point', () => {
    const solution = solveModel(`${declared}min\n -logdet(C+diag(x))\nst\n x <= 1`, { C });
    expect(solution.outcome).toBe('left the domain');
  });

  test('sensitivities are those of solves', () => {
    const model = 'parameters\n matrix C symmetric\n scalar g\nvariables\n vector x\nmin\n -logdet(C+diag(x))+g*x\'*x';
    const at = (g: number): Solution => solveModel(model, { C, g }, { tolerance: 1e-11 });
    const step = 1e-4;
    const [found] = sensitivities(model, { C, g: 0.1 }, at(0.1), ['g']);
    const xAt = (g: number): Float64Array => must(at(g).x['x']).data;
    const [more, less] = [xAt(0.1 + step), xAt(0.1 - step)];
    const slopes = must(must(must(found).x)['x']).data;
    for (let i = 0; i < 4; i++) expect(slopes[i]).toBeCloseTo((more[i]! - less[i]!) / (2 * step), 3);
  });

  test('of matrices that are not symmetric the determinant alone counts', () => {
    const solution = solveModel('parameters\n matrix R\nvariables\n scalar t\nmin\n t^2-logdet(R+t*R)', { R: [[0, 1], [-1, 0]] });
    expect(solution.outcome).toContain('optimal');
  });
});
