import { describe, expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { must } from '../base/internal.ts';
import { total } from '../ir/build.ts';
import { type VariableNode, inContext, newContext } from '../ir/expr.ts';
import { type Dense, dense } from '../ops/reference/dense.ts';
import { allOps } from '../ops/table.ts';
import { readOrThrow } from '../pipeline.ts';
import { interpreter } from '../run/interpret.ts';
import { sample, sampleSizes, variablesOf } from '../run/sample.ts';
import { lazy } from '../simplify/mode.ts';
import { simplify } from '../simplify/simplify.ts';
import { generate } from '../../test/oracle/generate.ts';
import { declarationsOf, textOf } from '../../test/oracle/tree.ts';
import { composed } from './composition.ts';

function bends(line: string): string {
  const [text = '', by = '', declare = ''] = line.split('|').map((s) => s.trim());
  return inContext(newContext(), () => {
    const f = simplify(readOrThrow(text, declare).expr, lazy);
    const variables = by.split(' ').map((name) => must(variablesOf([f]).find((v) => v.name === name)));
    return composed(f, variables) ?? 'not told';
  });
}

const words: Readonly<Record<string, string>> = {
  "c'*x+d | x | c: vector(n); x: vector(n)": 'affine',
  'log(sum(exp(A*x+b))) | x': 'convex',
  "c*sum(log(vector(1)+exp(-y.*(A*x))))+0.5*x'*x | x | c: scalar nonnegative; y: vector(m)": 'convex',
  'sum(exp(A*x))+norm2(B*y)^2 | x y | B: matrix(m, k)': 'convex',
  '-sum(cosh(A*x)) | x': 'concave',
  'exp(sum(abs(A*x))) | x': 'convex',
  'exp(max(A*x+b))-min(B*x) | x | B: matrix(m, n)': 'convex',
  "w'*x.^2 | x | w: vector(n) nonnegative": 'convex',
  'sum(log(A*x)) | x': 'concave',
  'log(min(A*x)) | x': 'concave',
  'sum(x.*log(x)) | x': 'convex',
  "w'*((A*x+b).*log(A*x+b)) | x | w: vector(m) nonpositive": 'concave',
  "-logdet(V*diag(x)*V') | x | V: matrix(m, n); x: vector(n) nonnegative": 'convex',
  "log(det(S+V*diag(x)*V')) | x | S: matrix(m, m) psd; V: matrix(m, n); x: vector(n) nonnegative": 'concave',
  // Not told by form.
  "-logdet(V*diag(x)*V') | x | V: matrix(m, n); x: vector(n)": 'not told',
  'logdet(S+diag(x)) | x | S: matrix(n, n) symmetric; x: vector(n)': 'not told',
  'c*sum(exp(A*x)) | x': 'not told',
  'sum(exp(A*x))-sum(exp(B*x)) | x | B: matrix(m, n)': 'not told',
  'sum((A*x).^3) | x': 'not told',
  'exp(-norm2(A*x)^2) | x': 'not told',
  'sum(sin(A*x)) | x': 'not told',
  'sum((A*x).*(B*x)) | x | B: matrix(m, n)': 'not told',
  'sum(exp(min(A*x, b))) | x': 'not told',
  'log(sum(x.^2)) | x': 'not told',
  'sum(x.*log(y)) | x y | x: vector(n); y: vector(n)': 'not told',
  'x*sum(y.*log(y)) | x y | x: scalar; y: vector(n)': 'not told',
  'sum(x)*sum(log(x)) | x': 'not told',
};

describe('curvature by form', () => {
  test.each(Object.entries(words))('%s: %s', (line, word) => expect(bends(line)).toBe(word));
});

/** f(before), f(here), f(after) of points on a line, halfway between each other. */
function onLine(f: (values: ReadonlyMap<string, Dense>) => Dense, middle: ReadonlyMap<string, Dense>, moving: readonly VariableNode[], normal: () => number): number[] {
  const step = new Map(moving.map((v) => [v.name, must(middle.get(v.name)).data.map(() => 0.2 * normal())]));
  return [-1, 0, 1].map((t) => must(f(new Map([...middle].map(([name, x]) => [name, dense(x.shape, x.data.map((e, i) => e + t * (step.get(name)?.[i] ?? 0)))]))).data[0]));
}

test('what is told of random expressions never contradicts three values on a line', () => {
  let told = 0;
  for (let seed = 1; seed <= 600; seed++) {
    const tree = generate({ seed, depth: 1 + (seed % 2), rational: false });
    inContext(newContext(), () => {
      const f = simplify(total(readOrThrow(textOf(tree), declarationsOf(tree)).expr), lazy);
      const stream = random(seed);
      const all = variablesOf([f]);
      const by = all.filter((_, k) => k === 0 || stream.uniform() < 0.5);
      const says = by.length === 0 ? undefined : composed(f, by);
      if (!says) return;
      told++;
      const sizes = sampleSizes([f], stream, seed % 2 === 1);
      const run = interpreter([f], sizes);
      for (let k = 0; k < 6; k++) {
        const [before, here, after] = onLine((values) => must(run(values)[0]), sample(all, sizes, stream).values, by, () => stream.normal()) as [number, number, number];
        const size = Math.max(Math.abs(before), Math.abs(here), Math.abs(after));
        if (!Number.isFinite(size)) continue;
        const bent = before - 2 * here + after;
        if (!says.endsWith('concave')) expect(bent, `${textOf(tree)} told ${says}, seed ${seed}`).toBeGreaterThanOrEqual(-1e-9 * size);
        if (!says.endsWith('convex')) expect(bent, `${textOf(tree)} told ${says}, seed ${seed}`).toBeLessThanOrEqual(1e-9 * size);
      }
    });
  }
  expect(told).toBeGreaterThan(100);
});

test.each(allOps().filter((op) => op.curvature).map((op) => [op.name, op] as const))('the curvature of %s is that of its values', (_, op) => {
  const { is, grows } = must(op.curvature);
  const sign = is === 'convex' ? 1 : -1;
  const stream = random(3);
  for (let turn = 0; turn < 40; turn++) {
    const params = turn % 2 === 0 ? [1] : [2];
    const shapes = op.ranks(params).map((rank) => Array<number>(rank).fill(3));
    const draw = (scale: number, from = 0): number[][] => shapes.map((shape) => symmetric(shape, Array.from({ length: 3 ** shape.length }, (_e, at) => (shape.length < 2 || at % 4 === 0 ? from : 0) + scale * stream.normal())));
    const value = (args: readonly number[][]): ArrayLike<number> => op.value(args.map((a, k) => dense(must(shapes[k]), a)), params).data;
    // Far from where a function ends: matrices are about as much of the identity.
    const [a, d] = op.needs ? [draw(1, 10), draw(0.5)] : [draw(1), draw(0.5)];
    const at = (t: number): ArrayLike<number> => value(a.map((x, k) => x.map((e, i) => e + t * must(must(d[k])[i]))));
    const [before, here, after] = [at(-1), at(0), at(1)];
    for (let i = 0; i < here.length; i++) expect(sign * (before[i]! - 2 * here[i]! + after[i]!)).toBeGreaterThanOrEqual(-1e-9 * (1 + Math.abs(here[i]!)));
    if (op.byArgument) {
      const times = (t: number): number => (must(must(a[0])[0]) + t * must(must(d[0])[0])) * at(t)[0]!;
      expect((op.byArgument === 'convex' ? 1 : -1) * (times(-1) - 2 * times(0) + times(1))).toBeGreaterThanOrEqual(-1e-9);
    }
    grows.forEach((way, k) => {
      if (way === 0 || !Number.isFinite(here[0]!)) return;
      const more = value(a.map((x, j) => (j === k ? x.map((e) => e + Math.abs(stream.normal())) : x)));
      for (let i = 0; i < here.length; i++) expect(way * (more[i]! - here[i]!)).toBeGreaterThanOrEqual(-1e-12);
    });
  }
});

function symmetric(shape: readonly number[], data: readonly number[]): number[] {
  const [n = 0] = shape;
  return shape.length < 2 ? [...data] : data.map((e, at) => (e + must(data[(at % n) * n + Math.floor(at / n)])) / 2);
}
