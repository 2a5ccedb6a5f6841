// The laws of the house, as statements about every graph, every pass and every record.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { must } from '../src/base/internal.ts';
import { type Random, random } from '../src/base/random.ts';
import { add, constant, ones, permute, scale, times, transpose, zeros } from '../src/ir/build.ts';
import { dim } from '../src/ir/dim.ts';
import { type Expr, type Label, contract, einsum, eye, inContext, newContext, variable } from '../src/ir/expr.ts';
import { facts } from '../src/ir/fact.ts';
import { read } from '../src/lang/read.ts';
import { toText, write } from '../src/lang/write.ts';
import { functionNames, functions, allRules } from '../src/ops/table.ts';
import { oneDerivative, readOrThrow } from '../src/pipeline.ts';
import { checkEqual } from '../src/run/check.ts';
import { cost } from '../src/simplify/cost.ts';
import { normal, readable } from '../src/simplify/pipelines.ts';

const n = dim('n');
const A = variable('A', [n, n]);
const B = variable('B', [n, n]);
const S = variable('S', [n, n], facts(['symmetric']));
const x = variable('x', [n]);

type Edges = readonly (readonly [Label, Label])[];

function cycle(length: number): Edges {
  return Array.from({ length }, (_, i) => [i, (i + 1) % length] as const);
}

function complete(count: number): Edges {
  return Array.from({ length: count }, (_, i) => i).flatMap((i) =>
    Array.from({ length: i }, (_, j) => [j, i] as const),
  );
}

const cube: Edges = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) =>
  [1, 2, 4].filter((bit) => (i & bit) === 0).map((bit) => [i, i | bit] as const),
);
const petersen: Edges = [0, 1, 2, 3, 4].flatMap((i) => [
  [i, (i + 1) % 5] as const,
  [i, i + 5] as const,
  [i + 5, ((i + 2) % 5) + 5] as const,
]);

const graphs: readonly (readonly [string, Edges])[] = [
  ['K4', complete(4)],
  ['K5', complete(5)],
  ['the cube', cube],
  ['the Petersen graph', petersen],
  ['tr(A^12)', cycle(12)],
  ['tr(A^3)^4', [0, 1, 2, 3].flatMap((k) => cycle(3).map(([i, j]) => [i + 3 * k, j + 3 * k] as const))],
  ['eight equal factors', Array.from({ length: 8 }, () => [0, 1] as const)],
  ['a star of eight', Array.from({ length: 8 }, (_, i) => [0, i + 1] as const)],
  ['sum(A)^8', Array.from({ length: 8 }, (_, i) => [2 * i, 2 * i + 1] as const)],
];

function shuffledList<T>(list: readonly T[], r: Random): T[] {
  return list
    .map((item) => ({ item, at: r.uniform() }))
    .sort((p, q) => p.at - q.at)
    .map(({ item }) => item);
}

/** The product of one matrix over the edges, with other label names and another order of factors. */
function productOver(edges: Edges, out: readonly Label[], of: Expr, r: Random, turn: boolean): Expr {
  const names = shuffledList([...Array(40).keys()], r);
  const list = shuffledList(edges, r).map(([i, j]) =>
    turn && r.uniform() < 0.5 ? [must(names[j]), must(names[i])] : [must(names[i]), must(names[j])],
  );
  return contract(
    list.map(() => of),
    list,
    out.map((l) => must(names[l])),
  );
}

describe('interning', () => {
  test.each(graphs)('%s is one node under every naming and order', (_, edges) => {
    for (const out of [[], [0], [0, 1], [1, 0]]) {
      const first = productOver(edges, out, A, random(1), false);
      for (let seed = 2; seed < 12; seed++) expect(productOver(edges, out, A, random(seed), false)).toBe(first);
    }
  });

  test.each(graphs)('%s over a symmetric matrix has one normal form, whichever way its factors stand', (_, edges) => {
    const first = normal(productOver(edges, [], S, random(1), true));
    for (let seed = 2; seed < 8; seed++) expect(normal(productOver(edges, [], S, random(seed), true))).toBe(first);
  });

  test('different products are different nodes', () => {
    const distinct = [cycle(6), [...cycle(3), ...cycle(3).map(([i, j]) => [i + 3, j + 3] as const)], complete(4)].map(
      (edges) => productOver(edges, [], A, random(1), false),
    );
    expect(new Set(distinct).size).toBe(3);
    expect(einsum('ij,jk->ik', [A, B])).not.toBe(einsum('ij,jk->ik', [B, A]));
    expect(einsum('ij,kj->ik', [A, A])).not.toBe(einsum('ji,jk->ik', [A, A]));
    expect(einsum('ij,ik->jk', [A, B])).not.toBe(einsum('ij,ik->kj', [A, B]));
  });

  test('sums do not depend on the order of terms', () => {
    expect(add(A, B, S)).toBe(add(S, A, B));
  });

  test('a context of its own starts empty', () => {
    const inside = inContext(newContext(), () => variable('A', [n, n]));
    expect(inside).not.toBe(A);
    expect(inside.hash).toBe(A.hash);
  });
});

