// Norms and quadratic constraints beside semidefinite matrices; the values are those of CVXPY with Clarabel.

import { describe, expect, test } from 'vitest';
import { readingOf } from './reading.ts';
import { prepareModel } from './prepare.ts';
import { solveModel } from './solve-model.ts';

const C = [[1, 0.5, 0.2], [0.5, 2, -0.3], [0.2, -0.3, 0.7]];
const P = [[2, 1, 0], [1, 2, 0.5], [0, 0.5, 1]];
const text = (objective: string, rows: readonly string[], declared = 'vector x(3)'): string =>
  `parameters\n matrix C symmetric\n matrix P symmetric\nvariables\n matrix X(3,3) symmetric psd\n ${declared}\nmin\n ${objective}\nst\n ${rows.join('\n ')}\n`;

describe('cones of both kinds go to one method, with a gap', () => {
  test.each([
    ['a norm beside an entry', text('tr(C*X)+sum(x)', ['tr(X) == 1', 'k: norm2(x) <= 2*X[1,1]']), -2.5361043672, 1.7320508076],
    ['a square beside an entry', text('tr(C*X)+sum(x)', ["k: x'*x <= X[1,1]", 'tr(X) == 1']), -0.9447696518, 0.9443665],
    ['a form of the data', text('tr(C*X)+sum(x)', ["k: x'*P*x <= X[1,1]", 'tr(X) == 1']), -0.4896660086, 0.7015171],
    ['the other way round', text('tr(C*X)+sum(x)', ["k: X[1,1]-x'*P*x >= 0", 'tr(X) == 1']), -0.4896660086, 0.7015171],
    ['squares of the matrix itself', text('tr(C*X)+0*x', ['k: sum(sum(X.^2)) <= 0.5', 'tr(X) == 1'], 'scalar x'), 0.7031342093, 1.5905973],
    ['a distance of matrices', text('x', ['k: norm2(X-C) <= x', 'diag(X) == vector(1)'], 'scalar x'), 1.0440306509, 1],
    ['a distance as the objective', text('norm2(X-C)', ['diag(X) == vector(1)'], 'scalar x'), 1.0440306509, undefined],
    ['a spectrum', 'parameters\n matrix C\nvariables\n vector x(3)\nmin\n nuc(C+diag(x))\nst\n k: sum(x.^2) <= 1\n', 2.1097926701, 0.393201],
  ])('%s', (_, model, value, price) => {
    const data = { C, P };
    const found = solveModel(model, data);
    expect(found.outcome).toBe('optimal (global)');
    expect(found.method).toBe('semidefinite interior point');
    expect(Math.abs(found.objective - value)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(value)));
    expect(found.violation).toBeLessThanOrEqual(1e-8);
    expect(found.kkt.gap!.scaled).toBeLessThanOrEqual(1e-7);
    if (price !== undefined) expect(found.multipliers['k']!.data[0]).toBeCloseTo(price, 4);
    expect(readingOf(prepareModel(model), data).method?.name).toBe('semidefinite interior point');
  });

  test('a ball without a point of the cone is infeasible, by a certificate', () => {
    const found = solveModel(text('tr(C*X)+0*x', ['tr(X) == 1', 'norm2(X-C) <= 1.5'], 'scalar x'), { C, P });
    expect(found.outcome).toBe('infeasible');
    expect(found.farkas).toBeDefined();
  });

  test('the multipliers of the matrix are semidefinite, and orthogonal to it', () => {
    const { multipliers, x } = solveModel(text('tr(C*X)+sum(x)', ['tr(X) == 1', 'k: norm2(x) <= 2*X[1,1]']), { C, P });
    const [S, X] = [multipliers['X psd']!.data, x['X']!.data];
    expect(S.reduce((sum, s, i) => sum + s * X[i]!, 0)).toBeCloseTo(0, 6);
    expect(Math.min(S[0]!, S[4]!, S[8]!)).toBeGreaterThanOrEqual(-1e-7);
  });

  test('a form that is not semidefinite is no cone', () => {
    const found = solveModel(text('tr(C*X)+sum(x)', ["x'*P*x <= X[1,1]", 'tr(X) == 1', 'x >= -1', 'x <= 1']), { C, P: [[1, 2, 0], [2, 1, 0], [0, 0, 1]] });
    expect(found.outcome).not.toBe('optimal (global)');
    expect(found.violation).toBeLessThanOrEqual(1e-7);
    expect(found.objective).toBeLessThan(-1);
  });
});

