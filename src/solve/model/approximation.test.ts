import { expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import { random } from '../../base/random.ts';
import { inContext, newContext } from '../../ir/expr.ts';
import { readModel } from '../../lang/model.ts';
import type { Objective } from '../problem.ts';
import { assemble } from './assemble.ts';
import { derive } from './derived.ts';
import { type Given, readData } from './data.ts';
import { reformulate } from './reformulate.ts';
import { statementOf } from './statement.ts';

function objectiveFor(text: string, data: Given, start: Given): { objective: Objective; dim: number } {
  return inContext(newContext(), () => {
    const { model, diagnostics } = readModel(text);
    const found = must(model, diagnostics.map((d) => d.message).join());
    const given = readData(found, data, start);
    const smooth = reformulate(statementOf(found, given.facts));
    const { problem } = assemble(derive(smooth), given, ({ dim }) => ({ start: new Float64Array(dim), startGiven: false, convex: false }));
    return problem;
  });
}

const r = random(5);
const normals = (n: number): Float64Array => Float64Array.from({ length: n }, () => r.normal());
const norm = (x: Float64Array): number => Math.hypot(...x);

function productOf(objective: Objective, z: Float64Array, v: Float64Array): Float64Array {
  const out = new Float64Array(z.length);
  objective.hessianProduct?.(z, v, out);
  return out;
}

test('a sample of many rows is near the whole, on all variables and on some', () => {
  const [m, n] = [6000, 6];
  const A = { shape: [m, n], data: normals(m * n).map((x, k) => x * (1 + (k % n))) };
  const y = normals(m).map(Math.sign);
  const { objective } = objectiveFor("parameters\n matrix A\n vector y\nvariables\n vector w\nmin\n 0.5*w'*w+sum(log(exp((-y).*(A*w))+vector(1)))", { A, y }, {});
  const z = normals(n).map((x) => 0.1 * x);
  const made = must(objective.approximation)(z);
  const v = normals(n);
  const back = made.inverse(undefined)(productOf(objective, z, v));
  expect(norm(back.map((x, j) => x - v[j]!))).toBeLessThan(0.25 * norm(v));
  const mask = Float64Array.of(1, 0, 1, 1, 0, 1);
  const part = v.map((x, j) => x * mask[j]!);
  const onPart = made.inverse(mask)(productOf(objective, z, part));
  expect(norm(onPart.map((x, j) => x - part[j]!))).toBeLessThan(0.25 * norm(part));
  expect([onPart[1], onPart[4]]).toEqual([0, 0]);
});

test('no sample where rows meet inside a function', () => {
  const [m, n] = [6000, 3];
  const A = { shape: [m, n], data: normals(m * n) };
  const { objective } = objectiveFor("parameters\n matrix A\nvariables\n vector w\nmin\n 0.5*w'*w+log(sum(exp(A*w)))", { A }, {});
  expect(objective.approximation).toBeUndefined();
});

test('blocks of factors are those of the second derivative', () => {
  const [m, n, k] = [70, 40, 5];
  const X = { shape: [m, n], data: normals(m * n) };
  const start = { U: { shape: [m, k], data: normals(m * k) }, V: { shape: [k, n], data: normals(k * n) } };
  const { objective, dim } = objectiveFor('parameters\n matrix X\nvariables\n matrix U\n matrix V\nmin\n norm2(U*V-X)^2', { X }, start);
  const z = Float64Array.of(...start.U.data, ...start.V.data);
  const made = must(objective.approximation)(z);
  for (const [from, to] of [[0, m * k], [m * k, dim]] as const) {
    const v = new Float64Array(dim);
    v.set(normals(to - from), from);
    const product = productOf(objective, z, v).fill(0, 0, from).fill(0, to);
    const back = made.inverse(undefined)(product);
    expect(norm(back.map((x, j) => x - v[j]!))).toBeLessThan(1e-8 * norm(v));
    const mask = v.map((_, j) => (j % 3 === 0 ? 0 : 1));
    const part = v.map((x, j) => x * mask[j]!);
    const onPart = made.inverse(mask)(productOf(objective, z, part).fill(0, 0, from).fill(0, to));
    expect(norm(onPart.map((x, j) => x - part[j]!))).toBeLessThan(1e-8 * norm(v));
  }
});
