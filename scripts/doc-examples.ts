// Commands shown in the documentation, with what they print. In Markdown:
//
//   ```sh
//   $ ricci derive "x'*x" --by x --quiet
//   2*x
//   ```
//
// The tests run every one of them; `npm run docs` writes their output anew.

import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root: string = join(import.meta.dirname, '..');

export interface Example {
  readonly command: string;
  readonly output: string;
}

/** Markdown files written by hand. */
export function guides(): string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .map((path) => join('docs', path))
    .filter((path) => path.endsWith('.md') && !/docs.functions/.test(path));
  return ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...inDocs].sort();
}

const block = /^```sh\n(\$ [\s\S]*?)^```$/gm;

export function examplesIn(file: string): Example[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(block)].flatMap(([, body = '']) => examplesOf(body)).filter((e) => isRun(e.command));
}

/** What runs here: `ricci`, also behind a pipe, or on a line of its own after files are made. */
function isRun(command: string): boolean {
  return /(?:^ *|\| )ricci\b/m.test(command);
}

function examplesOf(body: string): Example[] {
  return body
    .split(/^\$ /m)
    .filter((part) => part !== '')
    .map((part) => {
      const [first = '', ...rest] = part.split('\n');
      const command = [first];
      while (command.at(-1)?.endsWith('\\')) command.push(rest.shift() ?? '');
      return { command: command.join('\n'), output: rest.join('\n').trimEnd() };
    });
}

/** Standard output and error output together, as on a terminal. */
export function outputOf(command: string): string {
  const script = `ricci() { "$RICCI_NODE" "$RICCI_MAIN" "$@"; }\n{ ${command}\n} 2>&1`;
  const env = {
    ...process.env,
    NO_COLOR: '1',
    RICCI_NODE: process.execPath,
    RICCI_MAIN: join(root, 'src/cli/main.ts'),
  };
  return spawnSync('sh', ['-c', script], { cwd: root, env, encoding: 'utf8' }).stdout.trimEnd();
}

/** Rounding errors differ from machine to machine. */
export function withoutRounding(output: string): string {
  return output.replaceAll(/\b\d(?:\.\d+)?e-1\d\b/g, '1e-15');
}

export function update(file: string): void {
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  const next = text.replaceAll(block, (whole, body: string) => {
    const shown = examplesOf(body).map((e) => {
      const output = isRun(e.command) ? outputOf(e.command) : e.output;
      const same = withoutRounding(output) === withoutRounding(e.output);
      return `$ ${e.command}\n${(same ? e.output : output) === '' ? '' : `${same ? e.output : output}\n`}`;
    });
    return whole.replace(body, () => shown.join(''));
  });
  if (next !== text) writeFileSync(path, next);
}

if (import.meta.main) for (const file of guides()) update(file);
