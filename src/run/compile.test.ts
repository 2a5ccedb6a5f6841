import { describe, expect, test } from 'vitest';
import { RicciError } from '../base/diagnostic.ts';
import { random } from '../base/random.ts';
import { add, scale, times, total, transpose } from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, einsum, eye, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { inverse } from '../ops/matrix/determinant.ts';
import { exponential } from '../ops/scalar/power.ts';
import { compile, compileKernel } from './compile.ts';
import { newMachine } from './wasm/machine.ts';

const [m, n] = [dim('m'), dim('n')];
const A = variable('A', [m, n]);
const S = variable('S', [n, n]);
const x = variable('x', [n]);
const y = variable('y', [m]);
const Ax = einsum('ij,j->i', [A, x]);
const nested = { A: [[1, 2, 3], [4, 5, 6]], x: [1, 0, -1] };

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (e) {
    if (e instanceof RicciError) return e.diagnostics.map((d) => `${d.code}: ${d.message}; needed ${d.needed}, found ${d.found}`).join('\n');
    throw e;
  }
  return '';
}

describe('compile', () => {
  test('takes nested lists, typed arrays and arrays with a shape', () => {
    const f = compile(Ax);
    expect(f(nested)).toEqual({ shape: [2], data: Float64Array.of(-2, -2) });
    expect(f({ A: { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) }, x: Float64Array.of(1, 0, -1) }).data).toEqual(Float64Array.of(-2, -2));
    expect(compile(total(Ax))(nested)).toEqual({ shape: [], data: Float64Array.of(-4) });
  });

  test('a typed array alone takes its shape from the other values or from dims', () => {
    const data = Float64Array.of(1, 2, 3, 4, 5, 6);
    expect(compile(einsum('ij,j,i->', [A, x, y]))({ A: data, x: [1, 1, 1], y: [1, 10] }).data[0]).toBe(156);
    expect(compile(Ax, { dims: { m: 2 } })({ A: data, x: [1, 1, 1] }).data).toEqual(Float64Array.of(6, 15));
    expect(messageOf(() => compile(transpose(A))({ A: data }))).toContain('the shape of A is not known');
  });

  test('several results share a program, and go where they are wanted', () => {
    const f = compile({ product: Ax, twice: scale(2, Ax), number: einsum('i,i->', [Ax, Ax]), same: A, turned: transpose(A), one: eye(n) });
    const out = new Float64Array(2);
    const r = f(nested, { twice: out });
    expect(r.twice.data).toBe(out);
    expect([...out, r.number.data[0]]).toEqual([-4, -4, 8]);
    expect(r.product.data).toEqual(Float64Array.of(-2, -2));
    expect(r.same).toEqual({ shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) });
    expect(r.turned).toEqual({ shape: [3, 2], data: Float64Array.of(1, 4, 2, 5, 3, 6) });
    expect(r.one.data).toEqual(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1));
    expect(messageOf(() => f(nested, { twice: new Float64Array(3) }))).toContain('the array for twice does not have the size of twice; needed [2], which is 2 entries, found 3 entries');
  });

  test('sizes may change from call to call', () => {
    const f = compile(total(exponential(x)));
    for (const size of [3, 0, 1, 20_000, 3, 5, 7, 9, 11, 13, 15, 17, 3]) expect(f({ x: new Float64Array(size) }).data[0]).toBe(size);
  });

  test('what is fixed is copied once, and what depends on it alone is computed once', () => {
    const f = compile(einsum('ij,j->i', [inverse(S), x]), { fixed: { S: [[2, 0], [0, 4]] } });
    expect(f({ x: [2, 4] }).data).toEqual(Float64Array.of(1, 1));
    expect(f({ x: [4, 8] }).data).toEqual(Float64Array.of(2, 2));
  });

  test('single precision', () => {
    const f = compile(add(Ax, y), { precision: 'f32' });
    expect(f({ ...nested, y: [0.1, 1] })).toEqual({ shape: [2], data: Float32Array.of(Math.fround(-2 + Math.fround(0.1)), -1) });
  });

  test('values of the wrong shape are told with both shapes', () => {
    const f = compile(Ax);
    expect(messageOf(() => f({ A: nested.A, x: [1, 2] }))).toContain('the columns of A are 3, not n = 2; needed n = 2 (the entries of x gave n = 2), found 3');
    expect(messageOf(() => f({ A: [[1, 2], [3]], x: [1, 2] }))).toContain('A has rows of different length (1 and 2)');
    expect(messageOf(() => f({ A: [1, 2], x: [1, 2] }))).toContain('the value of A has 1 axes');
    expect(messageOf(() => f({ x: [1, 2] }))).toContain('A has no value');
    expect(messageOf(() => f({ A: 'no' as unknown as number, x: [1] }))).toContain('the value of A is a string');
    expect(messageOf(() => compile(einsum('ij->', [eye(dim('q'))]))({}))).toContain('size-unknown');
  });

  test('empty dims, NaN and infinity pass through', () => {
    const f = compile({ Ax, sum: total(Ax), gram: einsum('ki,kj->ij', [A, A]), e: total(exponential(x)) });
    const none = f({ A: { shape: [0, 2], data: [] }, x: [0, 0] });
    expect([none.Ax.data.length, none.sum.data[0], [...none.gram.data], none.e.data[0]]).toEqual([0, 0, [0, 0, 0, 0], 2]);
    expect(f({ A: [[]], x: [] }).Ax.data).toEqual(Float64Array.of(0));
    expect([...f({ A: [[1, 0], [0, 1]], x: [Infinity, NaN] }).Ax.data]).toEqual([NaN, NaN]);
  });

  test('what does not fit in memory is an error before anything is made', () => {
    const machine = newMachine({ maximumBytes: 2 ** 22 });
    const f = compile(einsum('i,j->ij', [x, x]), { machine });
    expect(f({ x: new Float64Array(100) }).data.length).toBe(10_000);
    expect(messageOf(() => f({ x: new Float64Array(1000) }))).toContain('out-of-memory');
    expect(messageOf(() => f({ x: new Float64Array(1_000_000) }))).toContain('out-of-memory');
    expect(f({ x: new Float64Array(100).fill(2) }).data[9]).toBe(4);
  });
});

