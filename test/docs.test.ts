// What the documentation shows is what happens.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { errorPageProblems, pages } from '../scripts/docs.ts';
import { examplesIn, guides, outputOf, withoutRounding } from '../scripts/doc-examples.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('reference pages', () => {
  it('are what `npm run docs` writes', () => {
    const old = [...pages()]
      .filter(([path, text]) => !existsSync(join(root, path)) || read(path) !== text)
      .map(([path]) => path);
    expect(old).toEqual([]);
  });

  it('tell about every error code, and no other', () => {
    expect(errorPageProblems()).toEqual([]);
  });
});

describe('commands in the guides', () => {
  for (const file of guides()) {
    for (const { command, output } of examplesIn(file)) {
      it(`${file}: ${command}`, () => {
        expect(withoutRounding(outputOf(command))).toBe(withoutRounding(output));
      });
    }
  }
});

// `EXPR; // RESULT` in a block that imports from 'ricci' or a room of it, and `@example EXPR // RESULT` beside public functions.
const claims = (body: string): [string, string][] =>
  [...body.matchAll(/^(?!import)(.*?);?\s+\/\/ (.+)$/gm)].map(([, code = '', result = '']) => [code, result]);

function results(setup: string, expressions: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'ricci-docs-'));
  const file = join(folder, 'example.mts');
  const source = (room: string | undefined): string => JSON.stringify(join(root, 'src', room ?? '', 'index.ts'));
  const text = (code: string): string => `console.log(JSON.stringify([String(${code})]));`;
  writeFileSync(file, `${setup.replaceAll(/'ricci(?:\/(\w+))?'/g, (_, room: string | undefined) => source(room))}\n${expressions.map(text).join('\n')}\n`);
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(stderr).toBe('');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as [string])[0]);
}

/** A result may be followed by a remark. */
function begins(actual: string, claim: string): void {
  expect(claim === actual || claim.startsWith(`${actual}:`) ? actual : claim).toBe(actual);
}

describe('TypeScript in the documentation', () => {
  for (const file of guides()) {
    for (const [i, [, body = '']] of [...read(file).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].entries()) {
      const found = claims(body);
      if (found.length === 0 || !/from 'ricci(?:\/\w+)?'/.test(body)) continue;
      it(`${file}, block ${i + 1}`, () => {
        const setup = body
          .split('\n')
          .filter((line) => !line.includes(' // '))
          .join('\n');
        results(
          setup,
          found.map(([code]) => code),
        ).forEach((actual, k) => begins(actual, found[k]?.[1] ?? ''));
      });
    }
  }

  it('beside public functions', () => {
    const files = [
      'src/pipeline.ts',
      'src/pipeline/evaluate.ts',
      'src/pipeline/compare.ts',
      'src/pipeline/steps.ts',
      'src/pipeline/show.ts',
    ];
    const found = files.flatMap((file) =>
      [...read(file).matchAll(/@example (.*?) \/\/ (.+)$/gm)].map(
        ([, code = '', result = '']) => [code, result] as const,
      ),
    );
    expect(found.length).toBeGreaterThanOrEqual(files.length);
    const setup = "import { check, derive, evaluate, show, stepsOf } from 'ricci';";
    results(
      setup,
      found.map(([code]) => code),
    ).forEach((actual, k) => begins(actual, found[k]?.[1] ?? ''));
  });
});

describe('links in the guides', () => {
  it.each(guides())('%s', (file) => {
    const text = read(file).replaceAll(/^```[\s\S]*?^```$|`[^`]*`/gm, '');
    const broken = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)]
      .map(([, to = '']) => to)
      .filter((to) => !existsSync(join(root, dirname(file), to)));
    expect(broken).toEqual([]);
  });
});
