import { expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import { type Given, solve } from '../index.ts';
import { sensitivities } from './sensitivity.ts';

const A = [
  [1.2, -0.4, 0.3],
  [0.5, 2.1, -0.7],
  [-0.3, 0.8, 1.4],
  [0.9, 0.1, 0.6],
  [-1.1, 0.7, 0.2],
];
const b = [1.3, -0.8, 2.1, 0.4, -0.9];

const S = [
  [2, 1, 0.3],
  [1, 3, -1],
  [0.3, -1, 1],
];

interface Case {
  readonly says: string;
  readonly model: string;
  readonly data: Given;
  readonly by: readonly string[];
}

const cases: readonly Case[] = [
  { says: 'least squares', model: 'parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n norm2(A*x-b)^2', data: { A, b }, by: ['A', 'b'] },
  { says: 'lasso', model: 'parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n norm2(A*x-b)^2+c*norm1(x)', data: { A, b, c: 2 }, by: ['c', 'b'] },
  { says: 'a box that moves', model: 'parameters\n matrix A\n vector b, l\n scalar u\nvariables\n vector x\nmin\n norm2(A*x-b)^2\nst\n l <= x <= u', data: { A, b, l: [-1, -0.2, -1], u: 0.9 }, by: ['u', 'l'] },
  { says: 'a linear program', model: "parameters\n vector c, b\n matrix A\nvariables\n vector x\nmin\n c'*x\nst\n A*x <= b\n x >= 0", data: { c: [-1, -2], A: [[1, 3], [2, 1], [4, 3]], b: [3, 3, 6] }, by: ['c', 'b', 'A'] },
  { says: 'an equation and a maximum', model: 'parameters\n vector a\n scalar s\nvariables\n vector x\nmax\n sum(a.*log(x))\nst\n sum(x) == s', data: { a: [1, 2, 3], s: 2 }, by: ['a', 's'] },
  { says: 'a nonlinear constraint, active', model: "parameters\n matrix B symmetric\n vector g\n scalar r\nvariables\n vector x\nmin\n x'*B*x+g'*x\nst\n x'*x <= r", data: { B: [[2, 0.5], [0.5, 1]], g: [-4, 1], r: 0.5 }, by: ['B', 'g', 'r'] },
  { says: 'a semidefinite program at a point of rank one', model: 'parameters\n matrix B symmetric\nvariables\n matrix x symmetric psd\nmin\n tr(B*x)\nst\n diag(x) == vector(1)', data: { B: S }, by: ['B'] },
  { says: 'a quadratic objective over a face of the cone', model: 'parameters\n matrix B symmetric\n scalar s\nvariables\n matrix x symmetric psd\nmin\n tr(B*x)+0.5*norm2(x)^2\nst\n tr(x) == s', data: { B: S, s: 2 }, by: ['B', 's'] },
  { says: 'a negative semidefinite maximum with a bound', model: 'parameters\n matrix B symmetric\n scalar s\nvariables\n matrix x symmetric nsd\nmax\n tr(B*x)-0.5*norm2(x)^2\nst\n tr(x) == -s\n x[1, 2] <= 0.1', data: { B: S, s: 2 }, by: ['s'] },
  { says: 'the largest eigenvalue, by an equation of matrices', model: 'parameters\n matrix B symmetric\n matrix F symmetric\n scalar c\nvariables\n scalar x\nmin\n lmax(B+x*F)+c*x^2', data: { B: S, F: [[1, 0.2, 0], [0.2, -1, 0.5], [0, 0.5, 0.3]], c: 0.3 }, by: ['c', 'B'] },
  { says: 'a determinant, by factors', model: 'parameters\n matrix B symmetric\n scalar s\nvariables\n matrix x symmetric psd\nmin\n tr(B*x)-logdet(x)\nst\n x[1, 2] >= s', data: { B: S, s: 0.1 }, by: ['B', 's'] },
  { says: 'exponentials over a face of the cone, by factors', model: 'parameters\n matrix B symmetric\n scalar s\nvariables\n matrix x symmetric psd\nmin\n sum(exp(x))+tr(B*x)\nst\n tr(x) == s', data: { B: [[-3, 2, 0.2], [2, -1, -0.3], [0.2, -0.3, 0.7]], s: 1 }, by: ['B', 's'] },
  { says: 'a norm beside a matrix', model: 'parameters\n matrix B symmetric\n scalar s\nvariables\n matrix y(3, 3) symmetric psd\n vector x(3)\nmin\n tr(B*y)+sum(x)\nst\n tr(y) == s\n norm2(x) <= 2*y[1, 1]', data: { B: [[1, 0.5, 0.2], [0.5, 2, -0.3], [0.2, -0.3, 0.7]], s: 1 }, by: ['s'] },
  { says: 'the nuclear norm', model: 'parameters\n matrix A\n scalar c\nvariables\n matrix x\nmin\n c*nuc(x)+0.5*norm2(x-A)^2', data: { A: [[1, 2, 3], [0, 1, 1], [2, 0, 0.5]], c: 0.7 }, by: ['c'] },
];

function moved(value: Given[string], t: number, h: number, symmetric: boolean): Given[string] {
  if (typeof value === 'number') return value + h;
  const rows = value as readonly (number | readonly number[])[];
  if (!Array.isArray(rows[0])) return (rows as readonly number[]).map((x, i) => (i === t ? x + h : x));
  const cols = rows[0].length;
  const [p, q] = [Math.floor(t / cols), t % cols];
  return (rows as readonly (readonly number[])[]).map((row, i) => row.map((x, j) => x + (symmetric ? ((i === p && j === q ? h : 0) + (i === q && j === p ? h : 0)) / 2 : i === p && j === q ? h : 0)));
}

test.each(cases.map((c) => [c.says, c] as const))('%s: derivatives are those of re-solves', (_says, { model, data, by }) => {
  const base = solve(model, data, { tolerance: 1e-11 });
  const h = 1e-4;
  for (const s of sensitivities(model, data, base, by)) {
    expect(s.says).toMatch(/^differentiable/);
    const value = must(s.objective);
    for (let t = 0; t < value.data.length; t++) {
      const [up, down] = [h, -h].map((d) => solve(model, { ...data, [s.parameter]: moved(must(data[s.parameter]), t, d, s.parameter === 'B') }, { tolerance: 1e-11 }));
      const slope = (must(up).objective - must(down).objective) / (2 * h);
      expect(Math.abs(value.data[t]! - slope)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
      const x = must(must(s.x)['x']);
      must(must(up).x['x']).data.forEach((upper, i) => {
        const along = (upper - must(must(down).x['x']).data[i]!) / (2 * h);
        expect(Math.abs(x.data[i * value.data.length + t]! - along)).toBeLessThan(1e-3 * Math.max(1, Math.abs(along)));
      });
    }
  }
});

test('what has no derivative says why', () => {
  const kink = 'parameters\n scalar c\nvariables\n vector x(1)\nmin\n norm2(x)^2\nst\n x >= c';
  // At c = 0 the bound touches the free optimum.
  const [weak] = sensitivities(kink, { c: 0 }, solve(kink, { c: 0 }), ['c']);
  expect(weak).toMatchObject({ says: expect.stringContaining('at a multiplier of zero') as string });
  expect(weak?.x).toBeUndefined();
  expect(must(weak?.objective).data[0]).toBeCloseTo(0, 6);
  const twice = "parameters\n vector a\nvariables\n vector x\nmin\n norm2(x)^2\nst\n a'*x == 1\n 2*a'*x == 2";
  const [dependent] = sensitivities(twice, { a: [1, 2] }, solve(twice, { a: [1, 2] }), ['a']);
  expect(dependent?.says).toMatch(/not unique/);
  const corner = 'parameters\n matrix A\n scalar c\nvariables\n matrix x\nmin\n nuc(x-A)+c*norm2(x)';
  expect(sensitivities(corner, { A: S, c: 0.4 }, solve(corner, { A: S, c: 0.4 }), ['c'])[0]?.says).toMatch(/^unknown: the conditions of optimality over the semidefinite matrices/);
  const edge = 'parameters\n matrix B symmetric\nvariables\n matrix x symmetric psd\nmin\n 0.5*norm2(x-B)^2';
  const [flat] = sensitivities(edge, { B: [[1, 0], [0, 0]] }, solve(edge, { B: [[1, 0], [0, 0]] }), ['B']);
  expect(flat).toMatchObject({ says: expect.stringContaining('at a multiplier of zero') as string });
  const torn = 'parameters\n matrix A\nvariables\n matrix x(2, 2) symmetric psd\n matrix y(2, 2) symmetric psd\nmin\n tr(x)+norm2(y)^2\nst\n x-y == A';
  const symmetric = { A: [[2, 1], [1, -1]] };
  expect(sensitivities(torn, symmetric, solve(torn, symmetric), ['A'])[0]?.says).toMatch(/moves them apart/);
  const bounds = 'parameters\n scalar c, d\nvariables\n vector x(1)\nmin\n norm2(x)^2\nst\n x >= c\n x >= d';
  expect(sensitivities(bounds, { c: 1, d: 1 }, solve(bounds, { c: 1, d: 1 }), ['c'])[0]?.says).toMatch(/moves them apart/);
  const none = 'parameters\n scalar c\nvariables\n vector x(2)\nmin\n norm2(x)^2 + c\nst\n sum(x) == 1\n x <= 0.2';
  expect(sensitivities(none, { c: 1 }, solve(none, { c: 1 }), ['c'])[0]?.says).toBe('there is no derivative: the solve ended infeasible');
  expect(() => sensitivities(kink, { c: 1 }, solve(kink, { c: 1 }), ['d'])).toThrow('d is not a parameter');
});

test.each([
  ['a curved constraint', "parameters\n vector c\n scalar r\nvariables\n vector x\nmin\n c'*x\nst\n k: sum(x.^2)+x[1]^4 <= r\n", { c: [1, 2, 3], r: 4 }],
  ['a product of variables', "parameters\n vector c\n scalar r\nvariables\n vector x\n scalar y\n scalar z\nmin\n r*y+z+0*sum(c)\nst\n x'*x <= y*z\n y >= 0\n z >= 0\n x == c\n", { c: [3, 4, 0], r: 2 }],
])('a linear objective under %s: derivatives are those of re-solves', (_, text, data) => {
  const at = (r: number): readonly number[] => Object.values(solve(text, { ...data, r }).x).flatMap((v) => [...v.data]);
  const [by] = sensitivities(text, data, solve(text, data), ['r']);
  const found = Object.values(by!.x!).flatMap((v) => [...v.data]);
  const h = 1e-3;
  const [above, below] = [at(data.r + h), at(data.r - h)];
  found.forEach((v, i) => expect(v).toBeCloseTo((above[i]! - below[i]!) / (2 * h), 4));
});
