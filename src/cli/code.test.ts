import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { codeCommand } from './code.ts';
import { runCommand } from './command.ts';
import type { Io } from './io.ts';
import { paintFor } from './paint.ts';

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const paint = paintFor(false, {});
  const io: Io = { out: (text) => void out.push(text), err: (text) => void err.push(text), paint, errPaint: paint, input: process.stdin, output: process.stdout };
  const status = await runCommand(codeCommand, args, io);
  return { status, out: out.join('\n'), err: err.join('\n') };
}

test('code goes to the output', async () => {
  const { status, out } = await run("x'*A*x", '--by', 'x', '--to', 'numpy');
  expect(status).toBe(0);
  expect(out).toContain('    return (A + A.T) @ x');
  expect(out).not.toContain('def hessian');
});

test('--to all writes a file for each target', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ricci-code-'));
  const { status, out } = await run('sum(exp(x))', '--by', 'x', '--hessian', '--to', 'all', '-o', folder, '--name', 'my module');
  expect(status).toBe(0);
  for (const path of out.split('\n')) expect(readFileSync(path, 'utf8')).toContain('hessian');
  expect(out).toContain(join('numpy', 'my_module.py'));
  rmSync(folder, { recursive: true });
});

test('MATLAB and Octave are one target', async () => {
  const [matlab, octave] = await Promise.all(['matlab', 'octave'].map((to) => run("x'*A*x", '--by', 'x', '--to', to)));
  expect(matlab?.out).toContain('function functions = f()');
  expect(matlab?.out).toBe(octave?.out);
});

test('what cannot be is said', async () => {
  await expect(run('x', '--by', 'x')).rejects.toThrow('the target is missing');
  await expect(run('x', '--by', 'x', '--to', 'cobol')).rejects.toThrow('--to cannot be "cobol"');
  const vector = await run('2*x', '--by', 'x', '--hessian', '--to', 'numpy');
  expect(vector.status).toBe(1);
  expect(vector.err).toContain('a Hessian is of a function whose value is a number');
  const unknown = await run('2*x', '--by', 'z', '--to', 'numpy');
  expect(unknown.err).toContain('there is no variable z');
});

test('a model becomes a program that solves it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ricci-code-'));
  const model = join(folder, 'near-est.ricci');
  writeFileSync(model, 'parameters\n vector a\nvariables\n vector x\nmin\n norm2(x-a)^2\nst\n x >= 0');
  const shown = await run(model, '--to', 'numpy');
  expect(shown.out).toContain('def solve(\n    a: ArrayLike,\n    *,');
  const written = await run(model, '--to', 'jax', '-o', folder);
  expect(written.out).toBe(join(folder, 'near_est.py'));
  expect(readFileSync(written.out, 'utf8')).toContain('@jax.jit\ndef _evaluate(a, x):');
  await expect(run(model, '--to', 'octave')).rejects.toThrow('cannot be written in octave');
  await expect(run(model, '--to', 'numpy', '--by', 'x')).rejects.toThrow('--by is for expressions');
  writeFileSync(model, 'variables\n vector x\nmin\n norm2(x-a)^2');
  const wrong = await run(model, '--to', 'numpy');
  expect(wrong).toMatchObject({ status: 1, err: expect.stringContaining('near-est.ricci') as string });
  rmSync(folder, { recursive: true });
});
