import { expect, test } from 'vitest';
import { add, scale, transpose } from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, einsum, eye, variable } from '../ir/expr.ts';
import { type Fact, facts } from '../ir/fact.ts';
import { has } from './facts.ts';

const [m, n] = [dim('m'), dim('n')];
const A = variable('A', [m, n]);
const B = variable('B', [n, n]);
const of = (...list: Fact[]): Expr => variable(list.join('-'), [n, n], facts(list));
const times = (...factors: readonly Expr[]): Expr => factors.reduce((a, b) => einsum('ij,jk->ik', [a, b]));

test('products with their own transpose are psd, however they are nested', () => {
  expect(has(times(transpose(A), A), 'psd')).toBe(true);
  expect(has(times(A, transpose(A)), 'psd')).toBe(true);
  expect(has(einsum('ki,kj->ij', [A, A]), 'psd')).toBe(true);
  expect(has(times(A, of('psd'), transpose(A)), 'psd')).toBe(true);
  const weights = (...list: readonly Fact[]): Expr => variable(`w ${list.join()}`, [n], facts(list));
  expect(has(einsum('ik,k,jk->ij', [B, weights('nonnegative'), B]), 'psd')).toBe(true);
  expect(has(einsum('ik,k,jk->ij', [B, weights(), B]), 'psd')).toBe(false);
  expect(has(einsum('ik,i,jk->ij', [B, weights('nonnegative'), B]), 'psd')).toBe(false);
  expect(has(times(A, times(of('symmetric'), transpose(A))), 'symmetric')).toBe(true);
  expect(has(times(A, of('symmetric'), transpose(A)), 'psd')).toBe(false);
  expect(has(add(times(transpose(A), A), eye(n)), 'pd')).toBe(true);
  expect(has(scale(-1, add(times(transpose(A), A), eye(n))), 'nd')).toBe(true);
});

test('nothing is claimed of products in general', () => {
  expect(has(times(B, B), 'symmetric')).toBe(false);
  expect(has(times(of('symmetric'), of('psd')), 'symmetric')).toBe(false);
  expect(has(times(transpose(A), A, B), 'symmetric')).toBe(false);
  expect(has(times(of('symmetric'), B, of('symmetric')), 'symmetric')).toBe(false);
  expect(has(add(B, scale({ num: 2, den: 1 }, transpose(B))), 'symmetric')).toBe(false);
  expect(has(add(B, transpose(B)), 'symmetric')).toBe(true);
  expect(has(transpose(of('lower')), 'upper')).toBe(true);
  expect(has(transpose(of('lower')), 'lower')).toBe(false);
});
