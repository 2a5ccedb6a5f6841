import { expect, test } from 'vitest';
import { rewriteBy } from '../../../test/helpers/rewrite.ts';
import { must } from '../../base/internal.ts';
import { sub, times, total, transpose } from '../../ir/build.ts';
import { dim } from '../../ir/dim.ts';
import { type Expr, contract, einsum, variable } from '../../ir/expr.ts';
import { fromNested } from '../reference/dense.ts';
import { checkEqual } from '../../run/check.ts';
import { exponential, logarithm, power } from '../scalar/power.ts';
import { functionNamed, opNamed } from '../table.ts';
import { logSumExp, softmaxOver } from './learning.ts';

const [m, n, k] = [dim('m'), dim('n'), dim('k')];
const x = variable('x', [n]);
const X = variable('X', [m, n]);
const T = variable('T', [m, n, k]);
const build = (name: string, ...args: readonly Expr[]): Expr => must(must(functionNamed(name)).forms[0]).build(args);

function same(rule: string, before: Expr): Expr {
  const made = rewriteBy(rule, before);
  if (made === undefined) throw new Error(`${rule} does not apply`);
  expect({ rule, ...checkEqual(before, made) }).toMatchObject({ rule, equal: true });
  return made;
}

test('log of a sum of exp, over any axes', () => {
  expect(same('logsumexp', logarithm(total(exponential(x))))).toBe(logSumExp(x, 1));
  expect(same('logsumexp', logarithm(einsum('ij->i', [exponential(X)])))).toBe(logSumExp(X, 1));
  expect(same('logsumexp', logarithm(einsum('ij->j', [exponential(X)])))).toBe(logSumExp(transpose(X), 1));
  expect(same('logsumexp', logarithm(total(exponential(X))))).toBe(logSumExp(X, 2));
  expect(same('logsumexp', logarithm(total(exponential(T))))).toBe(logSumExp(T, 3));
  expect(rewriteBy('logsumexp', logarithm(einsum('ijk->ki', [exponential(T)])))).toBeUndefined();
  expect(rewriteBy('logsumexp', logarithm(einsum('ii->', [exponential(variable('S', [n, n]))])))).toBeUndefined();
  expect(rewriteBy('logsumexp', logarithm(contract([exponential(x)], [[0]], [1], [m])))).toBeUndefined();
});

test('exp over its sum, over any axes and beside other factors', () => {
  const over = (e: Expr, p = -1): Expr => power(e, p);
  expect(same('softmax', times(exponential(x), over(total(exponential(x)))))).toBe(einsum('i->i', [softmaxOver(x, 1)]));
  same('softmax', einsum('ij,i->ij', [exponential(X), over(einsum('ij->i', [exponential(X)]))]));
  same('softmax', einsum('ij,j->ij', [exponential(X), over(einsum('ij->j', [exponential(X)]))]));
  same('softmax', einsum('ijk,,j->ik', [exponential(T), over(total(exponential(T))), x]));
  same('softmax', einsum('i,,i->i', [exponential(x), over(total(exponential(x)), -2), exponential(x)]));
  same('softmax', einsum('ij,->ji', [exponential(X), over(total(exponential(X)))]));
  const S = variable('S', [n, n]);
  expect(rewriteBy('softmax', einsum('ij,j->ij', [exponential(S), over(einsum('ij->i', [exponential(S)]))]))).toBeUndefined();
  same('softmax', einsum('ii,i->i', [exponential(S), over(einsum('ij->i', [exponential(S)]))]));
});

test('softmax sums to one, where its labels are its own', () => {
  same('softmax-sums-to-one', einsum('i,j->j', [softmaxOver(x, 1), x]));
  same('softmax-sums-to-one', einsum('ij,j->i', [softmaxOver(X, 1), x]).kind === 'contract' ? einsum('ij->i', [softmaxOver(X, 1)]) : x);
  expect(rewriteBy('softmax-sums-to-one', einsum('ij->j', [softmaxOver(X, 1)]))).toBeUndefined();
  expect(rewriteBy('softmax-sums-to-one', einsum('i,i->', [softmaxOver(x, 1), x]))).toBeUndefined();
});

test('logs of softmax and back', () => {
  expect(same('log-of-softmax', logarithm(softmaxOver(x, 1)))).toBe(build('logsoftmax', x));
  same('log-of-softmax', logarithm(softmaxOver(X, 1)));
  expect(same('exp-of-logsoftmax', exponential(build('logsoftmax', x)))).toBe(softmaxOver(x, 1));
  expect(same('exp-of-logsoftmax', exponential(build('logsoftmaxrows', X)))).toBe(softmaxOver(X, 1));
  const z = sub(x, variable('z', [n]));
  expect(same('exp-of-logsoftmax', exponential(build('logsoftmax', z)))).toBe(softmaxOver(z, 1));
  const flat = contract([logSumExp(X, 2)], [[]], [0, 1], [m, n]);
  expect(rewriteBy('exp-of-logsoftmax', exponential(sub(variable('Y', [m, n]), flat)))).toBeUndefined();
});

test('no overflow', () => {
  const big = fromNested([1000, 999]);
  expect([...opNamed('softmax').value([big], [1]).data]).toEqual([1 / (1 + Math.exp(-1)), Math.exp(-1) / (1 + Math.exp(-1))]);
  expect(opNamed('logsumexp').value([big], [1]).data[0]).toBeCloseTo(1000 + Math.log1p(Math.exp(-1)), 12);
  expect(opNamed('logsumexp').value([fromNested([-Infinity, -Infinity])], [1]).data[0]).toBe(-Infinity);
});

test('how nodes are written', () => {
  const written = (e: Expr): string => {
    if (e.kind !== 'apply') return '';
    const w = opNamed(e.op).written?.(e);
    return `${w?.name}${w?.args[0] === X ? ' X' : ''}${w?.transposed ? " '" : ''}`;
  };
  expect(written(softmaxOver(X, 1))).toBe('softmaxrows X');
  expect(written(softmaxOver(transpose(X), 1))).toBe("softmaxcols X '");
  expect(written(softmaxOver(X, 2))).toBe('softmaxall X');
  expect(written(logSumExp(transpose(X), 1))).toBe('logsumexpcols X');
  expect(written(logSumExp(X, 2))).toBe('logsumexp X');
});
