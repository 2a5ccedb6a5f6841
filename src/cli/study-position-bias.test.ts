// The command, with files, and what it does with input that is wrong.

import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpz } from '../data/npz.ts';
import { runCommand } from './command.ts';
import type { Io } from './io.ts';
import { paintFor } from './paint.ts';
import { studyCommand } from './study.ts';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'ricci-study-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function asked(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await runCommand(studyCommand, ['position-bias', ...args], { out: (text: string) => void lines.push(text), paint: paintFor(false, {}) } as unknown as Io);
  return lines.join('\n');
}

const file = (name: string, text: string | Uint8Array): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('ricci study position-bias', () => {
  it('reads YAML, with flags in the place of its fields', async () => {
    const path = file('stack.yaml', 'length: 16\nlayers: 4\nheads: 4\npositions: alibi\nresidual: 0.3\n');
    const report = JSON.parse(await asked(path, '--json')) as { tables: { name: string; rows: unknown[][] }[]; setting: Record<string, unknown> };
    expect(report.tables.find((t) => t.name === 'Profile')?.rows[0]?.[1]).toBeCloseTo(0.080051, 6);
    const other = JSON.parse(await asked(path, '--json', '--residual', '0.1', '--mask', 'window:3', '--query', '7')) as typeof report;
    expect(other.setting).toMatchObject({ positions: 16, query: 7, mask: 'window 3', 'residual weight': 'constant 0.1' });
  });

  it('writes a report, its figures and the design', async () => {
    const out = join(folder, 'made', 'report');
    const text = await asked('--length', '16', '--layers', '3', '--heads', '2', '--positions', 'alibi', '--residual', '0.2', '--gradient', '--design', 'slopes', '--exact', 'frozen', '--dimension', '8', '--seeds', '1', '-o', out);
    expect(readdirSync(out).sort()).toEqual(['depth.svg', 'design.json', 'profile.svg', 'report.json', 'report.md']);
    expect(text).toMatch(/What moves the valley[\s\S]*The exact Jacobian[\s\S]*Design/);
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toMatch(/Control: one constant λ/);
    expect(await asked(join(out, 'design.json'))).toMatch(/Position bias of an attention stack/);
  });

  it('reads attention, weights and measurements from files', async () => {
    const square = { shape: [3, 3], data: Float64Array.of(1, 0, 0, 0.5, 0.5, 0, 0.2, 0.3, 0.5) };
    const attention = file('attention.npz', writeNpz(new Map([['A', square]])));
    const described = file('given.yaml', 'length: 3\nlayers: 1\nresidual: 0.5\npositions: { attention: attention.npz }\n');
    const measured = file('measured.csv', '1\n2\n3\n');
    const zeros = (...shape: number[]) => ({ shape, data: Float64Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i + 1)) });
    const weights = file('weights.npz', writeNpz(new Map([['X', zeros(3, 4)], ['V', zeros(1, 4, 2)], ['O', zeros(1, 2, 4)]])));
    const [fromFile, fromFlag] = [await asked(described, '--json'), await asked('--length', '3', '--layers', '1', '--residual', '0.5', '--attention', attention, '--json')];
    const tables = (text: string): unknown => (JSON.parse(text) as { tables: unknown }).tables;
    expect(tables(fromFile)).toEqual(tables(fromFlag));
    expect(JSON.parse(fromFile)).toMatchObject({ command: `ricci study position-bias ${described}` });
    expect(await asked(described, '--against', measured, '--exact', 'full', '--weights', weights)).toMatch(/rollout, as described\s+1\b[\s\S]*given weights, d = 4/);
  });

  it.each([
    ['a schedule outside [0, 1]', ['--layers', '3', '--residual', '0.1,0.2,1.5'], /residual\[2\]/],
    ['a mask that leaves rows empty', ['--layers', '3', '--residual', '0.1', '--mask', 'window:0'], /leaves every row empty/],
    ['a list of wrong length', ['--layers', '3', '--residual', '0.1,0.2'], /residual: this list cannot be used/],
    ['an option of the exact Jacobian alone', ['--layers', '3', '--residual', '0.1', '--seeds', '1'], /for the exact Jacobian/],
    ['bounds that are none', ['--layers', '3', '--residual', '0.1', '--design', 'residual', '--bounds', 'residual'], /gives no bounds/],
    ['a query that is no position', ['--layers', '3', '--residual', '0.1', '--query', '64'], /no such position/],
    ['no layers', ['--residual', '0.1'], /number of layers is missing/],
    ['a file that is not there', ['nowhere.yaml'], /cannot read nowhere\.yaml/],
  ])('%s is told, and nothing is written', async (_name, args, message) => {
    const out = join(folder, 'never');
    await expect(asked(...args, '-o', out)).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ['no YAML', 'a: [1\nb', /is no YAML or JSON/],
    ['a field that is not known', 'length: 8\nlayers: 2\nresidual: 0.1\nlayer: 3\n', /layer: there is no such field/],
    ['NaN', 'length: 8\nlayers: 2\nresidual: .nan\n', /residual.*cannot be used/],
    ['a list', '- 1\n- 2\n', /no set of fields/],
  ])('a file with %s', async (name, text, message) => {
    await expect(asked(file(`${name.replaceAll(' ', '-')}.yaml`, text))).rejects.toThrow(message);
  });
});
