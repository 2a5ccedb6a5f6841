// What is written reads back to the same value: published expressions and random graphs, in matrix and index notation.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Random, random } from '../base/random.ts';
import { add, constant, scale, times } from '../ir/build.ts';
import { dim, dimValue } from '../ir/dim.ts';
import {
  type Expr,
  type VariableNode,
  contract,
  delta,
  eye,
  inContext,
  newContext,
  stack,
  sum,
  variable,
} from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { ratio } from '../ir/rational.ts';
import { variables } from '../ir/walk.ts';
import { kronecker } from '../ops/defined/structure.ts';
import { determinant, inverse } from '../ops/matrix/determinant.ts';
import { type Dense, type Nested, dense, fromNested } from '../ops/reference/dense.ts';
import { exponential, power } from '../ops/scalar/power.ts';
import { interpret } from '../run/interpret.ts';
import { readable } from '../simplify/pipelines.ts';
import type { VariableKind } from './declare.ts';
import { read } from './read.ts';
import { indexText, toText, write } from './write.ts';

interface Case {
  readonly id: string;
  readonly expression: string;
  readonly declare: string;
  readonly points: readonly { readonly at: Record<string, Nested> }[];
}

const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../../test/corpus/cases.json'), 'utf8')) as Case[];

function expectReadsBack(e: Expr, values: ReadonlyMap<string, Dense>): void {
  const kinds: readonly VariableKind[] = ['scalar', 'vector', 'matrix', 'tensor'];
  const known = variables([e]).map((v) => ({
    name: v.name,
    kind: kinds[Math.min(3, v.shape.length)] ?? 'tensor',
    shape: v.shape,
    facts: v.facts,
  }));
  const env = { variables: values, sizes: new Map<string, number>() };
  const expected = interpret(e, env).data;
  const size = Math.max(1e-12, ...expected.map(Math.abs));
  for (const text of [toText(write(e)), indexText(e)]) {
    const back = read(text, { variables: known, expect: e.shape });
    expect(back.diagnostics.filter((d) => d.severity === 'error').map((d) => `${d.message}: ${text}`)).toEqual([]);
    const found = back.expr && interpret(back.expr, env).data;
    const worst = found
      ? Math.max(0, ...expected.map((x, i) => Math.abs(x - (found[i] ?? Number.NaN)))) / size
      : Number.NaN;
    expect(worst < 1e-9 ? 'the same' : text).toBe('the same');
  }
}

test.each(cases)('$id: $expression', ({ expression, declare, points }) => {
  inContext(newContext(), () => {
    const { expr } = read(expression, { declare });
    if (!expr) throw new Error(`unread: ${expression}`);
    const values = new Map(Object.entries(points[0]?.at ?? {}).map(([name, value]) => [name, fromNested(value)]));
    expectReadsBack(expr, values);
    expectReadsBack(readable(expr), values);
  });
});

test('names of sub-expressions are read as lines before', () => {
  const A = variable('A', [dim(3), dim(3)]);
  let e: Expr = variable('T1', [dim(3)]);
  for (let i = 0; i < 40; i++) e = exponential(scale(-0.1, contract([A, e, exponential(e)], [[0, 1], [1], [1]], [0])));
  expect(write(e).where.length).toBeGreaterThan(3);
  const values = new Map([
    ['T1', dense([3], [0.4, 0.2, 0.3])],
    ['A', dense([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 1])],
  ]);
  expectReadsBack(e, values);
});

describe('random graphs', () => {
  test.each(Array.from({ length: 20 }, (_, k) => [k] as const))('part %i', (part) => {
    for (let seed = part * 30; seed < part * 30 + 30; seed++) {
      inContext(newContext(), () => {
        const r = random(seed);
        const e = graph(
          r,
          Array.from({ length: [0, 0, 1, 1, 2, 2, 2, 3, 4][r.integer(9)] ?? 0 }, () => 2 + r.integer(3)),
          3,
        );
        const values = new Map(variables([e]).map((v) => [v.name, valueOf(v, r)]));
        const own = interpret(e, { variables: values, sizes: new Map() }).data;
        if (own.every(Number.isFinite)) expectReadsBack(e, values);
      });
    }
  });
});

function valueOf(v: VariableNode, r: Random): Dense {
  const shape = v.shape.map((d) => dimValue(d) ?? 1);
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
    v.facts.has.has('positive') ? 0.3 + r.uniform() : r.normal(),
  );
  const [n = 1] = shape;
  const isSymmetric = v.facts.has.has('symmetric');
  return dense(shape, isSymmetric ? data.map((x, k) => (x + (data[(k % n) * n + Math.floor(k / n)] ?? 0)) / 2) : data);
}

