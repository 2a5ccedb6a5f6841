// Models as TypeScript programs that solve them: imported and run here, and one compiler run checks their types.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { must } from '../../src/base/internal.ts';
import { solverCode } from '../../src/pipeline/solver-code.ts';
import { type Given, solve } from '../../src/solve/index.ts';

interface Result {
  readonly status: string;
  readonly objective: number;
  readonly x: Readonly<Record<string, unknown>>;
  readonly multipliers: Readonly<Record<string, unknown>>;
  readonly iterations: number;
}

interface Program {
  readonly solve: (parameters: Readonly<Record<string, unknown>>, options?: Readonly<Record<string, unknown>>) => Result;
  readonly selfTest: () => number;
}

interface Case {
  readonly id: string;
  readonly model: string;
  readonly data: Given;
  readonly start?: Given;
  readonly optimum: number | null;
  readonly outcome: string;
}

const cases = JSON.parse(readFileSync(join(import.meta.dirname, '../models.json'), 'utf8')) as readonly Case[];
const folder = mkdtempSync(join(tmpdir(), 'ricci-solver-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const files: string[] = [];

async function program(model: string): Promise<Program> {
  const path = join(folder, `p${files.length}.ts`);
  writeFileSync(path, solverCode(model, 'typescript').text);
  files.push(path);
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as Program;
}

/** As an exported program takes it. */
function given(value: unknown): unknown {
  if (typeof value === 'number') return value;
  const rows = value as readonly (number | readonly number[])[];
  const data = Float64Array.from(rows.flat());
  const [first] = rows;
  return Array.isArray(first) ? { rows: rows.length, cols: first.length, data } : data;
}

const all = (values: Given = {}): Record<string, unknown> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, given(value)]));
const numbers = (value: unknown): number[] => (typeof value === 'number' ? [value] : value instanceof Float64Array ? [...value] : [...(value as { data: Float64Array }).data]);

test.each(cases.map((c) => [c.id, c] as const))('%s', { timeout: 30_000 }, async (_id, c) => {
  const { solve: run, selfTest } = await program(c.model);
  expect(selfTest()).toBeLessThan(1e-6);
  const result = run(all(c.data), { ...(c.start && { start: all(c.start) }) });
  if (c.optimum === null) {
    expect(result.status).toContain(c.outcome);
    return;
  }
  expect(result.status).toMatch(/^optimal/);
  expect(Math.abs(result.objective - c.optimum)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(c.optimum)));
  if (!['A4', 'A20', 'A28', 'A45'].includes(c.id)) return;
  for (const [name, value] of Object.entries(solve(c.model, c.data).multipliers)) {
    const size = Math.max(1, ...value.data.map(Math.abs));
    numbers(result.multipliers[name]).forEach((m, i) => expect(Math.abs(m - value.data[i]!)).toBeLessThanOrEqual(1e-4 * size));
  }
});

const models = [
  { model: 'parameters\n matrix C symmetric\nvariables\n matrix X symmetric\nmin\n norm2(X-C)^2\nst\n X >= 0\n tr(X) == 1', data: { C: [[1, -1], [-1, 2]] } },
  { model: 'parameters\n matrix C symmetric\nvariables\n matrix X psd\nmin\n norm2(X-C)^2', data: { C: [[1, 2], [2, 1]] } },
  { model: 'parameters\n vector a, b\nvariables\n vector x\nmin\n norm2(x-a)^2\nst\n x == b', data: { a: [1, 2], b: [3, 5] } },
  { model: 'parameters\n vector dot, given, options, z, name, value\nvariables\n vector first\nmax\n -norm2(first-dot-given-options-z-name-value)^2\nst\n first <= 1', data: { dot: [1, 2], given: [0, 1], options: [1, 1], z: [-2, -5], name: [1, 0], value: [0, 2] } },
  { model: 'parameters\n matrix K pd\nvariables\n matrix L(2, 2) lower\nmin\n tr(K*L*L\')\nst\n L >= 0\n sum(L) >= 1', data: { K: [[2, 1], [1, 3]] } },
];

test.each(models.map((m) => [m.model, m] as const))('%s', async (_text, { model, data }) => {
  const { solve: run } = await program(model);
  const renamed = Object.fromEntries(Object.entries(all(data)).map(([name, value]) => [['dot', 'given'].includes(name) ? `${name}_` : name, value]));
  const result = run(renamed);
  const ours = solve(model, data);
  expect(result.status).toMatch(/^optimal/);
  expect(Math.abs(result.objective - ours.objective)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(ours.objective)));
});

test('arguments are checked, and a callback stops', async () => {
  const lasso = await program('parameters\n matrix A\n vector b\n scalar c\nvariables\n vector x\nmin\n norm2(A*x-b)^2 + c*norm1(x)');
  const good = all({ A: [[1, 2], [3, 4], [5, 6]], b: [1, 2, 3], c: 0.1 });
  expect(() => lasso.solve({ ...good, b: Float64Array.of(1, 2) })).toThrow('b must have shape (m,) with m = 3 from A, got (2,)');
  expect(() => lasso.solve({ A: good['A'], b: good['b'] })).toThrow('c must be a number, a Float64Array, or { rows, cols, data }');
  expect(() => lasso.solve({ ...good, b: [1, 2, 3] })).toThrow('b must be a number, a Float64Array, or { rows, cols, data }');
  expect(() => lasso.solve({ ...good, c: -1 })).toThrow('c must be at least 0: the program was written for that');
  expect(() => lasso.solve({ ...good, c: NaN })).toThrow('a parameter has entries that are not finite');
  expect(() => lasso.solve(good, { start: { w: 1 } })).toThrow('w is not a variable; there are x');
  expect(() => lasso.solve(good, { start: { x: Float64Array.of(1) } })).toThrow('the start value of x must have shape (2), got (1)');
  expect(lasso.solve(good, { onProgress: () => 'stop' })).toMatchObject({ status: 'stopped (callback)', iterations: 1 });
  const factor = await program("parameters\n matrix X symmetric\nvariables\n matrix U\nmin\n norm2(U*U'-X)^2");
  expect(() => factor.solve(all({ X: [[1, 2], [2, 5]] }))).toThrow('nothing says how large U is');
});

test('all programs pass the compiler in strict mode', { timeout: 60_000 }, () => {
  const config = { compilerOptions: { target: 'es2022', lib: ['es2022'], module: 'esnext', moduleResolution: 'bundler', types: [], strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noUnusedLocals: true, noUnusedParameters: true, isolatedDeclarations: true, declaration: true, erasableSyntaxOnly: true, noEmit: true }, files };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const compiler = join(import.meta.dirname, '../../node_modules/.bin/tsc');
  expect(files.length).toBeGreaterThan(cases.length);
  expect(must(spawnSync(compiler, ['-p', join(folder, 'tsconfig.json')], { encoding: 'utf8' }).stdout)).toBe('');
});
