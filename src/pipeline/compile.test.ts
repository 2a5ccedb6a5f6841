import { expect, test } from 'vitest';
import { RicciError } from '../base/diagnostic.ts';
import { compile, planOf } from './compile.ts';

const at = { A: [[1, 2], [3, 4], [5, 6]], x: [1, -1], y: [1, 1, 1] };

test('value, derivative and Hessian in one go', () => {
  const f = compile('norm2(A*x-y)^2', { by: 'x', hessian: true });
  const { value, derivative, hessian } = f(at);
  expect(value).toEqual({ shape: [], data: Float64Array.of(12) });
  expect(derivative).toEqual({ shape: [2], data: Float64Array.of(-36, -48) });
  expect(hessian).toEqual({ shape: [2, 2], data: Float64Array.of(70, 88, 88, 112) });
});

test('several expressions keep their names and share their variables', () => {
  const { loss, size } = compile({ loss: 'sum((A*x-y).^2)', size: "x'*x" }, { declare: 'A: matrix(m, n); x: vector(n); y: vector(m)' })(at);
  expect([loss?.data[0], size?.data[0]]).toEqual([12, 2]);
});

test('declared facts are used, other conventions stay', () => {
  const f = compile("x'*S*x", { by: 'S', declare: 'S: matrix(n, n) symmetric; x: vector(n)' });
  expect(f({ S: [[2, 1], [1, 3]], x: [1, 2] })['derivative']?.data).toEqual(Float64Array.of(1, 2, 2, 4));
});

test('text with errors, unknown variables and missing ones are told', () => {
  expect(() => compile('A*')).toThrow(RicciError);
  expect(() => compile('A*x', { by: 'z' })).toThrow('there is no variable z to derive by');
  expect(() => compile("x'*x", { hessian: true })).toThrow('a second derivative needs a variable');
  expect(() => compile('A*x')({ x: [1, 2] })).toThrow('A has no value');
  expect(() => compile('sum(f(x))', { declare: 'f: function; x: vector(n)' })).toThrow('the function f has no values');
});

test('the plan is for the sizes that are given, and says which are not', () => {
  const { plan, sizes } = planOf("x'*A*x", { dims: { n: 7 } });
  expect([...sizes]).toEqual([['n', 7]]);
  expect(plan.kernels.length).toBeGreaterThan(0);
  expect(planOf("x'*A*x").sizes.get('n')).toBe(100);
});
