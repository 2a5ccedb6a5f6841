// One thread against several, in alternating rounds of one process. The first line says what the machine has to give just then:
// arithmetic in registers, by as many threads. No ratio can be above it.
//
//   node bench/wasm/threads.ts [--threads N] [--json FILE]

import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { random } from '../../src/base/random.ts';
import type { Expr } from '../../src/ir/expr.ts';
import { variables } from '../../src/ir/walk.ts';
import { oneDerivative, readOrThrow } from '../../src/pipeline.ts';
import { compileKernel } from '../../src/run/compile.ts';
import { sizeReader } from '../../src/run/layout.ts';
import { f64, i32 } from '../../src/run/wasm/assembler.ts';
import { link } from '../../src/run/wasm/context.ts';
import { sharedFunction } from '../../src/run/wasm/threaded.ts';
import { type Machine, newMachine } from '../../src/run/wasm/machine.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  readonly declare: string;
  readonly sizes: Readonly<Record<string, number>>;
  /** With the gradient by this variable. */
  readonly by?: string;
}

const cases: readonly Case[] = [
  { name: 'product 1024', text: 'A*B', declare: 'A: matrix(n, n); B: matrix(n, n)', sizes: { n: 1024 } },
  { name: 'logistic loss 1e7', text: 'sum(log(vector(1)+exp(-y.*z)))', declare: 'y: vector(n); z: vector(n)', sizes: { n: 10_000_000 } },
  { name: 'huber loss 1e7', text: 'sum(huber(y-z))', declare: 'y: vector(n); z: vector(n)', sizes: { n: 10_000_000 } },
  { name: 'softmax cross-entropy 1e5×100', text: 'sum(logsumexp(Z, rows))-sum(Y.*Z)', declare: 'Z: matrix(n, k); Y: matrix(n, k)', sizes: { n: 100_000, k: 100 } },
  { name: 'logistic value and gradient 5000×500', text: 'sum(log(exp(-y.*(X*w))+vector(1)))', declare: 'X: matrix(n, k); y: vector(n); w: vector(k)', sizes: { n: 5000, k: 500 }, by: 'w' },
  { name: "X'*X 20000×200", text: "X'*X", declare: 'X: matrix(n, k)', sizes: { n: 20_000, k: 200 } },
];

function prepared({ text, declare, sizes, by }: Case, machine: Machine): () => void {
  const reading = readOrThrow(text, declare);
  const roots: Record<string, Expr> = { value: reading.expr };
  const x = reading.variables.find((v) => v.name === by);
  if (x) roots['gradient'] = oneDerivative(reading.expr, x.node);
  const named = new Map(Object.entries(sizes));
  const size = sizeReader(named);
  const entries = (e: Expr): number => e.shape.map(size).reduce((a, b) => a * b, 1);
  const stream = random(1);
  const values = Object.fromEntries(variables(Object.values(roots)).map((v) => [v.name, { shape: v.shape.map(size), data: Float64Array.from({ length: entries(v) }, () => stream.normal()) }]));
  const run = compileKernel(roots, { inputs: [], sizes: named, resident: values, machine });
  const out = Object.values(roots).map((e) => new Float64Array(entries(e)));
  return () => run([], out);
}

/** So many equal pieces of arithmetic, one after the other or by all threads. */
function arithmetic({ context }: Machine): readonly [() => void, () => void] {
  const crew = context.crew!;
  const pieces = 8 * crew.threads;
  const at = context.memory.allocate(64 * pieces);
  const { turn } = link<'turn'>(context, (module) => {
    module.function('turn', { count: 'i32', to: 'i32' }, 'none', (body, { count, to }) => {
      const x = body.let(f64.const(1));
      body.while(
        () => count,
        () => {
          body.set(x, f64.add(f64.mul(x, 0.999), 1));
          body.set(count, i32.sub(count, 1));
        },
      );
      body.do(f64.store(to, x));
    });
  });
  const run = sharedFunction(crew, turn);
  const tasks = Array.from({ length: pieces }, (_, i) => [{ run, args: [300_000, at + 64 * i] }]);
  return [() => tasks.forEach(([call]) => void turn(...call!.args)), () => crew.runOnce(tasks)];
}

const option = (name: string): string | undefined => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const milliseconds = (run: () => void): number => {
  const start = performance.now();
  run();
  return performance.now() - start;
};

const threads = Number(option('--threads') ?? 2);
const machines = [newMachine(), newMachine({ threads })];
await Promise.all(machines.map((m) => m.ready()));
console.log(`${'case'.padEnd(38)} ${'1 thread ms'.padStart(12)} ${`${threads} threads ms`.padStart(13)} ${'ratio'.padStart(6)}`);
const rows: object[] = [];
const all = [{ name: 'what the machine gives', make: () => arithmetic(machines[1]!) }, ...cases.map((one) => ({ name: one.name, make: () => machines.map((m) => prepared(one, m)) }))];
for (const { name, make } of all) {
  const runs = make();
  for (const run of runs) for (let i = 0; i < 3; i++) run();
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < 15; round++) runs.forEach((run, i) => times[i]!.push(milliseconds(run)));
  const [single, several] = times.map(median) as [number, number];
  rows.push({ name, single, several, ratio: single / several });
  console.log(`${name.padEnd(38)} ${single.toFixed(2).padStart(12)} ${several.toFixed(2).padStart(13)} ${(single / several).toFixed(2).padStart(6)}`);
}
machines.forEach((m) => m.close());
const file = option('--json');
if (file !== undefined) writeFileSync(file, JSON.stringify({ node: process.version, threads, rows }));
