import process from 'node:process';
import { expect, test } from 'vitest';
import { runCommand } from './command.ts';
import type { Io } from './io.ts';
import { paintFor } from './paint.ts';
import { planCommand } from './plan.ts';

async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const paint = paintFor(false, {});
  const io: Io = { out: (text) => void out.push(text), err: (text) => void err.push(text), paint, errPaint: paint, input: process.stdin, output: process.stdout };
  const status = await runCommand(planCommand, args, io);
  return { status, out: out.join('\n'), err: err.join('\n') };
}

test('steps with their costs', async () => {
  const { status, out } = await run('norm2(A*x-y)^2', '--by', 'x', '--dims', 'm=1000,n=50', '--declare', 'A: matrix(m, n)');
  expect(status).toBe(0);
  expect(out).toContain('t1 = A*x');
  expect(out).toMatch(/t2 = t1-y; t3 = sum\(\(t1-y\)\.\*\(t1-y\)\)|t2 = -y\+t1; t3 = sum\(\(-y\+t1\)\.\*\(-y\+t1\)\)/);
  expect(out).toMatch(/a call +20[34]k/);
});

test('as JSON, with sizes that were not given', async () => {
  const { out } = await run('sum(exp(x))', '--json');
  expect(JSON.parse(out)).toEqual({ sizes: { n: 100 }, steps: [{ step: 't1 = sum(exp(x))', shape: [100], flops: 100, functions: 100, bytes: 808, once: false }] });
});

test('what cannot be is said', async () => {
  await expect(run('x', '--dims', 'n=a')).rejects.toThrow('--dims cannot have "n=a"');
  const { status, err } = await run('x+', '--by', 'x');
  expect([status, err.length > 0]).toEqual([1, true]);
  expect((await run("x'*x", '--hessian')).err).toContain('a second derivative needs a variable');
});
