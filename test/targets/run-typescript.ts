// Runs emitted TypeScript modules: reads a list of jobs, writes the results as JSON. Usage: run-typescript.ts jobs.json results.json

import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

type Nested = number | readonly Nested[];
interface Job {
  readonly path: string;
  readonly values: Readonly<Record<string, Nested>>;
  readonly callables?: Readonly<Record<string, readonly [hash: number, order: number]>>;
  readonly calls: readonly string[];
  readonly direction?: Nested;
  /** Where the derivative is asked for too. */
  readonly points?: readonly Readonly<Record<string, Nested>>[];
}
interface Found {
  readonly shape: readonly number[];
  readonly numbers: readonly (number | string)[];
}

function shapeOf(v: Nested): number[] {
  return typeof v === 'number' ? [] : [v.length, ...(v[0] === undefined ? [] : shapeOf(v[0]))];
}

function flat(v: Nested): number[] {
  return typeof v === 'number' ? [v] : v.flatMap(flat);
}

/** As an emitted function takes it. */
function given(v: Nested): unknown {
  const [shape, data] = [shapeOf(v), Float64Array.from(flat(v))];
  return shape.length === 0 ? v : shape.length === 1 ? data : shape.length === 2 ? { rows: shape[0], cols: shape[1], data } : { shape, data };
}

/** As JSON: what is not finite as text. */
function found(v: unknown): Found {
  const numbers = (data: Float64Array): (number | string)[] => [...data].map((x) => (Number.isFinite(x) ? x : String(x)));
  if (typeof v === 'number') return { shape: [], numbers: numbers(Float64Array.of(v)) };
  if (v instanceof Float64Array) return { shape: [v.length], numbers: numbers(v) };
  if (Array.isArray(v)) return { shape: [], numbers: v.flatMap((part) => [...found(part).numbers]) };
  const m = v as { rows?: number; cols?: number; shape?: number[]; data?: Float64Array };
  if (m.data instanceof Float64Array) return { shape: m.shape ?? [Number(m.rows), Number(m.cols)], numbers: numbers(m.data) };
  return { shape: [], numbers: Object.values(v as object).flatMap((part) => [...found(part).numbers]) };
}

/** The function that stands for a declared one: as in src/ops/scalar/user.ts. */
function declared(hash: number, order: number): (x: number) => number {
  const [a, b] = [0.6 + (hash % 97) / 200, 0.3 + (hash % 89) / 300];
  return (x) => a ** order * Math.sin(a * x + 0.4 + (order * Math.PI) / 2) + b ** order * Math.exp(b * x) * 0.5;
}

async function run(job: Job): Promise<Record<string, Found>> {
  const module = (await import(job.path)) as Record<string, (...args: unknown[]) => unknown>;
  const callables = Object.entries(job.callables ?? {}).map(([name, [hash, order]]) => [name, declared(hash, order)] as const);
  const at = (values: Readonly<Record<string, Nested>>): Record<string, unknown> => Object.fromEntries([...Object.entries(values).map(([name, v]) => [name, given(v)] as const), ...callables]);
  const args = at(job.values);
  const results: Record<string, Found> = {};
  for (const call of job.calls) {
    const result = module[call]!(args);
    // With a core in the place of the derivative the parts are not comparable.
    const isDense = call !== 'both' || found((result as { derivative?: unknown }).derivative ?? []).numbers.length === (results['derivative']?.numbers.length ?? 0);
    if (isDense) results[call] = found(result);
  }
  if (job.direction !== undefined) {
    const apply = module['derivativeApply']!;
    const names = /\(([\s\S]*?)\)\s*\{/.exec(apply.toString())?.[1]?.split(',').map((p) => p.trim()) ?? [];
    results['applied'] = found(apply(module['derivativeCore']!(args), given(job.direction), ...names.slice(2).map((name) => args[name])));
  }
  for (const [k, values] of (job.points ?? []).entries()) results[`point ${k}`] = found(module['derivative']!(at(values)));
  return results;
}

const [, , input, output] = process.argv;
const answers: unknown[] = [];
for (const job of JSON.parse(readFileSync(input!, 'utf8')) as Job[]) {
  try {
    answers.push({ results: await run(job) });
  } catch (error) {
    answers.push({ error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
}
writeFileSync(output!, JSON.stringify(answers));
