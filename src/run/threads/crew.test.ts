import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { must } from '../../base/internal.ts';
import { inContext, newContext } from '../../ir/expr.ts';
import { read } from '../../lang/read.ts';
import { normal, place, placeVector, read as readMatrix, readVector } from '../wasm/samples-for-tests.ts';
import type { Blas } from '../wasm/blas.ts';
import { createContext, link } from '../wasm/context.ts';
import { f64, i32 } from '../wasm/assembler.ts';
import { transposed } from '../wasm/matrix.ts';
import { newMachine } from '../wasm/machine.ts';
import { compile } from '../compile.ts';
import type { Input } from '../values.ts';
import { type SharedFunction, newJob } from './job.ts';
import { openThread } from './thread.ts';

const counts = [1, 2, 3, 5];
const machines = counts.map((threads) => newMachine({ threads }));
await Promise.all(machines.map((m) => m.ready()));
afterAll(() => machines.forEach((m) => m.close()));

/** Bits, so that minus zero and NaN count. */
const bits = (values: ArrayLike<number>): string => Buffer.from(Float64Array.from(values).buffer).toString('base64');

function results(text: string, declare: string, values: Readonly<Record<string, Input>>): string[] {
  return inContext(newContext(), () => {
    const { expr, diagnostics } = read(text, { declare });
    const root = must(expr, diagnostics.map((d) => d.message).join());
    return machines.map((machine) => {
      const f = compile(root, { machine });
      const [first, second] = [f(values), f(values)];
      expect(bits(second.data)).toBe(bits(first.data));
      return bits(first.data);
    });
  });
}

const entries = (rows: number, cols: number, seed: number): Input => normal(rows, cols, seed);

describe('any number of threads computes the same', () => {
  test.each([
    ['entries', 'exp(-X).*X', 'X: matrix(n, k)'],
    ['a total', 'sum(log1p(exp(X)))', 'X: matrix(n, k)'],
    ['sums of rows', 'sum(exp(X), rows)', 'X: matrix(n, k)'],
    ['softmax', 'softmax(X, rows)', 'X: matrix(n, k)'],
    ['log-sum-exp', 'logsumexp(X, rows)', 'X: matrix(n, k)'],
    ['a function that is left to JavaScript', 'digamma(exp(X))', 'X: matrix(n, k)'],
    ['a product and what follows', "norm2(X'*X)^2", 'X: matrix(n, k)'],
  ])('%s', (_, text, declare) => {
    const found = results(text, declare, { X: entries(1301, 211, 1) });
    expect(new Set(found).size).toBe(1);
  }, 60_000);

  test('sums over the first axis: from two threads on', () => {
    const [one, ...others] = results('sum(exp(X), columns)', 'X: matrix(n, k)', { X: entries(3001, 97, 1) });
    expect(new Set(others).size).toBe(1);
    const numbers = [one!, others[0]!].map((text) => new Float64Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer));
    numbers[0]!.forEach((v, i) => expect(Math.abs(numbers[1]![i]! - v)).toBeLessThan(1e-12 * Math.abs(v)));
  });
});

describe('products', () => {
  const all: readonly Blas[] = machines.map((m) => m.blas('f64'));
  const same = (run: (blas: Blas) => ArrayLike<number>): void => {
    const found = all.map((blas) => bits(run(blas)));
    expect(new Set(found).size).toBe(1);
  };

  test.each([
    [300, 310, 320],
    [97, 1031, 130],
    [1000, 100, 13],
    [40, 400, 1700],
  ])('[%d, %d] · [.., %d]', (m, k, n) => {
    for (const [a, b] of [['rows', 'rows'], ['columns', 'rows'], ['padded', 'columns']] as const) {
      same((blas) => {
        const C = place(blas, normal(m, n, 3));
        blas.gemm(0.7, place(blas, normal(m, k, 1), a), place(blas, normal(k, n, 2), b), -1.5, C);
        return readMatrix(blas, C).data;
      });
    }
  });

  test.each([190, 501])('symmetric, of order %d', (n) =>
    same((blas) => {
      const C = place(blas, normal(n, n, 3));
      blas.syrk(1, place(blas, normal(n, 140, 1)), C);
      return readMatrix(blas, C).data;
    }));

  test('f32', () => {
    const found = machines.map((m) => {
      const blas = m.blas('f32');
      const C = place(blas, normal(200, 210, 3));
      blas.gemm(1, place(blas, normal(200, 220, 1)), place(blas, normal(220, 210, 2)), 0, C);
      return bits(readMatrix(blas, C).data);
    });
    expect(new Set(found).size).toBe(1);
  });

  test.each([
    [1000, 700],
    [70, 9001],
  ])('a matrix [%d, %d] times a vector, by rows and by columns', (m, n) => {
    for (const turned of [false, true]) {
      same((blas) => {
        const A = place(blas, turned ? normal(n, m, 1) : normal(m, n, 1));
        const y = placeVector(blas, normal(m, 1, 3).data);
        blas.gemv(1, turned && m >= 512 ? transposed(A) : turned ? place(blas, normal(m, n, 1)) : A, placeVector(blas, normal(n, 1, 2).data, 2), 0.5, y);
        return readVector(blas, y);
      });
    }
  });

  test('many columns and a short result: from two threads on', () => {
    const found = all.map((blas) => {
      const y = placeVector(blas, normal(20, 1, 3).data);
      blas.gemv(1, transposed(place(blas, normal(20_011, 20, 1))), placeVector(blas, normal(20_011, 1, 2).data), 1, y);
      return readVector(blas, y);
    });
    expect(new Set(found.slice(1).map(bits)).size).toBe(1);
    found[0]!.forEach((v, i) => expect(Math.abs(found[1]![i]! - v)).toBeLessThan(1e-11));
  });
});

