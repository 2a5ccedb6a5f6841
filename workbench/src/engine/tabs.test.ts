import { describe, expect, test } from 'vitest';
import { convexity } from './convexity.ts';
import { graph } from './graph.ts';
import { indexNotation } from './index-notation.ts';
import { numbers } from './numbers.ts';
import { plan } from './plan.ts';
import { program } from './program.ts';
import type { Question } from './question.ts';
import { steps } from './steps.ts';

const question: Question = { text: 'norm2(A*x-y)^2', declare: '', by: ['x'], layout: 'mixed', symmetric: 'projected' };

describe('what stands under an answer', () => {
  test('steps, each with its rule', () => {
    const [order] = steps(question);
    expect(order!.by).toBe('x');
    expect(order!.lines.at(-1)!.after.text).toContain("A'");
    expect(order!.lines.every((line) => line.rule !== '' && line.says !== '')).toBe(true);
  });
  test('index notation', () => {
    expect(indexNotation(question).map((i) => i.title)).toEqual(['function', 'derivative by x']);
    expect(indexNotation(question)[1]!.text).toMatch(/sum\[/);
    expect(indexNotation(question)[1]!.mathml).toMatch(/^<math.*∑.*<msub>.*<\/math>$/);
  });
  test('a program', () => {
    const { path, text, targets } = program({ ...question, target: 'numpy', want: ['gradient'] });
    expect([path.endsWith('.py'), text.includes('def gradient(')]).toEqual([true, true]);
    expect(targets).toContain('cpp');
  });
  test('the plan for given sizes', () => {
    const { rows, sizes, memory } = plan({ ...question, dims: { n: 7 }, hessian: false });
    expect(rows.length).toBeGreaterThan(1);
    expect(memory).toBeGreaterThan(0);
    expect(new Set(sizes.map(([, size]) => size)).size).toBeGreaterThan(1);
  });
  test('numbers given and drawn, beside differences', () => {
    const found = numbers({ ...question, values: '{"x": [1, 2, 3]}', seed: 1 });
    expect(found.values['x']).toEqual([1, 2, 3]);
    expect(found.differences.map((d) => d.entry)).toEqual(['x[1]', 'x[2]', 'x[3]']);
    for (const { error } of found.differences) expect(error).toBeLessThan(1e-7);
    expect(numbers({ ...question, values: '', seed: 1 })).toEqual(numbers({ ...question, values: '', seed: 1 }));
  });
  test('numbers of a Hessian, and of a function with a domain', () => {
    const { differences } = numbers({ ...question, text: 'logdet(X)', declare: 'X: matrix(2, 2)', by: ['X', 'X'], values: '', seed: 3 });
    expect(differences).toHaveLength(16);
    expect(differences[1]!.entry).toBe('[1, 2] by X[1, 1]');
    for (const { error } of differences) expect(error).toBeLessThan(1e-6);
  });
  test.each([['{"x": "no"}'], ['[1]'], ['{"x": [1], "y": [1, 2], "A": [[1, 2, 3]]}'], ['{"x": [1, [2]]}']])('values that cannot be: %s', (values) => {
    expect(() => numbers({ ...question, values, seed: 1 })).toThrow(/error\[/);
  });
  test('a verdict with its proof, or with points that refute it', () => {
    expect(convexity(question)).toMatchObject({ kind: 'certified', says: expect.stringContaining('convex in x') as string });
    expect(convexity(question).proof.length).toBeGreaterThan(0);
    const refuted = convexity({ ...question, text: 'sum(log(1+x.^2))' });
    expect([refuted.kind, refuted.refutations.length]).toEqual(['neither', 2]);
    expect(() => convexity({ ...question, text: 'A*x' })).toThrow(/not-a-number/);
  });
  test('the graph: every wire has its two nodes, and runs upwards', () => {
    const { nodes, wires, left } = graph(question);
    expect(left).toBe(0);
    expect(new Set(nodes.flatMap((n) => n.root ?? []))).toEqual(new Set(['derivative', 'function']));
    for (const { from, to } of wires) expect(nodes[to]!.at.layer).toBeGreaterThan(nodes[from]!.at.layer);
    expect(new Set(nodes.map((n) => `${n.at.layer} ${n.at.x}`)).size).toBe(nodes.length);
    expect(nodes.find((n) => n.label === 'A*x')).toMatchObject({ kind: 'contract', says: 'vector(m)  n·m' });
  });
});
