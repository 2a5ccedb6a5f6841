// The Python interpreters of the peers: those that RICCI_PEERS_PYTHON names, separated by commas, or a virtual environment
// of our own made from requirements.txt.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

export function interpreters(): readonly string[] {
  const given = process.env['RICCI_PEERS_PYTHON'];
  if (given !== undefined && given !== '') return given.split(',').map((path) => path.trim());
  const root = join(import.meta.dirname, '../..');
  const venv = join(root, '.venv-peers');
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const wanted = readFileSync(join(import.meta.dirname, 'requirements.txt'), 'utf8');
  const stamp = join(venv, 'installed.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return [python];
  console.log('making .venv-peers, which takes minutes and gigabytes; RICCI_PEERS_PYTHON names interpreters that are there already');
  run('python3', ['-m', 'venv', '--clear', venv]);
  // One package after the other: a peer that cannot be had here leaves the others their place.
  for (const line of wanted.split('\n').filter((l) => l.trim() !== '')) {
    try {
      run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', line]);
    } catch (error) {
      console.log(`going on without ${line}: ${(error as Error).message}`);
    }
  }
  if (!existsSync(python)) rmSync(venv, { recursive: true, force: true });
  writeFileSync(stamp, wanted);
  return [python];
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim().split('\n').at(-1) ?? 'no reason given');
}
