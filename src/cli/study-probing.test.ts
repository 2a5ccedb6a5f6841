// The command of the probing audit, as a process of its own, on a small table and on wrong ones.

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newStream } from '../studies/harness/random.ts';

const main = join(import.meta.dirname, 'main.ts');
let folder = '';
const put = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const probing = (...args: string[]): SpawnSyncReturns<string> => spawnSync(process.execPath, [main, 'study', 'probing', ...args], { encoding: 'utf8', cwd: folder, env: { ...process.env, NO_COLOR: '1' } });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ricci-'));
  const rows = Array.from({ length: 60 }, (_, i) => newStream('cli').split(i).normals(5));
  put('vectors.csv', `word,a,b,c,d,e\n${rows.map((row, i) => `w${i},${row.join(',')}`).join('\n')}\n`);
  const pairs = rows.flatMap((row, i) => ['red', 'round', 'big'].flatMap((name, j) => (row[j]! > 0.3 ? [`w${i},${name}`] : [])));
  put('features.csv', `word,feature\n${pairs.join('\n')}\n`);
  put('rare.csv', `word,feature\n${pairs.join('\n')}\nw3,purple\n`);
  put('broken.csv', `word,a\n${rows.map((row, i) => `w${i},${i === 7 ? 'n/a' : row[0]}`).join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tables = ['--embeddings', 'vectors.csv', '--features', 'features.csv'];
const quick = ['--models', 'ridge', '--controls', 'rows permuted,random direction,random ball', '--permutations', '20', '--curve', 'none'];

describe('ricci study probing', () => {
  it('answers, and writes a report with its figures', () => {
    const { stdout, status, stderr } = probing(...tables, ...quick, '-o', 'out');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('ridge: Above base rate but not above meaningless geometry');
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['controls.svg', 'features.svg', 'report.json', 'report.md', 'sparsity.svg']);
    expect(readFileSync(join(folder, 'out/report.md'), 'utf8')).toContain('ricci study probing --embeddings vectors.csv --features features.csv --models ridge');
    const json = JSON.parse(readFileSync(join(folder, 'out/report.json'), 'utf8'));
    expect(json).toMatchObject({ format: 'ricci-report', study: 'probing', audit: { verdict: { kind: 'above base rate but not above meaningless geometry', metric: 'precision' } } });
    expect(json.audit.perFeature.map((f: { name: string }) => f.name).sort()).toEqual(['big', 'red', 'round']);
    expect(json.audit.models[0].controls.map((c: { draws: unknown[] }) => c.draws.length)).toEqual([20, 20, 20]);
  });

  it('gives JSON', () => {
    const { stdout } = probing(...tables, ...quick, '--repeats', '2', '--permutations', '2', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ study: 'probing', audit: { verdict: { kind: 'undecided' } } });
  });

  it.each<[string, string[], number, RegExp]>([
    ['a feature of one word', ['--embeddings', 'vectors.csv', '--features', 'rare.csv'], 1, /purple \(1 word\)[\s\S]*--least 5/],
    ['a number that is none', ['--embeddings', 'broken.csv', '--features', 'features.csv'], 1, /line 9, a[\s\S]*n\/a/],
    ['the tables changed over', ['--embeddings', 'features.csv', '--features', 'vectors.csv'], 1, /features\.csv/],
    ['no features', ['--embeddings', 'vectors.csv'], 2, /the features are missing/],
    ['a file that is not there', ['--embeddings', 'none.csv', '--features', 'features.csv'], 2, /none\.csv/],
    ['a control that is none', [...tables, '--controls', 'shuffle'], 1, /rows permuted[\s\S]*shuffle/],
    ['a number of draws that is none', [...tables, '--repeats', 'many'], 2, /--repeats/],
    ['a folder that is a file', [...tables, '-o', 'vectors.csv'], 2, /vectors\.csv is a file/],
  ])('says what is wrong and writes nothing: %s', (_name, args, code, text) => {
    const { stdout, stderr, status } = probing('-o', 'nothing', ...args);
    expect(`${stdout}${stderr}`).toMatch(text);
    expect(status).toBe(code);
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });

  it('leaves rare features out when asked', () => {
    const { stdout, status } = probing('--embeddings', 'vectors.csv', '--features', 'rare.csv', ...quick, '--repeats', '2', '--permutations', '2', '--least', '5');
    expect(status).toBe(0);
    expect(stdout).toContain('1 features were left out');
  });
});
