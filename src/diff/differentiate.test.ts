import { expect, test } from 'vitest';
import { add, scale, times, total } from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, einsum, eye, number, variable } from '../ir/expr.ts';
import { ratio } from '../ir/rational.ts';
import { exponential, power } from '../ops/scalar/power.ts';
import { normal } from '../simplify/pipelines.ts';
import { forward, gradients, hvp, jvp, reverse, vjp } from './differentiate.ts';
import { type Order, accumulate, crossCountry } from './order.ts';

const [m, n] = [dim('m'), dim('n')];
const A = variable('A', [n, n]);
const B = variable('B', [m, n]);
const x = variable('x', [n]);
const v = variable('v', [n]);

const cases: readonly { readonly name: string; readonly of: Expr; readonly by: Expr; readonly is: Expr }[] = [
  { name: 'linear', of: einsum('ij,j->i', [B, x]), by: x, is: B },
  { name: 'quadratic', of: einsum('i,ij,j->', [x, A, x]), by: x, is: add(einsum('ij,j->i', [A, x]), einsum('ji,j->i', [A, x])) },
  { name: 'a factor three times', of: einsum('i,i,i->', [x, x, x]), by: x, is: scale(3, power(x, 2)) },
  { name: 'a repeated label is a diagonal', of: einsum('ii->i', [A]), by: A, is: einsum('ia,ib->iab', [eye(n), eye(n)]) },
  { name: 'a label summed in one factor', of: einsum('ij->i', [A]), by: A, is: einsum('ia->iab', [eye(n)], [n, n, n]) },
  { name: 'a trace', of: einsum('ii->', [A]), by: A, is: eye(n) },
  { name: 'a label of the result alone', of: einsum('i->ij', [x], [n, m]), by: x, is: einsum('ia->ija', [eye(n)], [n, m, n]) },
  { name: 'a repeated label of the result', of: einsum('i->ii', [x]), by: x, is: einsum('ij,ia->ija', [eye(n), eye(n)]) },
  { name: 'scalar plus vector', of: add(x, einsum('ii,->i', [einsum('i,j->ij', [number(ratio(1), [n]), number(ratio(1), [n])]), total(x)])), by: x, is: add(eye(n), number(ratio(1), [n, n])) },
  { name: 'a matrix by itself', of: A, by: A, is: einsum('ac,bd->abcd', [eye(n), eye(n)]) },
  { name: 'independent', of: einsum('ij,j->i', [B, v]), by: x, is: number(ratio(0), [m, n]) },
  { name: 'element-wise', of: exponential(einsum('ij,j->i', [B, x])), by: x, is: einsum('i,ij->ij', [exponential(einsum('ij,j->i', [B, x])), B]) },
];

test.each(cases)('$name', ({ of, by, is }) => {
  const expected = normal(is);
  expect(normal(reverse(of, by))).toBe(expected);
  expect(normal(forward(of, by))).toBe(expected);
  for (const order of ['reverse', 'forward', 'cross-country'] satisfies Order[]) expect(normal(accumulate(of, by, order).derivative)).toBe(expected);
});

test('directional derivatives contract the Jacobian', () => {
  const f = times(x, exponential(einsum('ij,j->i', [A, x])));
  const J = reverse(f, x);
  expect(normal(jvp(f, x, v))).toBe(normal(einsum('ij,j->i', [J, v])));
  expect(normal(vjp(f, x, v))).toBe(normal(einsum('i,ij->j', [v, J])));
});

test('a Hessian times a vector', () => {
  const f = total(exponential(einsum('ij,j->i', [A, x])));
  const H = reverse(reverse(f, x), x);
  expect(normal(hvp(f, x, v))).toBe(normal(einsum('ij,j->i', [H, v])));
});

test('several gradients share one sweep', () => {
  const f = einsum('i,ij,j->', [x, A, v]);
  expect(gradients(f, [x, A, v]).map((g) => normal(g))).toEqual([x, A, v].map((by) => normal(reverse(f, by))));
});

test('vectors are multiplied before matrices, and never more than in reverse mode', () => {
  const f = exponential(einsum('ij,j->i', [B, exponential(scale(2, exponential(x)))]));
  const costs = (['reverse', 'forward', 'cross-country'] as const).map((order) => accumulate(f, x, order).multiplications);
  expect(crossCountry(f, x).multiplications).toBe(Math.min(...costs));
  expect(crossCountry(f, x).multiplications).toBeLessThan(accumulate(f, x, 'reverse').multiplications);
});
