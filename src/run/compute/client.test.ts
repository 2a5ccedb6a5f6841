import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { computeTrials } from '../../../test/compute.ts';

describe('one thread', () => {
  computeTrials({});
});
describe('several threads', () => {
  computeTrials({ threads: 3 });
});

test('a process waits for an answer, and not for a worker without work', () => {
  const at = (path: string): string => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)));
  const code = `
    import { computeWorker } from ${at('./client.ts')};
    import { readOrThrow } from ${at('../../pipeline.ts')};
    const f = computeWorker({ threads: 2 }).compile(readOrThrow("x'*x").expr);
    console.log((await f({ x: [3, 4] })).data[0]);`;
  expect(execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], { timeout: 15_000, encoding: 'utf8' })).toBe('25\n');
}, 20_000);
