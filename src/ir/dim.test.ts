import { expect, test } from 'vitest';
import { addDims, dim, dimName, dimValue, evaluateDim, minDims, mulDims, sameDim, subDims, substituteDim } from './dim.ts';

const [m, n] = [dim('m'), dim('n')];

test('equal polynomials have equal keys', () => {
  expect(sameDim(mulDims(m, addDims(n, dim(1))), addDims(mulDims(n, m), m))).toBe(true);
  expect(addDims(n, addDims(m, dim(2))).key).toBe('m+n+2');
  expect(subDims(n, n).key).toBe('0');
  expect(subDims(n, dim(1)).key).toBe('n-1');
});

test('names and values are recognised', () => {
  expect(dimName(n)).toBe('n');
  expect(dimName(mulDims(m, n))).toBeUndefined();
  expect(dimValue(subDims(dim(5), dim(2)))).toBe(3);
});

test('dims follow their names', () => {
  expect(evaluateDim(addDims(mulDims(m, n), dim(1)), new Map([['m', 2], ['n', 3]]))).toBe(7);
  expect(evaluateDim(m, new Map())).toBeUndefined();
  expect(substituteDim(mulDims(m, n), (name) => (name === 'm' ? n : undefined)).key).toBe('n*n');
});

test('the smaller of two dims waits until both are known', () => {
  expect(minDims(dim(3), dim(4)).key).toBe('3');
  expect(minDims(n, m).key).toBe('min(m,n)');
  expect(evaluateDim(minDims(m, n), new Map([['m', 5], ['n', 2]]))).toBe(2);
});