/** A graph of this shape: variables, sums, powers, functions, placements, joins and above all contractions. */
function graph(r: Random, dims: readonly number[], depth: number): Expr {
  const pick = <T>(list: readonly T[]): T => list[r.integer(list.length)] as T;
  const shape = dims.map(dim);
  const leaf = (of: readonly number[]): Expr => {
    const letter = ['abc', 'uvw', 'ABC'][of.length]?.[r.integer(3)] ?? 'T';
    const has = [
      ...('auA'.includes(letter) ? (['positive'] as const) : []),
      ...(letter === 'C' && of[0] === of[1] ? (['symmetric'] as const) : []),
    ];
    return variable(letter + of.join(''), of.map(dim), facts(has));
  };
  const positive = (): Expr => {
    const e = leaf(dims);
    return add(times(e, e), constant(1, shape));
  };
  const kind = r.integer(depth <= 0 ? 2 : 14);
  const [m, n] = dims;
  if (kind < 2) return r.integer(12) === 0 ? constant(pick([1, 2, -1, 0.5]), shape) : leaf(dims);
  if (kind < 4)
    return sum(
      Array.from({ length: 1 + r.integer(3) }, () => ({
        coef: ratio(pick([1, -1, 2]), pick([1, 1, 2, 3])),
        arg: graph(r, dims, depth - 1),
      })),
    );
  if (kind < 5)
    return pick([
      () => power(positive(), pick([-1, 2, -2])),
      () => power(positive(), ratio(pick([1, -1, 3]), 2)),
      () => exponential(scale(0.1, graph(r, dims, depth - 1))),
    ])();
  if (kind < 6 && dims.length === 2 && m === n)
    return r.integer(2) === 0 ? eye(dim(m ?? 1)) : inverse(add(scale(0.1, leaf(dims)), scale(5, eye(dim(m ?? 1)))));
  if (kind < 7 && dims.length === 0) return determinant(leaf([2, 2]));
  if (kind < 8 && dims.length === 1 && m === 2)
    return contract([stack(dim(2), dim(4), dim(r.integer(3))), leaf([4])], [[0, 1], [1]], [0]);
  if (kind < 8 && dims.length === 1 && m !== undefined)
    return contract([stack(dim(2), dim(m), dim(r.integer(m - 1))), leaf([2])], [[0, 1], [0]], [1]);
  if (kind < 9 && dims.length === 0)
    return contract([stack(dim(1), dim(4), dim(r.integer(4))), leaf([4, 3]), leaf([3])], [[0, 1], [1, 2], [2]], []);
  if (kind < 9 && dims.length === 1 && m === 4)
    return contract(
      [delta([[dim(4)], [dim(2), dim(2)]]), leaf([2, 2])],
      [
        [0, 1, 2],
        [1, 2],
      ],
      [0],
    );
  if (kind < 9 && dims.length === 2 && m === 4 && n === 4) return kronecker(leaf([2, 2]), leaf([2, 2]));
  if (kind < 10 && dims.length === 2 && m === 2 && n === 2)
    return contract([delta([[dim(4)], [dim(2), dim(2)]]), leaf([4])], [[0, 1, 2], [0]], [1, 2]);
  return contraction(r, dims, depth);
}

function contraction(r: Random, dims: readonly number[], depth: number): Expr {
  const out = dims.map((_, i) => i);
  if (r.integer(4) === 0) dims.forEach((d, i) => void (i > 0 && d === dims[i - 1] && (out[i] = out[i - 1] ?? i)));
  const sizes = new Map([
    ...out.map((l) => [l, dims[l] ?? 1] as const),
    ...Array.from({ length: 1 + r.integer(3) }, (_, i) => [10 + i, 2 + r.integer(3)] as const),
  ]);
  const labels = [...sizes.keys()];
  const factors = Array.from({ length: 1 + r.integer(4) }, () => {
    const order = [0, 1, 1, 2, 2, 2, 2, 3][r.integer(8)] ?? 1;
    const mine = Array.from({ length: order }, () => labels[r.integer(labels.length)] ?? 10);
    return {
      arg: graph(
        r,
        mine.map((l) => sizes.get(l) ?? 1),
        order > 2 ? 0 : depth - 1,
      ),
      mine,
    };
  });
  return contract(
    factors.map((f) => f.arg),
    factors.map((f) => f.mine),
    out,
    dims.map(dim),
  );
}
