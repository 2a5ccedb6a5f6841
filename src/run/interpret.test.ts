import { describe, expect, test } from 'vitest';
import { add, broadcast, constant, scale, times, total, transpose } from '../ir/build.ts';
import { addDims, dim, minDims, mulDims } from '../ir/dim.ts';
import { type Expr, contract, delta, einsum, eye, size, stack, variable } from '../ir/expr.ts';
import { type Nested, fromNested, toNested } from '../ops/reference/dense.ts';
import { determinant, inverse, minorOp } from '../ops/matrix/determinant.ts';
import { call } from '../ops/define.ts';
import { exponential, power } from '../ops/scalar/power.ts';
import { interpret } from './interpret.ts';
import { interpretModular } from './modular.ts';
import { bindSizes } from './sizes.ts';

const [m, n, k] = ['m', 'n', 'k'].map(dim) as [ReturnType<typeof dim>, ReturnType<typeof dim>, ReturnType<typeof dim>];
const A = variable('A', [m, n]);
const B = variable('B', [n, k]);
const S = variable('S', [n, n]);
const x = variable('x', [n]);
const y = variable('y', [m]);
const values = new Map(
  Object.entries({ A: [[1, 2, 3], [4, 5, 6]], B: [[1, 0], [0, 2], [3, 1]], S: [[2, 1, 0], [0, 3, 1], [1, 0, 1]], x: [1, -1, 2], y: [3, 5] } as Record<string, Nested>).map(
    ([name, value]) => [name, fromNested(value)],
  ),
);
const sizes = new Map([['m', 2], ['n', 3], ['k', 2]]);
const run = (e: Expr): Nested => toNested(interpret(e, { variables: values, sizes }));

