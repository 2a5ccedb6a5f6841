import { expect, test } from 'vitest';
import { solveModel as solve } from './solve-model.ts';

test('lengths of pairs, entry by entry, are shortened or vanish', () => {
  // Entry by entry the least of ‖(x, y)‖ + ½‖(x, y) − (a, b)‖² is (a, b) shortened by 1, or 0.
  const [a, b] = [[3, 0.3, -1.2], [4, 0.4, 0.9]];
  const text = 'parameters\n vector a, b\nvariables\n vector x, y\nmin\n sum((x.^2+y.^2).^0.5)+0.5*norm2(x-a)^2+0.5*norm2(y-b)^2';
  const { outcome, objective, x, method } = solve(text, { a, b });
  expect({ outcome, method }).toEqual({ outcome: 'optimal (global)', method: 'second-order cone interior point' });
  expect(Math.abs(objective - (4 + 0.5 + 0.125 + 0.5 + 0.5))).toBeLessThan(1e-8);
  expect(Math.abs(x['x']!.data[1]!)).toBeLessThan(1e-6);
  expect(Math.abs(x['x']!.data[2]! + 0.4)).toBeLessThan(1e-6);
});

test.each(['((P.*P)*vector(1)-2*P*z+(z\'*z)*vector(1)).^0.5', '(rowsum(P.^2)-2*P*z+z\'*z).^0.5', 'rowsum((P-vector(1)*z\').^2).^0.5', 'norm2(P-vector(1)*z\', rows)', 'colsum((P\'-z*vector(1)\').^2).^0.5'])('a median that is one of the points: sum(%s)', (lengths) => {
  const P = [[0, 0], [3, 0], [-3, 0.5], [0.1, -4]];
  const { outcome, objective } = solve(`parameters\n matrix P\nvariables\n vector z(2)\nmin\n sum(${lengths})+2*norm2(z)`, { P });
  expect(outcome).toBe('optimal (global)');
  expect(Math.abs(objective - P.reduce((sum, p) => sum + Math.hypot(...p), 0))).toBeLessThan(1e-8);
});

test('weights of squares count', () => {
  const { outcome, objective } = solve('parameters\n vector a\nvariables\n vector x, y\nmin\n sum((4*x.^2+9*y.^2).^0.5)\nst\n x+y == a', { a: [1, -2] });
  expect(outcome).toBe('optimal (global)');
  // With x = s a, y = (1−s) a: |a| times the root of 4s² + 9(1−s)², which is least at s = 9/13.
  expect(Math.abs(objective - 3 * Math.sqrt(4 * (9 / 13) ** 2 + 9 * (4 / 13) ** 2))).toBeLessThan(1e-8);
});

test('a length whose square is written out may vanish', () => {
  // |x - p| + |x - q| + |x| over the triangle 0, p, q, whose corner 0 has an angle above 120 degrees.
  const { outcome, objective, x } = solve("parameters\n vector p, q\nvariables\n vector x\nmin\n sqrt(x'*x-2*p'*x+p'*p)+(x'*x-2*x'*q+q'*q)^0.5+norm2(x)", { p: [3, 1], q: [-3, 1] });
  expect(outcome).toBe('optimal (global)');
  expect(Math.abs(objective - 2 * Math.sqrt(10))).toBeLessThan(1e-8);
  expect(Math.hypot(...x['x']!.data)).toBeLessThan(1e-6);
});

test('what is no square below a root stays as it is', () => {
  const { outcome, objective } = solve("parameters\n vector p\nvariables\n vector x\nmin\n sqrt(x'*x-2*p'*x+p'*p+1)+sqrt(1+x[1]^2)", { p: [3, 4] });
  expect(outcome).toBe('optimal (global)');
  // The second entry is 4; over the first one both lengths are least where the slopes cancel, at 1.5.
  expect(Math.abs(objective - 2 * Math.sqrt(3.25))).toBeLessThan(1e-8);
});
