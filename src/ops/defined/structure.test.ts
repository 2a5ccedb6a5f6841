import { describe, expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import { constant, total, transpose } from '../../ir/build.ts';
import { dim } from '../../ir/dim.ts';
import { type Expr, einsum, size, variable } from '../../ir/expr.ts';
import { interpret } from '../../run/interpret.ts';
import { type Nested, fromNested, toNested } from '../reference/dense.ts';
import { power } from '../scalar/power.ts';
import { functionNamed, opNamed } from '../table.ts';

const [m, n] = [dim('m'), dim('n')];
const A = variable('A', [m, n]);
const S = variable('S', [n, n]);
const x = variable('x', [n]);
const values = new Map([
  ['A', fromNested([[1, -2, 3], [4, 5, -6]])],
  ['S', fromNested([[1, 2, 3], [4, 5, 6], [7, 8, 9]])],
  ['x', fromNested([3, -4, 12])],
]);
const sizes = new Map([['m', 2], ['n', 3]]);

/** The value of a function, by the form whose signature starts so. */
function value(name: string, start: string, ...args: readonly Expr[]): Nested {
  return toNested(interpret(build(name, start, ...args), { variables: values, sizes }));
}

function build(name: string, start: string, ...args: readonly Expr[]): Expr {
  const f = must(functionNamed(name), name);
  return must(f.forms.find((form) => form.signature.startsWith(start)), `${name} ${start}`).build(args);
}

describe('reductions', () => {
  test('sums, means and traces', () => {
    expect(value('sum', 'any', A)).toBe(5);
    expect(value('rowsum', 'matrix', A)).toEqual([2, 3]);
    expect(value('colsum', 'matrix', A)).toEqual([5, 3, -3]);
    expect(value('mean', 'any', A)).toBeCloseTo(5 / 6, 15);
    expect((value('rowmean', 'matrix', A) as number[])[0]).toBeCloseTo(2 / 3, 15);
    expect(value('colmean', 'matrix', A)).toEqual([2.5, 1.5, -1.5]);
    expect(value('tr', 'matrix', S)).toBe(15);
    expect(value('dot', 'vector', x, x)).toBe(169);
    expect(value('outer', 'vector', x, x)).toEqual([[9, -12, 36], [-12, 16, -48], [36, -48, 144]]);
  });

  test('norms', () => {
    expect(value('norm1', 'any', A)).toBe(21);
    expect(value('norm2', 'any', x)).toBe(13);
    expect(value('norminf', 'any', A)).toBe(6);
  });

  test('largest and smallest', () => {
    expect(value('max', 'any ->', A)).toBe(5);
    expect(value('min', 'any ->', A)).toBe(-6);
    expect(value('rowmax', 'matrix', A)).toEqual([3, 5]);
    expect(value('colmin', 'matrix', A)).toEqual([1, -2, -6]);
    expect(value('ismaxcols', 'matrix', A)).toEqual([[0, 0, 1], [1, 1, 0]]);
    expect(value('max', 'any, any', x, constant(0, [n]))).toEqual([3, 0, 12]);
  });

  test('are recognised in the graph', () => {
    const norm2 = must(functionNamed('norm2')).recognise!;
    expect(norm2(power(total(power(A, 2)), { num: 1, den: 2 }))).toEqual([A]);
    expect(norm2(power(einsum('ij,ij->', [A, A]), { num: 1, den: 2 }))).toEqual([A]);
    expect(norm2(power(einsum('ij,ji->', [S, S]), { num: 1, den: 2 }))).toBeUndefined();
    expect(norm2(power(total(power(A, 2)), 1))).toBeUndefined();
    expect(must(functionNamed('tr')).recognise!(einsum('ii->', [S]))).toEqual([S]);
    expect(must(functionNamed('tr')).recognise!(total(S))).toBeUndefined();
    expect(must(functionNamed('sum')).recognise!(total(S))).toEqual([S]);
    expect(must(functionNamed('norm1')).recognise!(build('norm1', 'any', A))).toEqual([A]);
    expect(must(functionNamed('norminf')).recognise!(build('norminf', 'any', A))).toEqual([A]);
  });
});

describe('structure', () => {
  test('diag, kron, vec, reshape, triangles', () => {
    expect(value('diag', 'vector', x)).toEqual([[3, 0, 0], [0, -4, 0], [0, 0, 12]]);
    expect(value('diag', 'matrix', S)).toEqual([1, 5, 9]);
    const two = constant(2, [m, dim(1)]);
    expect(value('kron', 'matrix', A, two)).toEqual([[2, -4, 6], [2, -4, 6], [8, 10, -12], [8, 10, -12]]);
    expect(value('kron', 'vector', x, constant(1, [m]))).toEqual([3, 3, -4, -4, 12, 12]);
    expect(value('vec', 'matrix', A)).toEqual([1, 4, -2, 5, 3, -6]);
    expect(value('reshape', 'matrix', A, size(n), size(m))).toEqual([[1, 5], [4, 3], [-2, -6]]);
    expect(value('reshape', 'vector', build('vec', 'matrix', A), size(m), size(n))).toEqual([[1, -2, 3], [4, 5, -6]]);
    expect(value('tril', 'matrix', S)).toEqual([[1, 0, 0], [4, 5, 0], [7, 8, 9]]);
    expect(value('triu', 'matrix', A)).toEqual([[1, -2, 3], [0, 5, -6]]);
    expect(() => build('reshape', 'matrix', A, constant(2), constant(2))).toThrow('reshape keeps the number of entries');
    expect(() => build('reshape', 'matrix', A, x, constant(2))).toThrow('reshape takes sizes');
  });

  test('are recognised in the graph', () => {
    const K = build('kron', 'matrix', A, S);
    expect(must(functionNamed('kron')).recognise!(K)).toEqual([A, S]);
    expect(must(functionNamed('kron')).recognise!(transpose(K))).toBeUndefined();
    expect(must(functionNamed('vec')).recognise!(build('vec', 'matrix', A))).toEqual([A]);
    expect(must(functionNamed('vec')).recognise!(build('vec', 'matrix', transpose(A)))).toEqual([transpose(A)]);
    const mask = build('tril', 'matrix', S);
    expect(mask.kind === 'contract' && mask.args.some((a) => a.kind === 'apply' && opNamed(a.op).written?.(a).name === 'tril')).toBe(true);
  });
});
