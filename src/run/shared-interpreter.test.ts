import { expect, test } from 'vitest';
import { add, times, total } from '../ir/build.ts';
import { dim } from '../ir/dim.ts';
import { einsum, variable } from '../ir/expr.ts';
import { RicciError } from '../base/diagnostic.ts';
import { type Dense, fromNested } from '../ops/reference/dense.ts';
import { exponential, power } from '../ops/scalar/power.ts';
import { must } from '../base/internal.ts';
import { interpreter } from './interpret.ts';
import { sharedInterpreter } from './shared-interpreter.ts';

const [m, n] = [dim('m'), dim('n')];
const A = variable('A', [m, n]);
const x = variable('x', [n]);
const y = variable('y', [m]);
const sizes = new Map([['m', 2], ['n', 3]]);
const fixed = new Map([['A', fromNested([[1, 2, 3], [4, 5, 6]])]]);
const u = exponential(einsum('ij,j->i', [A, x]));
const f = total(times(u, y));
const g = einsum('ij,i,i->j', [A, u, y]);

function values(list: Readonly<Record<string, number[]>>): Map<string, Dense> {
  return new Map(Object.entries(list).map(([name, value]) => [name, fromNested(value)]));
}

test('the values are those of the interpreter, whatever changed in between', () => {
  const shared = sharedInterpreter(sizes, fixed);
  const functions = [[f], [g], [f, g, u, A]].map((roots) => ({ roots, run: shared(roots, Infinity) }));
  const points = [{ x: [0, 1, 0], y: [1, 2] }, { x: [0, 1, 0], y: [3, 2] }, { x: [-1, 0, 0.5], y: [3, 2] }, { x: [0, 1, 0], y: [1, 2] }].map(values);
  for (const [k, { roots, run }] of [...functions, ...functions].entries()) {
    for (const at of k % 2 === 0 ? points : points.toReversed()) expect(run(at)).toEqual(interpreter(roots, sizes)(new Map([...fixed, ...at])));
  }
});

test('values that were given stay as they are', () => {
  const run = sharedInterpreter(sizes, fixed)([g, x], Infinity);
  const at = values({ x: [0, 1, 0], y: [1, 2] });
  const [first, same] = run(at);
  const kept = must(first).data.slice();
  must(same).data.fill(7);
  must(first).data.fill(7);
  expect(must(run(at)[0]).data).toEqual(kept);
  // The array of a variable may be written to between calls.
  must(at.get('x')).data[0] = 1;
  expect(must(run(at)[0]).data).not.toEqual(kept);
});

test('zeros of both signs are different values', () => {
  const run = sharedInterpreter(sizes, new Map())([power(x, -1)], Infinity);
  expect(must(run(values({ x: [0, 1, 2] }))[0]).data[0]).toBe(Infinity);
  expect(must(run(values({ x: [-0, 1, 2] }))[0]).data[0]).toBe(-Infinity);
});

test('limits and missing values are those of each request', () => {
  const shared = sharedInterpreter(sizes, fixed);
  expect(() => shared([g], 3)).toThrow(RicciError);
  expect(shared([g], 100)(values({ x: [0, 0, 0], y: [1, 1] }))).toHaveLength(1);
  expect(() => shared([add(g, x)], 3)).toThrow(RicciError);
  expect(() => shared([g], 100)(values({ x: [0, 0, 0] }))).toThrow(RicciError);
  expect(() => shared([g], 100)(values({ x: [0, 0], y: [1, 1] }))).toThrow(RicciError);
});
