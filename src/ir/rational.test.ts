import { expect, test } from 'vitest';
import { add, content, fromDecimal, inverse, isExact, keyOf, mul, powInteger, ratio, toNumber } from './rational.ts';

test('fractions are kept in lowest terms with a positive denominator', () => {
  expect(ratio(6, -4)).toEqual({ num: -3, den: 2 });
  expect(ratio(0, -7)).toEqual({ num: 0, den: 1 });
});

test('decimals are read exactly', () => {
  expect(fromDecimal('0.125')).toEqual({ num: 1, den: 8 });
  expect(fromDecimal('1e-3')).toEqual({ num: 1, den: 1000 });
  expect(fromDecimal('2.50e2')).toEqual({ num: 250, den: 1 });
  expect(toNumber(fromDecimal('1.1283791670955126'))).toBe(1.1283791670955126);
});

test('arithmetic is exact while it fits and a float beyond', () => {
  expect(add(ratio(1, 6), ratio(1, 3))).toEqual({ num: 1, den: 2 });
  expect(mul(ratio(2, 3), ratio(3, 4))).toEqual({ num: 1, den: 2 });
  expect(powInteger(ratio(-2, 3), -3)).toEqual({ num: -27, den: 8 });
  const huge = powInteger(ratio(10), 20);
  expect(isExact(huge)).toBe(false);
  expect(toNumber(huge)).toBe(1e20);
  expect(toNumber(inverse(huge))).toBe(1e-20);
});

test('the content of a list divides every entry into a whole number', () => {
  expect(content([ratio(2, 3), ratio(4, 5)])).toEqual({ num: 2, den: 15 });
  expect(content([ratio(-2), ratio(6)])).toEqual({ num: 2, den: 1 });
  expect(content([ratio(2), { num: 0.1, den: 1 }])).toEqual({ num: 1, den: 1 });
  expect(keyOf(ratio(-3, 2))).toBe('-3/2');
});
