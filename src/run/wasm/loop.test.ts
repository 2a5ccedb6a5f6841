import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import { random } from '../../base/random.ts';
import { add, scale, times, total } from '../../ir/build.ts';
import { dim } from '../../ir/dim.ts';
import { type Expr, einsum, variable } from '../../ir/expr.ts';
import { dense } from '../../ops/reference/dense.ts';
import { sigmoid, softplus } from '../../ops/scalar/logistic.ts';
import { exponential } from '../../ops/scalar/power.ts';
import { allOps } from '../../ops/table.ts';
import { compile, compileKernel } from '../compile.ts';
import { interpreter } from '../interpret.ts';
import { entrywise } from './entrywise.ts';
import { newMachine } from './machine.ts';
import { byRows, whole } from './whole.ts';

const [m, n, p] = [dim('m'), dim('n'), dim('p')];
const x = variable('x', [n]);
const A = variable('A', [m, n]);
const T = variable('T', [m, n, p]);

function numbers(count: number, seed: number, spread = 1): Float64Array {
  const stream = random(seed);
  return Float64Array.from({ length: count }, () => spread * stream.normal());
}

describe('every shape of loop agrees with the interpreter', () => {
  const loops: Record<string, Expr> = {
    'entries': exponential(A),
    'sum of all': total(exponential(A)),
    'sums of rows': einsum('ij->i', [exponential(A)]),
    'sums of columns': einsum('ij->j', [exponential(A)]),
    'turned': add(einsum('ij->ji', [A]), einsum('ij,j->ji', [A, x])),
    'broadcast along rows': einsum('ij,j->ij', [exponential(A), x]),
    'the middle axis': einsum('ijk->ik', [exponential(T)]),
    'the outer axes': einsum('ijk->j', [exponential(T)]),
    'first and last swapped': einsum('ijk->kji', [exponential(T)]),
    'sum and entries in one': times(exponential(A), einsum('->ij', [total(exponential(A))], [m, n])),
  };
  const sizes = [[1, 1, 1], [2, 3, 4], [3, 5, 7], [17, 1, 6], [1, 19, 2], [4, 33, 5], [130, 70, 1], [0, 3, 2], [3, 0, 2]];
  test.each(Object.keys(loops))('%s', (name) => {
    const root = loops[name]!;
    for (const [a, b, c] of sizes as [number, number, number][]) {
      const values = new Map([['A', dense([a, b], numbers(a * b, 1))], ['x', dense([b], numbers(b, 2))], ['T', dense([a, b, c], numbers(a * b * c, 3))]]);
      const dims = new Map([['m', a], ['n', b], ['p', c]]);
      const wanted = interpreter([root], dims)(values)[0]!;
      for (const precision of ['f64', 'f32'] as const) {
        const found = compile(root, { precision, dims: Object.fromEntries(dims) })(Object.fromEntries(values));
        expect(found.shape).toEqual(wanted.shape);
        const size = Math.max(1, ...wanted.data.map(Math.abs));
        wanted.data.forEach((v, i) => expect(Math.abs(v - found.data[i]!) / size).toBeLessThan(precision === 'f64' ? 1e-13 : 1e-5));
      }
    }
  });
});

describe('sums of softplus', () => {
  /** Kahan's sum of log1p(exp(x)). */
  const reference = (values: Float64Array): number => {
    let [sum, lost] = [0, 0];
    for (const v of values) {
      const term = Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))) - lost;
      const next = sum + term;
      lost = next - sum - term;
      sum = next;
    }
    return sum;
  };
  const f = compile({ value: total(softplus(x)), slope: sigmoid(x), both: add(total(softplus(x)), total(sigmoid(scale(-1, x)))) });
  test.each([
    ['moderate', (i: number) => Math.sin(i) * 5],
    ['all small terms', (i: number) => -30 - (i % 7)],
    ['all tiny terms', (i: number) => -600 - (i % 90)],
    ['all large', (i: number) => 20 + (i % 700)],
    ['of every size', (i: number) => ((i * 37) % 1400) - 700],
    ['zero', () => 0],
  ] as const)('%s', (_, of) => {
    for (const count of [1, 3, 4, 64, 1000, 30_001]) {
      const values = Float64Array.from({ length: count }, (__, i) => of(i));
      const [found, wanted] = [f({ x: values }).value.data[0]!, reference(values)];
      expect(Math.abs(found - wanted) / wanted).toBeLessThan(4 * Number.EPSILON);
      expect(compile(total(softplus(x)))({ x: values }).data[0]).toBeCloseTo(wanted, 9);
    }
  });

  test('infinity and NaN', () => {
    const pad = (v: number): Float64Array => new Float64Array(40).fill(-1).with(7, v);
    const alone = compile(total(softplus(x)));
    expect([Infinity, NaN].map((v) => alone({ x: pad(v) }).data[0])).toEqual([Infinity, NaN]);
    expect(alone({ x: new Float64Array(9).fill(-Infinity) }).data[0]).toBeLessThan(1e-300);
  });
});

test('the tables of WebAssembly name functions that there are', () => {
  const names = new Set(allOps().map((op) => op.name));
  for (const name of [...Object.keys(entrywise), ...Object.keys(whole), ...Object.keys(byRows)]) expect(names).toContain(name);
});

test('a plan frees its memory when its function is gone', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const machine = newMachine();
  const use = (): void => void compile(total(exponential(x)), { machine, fixed: { x: new Float64Array(100_000) } })({});
  use();
  const once = machine.context.memory.used();
  for (let i = 0; i < 20; i++) use();
  for (let i = 0; i < 50 && machine.context.memory.used() > once; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(machine.context.memory.used()).toBeLessThanOrEqual(once);
});

test('a kernel keeps its memory as long as it can be called', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const machine = newMachine();
  const v = variable('x', [dim(1000)]);
  const run = compileKernel({ value: total(exponential(v)) }, { inputs: [v], sizes: new Map(), machine });
  const used = machine.context.memory.used();
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(machine.context.memory.used()).toBe(used);
  const out = new Float64Array(1);
  run([new Float64Array(1000)], [out]);
  expect(out[0]).toBe(1000);
});

test('code is made once for loops that say the same, and never shared by others', () => {
  const machine = newMachine();
  let made = 0;
  const counting = { ...machine, loops: { get: machine.loops.get, set: (key: string, run: Parameters<typeof machine.loops.set>[1]) => ((made += 1), machine.loops.set(key, run)) } };
  const values = numbers(50, 3);
  const valueOf = (e: Expr, name: string): number => must(compile(e, { machine: counting })({ [name]: values }).data[0]);
  const sum = values.reduce((a, v) => a + Math.exp(2 * v), 0);
  const y = variable('y', [n]);
  expect(valueOf(total(exponential(scale(2, x))), 'x') / sum).toBeCloseTo(1, 13);
  const once = made;
  expect(valueOf(total(exponential(scale(2, y))), 'y') / sum).toBeCloseTo(1, 13);
  expect(made).toBe(once);
  expect(valueOf(total(exponential(scale(-2, y))), 'y') / values.reduce((a, v) => a + Math.exp(-2 * v), 0)).toBeCloseTo(1, 13);
  expect(made).toBeGreaterThan(once);
});
