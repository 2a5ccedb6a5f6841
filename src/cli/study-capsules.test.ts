import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'ricci-capsules-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function capsules(...args: string[]): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(process.execPath, [main, 'study', 'capsules', ...args], { encoding: 'utf8', cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
}

const tiny = ['--side', '6', '--capsules', '4', '--dim', '3', '--depth', '2', '--train', '60', '--test', '20', '--epochs', '1'];

describe('ricci study capsules', () => {
  it('forecasts from a file, with flags in the place of its fields', () => {
    writeFileSync(join(folder, 'network.yaml'), 'depth: 2\ncapsules: 6\nrouting: { iterations: 2 }\ninit: { sd: 0.1 }\n');
    const { stdout, status } = capsules('network.yaml', '--c', '0.8', '--forecast');
    expect(status).toBe(0);
    expect(stdout).toContain('c = 0.8: gradients and couplings are in order at the start');
    const json = JSON.parse(capsules('network.yaml', '--forecast', '--json').stdout) as { setting: Record<string, string>; tables: { name: string }[] };
    expect(json.setting).toMatchObject({ layers: '6×8, 10×8', routing: 'by agreement, 2 iterations, gradient through', 'start values': 'standard deviation 0.1', training: 'none' });
    expect(json.tables.map((t) => t.name)).toEqual(['Before training', 'The recursion', 'Scales at the start']);
  });

  it('writes report and figures, and the command that gives them again', () => {
    writeFileSync(join(folder, 'small.yaml'), 'features: { patch: 3, stride: 3, count: 4 }\nprimary: { types: 1, dim: 3 }\n');
    const { stdout, status } = capsules('small.yaml', ...tiny, '--sweep', '1,2', '--scales', '0.5,1', '--sweep-epochs', '1', '-o', 'out');
    expect(status).toBe(0);
    const report = readFileSync(join(folder, 'out/report.md'), 'utf8');
    expect(report).toContain('ricci study capsules small.yaml --depth 2 --capsules 4');
    expect(report).toContain('only 60 images to train on');
    expect(readFileSync(join(folder, 'out/trained-phase-diagram.svg'), 'utf8')).toContain('<svg');
    const json = JSON.parse(readFileSync(join(folder, 'out/report.json'), 'utf8')) as { tables: { name: string; rows: unknown[][] }[] };
    expect(json.tables.find((t) => t.name.startsWith('Trained'))?.rows.map((row) => row.slice(0, 2))).toEqual([[1, 0.5], [1, 1], [2, 0.5], [2, 1], [1, 'plain'], [2, 'plain']]);
    expect(stdout).toContain('written  out/report.json');
  });

  it('reads images of the user, and says what is wrong with them', () => {
    const count = 40;
    const images = Uint8Array.from({ length: 16 + count * 144 }, (_, k) => ([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 12, 0, 0, 0, 12][k] ?? (k * 7919) % 256));
    writeFileSync(join(folder, 'images'), images);
    writeFileSync(join(folder, 'labels'), Uint8Array.from({ length: 8 + count }, (_, k) => [0, 0, 8, 1, 0, 0, 0, count][k] ?? k % 3));
    const { stdout, status } = capsules('--images', 'images', '--labels', 'labels', '--classes', '3', '--side', '6', '--forecast', '--json');
    expect([status, (JSON.parse(stdout) as { setting: Record<string, string> }).setting['data']]).toEqual([0, 'images given, 6 by 6, 30 to train and 10 to test']);
    expect(capsules('--images', 'images', '--labels', 'labels', '--classes', '2', '--side', '6', '--forecast').stderr).toContain('the images have 3 classes, and the top layer has 2 capsules');
    expect(capsules('--images', 'images', '--labels', 'labels', '--side', '7', '--forecast').stderr).toContain('images of 12 by 12 pixels do not fit a network for 7 by 7');
    expect(capsules('--images', 'labels', '--labels', 'labels', '--forecast').stderr).toContain('no IDX file of images');
  });

  it.each([
    [['--depth', '0'], 'depth cannot be 0'],
    [['--c', 'much'], 'init.c cannot be "much"'],
    [['--routing', 'em'], 'routing.kind cannot be "em"'],
    [['--images', 'a'], 'images and labels go together'],
    [['--epochs', '0'], '--epochs cannot be "0"'],
    [['--sweep', '1,x'], '--sweep cannot be "1,x"'],
    [['missing.yaml'], 'cannot read missing.yaml'],
  ])('refuses %s', (args, message) => {
    const { stdout, stderr, status } = capsules(...args, '-o', 'nothing');
    expect([status === 0, stdout]).toEqual([false, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('try');
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });
});
