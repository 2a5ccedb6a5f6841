// What a compute worker does, wherever it runs.

import { afterAll, expect, test } from 'vitest';
import { RicciError } from '../src/base/diagnostic.ts';
import { must } from '../src/base/internal.ts';
import type { Expr } from '../src/ir/expr.ts';
import { readOrThrow } from '../src/pipeline.ts';
import { compile } from '../src/run/compile.ts';
import { computeWorker } from '../src/run/compute/client.ts';
import type { ComputeOptions } from '../src/run/compute/message.ts';

const exprOf = (text: string, declare: string): Expr => readOrThrow(text, declare).expr;
const diagnosticOf = async (promise: Promise<unknown>): Promise<string | undefined> => {
  const error: unknown = await promise.then(() => undefined, (e: unknown) => e);
  return error instanceof RicciError ? must(error.diagnostics[0]).code : String(error);
};

export function computeTrials(options: ComputeOptions): void {
  const worker = computeWorker(options);
  afterAll(() => worker.close());
  const A = { shape: [2, 3], data: Float64Array.of(1, 2, 3, 4, 5, 6) };
  const x = Float64Array.of(1, -1, 2);
  const large = Float64Array.from({ length: 300_000 }, (_, i) => Math.sin(i));

  test('it starts, and its threads do', async () => {
    await worker.ready();
  });

  test('results are those of compiled functions; values stay', async () => {
    const product = exprOf('A*x', 'A: matrix(m, n); x: vector(n)');
    const many = { product, sum: exprOf('sum(exp(x))', 'x: vector(n)') };
    expect(await worker.compile(product)({ A, x })).toEqual(compile(product)({ A, x }));
    expect(await worker.compile(many, { precision: 'f32' })({ A, x })).toEqual(compile(many, { precision: 'f32' })({ A, x }));
    expect(x).toEqual(Float64Array.of(1, -1, 2));
  });

  test('calls at once are answered each, large ones too', async () => {
    const f = worker.compile(exprOf('sum(exp(x))*a', 'x: vector(n); a: scalar'));
    const wanted = large.reduce((sum, v) => sum + Math.exp(v), 0);
    const found = await Promise.all([1, 2, 3].map((a) => f({ x: large, a })));
    found.forEach((t, i) => expect(must(t.data[0]) / (wanted * (i + 1))).toBeCloseTo(1, 12));
  });

  test('arrays that are given are handed over', async () => {
    const f = worker.compile(exprOf('2*x', 'x: vector(n)'));
    const mine = Float64Array.of(1, 2, 3);
    expect([...(await f.giving({ x: mine })).data]).toEqual([2, 4, 6]);
    expect(mine.length).toBe(0);
  });

  test('errors come back as they are', async () => {
    const f = worker.compile(exprOf('A*x', 'A: matrix(m, n); x: vector(n)'));
    expect(await diagnosticOf(f({ A, x: Float64Array.of(1, 2) }))).toBe('sizes-differ');
    expect(await diagnosticOf(f({ A }))).toBe('value-missing');
    expect([...(await f({ A, x })).data]).toEqual([5, 11]);
  });

  test('what runs is cancelled, and the next call starts anew', async () => {
    // Takes much longer than the test.
    const endless = worker.compile(exprOf('sum(svdvals(X))', 'X: matrix(n, n)'));
    const f = worker.compile(exprOf('2*x', 'x: vector(n)'));
    const n = 1500;
    const running = diagnosticOf(endless({ X: { shape: [n, n], data: Float64Array.from({ length: n * n }, (_, i) => Math.sin(i * i)) } }));
    const waiting = diagnosticOf(f({ x }));
    await new Promise((resolve) => setTimeout(resolve, 500));
    worker.cancel();
    expect(await running).toBe('cancelled');
    expect(await waiting).toBe('cancelled');
    expect([...(await f({ x })).data]).toEqual([2, -2, 4]);
  });

  test('a closed worker refuses', async () => {
    const other = computeWorker(options);
    const f = other.compile(exprOf('2*x', 'x: vector(n)'));
    expect([...(await f({ x })).data]).toEqual([2, -2, 4]);
    other.close();
    expect(await diagnosticOf(f({ x }))).toBe('cancelled');
  });
}
