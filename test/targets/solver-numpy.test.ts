// Models as NumPy and JAX programs that solve them without us, run by the real libraries in one process each.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { must } from '../../src/base/internal.ts';
import { solverCode } from '../../src/pipeline/solver-code.ts';
import { type Given, solve } from '../../src/solve/index.ts';

const python = process.env['RICCI_PYTHON'] ?? join(import.meta.dirname, '../../.venv/bin/python');

function hasModule(name: string): boolean {
  const isThere = existsSync(python) && spawnSync(python, ['-c', `import ${name}`]).status === 0;
  if (!isThere) process.stdout.write(`exported solvers are not run in ${name}: ${python} has none\n`);
  return isThere;
}

interface Case {
  readonly id: string;
  readonly name: string;
  readonly model: string;
  readonly data: Given;
  readonly start?: Given;
  readonly optimum: number | null;
  readonly outcome: string;
  readonly convex: boolean;
}

interface Job {
  readonly model: string;
  readonly data: Given;
  readonly start?: Given;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly stop?: number;
}

type Nested = number | readonly Nested[];

interface Answer {
  readonly error?: string;
  readonly status: string;
  readonly objective: number;
  readonly x: Readonly<Record<string, Nested>>;
  readonly multipliers: Readonly<Record<string, Nested>>;
  readonly stationarity: number;
  readonly violation: number;
  readonly seen: number;
  readonly iterations: number;
}

const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../models.json'), 'utf8')) as readonly Case[];
const folder = mkdtempSync(join(tmpdir(), 'ricci-solvers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(jobs: readonly Job[], target: 'numpy' | 'jax'): readonly Answer[] {
  const input = jobs.map(({ model, ...job }, k) => {
    const path = join(folder, `${target}${k}.py`);
    writeFileSync(path, solverCode(model, target).text);
    return { ...job, path };
  });
  const done = spawnSync(python, [join(import.meta.dirname, 'run-solvers.py')], { input: JSON.stringify(input), encoding: 'utf8', maxBuffer: 1e8 });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as readonly Answer[];
}

function expectSolved({ optimum, outcome, convex }: Case, answer: Answer): void {
  expect(answer.error).toBeUndefined();
  if (optimum === null) {
    expect(answer.status).toContain(outcome);
    return;
  }
  expect(answer.status).toMatch(/^optimal/);
  if (!convex) expect(answer.status).not.toBe('optimal (global)');
  expect(Math.abs(answer.objective - optimum)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(optimum)));
}

const flat = (value: Nested | undefined): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value as number]);

