import { expect, test } from 'vitest';
import { identifier, newNames } from './names.ts';

test('plain names stay', () => {
  const names = newNames(new Set(['lambda']));
  expect(['x', 'A', 'a', 'x_1'].map(names.claim)).toEqual(['x', 'A', 'a', 'x_1']);
});

test('different names never become one', () => {
  const names = newNames(new Set(['lambda', 'None']));
  const wishes = ['lambda', 'λ', 'lambda_', 'x', 'x', 'x_2', 'x;y', 'xu3by', 'None', '', ' ', '1', "f'"];
  const claimed = wishes.map(names.claim);
  expect(new Set(claimed).size).toBe(wishes.length);
  for (const name of claimed) expect(name).toMatch(/^[A-Za-z]\w*$/);
  expect(claimed.slice(0, 2)).toEqual(['lambda_', 'lambda_2']);
});

test('only letters, digits and underscores get through', () => {
  for (const wish of ['a"b', 'a\nb', 'a\\b', 'a b', '__import__("os")', '\u202e']) expect(identifier(wish)).toMatch(/^[A-Za-z]\w*$/);
});

test('inner names do not take those outside', () => {
  const names = newNames(new Set());
  names.claim('x');
  const inner = names.inner();
  expect(inner.claim('x')).toBe('x_2');
  expect(names.claim('y')).toBe('y');
});
