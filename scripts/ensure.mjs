// Installs what package-lock.json names, unless it is all there already. Plain JavaScript without
// dependencies, because on a fresh clone it runs on whatever Node the machine has.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

if (!isInstalled()) install();

function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.bin/node'))) return false;
  const have = packages('node_modules/.package-lock.json');
  // Optional packages are those of other platforms.
  return Object.entries(packages('package-lock.json')).every(
    ([path, wanted]) => path === '' || wanted.optional || have[path]?.version === wanted.version,
  );
}

function packages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

function install() {
  if (process.stderr.isTTY) process.stderr.write('ricci: installing dependencies, this once\n');
  // npm must not run on the Node that it is about to replace.
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const { status, stdout, stderr, error } = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, PATH: path.join(delimiter) },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ''}${stderr ?? ''}ricci: \`npm ci\` failed${error ? `: ${error.message}` : ''}\n`);
  process.exit(1);
}
