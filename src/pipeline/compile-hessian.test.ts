import { expect, test } from 'vitest';
import { hessian } from './compile.ts';

test('the second derivative of a text, with its structure', () => {
  const H = hessian('log(sum(exp(x)))', { by: 'x' })({ x: [0, 0, Math.log(2)] });
  expect(H.form).toBe('diagonal plus rank one');
  expect([...H.apply([1, 0, 0]).data].map((v) => Math.round(v * 1e12) / 1e12)).toEqual([0.1875, -0.0625, -0.125]);
});

test('a variable that is not there is named', () => {
  expect(() => hessian('sum(exp(x))', { by: 'y' })).toThrow(/no variable y/);
});