describe('constructors never simplify', () => {
  test('sums and products stay as they are built', () => {
    expect(add(x, zeros([n]))).toMatchObject({ kind: 'sum', terms: { length: 2 } });
    expect(add(x, x)).toMatchObject({ kind: 'sum', terms: { length: 2 } });
    expect(scale(1, x)).toMatchObject({ kind: 'sum' });
    expect(times(x, ones([n]))).toMatchObject({ kind: 'contract', args: { length: 2 } });
    expect(times(constant(2), constant(3))).toMatchObject({ kind: 'contract' });
    expect(einsum('ij,j->i', [eye(n), x])).toMatchObject({ kind: 'contract', args: { length: 2 } });
    expect(transpose(transpose(A))).not.toBe(A);
    expect(transpose(S)).not.toBe(S);
    expect(contract([x], [[0]], [0])).not.toBe(x);
    expect(contract([einsum('ij,jk->ik', [A, B])], [[0, 1]], [1, 0])).toMatchObject({ args: { length: 1 } });
    expect(permute(A, [0, 1])).toBe(A);
  });
});

// Words of the graph, of the grammar and of notation that are also names of functions.
const words: Readonly<Record<string, readonly string[]>> = {
  sum: ['a kind of node', 'an indexed sum'],
  transpose: ['a kind of syntax'],
  norm: ['a kind of notation'],
  diag: ['a fact'],
};

describe('passes read records and name no function', () => {
  const names = new Set(functionNames());
  for (const room of ['simplify', 'diff', 'run']) {
    test(room, () => {
      const folder = join(import.meta.dirname, '../src', room);
      const found = readdirSync(folder)
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .flatMap((file) =>
          [
            ...readFileSync(join(folder, file), 'utf8')
              .replaceAll(/\/\/.*|^import .*$/gm, '')
              .matchAll(/'([a-z]\w*)'/g),
          ]
            .map((m) => must(m[1]))
            .filter((word) => names.has(word) && !Object.hasOwn(words, word))
            .map((word) => `${file}: ${word}`),
        );
      expect(found).toEqual([]);
    });
  }
});

describe('every rule of the table', () => {
  test.each(allRules().map((rule) => [`${rule.name}: ${rule.example.before} = ${rule.example.after}`, rule] as const))(
    '%s',
    (_, rule) => {
      inContext(newContext(), () => {
        const { declare, before, after } = rule.example;
        const left = readOrThrow(before, declare);
        const right = read(after, {
          variables: left.variables,
          functions: left.functions,
          expect: must(left.expr).shape,
        });
        const [a, b] = [must(left.expr), must(right.expr, `a reading of ${after}`)];
        expect(checkEqual(a, b)).toMatchObject({ equal: true });
        expect(normal(a)).toBe(normal(b));
        const [one, other] = [readable(a), readable(b)];
        expect(cost(one)).toBeLessThanOrEqual(cost(a));
        // A rule may lead to a longer form, which is then not taken for reading.
        if (cost(other) <= cost(a)) expect(toText(write(one))).toBe(toText(write(other)));
      });
    },
  );
});

describe('every example of the table', () => {
  const examples = functions.flatMap((f) =>
    f.examples.map((e) => [`${f.name}: d ${e.of} / d ${e.by} = ${e.is}`, e] as const),
  );
  test.each(examples)('%s', (_, example) => {
    inContext(newContext(), () => {
      const reading = readOrThrow(example.of, example.declare);
      const of = must(reading.expr);
      const by = must(reading.variables.find((v) => v.name === example.by)).node;
      const derivative = oneDerivative(of, by);
      const { variables, functions: declared } = reading;
      const options = { variables, functions: declared, expect: derivative.shape };
      const is = read(example.is, options);
      expect(is.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
      expect(checkEqual(derivative, must(is.expr))).toMatchObject({ equal: true });
      const text = toText(write(derivative));
      const back = read(text, options);
      expect(back.expr && normal(back.expr), `reading back ${text}`).toBe(normal(derivative));
    });
  });

  test('every function has one', () => {
    expect(functions.filter((f) => f.examples.length === 0).map((f) => f.name)).toEqual([]);
  });
});