test('a large matrix is gone over once for a value and its gradient', () => {
  const stream = random(2);
  for (const [rows, cols] of [[3001, 207], [1025, 1024], [70_001, 9], [40, 30]] as const) {
    const data = Float64Array.from({ length: rows * cols }, () => stream.normal());
    const [at, b] = [Float64Array.from({ length: cols }, () => stream.normal()), Float64Array.from({ length: rows }, () => stream.normal())];
    const r = add(Ax, scale(-1, y));
    const f = compile({ value: einsum('i,i->', [r, r]), gradient: scale(2, einsum('ij,i->j', [A, r])), residual: r });
    // Beside the loss stands what has nothing to do with the matrix.
    const ridge = compile({ value: add(einsum('i,i->', [r, r]), einsum('j,j->', [x, x])), gradient: add(scale(2, einsum('ij,i->j', [A, r])), scale(2, x)) });
    for (let round = 0; round < 2; round++) {
      const beside = ridge({ A: { shape: [rows, cols], data }, x: at, y: b });
      const found = f({ A: { shape: [rows, cols], data }, x: at, y: b });
      const residual = b.map((v, i) => at.reduce((sum, w, j) => sum + data[i * cols + j]! * w, -v));
      const value = residual.reduce((sum, v) => sum + v * v, 0);
      const gradient = at.map((_, j) => residual.reduce((sum, v, i) => sum + 2 * v * data[i * cols + j]!, 0));
      expect(found.value.data[0]! / value).toBeCloseTo(1, 12);
      gradient.forEach((v, j) => expect(Math.abs(v - found.gradient.data[j]!)).toBeLessThan(1e-12 * value));
      residual.forEach((v, i) => expect(Math.abs(v - found.residual.data[i]!)).toBeLessThan(1e-11));
      expect(beside.value.data[0]! / (value + at.reduce((sum, w) => sum + w * w, 0))).toBeCloseTo(1, 12);
      gradient.forEach((v, j) => expect(Math.abs(v + 2 * at[j]! - beside.gradient.data[j]!)).toBeLessThan(1e-12 * value));
    }
  }
});

