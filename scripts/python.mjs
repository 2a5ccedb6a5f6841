// Makes .venv with what test/requirements.txt names, for the tests that run emitted Python.
// Those tests skip themselves where there is no .venv, so nothing here fails the run.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const requirements = join(root, 'test/requirements.txt');
const venv = join(root, '.venv');
const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const stamp = join(venv, 'installed.txt');
const wanted = readFileSync(requirements, 'utf8');

const isReady = existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
if (!isReady) setUp();

function setUp() {
  const failure =
    run('python3', ['-m', 'venv', '--clear', venv]) ??
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  if (failure === undefined) {
    writeFileSync(stamp, wanted);
  } else {
    rmSync(venv, { recursive: true, force: true });
    process.stdout.write(`setup:python: going on without Python (${failure})\n`);
  }
}

/** Runs a command; on failure returns the last line it wrote. */
function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  if (status === 0) return undefined;
  return error?.message ?? `${stderr}\n${stdout}`.trim().split('\n').at(-1) ?? 'no reason given';
}
