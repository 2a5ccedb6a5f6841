import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNpz } from '../../../../src/data/npz.ts';
import type { Work } from '../work.ts';
import { model } from './model.ts';
import { type SolveNews, type SolveQuestion, solve } from './solve.ts';

const lasso = 'parameters\n  matrix A\n  vector b\n  scalar c\nvariables\n  vector x\nmin\n  norm2(A*x-b)^2 + c*norm1(x)\n';
const values = '{"A": [[1, 0], [0, 2], [1, 1]], "b": [1, 2, 3], "c": 0.5}';

function work(news: SolveNews[] = [], listen: Work['onMessage'] = () => {}): Work {
  return { progress: (one) => news.push(one as SolveNews), onMessage: listen, memory: new Map() };
}

const question = { model: lasso, values, files: [], draw: undefined };
const solveQuestion: SolveQuestion = { ...question, method: '', seconds: 20, isWarm: false };

describe('the reading of a model', () => {
  test('without numbers: what is missing is named', async () => {
    const { missing, reading, diagnostics } = await model({ ...question, values: '' }, work());
    expect(missing).toEqual(['A', 'b', 'c']);
    expect(reading!.convexity).toMatch(/^yes/);
    expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  });
  test('with numbers: sizes and scalars are those of the data', async () => {
    const { scalars, reading, missing, sources } = await model(question, work());
    expect([scalars, missing]).toEqual([[['c', 0.5]], []]);
    expect(reading!.given[0]!.type).toBe('matrix(3, 2)');
    expect(sources.map((s) => s.from)).toEqual(['typed', 'typed', 'typed']);
  });
  test('drawn numbers are the same from the same seed, of the chosen sizes', async () => {
    const drawn = await model({ ...question, values: '{"c": 1}', draw: { seed: 3, sizes: { m: 30, n: 4 } } }, work());
    expect(drawn.missing).toEqual([]);
    expect(Object.keys(drawn.sizes).length).toBe(2);
    expect(drawn.sources.map((s) => s.from)).toEqual(['typed', 'drawn', 'drawn']);
  });
  test('a mistake in the text is told with its place, one in the numbers apart', async () => {
    const wrong = await model({ ...question, model: lasso.replace('norm1(x)', 'norm1(x') }, work());
    expect(wrong.diagnostics[0]!.severity).toBe('error');
    expect(wrong.reading).toBeUndefined();
    const data = await model({ ...question, values: '{"A": [[1, 0]], "b": [1, 2, 3], "c": 0.5}' }, work());
    expect(data.dataProblems[0]!.message).toMatch(/[Ab]/);
    expect(data.reading).toBeDefined();
  });
  test('a file is read in the worker; one that cannot be read says why', async () => {
    const file = new File(['1,0\n0,2\n1,1\n'], 'A.csv');
    const { sources } = await model({ ...question, values: '{"b": [1, 2, 3], "c": 1}', files: [file] }, work());
    expect(sources.find((s) => s.name === 'A')).toEqual({ name: 'A', shape: [3, 2], from: 'A.csv' });
    const bad = await model({ ...question, files: [new File(['not a zip'], 'data.npz')] }, work());
    expect(bad.dataProblems[0]!.message).toContain('data.npz');
  });
});

describe('a solve', () => {
  test('ends with an optimum, its multipliers and a file', async () => {
    const solved = await solve(solveQuestion, work());
    expect(solved).toMatchObject({ outcome: 'optimal (global)', isOptimal: true });
    const arrays = await readNpz('x.npz', solved.file, 'x');
    expect([...arrays.keys()]).toContain('x');
    expect(solved.x[0]).toMatchObject({ shape: [2], left: 0 });
    expect(solved.x[0]!.value).toHaveLength(2);
  });
  test('told to stop before it has begun, it ends at its start', async () => {
    const { outcome, iterations } = await solve(solveQuestion, work([], (listener) => (listener('pause'), listener('stop'))));
    expect([outcome, iterations]).toEqual(['stopped', 0]);
  });
  test('stops when it is told to, with the best point so far', async () => {
    // Many local optima and steep valleys: many starts, none soon done.
    const endless = 'parameters\n  matrix X\n  vector y\nvariables\n  vector w\nmin\n  norm2(sin(X*w)-y)^2 + sum(cos(100*w)).^2\n';
    const news: SolveNews[] = [];
    const solving = solve({ ...solveQuestion, model: endless, values: '', draw: { seed: 1, sizes: { m: 400, n: 120 } } }, work(news, (listener) => setTimeout(() => listener('stop'), 150)));
    const solved = await solving;
    expect(solved.seconds).toBeLessThan(10);
    expect(solved.objective).toBeGreaterThan(0);
  });
  test('a second solve starts from the first', async () => {
    const one = work();
    const cold = await solve(solveQuestion, one);
    const warm = await solve({ ...solveQuestion, values: values.replace('0.5', '0.501'), isWarm: true }, one);
    expect(warm.outcome).toBe('optimal (global)');
    expect(warm.iterations).toBeLessThanOrEqual(cold.iterations);
  });
});

describe('published models', () => {
  const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../test/models.json'), 'utf8')) as { id: string; model: string; data: object }[];
  test.each(cases.slice(0, 8).map((c) => [c.id, c] as const))('%s is read', async (_, c) => {
    const { reading, dataProblems } = await model({ model: c.model, values: JSON.stringify(c.data), files: [], draw: undefined }, work());
    expect(dataProblems.filter((d) => d.severity === 'error')).toEqual([]);
    expect(reading!.method?.name).toBeTruthy();
  });
});