describe.skipIf(!hasModule('numpy'))('exported to NumPy', () => {
  const answers = new Map<string, Answer>();
  test('every case of the set, in one process', { timeout: 120_000 }, () => {
    const list = run(cases, 'numpy');
    cases.forEach((c, k) => answers.set(c.id, must(list[k])));
    expect(answers.size).toBe(cases.length);
  });

  test.each(cases.map((c) => [c.id, c.name, c] as const))('%s %s', (id, _name, c) => expectSolved(c, must(answers.get(id))));

  // Where multipliers are unique they are those of our own solver, signs and all.
  test.each(['A3', 'A4', 'A9', 'A20', 'A27', 'A28', 'A30', 'A31', 'A45'])('multipliers of %s', (id) => {
    const c = must(cases.find((one) => one.id === id));
    const ours = solve(c.model, c.data, { ...(c.start && { start: c.start }) });
    const { multipliers } = must(answers.get(id));
    expect(Object.keys(multipliers)).toEqual(Object.keys(ours.multipliers));
    for (const [name, value] of Object.entries(ours.multipliers)) {
      const size = Math.max(1, ...value.data.map(Math.abs));
      flat(multipliers[name]).forEach((m, i) => expect(Math.abs(m - value.data[i]!)).toBeLessThanOrEqual(1e-4 * size));
    }
  });

  const lasso = 'parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n norm2(A*x-b)^2 + c*norm1(x)';
  const small = { A: [[1, 2], [3, 4], [5, 6]], b: [1, 2, 3], c: 0.1 };
  const free = 'parameters\n matrix X symmetric\nvariables\n matrix U\nmin\n norm2(U*U\'-X)^2';

  test('arguments are checked, in words', { timeout: 60_000 }, () => {
    const [shape, unknown, negative, unsized, badStart, infinite, form] = run(
      [
        { model: lasso, data: { ...small, b: [1, 2] } },
        { model: lasso, data: small, start: { w: [1, 2] } },
        { model: lasso, data: { ...small, c: -1 } },
        { model: free, data: { X: [[1, 2], [2, 5]] } },
        { model: lasso, data: small, start: { x: [1, 2, 3] } },
        { model: lasso, data: { ...small, c: null as unknown as number } },
        { model: free, data: { X: [[1, 2], [3, 5]] }, start: { U: [[1], [1]] } },
      ],
      'numpy',
    );
    expect(shape?.error).toBe('ValueError: b must have shape (m,) with m = 3 from A, got (2,)');
    expect(unknown?.error).toBe("ValueError: 'w' is not a variable; there are x");
    expect(negative?.error).toBe('ValueError: c must be at least 0: the program was written for that');
    expect(unsized?.error).toContain("nothing says how large U is: give start={'U': an array of shape (");
    expect(badStart?.error).toBe('ValueError: the start value of x must have shape (2,), got (3,)');
    expect(infinite?.error).toBe('ValueError: c has entries that are not finite');
    expect(form?.error).toBe('ValueError: X must be symmetric: the program was written for that');
  });

  test('what is no number, no start and no option is refused, in words', { timeout: 60_000 }, () => {
    const [text, ragged, listed, missing, tolerance, iterations, starts] = run(
      [
        { model: lasso, data: { ...small, b: 'high' as unknown as number } },
        { model: lasso, data: { ...small, A: [[1, 2], [3], [5, 6]] } },
        { model: lasso, data: small, start: [0, 0] as unknown as Given },
        { model: lasso, data: { A: small.A, b: small.b } },
        { model: lasso, data: small, options: { tolerance: -1 } },
        { model: lasso, data: small, options: { max_iterations: 0 } },
        { model: lasso, data: small, options: { starts: 0 } },
      ],
      'numpy',
    );
    expect(text?.error).toBe("TypeError: b must be a number or an array of real numbers, got 'high'");
    expect(ragged?.error).toBe('TypeError: A must be a number or an array of real numbers, got [[1, 2], [3], [5, 6]]');
    expect(listed?.error).toBe('TypeError: start must be a dict of values by name of the variable, got list');
    expect(missing?.error).toBe("TypeError: solve() missing 1 required positional argument: 'c'");
    expect(tolerance?.error).toBe('ValueError: tolerance must lie between 0 and 1, got -1');
    expect(iterations?.error).toBe('ValueError: max_iterations must be at least 1, got 0');
    expect(starts?.error).toBe('ValueError: starts must be at least 1, got 0');
  });

  test('programs have only what they call', () => {
    const text = solverCode(lasso, 'numpy').text;
    const defined = [...text.matchAll(/^(?:def|class) (\w+)/gm)].map((m) => m[1]!);
    for (const name of defined) expect([name, text.split(new RegExp(`\\b${name}\\b`)).length > 2 || ['solve', 'Result'].includes(name)]).toEqual([name, true]);
    expect(defined).not.toContain('_augmented_lagrangian');
  });

  // Here the factor is zero, and stationary for every objective.
  test('a start at which the factor of a semidefinite variable is stationary is left', { timeout: 60_000 }, () => {
    const model = 'parameters\n matrix C symmetric\nvariables\n matrix X psd\nmin\n norm2(X-C)^2';
    const [answer] = run([{ model, data: { C: [[1, 2], [2, 1]] }, start: { X: [[0, 0], [0, 0]] } }], 'numpy');
    expect(answer?.status).toBe('optimal (global)');
    expect(answer?.objective).toBeCloseTo(1, 7);
    expect(flat(answer?.multipliers['X psd']).map((v) => Math.round(1e5 * v) / 1e5)).toEqual([1, -1, -1, 1]);
  });

  test('the first start is one where the gradient is defined', { timeout: 60_000 }, () => {
    const model = 'parameters\n vector a\nvariables\n vector x\nmin\n norm2(x)+norm2(x-a)^2';
    const [answer] = run([{ model, data: { a: [3, 4] }, options: { starts: 1 } }], 'numpy');
    expect(answer?.status).toBe('optimal (global)');
    expect(answer?.objective).toBeCloseTo(4.75, 7);
  });

  test('the callback sees every step and can stop; iterations are limited', { timeout: 60_000 }, () => {
    const c = must(cases.find((one) => one.id === 'A10'));
    const [stopped, limited] = run([{ ...c, stop: 5 }, { ...c, options: { max_iterations: 7 } }], 'numpy');
    expect(stopped).toMatchObject({ status: 'stopped (callback)', seen: 5, iterations: 5 });
    expect(limited).toMatchObject({ status: 'stopped (iterations)', iterations: 7 });
  });

  test('parameters keep their names, whatever the program calls its own', { timeout: 60_000 }, () => {
    const names = ['z', 'y', 'rho', 'lower', 'upper', 'weights', 'evaluate', 'result', 'norms', 'bounds', 'equal', 'values', 'guess', 'given'];
    const model = `parameters\n vector ${names.join(', ')}\nvariables\n vector first\nmax\n -norm2(first-${names.join('-')})^2\nst\n first <= 1\n sum(first) == 2`;
    const data = Object.fromEntries(names.map((n, k) => [n, [k, 1, -0.5 * k]]));
    const [answer] = run([{ model, data }], 'numpy');
    const ours = solve(model, data);
    expect(answer?.error).toBeUndefined();
    expect(answer?.status).toBe('optimal (global)');
    expect(answer?.objective).toBeCloseTo(ours.objective, 5);
    flat(answer?.multipliers['sum(first) == 2']).forEach((m) => expect(m).toBeCloseTo(must(ours.multipliers['sum(first) == 2']).data[0]!, 4));
  });

  test('structured variables, a semidefinite one, equations that fix, maxima', { timeout: 60_000 }, () => {
    const models: readonly Job[] = [
      { model: 'parameters\n matrix C symmetric\nvariables\n matrix X symmetric\nmin\n norm2(X-C)^2\nst\n X >= 0\n tr(X) == 1', data: { C: [[1, -1], [-1, 2]] } },
      { model: 'parameters\n matrix C symmetric\nvariables\n matrix X psd\nmin\n norm2(X-C)^2', data: { C: [[1, 2], [2, 1]] } },
      { model: 'parameters\n vector a, b\nvariables\n vector x\nmin\n norm2(x-a)^2\nst\n x == b', data: { a: [1, 2], b: [3, 5] } },
      { model: 'parameters\n matrix A\n vector b\nvariables\n vector x\nmin\n max(A*x-b) + norm2(x)^2', data: { A: [[1, 2], [3, -1], [0, 1]], b: [1, -2, 0.5] } },
      { model: 'parameters\n vector a\nvariables\n vector x in simplex\nmin\n -sum(a.*log(x))', data: { a: [1, 2, 3] } },
      { model: 'parameters\n matrix C\nvariables\n matrix L lower\nmin\n norm2(L-C)^2\nst\n L >= 0', data: { C: [[1, 5], [-1, 2]] } },
    ];
    run(models, 'numpy').forEach((answer, k) => {
      const { model, data } = must(models[k]);
      const ours = solve(model, data);
      expect(answer).toMatchObject({ status: expect.stringMatching(/^optimal/) as string });
      expect(Math.abs(answer.objective - ours.objective)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(ours.objective)));
    });
  });

  test('the file tests itself', { timeout: 60_000 }, () => {
    const path = join(folder, 'itself.py');
    writeFileSync(path, solverCode(must(cases.find((c) => c.id === 'A45')).model, 'numpy').text);
    const done = spawnSync(python, [path], { encoding: 'utf8' });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout).toMatch(/gradients: relative error [\d.]+e-1\d\nrandom data: optimal \(global\)/);
  });
});

describe.skipIf(!hasModule('jax'))('exported to JAX', () => {
  test('a sample of the set', { timeout: 240_000 }, () => {
    const sample = cases.filter((c) => ['A5', 'A9', 'A23', 'A33', 'A36', 'A49', 'A50'].includes(c.id));
    run(sample, 'jax').forEach((answer, k) => expectSolved(must(sample[k]), answer));
  });
});