describe('interpret', () => {
  test('matrix product, transpose, trace', () => {
    expect(run(einsum('ij,jk->ik', [A, B]))).toEqual([[10, 7], [22, 16]]);
    expect(run(transpose(A))).toEqual([[1, 4], [2, 5], [3, 6]]);
    expect(run(einsum('ii->', [S]))).toBe(6);
    expect(run(einsum('ii->i', [S]))).toEqual([2, 3, 1]);
  });

  test('a label twice in the result is a diagonal, in the result alone repeats', () => {
    expect(run(einsum('i->ii', [x]))).toEqual([[1, 0, 0], [0, -1, 0], [0, 0, 2]]);
    expect(run(einsum('i->ij', [y], [m, n]))).toEqual([[3, 3, 3], [5, 5, 5]]);
    expect(run(contract([], [], [0], [n]))).toEqual([1, 1, 1]);
    expect(run(broadcast(total(x), [m, k]))).toEqual([[2, 2], [2, 2]]);
    expect(run(einsum('i,->iij', [y, constant(2)], [m, m, k]))).toEqual([[[6, 6], [0, 0]], [[0, 0], [10, 10]]]);
  });

  test('a summed label in a single factor, and in none but a product of scalars', () => {
    expect(run(einsum('ij,k->i', [A, x]))).toEqual([12, 30]);
    expect(run(times(constant(3), total(A), x))).toEqual([63, -63, 126]);
  });

  test('long products take no exponential time', () => {
    const count = 60;
    const chain = contract(
      Array.from({ length: count }, () => S),
      Array.from({ length: count }, (_, i) => [i, i + 1]),
      [0, count],
    );
    let expected = fromNested([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
    const s = values.get('S')!;
    for (let i = 0; i < count; i++) expected = fromNested([0, 1, 2].map((r) => [0, 1, 2].map((c) => [0, 1, 2].reduce((t, q) => t + expected.data[r * 3 + q]! * s.data[q * 3 + c]!, 0))));
    (run(chain) as number[][]).flat().forEach((value, i) => expect(value / expected.data[i]!).toBeCloseTo(1, 10));
  });

  test('unit tensors, grouped and not, slices, sizes', () => {
    expect(run(eye(m))).toEqual([[1, 0], [0, 1]]);
    const reshape = delta([[mulDims(m, n)], [m, n]]);
    expect(run(contract([reshape, A], [[0, 1, 2], [1, 2]], [0]))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(run(contract([stack(dim(2), n, dim(1)), x], [[0, 1], [1]], [0]))).toEqual([-1, 2]);
    expect(run(size(mulDims(m, n)))).toBe(6);
    expect(run(constant(0.5, [m]))).toEqual([0.5, 0.5]);
  });

  test('functions, with batch axes', () => {
    expect(run(scale(2, add(x, x)))).toEqual([4, -4, 8]);
    expect(run(exponential(constant(0, [m])))).toEqual([1, 1]);
    expect(run(determinant(S))).toBeCloseTo(7, 14);
    const batch = einsum('ij,a->aij', [S, y]);
    const dets = run(determinant(batch)) as number[];
    expect(dets[0]).toBeCloseTo(7 * 27, 10);
    expect(dets[1]).toBeCloseTo(7 * 125, 10);
  });

  test('missing and misshapen values are told', () => {
    const env = { variables: new Map(values).set('y', fromNested([1, 2, 3])), sizes };
    expect(() => interpret(y, env)).toThrow('the value of y does not have the shape of y');
    expect(() => interpret(variable('z', []), env)).toThrow('z has no value');
    expect(() => interpret(variable('A', [dim('q')]), env)).toThrow('the size q has no value');
  });
});

describe('interpretModular', () => {
  const prime = 67108859;
  test('agrees with exact rational arithmetic', () => {
    const env = { variables: values, sizes };
    const check = interpretModular(einsum('ij,jk->ik', [inverse(S), S]), env, prime);
    expect(toNested(check!)).toEqual([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
    expect(interpretModular(determinant(S), env, prime)!.data[0]).toBe(7);
    const adjugate = call(minorOp, [S], [1]);
    const both = add(einsum('ij,->ji', [inverse(S), determinant(S)]), scale(-1, adjugate));
    expect([...interpretModular(both, env, prime)!.data].every((v) => v === 0)).toBe(true);
    const second = interpret(call(minorOp, [S], [2]), env);
    const exact = interpretModular(call(minorOp, [S], [2]), env, prime)!;
    second.data.forEach((v, i) => expect((Math.round(v) + prime) % prime).toBe(exact.data[i]));
    expect(interpretModular(times(power(x, -2), power(x, 2)), env, prime)!.data).toEqual(Float64Array.of(1, 1, 1));
  });

  test('says nothing of functions that are not rational', () => {
    const env = { variables: values, sizes };
    expect(interpretModular(exponential(x), env, prime)).toBeUndefined();
    expect(interpretModular(power(x, { num: 1, den: 2 }), env, prime)).toBeUndefined();
    expect(interpretModular(power(constant(0), -1), env, prime)).toBeUndefined();
  });
});

describe('bindSizes', () => {
  const of = (...shape: number[]): ReturnType<typeof fromNested> => ({ shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)) });

  test('names, multiples, products and smaller-of', () => {
    const v = [variable('P', [mulDims(dim(2), n), m]), variable('Q', [mulDims(m, k)]), variable('R', [minDims(m, n)]), variable('T', [addDims(n, dim(1))])];
    expect(bindSizes(v, new Map([['P', of(6, 4)], ['Q', of(8)], ['R', of(3)], ['T', of(4)]]))).toEqual(new Map([['n', 3], ['m', 4], ['k', 2]]));
  });

  test('conflicts name the variable and both dims', () => {
    expect(() => bindSizes([A, x], new Map([['A', of(2, 3)], ['x', of(4)]]))).toThrow('the entries of x are 4, not n = 3');
    expect(() => bindSizes([A], new Map([['A', of(2)]]))).toThrow('the value of A has 1 axes');
    expect(() => bindSizes([variable('P', [mulDims(dim(2), n)])], new Map([['P', of(5)]]))).toThrow('cannot be 5');
    expect(() => bindSizes([variable('P', [mulDims(m, n)])], new Map([['P', of(6)]]))).toThrow('does not determine m, n');
  });
});
