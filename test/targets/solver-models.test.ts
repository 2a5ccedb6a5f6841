// Exported programs on models of many kinds, data and scales against our own solver: NumPy all of them, TypeScript a third.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { must } from '../../src/base/internal.ts';
import { solverCode } from '../../src/pipeline/solver-code.ts';
import { solve } from '../../src/solve/index.ts';
import { type SolverModel, solverModels } from '../helpers/solver-models.ts';

interface Answer {
  readonly error?: string;
  readonly status: string;
  readonly objective: number;
  readonly violation: number;
  readonly multipliers: Readonly<Record<string, unknown>>;
}

const python = process.env['RICCI_PYTHON'] ?? join(import.meta.dirname, '../../.venv/bin/python');
const hasNumpy = existsSync(python) && spawnSync(python, ['-c', 'import numpy']).status === 0;
const models = solverModels(20);
const folder = mkdtempSync(join(tmpdir(), 'ricci-models-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectSolved({ model, data, start, outcome }: SolverModel, answer: Answer): void {
  expect(answer.error).toBeUndefined();
  if (outcome) {
    expect(answer.status).toContain(outcome);
    return;
  }
  const ours = solve(model, data, { ...(start && { start }) });
  expect(answer.status).toBe(ours.outcome);
  expect(Math.abs(answer.objective - ours.objective)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(ours.objective)));
  expect(answer.violation).toBeLessThanOrEqual(1e-7);
  expect(Object.keys(answer.multipliers)).toEqual(Object.keys(ours.multipliers));
}

describe.skipIf(!hasNumpy)('NumPy', () => {
  const answers = new Map<string, Answer>();

  test('all of them, in one process', { timeout: 240_000 }, () => {
    const jobs = models.map(({ model, data, start }, k) => {
      const path = join(folder, `model${k}.py`);
      writeFileSync(path, solverCode(model, 'numpy').text);
      return { path, data, start };
    });
    const done = spawnSync(python, [join(import.meta.dirname, 'run-solvers.py')], { input: JSON.stringify(jobs), encoding: 'utf8', maxBuffer: 1e8 });
    expect(done.stderr).toBe('');
    (JSON.parse(done.stdout) as readonly Answer[]).forEach((answer, k) => answers.set(must(models[k]).name, answer));
  });

  test.each(models.map((m) => [m.name, m] as const))('%s', { timeout: 60_000 }, (name, model) => expectSolved(model, must(answers.get(name))));
});

/** As an exported program takes it. */
function given(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const rows = value as readonly (number | readonly number[])[];
  const [first] = rows;
  return Array.isArray(first) ? { rows: rows.length, cols: first.length, data: Float64Array.from(rows.flat()) } : Float64Array.from(rows as readonly number[]);
}

const all = (values: SolverModel['data'] = {}): Record<string, unknown> => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, given(value)]));

describe('TypeScript', () => {
  test.each(models.filter((_, k) => k % 3 === 2).map((m) => [m.name, m] as const))('%s', { timeout: 60_000 }, async (name, model) => {
    const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.ts`);
    writeFileSync(path, solverCode(model.model, 'typescript').text);
    const program = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { solve: (parameters: unknown, options: unknown) => Answer; selfTest: () => number };
    expect(program.selfTest()).toBeLessThan(1e-6);
    expectSolved(model, program.solve(all(model.data), { ...(model.start && { start: all(model.start) }) }));
  });
});