/** count(at): adds one to the whole number there. trap(): fails. */
function kernels(context: ReturnType<typeof createContext>): Record<'count' | 'trap', SharedFunction> {
  const made = link<'count' | 'trap'>(context, (module) => {
    module.function('count', { at: 'i32' }, 'none', (body, { at }) => body.do(i32.store(at, i32.add(i32.load(at), 1))));
    // Outside of the memory.
    module.function('trap', { at: 'i32' }, 'none', (body, { at }) => body.do(f64.store(at, f64.const(1))));
  });
  return { count: must(context.crew?.shared(made.count)), trap: must(context.crew?.shared(made.trap)) };
}

test('every task is run once, over thousands of jobs', () => {
  const context = createContext({ threads: 4 });
  const crew = must(context.crew);
  const { count } = kernels(context);
  const tasks = 37;
  const at = context.memory.allocate(64 * tasks);
  context.memory.bytes().fill(0, at, at + 64 * tasks);
  const job = newJob(Array.from({ length: tasks }, (_, i) => [{ run: count, args: [at + 64 * i] }]));
  const words = context.memory.allocate(job.words.byteLength);
  context.memory.f64().set(job.words, words / 8);
  for (let turn = 1; turn <= 3000; turn++) {
    crew.run(job, words);
    if (turn % 500 === 0) for (let i = 0; i < tasks; i++) expect(context.memory.i32()[at / 4 + 16 * i]).toBe(turn);
  }
  crew.close();
});

test('the memory may grow between jobs', async () => {
  const context = createContext({ threads: 2 });
  const { count } = kernels(context);
  await context.crew?.ready();
  for (let turn = 0; turn < 5; turn++) {
    const at = context.memory.allocate(20_000_000);
    context.memory.i32().fill(0, at / 4, at / 4 + 1000);
    context.crew?.runOnce(Array.from({ length: 1000 }, (_, i) => [{ run: count, args: [at + 4 * i] }]));
    expect(context.memory.i32().subarray(at / 4, at / 4 + 1000).every((n) => n === 1)).toBe(true);
  }
  context.crew?.close();
});

test('a task that fails is an error, and the next job runs', () => {
  const context = createContext({ threads: 2 });
  const { count, trap } = kernels(context);
  const at = context.memory.allocate(64);
  const bad = [{ run: trap, args: [-8] }];
  expect(() => context.crew?.runOnce([bad, bad, bad])).toThrow(/internal: a task failed: .*out of bounds/);
  context.memory.i32()[at / 4] = 0;
  context.crew?.runOnce([[{ run: count, args: [at] }]]);
  expect(context.memory.i32()[at / 4]).toBe(1);
  context.crew?.close();
});

test('after closing, one thread does everything', () => {
  const machine = newMachine({ threads: 3 });
  inContext(newContext(), () => {
    const f = compile(must(read('sum(exp(x))', { declare: 'x: vector(n)' }).expr), { machine });
    const x = new Float64Array(200_000).fill(0.5);
    const before = f({ x }).data[0];
    machine.close();
    machine.close();
    expect(f({ x }).data[0]).toBe(before);
  });
});

test('a thread that takes a task and is never heard of again is an error, not a wait without end', async () => {
  const context = createContext({ threads: 2, patience: 300 });
  const crew = must(context.crew);
  await crew.ready();
  const at = context.memory.allocate(256);
  context.memory.bytes().fill(0, at, at + 256);
  // The first thread waits until the second has come, which stays for ever.
  const { meet } = link<'meet'>(context, (module) => {
    module.function('meet', { own: 'i32', first: 'i32' }, 'none', (body, { own, first }) =>
      body.if(
        i32.eq(own, first),
        () => body.while(() => i32.eq(i32.load(first, 128), 0), () => {}),
        () => {
          body.do(i32.store(own, i32.const(1)));
          body.while(() => i32.load(own), () => {});
        },
      ),
    );
  });
  const task = [{ run: must(crew.shared(meet)), args: [0, at], own: 1 }];
  const job = newJob([task, task], { at, stride: 128 });
  const words = context.memory.allocate(job.words.byteLength);
  context.memory.f64().set(job.words, words / 8);
  const lost = (): void => crew.run(job, words);
  expect(lost).toThrow('thread-lost');
  expect(lost).toThrow('thread-lost'); // at once now
});

test('a thread that ends by itself is told of', async () => {
  const reasonOf = (source: string): Promise<string> =>
    new Promise((resolve) => {
      openThread(new URL(`data:text/javascript,${source}`), () => undefined, { onMessage: () => {}, onEnd: resolve }).hold(true);
    });
  expect(await reasonOf('throw new Error("no luck")')).toContain('no luck');
  expect(await reasonOf('process.exit(3)')).toBe('it ended with code 3');
});

test('a process that leaves a crew open ends', () => {
  const code = `
    const { createContext } = await import(${JSON.stringify(fileURLToPath(new URL('../wasm/context.ts', import.meta.url)))});
    const context = createContext({ threads: 3 });
    if (process.argv[1] === 'started') await context.crew.ready();
    console.log('done');`;
  for (const state of ['started', 'starting']) {
    const said = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', code, state], { timeout: 15_000, encoding: 'utf8' });
    expect(said).toBe('done\n');
  }
}, 40_000);

test.each([0, -1, 1.5, 1000, NaN])('%d is no number of threads', (threads) => {
  expect(() => newMachine({ threads })).toThrow(RicciError);
  expect(() => newMachine({ threads })).toThrow('no-threads');
});
