// Hessians and Jacobians against JAX and PyTorch: npm run bench:peers [-- CASE …]. Writes bench/results/peers.json.
//
// Contenders take turns, so that a slow moment of the machine hits all alike; ratios are medians of the ratios of each turn.
// Everything is in double precision and on the same number of threads: RICCI_PEERS_THREADS, 1 unless told. With one thread, times are
// those of the processor, so that what waits for other programs is not counted.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { must } from '../../src/base/internal.ts';
import { random } from '../../src/base/random.ts';
import { writeNpy } from '../../src/data/npy.ts';
import { inContext, newContext } from '../../src/ir/expr.ts';
import { oneDerivative, readOrThrow, variableNamed } from '../../src/pipeline.ts';
import { code } from '../../src/pipeline/code.ts';
import { compile } from '../../src/run/compile.ts';
import { bindSizes } from '../../src/run/sizes.ts';
import { type Case, cases } from './cases.ts';
import { interpreters } from './python.ts';
import { median, ratio, ratioText, secondsText } from './statistics.ts';
import { type Worker, startWorker } from './worker.ts';

const threads = Number(process.env['RICCI_PEERS_THREADS'] ?? 1);
const rounds = Number(process.env['RICCI_PEERS_ROUNDS'] ?? 9);
const chosen = process.argv.slice(2);

