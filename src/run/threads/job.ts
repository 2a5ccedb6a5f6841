// Work for several threads, as numbers in shared memory: tasks in any order, each a list of calls of functions of
// WebAssembly modules. Who runs it needs nothing else.
//
//   functions, tasks, place and stride of the scratch blocks
//   for each function: number, place and length of its module, position among the exports
//   for each task, and once more at the end: where its calls begin
//   for each call: function, number of arguments, which of them are places in the scratch block, arguments

import { must } from '../../base/internal.ts';
import type { WasmFunction } from '../wasm/engine.ts';

/** A function that every thread can find. */
export interface SharedFunction {
  readonly run: WasmFunction;
  readonly module: SharedModule;
  readonly position: number;
}

/** The bytes of a module in shared memory. */
export interface SharedModule {
  readonly number: number;
  readonly at: number;
  readonly length: number;
}

export interface Call {
  readonly run: SharedFunction;
  readonly args: readonly number[];
  /** Bit i is set when argument i is an offset into the scratch block of the thread that runs it. */
  readonly own?: number;
}

export type Task = readonly Call[];

/** One block for each thread, `stride` bytes apart. */
export interface Scratch {
  readonly at: number;
  readonly stride: number;
}

export interface Job {
  readonly words: Float64Array;
  readonly tasks: number;
  /** By their numbers in the words. */
  readonly functions: readonly WasmFunction[];
}

const HEAD = 4;
const OF_FUNCTION = 4;

export function newJob(tasks: readonly Task[], scratch: Scratch = { at: 0, stride: 0 }): Job {
  const numbers = new Map<SharedFunction, number>();
  for (const task of tasks) for (const { run } of task) if (!numbers.has(run)) numbers.set(run, numbers.size);
  const starts = HEAD + OF_FUNCTION * numbers.size;
  const words: number[] = [numbers.size, tasks.length, scratch.at, scratch.stride];
  for (const { module, position } of numbers.keys()) words.push(module.number, module.at, module.length, position);
  let next = starts + tasks.length + 1;
  for (const task of tasks) {
    words.push(next);
    for (const { args } of task) next += 3 + args.length;
  }
  words.push(next);
  for (const task of tasks) for (const { run, args, own = 0 } of task) words.push(must(numbers.get(run)), args.length, own, ...args);
  return { words: Float64Array.from(words), tasks: tasks.length, functions: [...numbers.keys()].map((f) => f.run) };
}

/** The functions of a job whose words begin at `at`, as `find` finds them. */
export function functionsOf(words: Float64Array, at: number, find: (module: SharedModule, position: number) => WasmFunction): WasmFunction[] {
  return Array.from({ length: words[at]! }, (_, i) => {
    const k = at + HEAD + OF_FUNCTION * i;
    return find({ number: words[k]!, at: words[k + 1]!, length: words[k + 2]! }, words[k + 3]!);
  });
}

export function runTask(words: Float64Array, at: number, task: number, functions: readonly WasmFunction[], thread: number): void {
  const scratch = words[at + 2]! + thread * words[at + 3]!;
  const starts = at + HEAD + OF_FUNCTION * words[at]! + task;
  const end = at + words[starts + 1]!;
  const args: number[] = [];
  for (let k = at + words[starts]!; k < end; k += 3 + args.length) {
    args.length = words[k + 1]!;
    const own = words[k + 2]!;
    for (let i = 0; i < args.length; i++) args[i] = words[k + 3 + i]! + ((own >> i) & 1 ? scratch : 0);
    functions[words[k]!]!(...args);
  }
}