describe('products of two variables that bounds keep from being negative are cones', () => {
  test.each([
    ['a square below a product', ["k: x'*x <= y*z", 'y >= 0', 'z >= 0', 'x[1] >= 3', 'x[2] >= 4'], '2*y+z', 14.1421356237, 0.2828427125],
    ['the same written the other way round', ["k: y*z-x'*x >= 0", 'y >= 0', 'z >= 0', 'x[1] >= 3', 'x[2] >= 4'], '2*y+z', 14.1421356237, 0.2828427125],
    ['a hyperbola', ['k: y*z >= 1', 'y >= 0', 'z >= 0', 'x == 0'], 'y+z', 2, 1],
    ['with shifts', ['k: (y+1)*(z+2) >= 4', 'y >= 0', 'z >= 0', 'x == 0'], 'y+z', 1, 0.5],
    ['a hyperbola with one bound', ['k: y*z >= 1', 'y >= 0', 'x == 0'], 'y+z', 2, 1],
    ['a norm below a product with a shift', ['k: norm2(x)^2+1 <= (y+1)*z', 'y >= 0', 'z >= 0', 'x[1] >= 2'], 'y+3*z', 2 * Math.sqrt(15) - 1, Math.sqrt(3 / 5)],
    ['a geometric mean', ['k: y*z >= x[1]^2', 'y >= 0', 'z >= 0', 'y+z <= 3', 'x[1] >= 0', 'x[2] == 0', 'x[3] == 0'], '-x[1]', -1.5, undefined],
  ])('%s', (_, rows, objective, value, price) => {
    const model = `variables\n vector x(3)\n scalar y\n scalar z\nmin\n ${objective}\nst\n ${rows.join('\n ')}\n`;
    const found = solveModel(model);
    expect(found.outcome).toBe('optimal (global)');
    expect(found.convexity).toBe('convex');
    expect(Math.abs(found.objective - value)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(value)));
    if (price !== undefined) expect(found.multipliers['k']!.data[0]).toBeCloseTo(price, 5);
    expect(readingOf(prepareModel(model), {}).convex).toBe(true);
  });

  test.each([
    ['both sides of a cone', ['x[1]^2 <= y*z', 'y <= 2', 'z <= 2', 'y >= -3']],
    ['both branches of a hyperbola', ['(y-1)*z >= 1', 'y >= 0', 'y <= 3', 'z <= 5', 'z >= -5']],
    ['two quadrants', ['y*z >= 0', 'y >= 0', 'z >= -1', 'y <= 1', 'z <= 1']],
    ['the outside of a cone', ['x[1]^2 >= y*z', 'y >= 0', 'z >= 0', 'y+z >= 2', 'x <= 1', 'x >= -1']],
    ['below a hyperbola', ['y*z <= 1', 'y >= 0', 'z >= 0', 'y <= 3', 'z <= 3']],
  ])('%s is not convex', (_, rows) => {
    const found = solveModel(`variables\n vector x(3)\n scalar y\n scalar z\nmin\n -y-z+sum(x.^2)\nst\n ${rows.join('\n ')}\n`);
    expect(found.outcome).not.toBe('optimal (global)');
  });

  test('numbers of very different size pass no weaker test than others', () => {
    const found = solveModel('variables\n scalar x\n scalar y\nmin\n x\nst\n x*y >= 1e8\n x >= 0\n y >= 0\n y <= 1e8\n');
    expect(found.outcome).toMatch(/^optimal/);
    expect(found.objective).toBeCloseTo(1, 6);
  });
});

describe('ways without end', () => {
  test('of a semidefinite matrix with an entry that is bounded', () => {
    const C1 = [[-2.5186, -2.189, -0.6834], [-2.189, 0.5302, -1.1856], [-0.6834, -1.1856, -1.0395]];
    const F = [[0.3205, 1.5208, 1.834], [1.5208, 0.9582, -1.2283], [1.834, -1.2283, -1.8828]];
    const found = solveModel('parameters\n matrix C symmetric\n matrix F symmetric\nvariables\n matrix X(3,3) symmetric psd\nmin\n tr(C*X)\nst\n tr(F*X) == 1\n X[1,1] <= 2\n', { C: C1, F });
    expect(found.outcome).toBe('unbounded');
    expect(found.violation).toBeLessThanOrEqual(1e-7);
    const [D, c] = [found.ray!['X']!.data, C1.flat()];
    expect(D.reduce((sum, d, i) => sum + d * c[i]!, 0)).toBeLessThan(-1e-3);
    expect(Math.abs(D[0]!)).toBeLessThan(1e-9);
    expect(Math.abs(D.reduce((sum, d, i) => sum + d * F.flat()[i]!, 0))).toBeLessThan(1e-6);
  });
  test('where a form of low rank is flat', () => {
    const model = "parameters\n matrix P symmetric psd\n vector c\nvariables\n vector x\nmin\n c'*x\nst\n x'*P*x <= 1\n";
    const P1 = [[1, 2, 0], [2, 4, 0], [0, 0, 1]];
    expect(solveModel(model, { P: P1, c: [1, 1, 1] }).outcome).toBe('unbounded');
    const inRange = solveModel(model, { P: P1, c: [1, 2, 0] });
    expect(inRange.outcome).toBe('optimal (global)');
    expect(inRange.objective).toBeCloseTo(-1, 7);
  });
});