test('a product with a large matrix that is symmetric, and with one that is not', () => {
  const order = 1030;
  const r = random(3);
  const data = Float64Array.from({ length: order * order }, () => r.normal());
  for (let i = 0; i < order; i++) for (let j = 0; j < i; j++) data[j * order + i] = data[i * order + j]!;
  const v = Float64Array.from({ length: order }, () => r.normal());
  const wanted = Float64Array.from(v, (_, i) => v.reduce((sum, value, j) => sum + data[i * order + j]! * value, 0));
  for (const known of [facts(['symmetric']), facts([])]) {
    const K = variable('K', [n, n], known);
    const run = compileKernel({ y: einsum('ij,j->i', [K, x]), z: einsum('ij,i->j', [K, x]) }, { inputs: [x], sizes: new Map([['n', order]]), fixed: { K: { shape: [order, order], data } } });
    const found = [new Float64Array(order), new Float64Array(order)] as const;
    run([v], found);
    for (let i = 0; i < order; i++) {
      expect(found[0][i]).toBeCloseTo(wanted[i]!, 10);
      expect(found[1][i]).toBeCloseTo(wanted[i]!, 10);
    }
  }
});

test('some rows tell about all, where nothing else depends on single rows', () => {
  const stream = random(4);
  const [rows, cols] = [6000, 100];
  const data = Float64Array.from({ length: rows * cols }, () => stream.normal());
  const [at, b] = [Float64Array.from({ length: cols }, () => stream.normal()), Float64Array.from({ length: rows }, () => stream.normal())];
  const r = add(Ax, scale(-1, y));
  const loss = add(einsum('i,i->', [r, r]), einsum('j,j->', [x, x]));
  const slope = add(scale(2, einsum('ij,i->j', [A, r])), scale(2, x));
  const sizes = new Map([['m', rows], ['n', cols]]);
  const stretches = [[5, 40], [700, 701], [2000, 4600]] as const;
  const chosen = stretches.flatMap(([from, to]) => Array.from({ length: to - from }, (_, k) => from + k));
  const weight = rows / chosen.length;
  const kept = (i: number, j: number): boolean => (i + 3 * j) % 7 === 0;
  const sparse = { rows, cols, indptr: new Int32Array(rows + 1), indices: [] as number[], values: [] as number[] };
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      if (!kept(i, j)) continue;
      sparse.indices.push(j);
      sparse.values.push(data[i * cols + j]!);
    }
    sparse.indptr[i + 1] = sparse.indices.length;
  }
  for (const given of [{ shape: [rows, cols], data }, sparse]) {
    const entry = (i: number, j: number): number => (given === sparse && !kept(i, j) ? 0 : data[i * cols + j]!);
    const residuals = chosen.map((i) => at.reduce((sum, w, j) => sum + entry(i, j) * w, -b[i]!));
    const value = weight * residuals.reduce((sum, v) => sum + v * v, 0) + at.reduce((sum, w) => sum + w * w, 0);
    const run = compileKernel({ loss, slope }, { inputs: [x], sizes, fixed: { A: given, y: b } });
    const [out, g] = [new Float64Array(1), new Float64Array(cols)];
    expect(run.sampled?.rows).toBe(rows);
    run.sampled?.call(stretches, [at], [out, g]);
    expect(out[0]! / value).toBeCloseTo(1, 12);
    at.forEach((w, j) => expect(Math.abs(g[j]! - 2 * w - 2 * weight * residuals.reduce((sum, v, k) => sum + v * entry(chosen[k]!, j), 0))).toBeLessThan(1e-11 * value));
    // All rows afterwards, as if nothing had been.
    run([at], [out, g]);
    const all = b.reduce((sum, v, i) => sum + at.reduce((s, w, j) => s + entry(i, j) * w, -v) ** 2, 0) + at.reduce((sum, w) => sum + w * w, 0);
    expect(out[0]! / all).toBeCloseTo(1, 12);
  }
  expect(compileKernel({ loss, slope, r }, { inputs: [x], sizes, fixed: { A: { shape: [rows, cols], data }, y: b } }).sampled).toBeUndefined();
});

test('a kernel writes into arrays that are there, inputs in the order asked for', () => {
  const value: Expr = total(times(Ax, Ax));
  const gradient = scale(2, einsum('ij,i->j', [A, Ax]));
  const sizes = new Map([['m', 2], ['n', 3]]);
  const [out, g] = [new Float64Array(1), new Float64Array(3)];
  compileKernel({ value, gradient }, { inputs: [x, A], sizes })([Float64Array.of(1, 0, -1), Float64Array.of(1, 2, 3, 4, 5, 6)], [out, g]);
  expect([...out, ...g]).toEqual([8, -20, -28, -36]);
  compileKernel({ value, gradient }, { inputs: [x], sizes, fixed: { A: nested.A } })([Float64Array.of(1, 0, 0)], [out, g]);
  expect([...out, ...g]).toEqual([17, 34, 44, 54]);
});