/** Seconds, of the same clock as the peers'. */
function now(): number {
  if (threads > 1) return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

interface Contender {
  readonly name: string;
  readonly whose: 'ours' | 'theirs' | 'core';
  readonly library: 'jax' | 'torch' | 'numpy' | 'wasm';
  readonly way: string;
  readonly sums: readonly [number, number];
  readonly time: () => Promise<number>;
  readonly end: () => Promise<unknown>;
  readonly seconds: number[];
}

interface Data {
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly arrays: Readonly<Record<string, { shape: readonly number[]; data: Float64Array }>>;
}

const workers: Worker[] = [];
for (const python of interpreters()) workers.push(await startWorker(python, threads, threads === 1 ? 'processor' : 'wall'));
const workerFor = (library: string): Worker | undefined => workers.find((w) => w.libraries.includes(library));
const machine = (await must(workerFor('numpy'), 'an interpreter with NumPy').ask({ do: 'limits' })) as { gflops: number; gbytes: number };
console.log(`${must(cpus()[0]).model}, ${threads} thread${threads === 1 ? '' : 's'}; a product of matrices reaches ${machine.gflops.toFixed(1)} GFLOP/s, copying ${machine.gbytes.toFixed(1)} GB/s`);
for (const name of ['jax', 'torch']) if (!workerFor(name)) console.log(`no interpreter has ${name}: going on without it`);

const reports: object[] = [];
for (const c of cases) if (chosen.length === 0 || chosen.includes(c.name)) reports.push(await inContext(newContext(), () => compared(c)));
for (const w of workers) w.end();
mkdirSync(join(import.meta.dirname, '../results'), { recursive: true });
const file = join(import.meta.dirname, '../results/peers.json');
writeFileSync(file, `${JSON.stringify({ cpu: must(cpus()[0]).model, threads, rounds, machine, cases: reports }, undefined, 2)}\n`);
console.log(`\nwritten to ${file}`);

async function compared(c: Case): Promise<object> {
  const data = drawn(c);
  const list: Contender[] = [];
  for (const library of ['jax', 'torch', 'numpy'] as const) list.push(...(await pythonContenders(c, library, data)));
  list.push(wasmContender(c, data));
  const slowest = Math.max(...list.map((x) => must(x.seconds[0])));
  const turns = slowest > 5 ? Math.min(rounds, 3) : rounds;
  for (const x of list) x.seconds.length = 0;
  for (let turn = 0; turn < turns; turn++) {
    for (let k = 0; k < list.length; k++) {
      const x = must(list[(k + turn) % list.length]);
      x.seconds.push(await x.time());
    }
  }
  for (const x of list) await x.end();
  rmSync(data.folder, { recursive: true });
  return report(c, list);
}

async function pythonContenders(c: Case, library: 'jax' | 'torch' | 'numpy', data: Data): Promise<Contender[]> {
  const worker = workerFor(library);
  if (!worker) return [];
  const want = c.order === 2 ? 'hessian' : 'jacobian';
  const emitted = code(c.text, library, { by: [c.by], want: [want], points: 0, name: `${c.name}_${library}`, ...(c.declare !== undefined && { declare: c.declare }) });
  const path = join(data.folder, emitted.path);
  writeFileSync(path, emitted.text);
  const found: Contender[] = [];
  const add = async (whose: Contender['whose'], order: object): Promise<void> => {
    const id = `${c.name} ${library} ${whose}`;
    const answer = await worker.ask({ do: 'prepare', id, library, files: data.files, ...order }).catch((error: unknown) => {
      console.log(`  ${id}: ${(error as Error).message}`);
      return undefined;
    });
    if (!answer) return;
    const { seconds, way, sums } = answer as { seconds: number; way: string; sums: [number, number] };
    const repeats = Math.min(1000, Math.max(1, Math.ceil(0.03 / seconds)));
    const time = async (): Promise<number> => (await worker.ask({ do: 'time', id, repeats }))['seconds'] as number;
    found.push({ name: id, whose, library, way, sums, time, end: () => worker.ask({ do: 'forget', id }), seconds: [seconds] });
  };
  await add('ours', { whose: 'ours', path, function: want });
  if (emitted.text.includes(`def ${want}_core`)) await add('core', { whose: 'ours', path, function: `${want}_core` });
  if (library !== 'numpy') await add('theirs', { whose: 'theirs', case: c.name, by: c.by, rest: c.rest, order: c.order });
  return found;
}

function wasmContender(c: Case, { arrays }: Data): Contender {
  const reading = readOrThrow(c.text, c.declare);
  const { node } = variableNamed(reading, c.by);
  const first = oneDerivative(reading.expr, node);
  // A derivative may lack variables that say how large it is.
  const dims = Object.fromEntries(bindSizes(reading.variables.map((v) => v.node), new Map(Object.entries(arrays))));
  const run = compile(c.order === 2 ? oneDerivative(first, node) : first, { dims });
  const out = new Float64Array(c.entries);
  const once = (): number => {
    const start = now();
    run(arrays, out);
    return now() - start;
  };
  once();
  const seconds = once();
  const repeats = Math.min(1000, Math.max(1, Math.ceil(0.03 / seconds)));
  const time = async (): Promise<number> => {
    let sum = 0;
    for (let k = 0; k < repeats; k++) sum += once();
    return sum / repeats;
  };
  const sums: [number, number] = [out.reduce((s, v) => s + Math.abs(v), 0), out.reduce((s, v, i) => s + v * Math.cos(i), 0)];
  return { name: `${c.name} wasm ours`, whose: 'ours', library: 'wasm', way: 'compile', sums, time, end: async () => {}, seconds: [seconds] };
}

function drawn(c: Case): Data {
  const folder = mkdtempSync(join(tmpdir(), 'ricci-peers-'));
  const stream = random(1);
  const arrays: Record<string, { shape: readonly number[]; data: Float64Array }> = {};
  const files: Record<string, string> = {};
  for (const [name, shape] of Object.entries(c.shapes)) {
    const count = shape.reduce((a, b) => a * b, 1);
    // Products of many factors keep their size.
    const scale = 1 / Math.sqrt(shape.at(-1) ?? 1);
    const entry = (i: number): number => {
      switch (c.draws?.[name]) {
        case 'sign':
          return stream.uniform() < 0.5 ? -1 : 1;
        case 'mask':
          return stream.uniform() < 0.5 ? 0 : 1;
        case 'near-identity':
          return 0.1 * scale * stream.normal() + (Math.floor(i / shape[0]!) === i % shape[0]! ? 1 : 0);
        default:
          return (shape.length === 1 ? 1 : 1.4 * scale) * stream.normal();
      }
    };
    const data = Float64Array.from({ length: count }, (_, i) => entry(i));
    arrays[name] = { shape, data };
    files[name] = join(folder, `${name}.npy`);
    writeFileSync(files[name], writeNpy(shape, data));
  }
  return { folder, files, arrays };
}

function report(c: Case, list: readonly Contender[]): object {
  const dense = list.filter((x) => x.whose !== 'core');
  const [first] = dense;
  const wrong = dense.filter((x) => x.sums.some((s, i) => !(Math.abs(s - must(first).sums[i]!) <= 1e-8 * Math.abs(must(first).sums[0]))));
  const bytes = 8 * (c.entries + Object.values(c.shapes).reduce((sum, s) => sum + s.reduce((a, b) => a * b, 1), 0));
  const limit = Math.max(c.flops / machine.gflops, bytes / machine.gbytes) / 1e9;
  const find = (library: string, whose: string): Contender | undefined => list.find((x) => x.library === library && x.whose === whose);
  const against = (library: string, whose: string): number | undefined => {
    const [ours, theirs] = [find(library, whose), find(library, 'theirs')];
    return ours && theirs ? ratio(theirs.seconds, ours.seconds) : undefined;
  };
  const best = (whose: string): Contender => list.filter((x) => x.whose === whose).reduce((a, b) => (median(b.seconds) < median(a.seconds) ? b : a));
  const ratios: Record<string, number | undefined> = { jax: against('jax', 'ours'), torch: against('torch', 'ours'), 'jax core': against('jax', 'core'), 'torch core': against('torch', 'core'), best: ratio(best('theirs').seconds, best('ours').seconds) };
  const bars: Record<string, number | undefined> = { jax: Math.max(1, c.bars.jax ?? 1), torch: 1, 'jax core': c.bars.core, best: c.bars.best };
  console.log(`\n${c.name}: ${c.text.trim()} by ${c.by}, order ${c.order}; at least ${c.flops.toExponential(1)} flops and ${bytes.toExponential(1)} bytes: ${secondsText(limit)}`);
  for (const x of list) console.log(`  ${x.library.padEnd(6)} ${x.whose.padEnd(6)} ${secondsText(median(x.seconds)).padStart(9)}  at best ${secondsText(Math.min(...x.seconds)).padStart(9)}  ${x.way}`);
  for (const [name, r] of Object.entries(ratios)) {
    if (r === undefined) continue;
    const bar = bars[name];
    console.log(`  ${name.padEnd(10)} ${ratioText(r).padStart(8)}${bar === undefined ? '' : r >= bar ? `   reaches ${bar}×` : `   MISSES ${bar}×`}`);
  }
  for (const x of wrong) console.log(`  WRONG  ${x.name}: ${x.sums.join(', ')} against ${must(first).sums.join(', ')}`);
  if (wrong.length > 0) process.exitCode = 1;
  return {
    name: c.name,
    text: c.text.trim(),
    by: c.by,
    order: c.order,
    flops: c.flops,
    bytes,
    limit,
    times: list.map((x) => ({ library: x.library, whose: x.whose, way: x.way, median: median(x.seconds), least: Math.min(...x.seconds), seconds: x.seconds })),
    ratios,
    bars,
    agree: wrong.length === 0,
  };
}
