// Several threads on one memory. The thread that asks takes part; the others sleep until there is a job.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import type { WasmFunction } from '../wasm/engine.ts';
import type { LinearMemory } from '../wasm/memory.ts';
import { deskOf, failure, finished, newDesk, open, work } from './desk.ts';
import { type Job, type SharedFunction, type SharedModule, type Task, newJob, runTask } from './job.ts';
import { nodeThreads, openThread } from './thread.ts';

export interface CrewOptions {
  /** With the one that asks. */
  readonly threads: number;
  /** Milliseconds without any task finished after which a thread counts as lost. */
  readonly patience?: number;
  /** Shares even the smallest work: slow, and a test of how it is shared. */
  readonly eager?: boolean;
}

export interface Crew {
  readonly threads: number;
  /** So far. */
  readonly jobs: () => number;
  /** An amount of work, or nearly nothing for a crew that is eager. */
  readonly atLeast: (amount: number) => number;
  /** Lets other threads call the functions of a module, given in the order of its exports. */
  readonly share: (bytes: Uint8Array, functions: readonly WasmFunction[]) => void;
  /** Undefined for functions that only the thread that asks can call. */
  readonly shared: (run: WasmFunction) => SharedFunction | undefined;
  /**
   * Runs every task of a job whose words lie at an address. Which thread runs which task is left to chance.
   * Throws a `RicciError` `thread-lost` when a thread has died.
   */
  readonly run: (job: Job, at: number) => void;
  /** Likewise for tasks that are run once, with so many bytes of scratch memory for each thread. */
  readonly runOnce: (tasks: readonly Task[], scratch?: number) => void;
  /** Until all threads have started; they are not waited for otherwise. */
  readonly ready: () => Promise<void>;
  /** Ends the other threads; jobs are run by the one that asks from then on. */
  readonly close: () => void;
}

declare const Worker: new (file: URL, options: { readonly type: 'module' }) => unknown;

export function newCrew(memory: LinearMemory, { threads, patience = 30_000, eager = false }: CrewOptions): Crew {
  const buffer = newDesk();
  const desk = deskOf(buffer);
  let lost: string | undefined;
  let isOpen = true;
  let settle: () => void = () => {};
  const allPresent = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let count = 1;
  const arrive = (): void => {
    if (++count >= threads) settle();
  };
  const file = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
  const others = Array.from({ length: threads - 1 }, (_, i) => {
    const thread = openThread(new URL(file, import.meta.url), () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }), {
      onMessage: arrive,
      onEnd: (reason) => {
        lost ??= reason;
        settle();
      },
    });
    thread.post({ memory: memory.object, desk: buffer, thread: i + 1 });
    return thread;
  });
  const close = (): void => {
    isOpen = false;
    settle();
    for (const other of others) other.stop();
  };

  const known = new WeakMap<WasmFunction, SharedFunction>();
  const forgotten = new FinalizationRegistry<number>((at) => memory.release(at));
  let modules = 0;
  let jobs = 0;
  const run = (job: Job, at: number): void => {
    jobs++;
    if (isOpen && lost !== undefined) throw new RicciError([threadLost(lost)]);
    const mine = (word: number, task: number): void => runTask(memory.f64(), word, task, job.functions, 0);
    if (!isOpen) {
      for (let task = 0; task < job.tasks; task++) mine(at / 8, task);
      return;
    }
    open(desk, { at: at / 8, tasks: job.tasks, reach: memory.f64().length }, threads);
    work(desk, mine);
    if (!finished(desk, patience)) {
      lost = `nothing was finished for ${patience / 1000} seconds`;
      for (const other of others) other.stop();
      throw new RicciError([threadLost(lost)]);
    }
    const wrong = failure(desk);
    if (wrong !== undefined) throw new Error(`internal: a task failed: ${wrong}`);
  };

  return {
    threads,
    jobs: () => jobs,
    atLeast: (amount) => (eager ? Math.min(amount, 2) : amount),
    share: (bytes, functions) => {
      const at = memory.allocate(bytes.length);
      memory.bytes().set(bytes, at);
      const module: SharedModule = { number: modules++, at, length: bytes.length };
      forgotten.register(module, at);
      functions.forEach((f, position) => known.set(f, { run: f, module, position }));
    },
    shared: (f) => known.get(f),
    run,
    runOnce: (tasks, scratch = 0) => {
      const stride = Math.ceil(scratch / 64) * 64;
      const { words } = newJob(tasks);
      memory.temporary(words.byteLength + 64 + stride * threads, (at) => {
        const job = newJob(tasks, { at: at + Math.ceil(words.byteLength / 64) * 64, stride });
        memory.f64().set(job.words, at / 8);
        run(job, at);
      });
    },
    ready: async () => {
      for (const other of others) other.hold(true);
      await allPresent;
      for (const other of others) other.hold(false);
      if (lost !== undefined) throw new RicciError([threadLost(lost)]);
    },
    close,
  };
}

/** Throws a `RicciError` `no-threads` where the host does not let threads share memory, or this one wait. */
export function requireThreads(threads: number): void {
  const wrong = whyNot(threads);
  if (wrong) throw new RicciError([{ code: 'no-threads', severity: 'error', span: [0, 0], ...wrong }]);
}

function whyNot(threads: number): Pick<Diagnostic, 'message' | 'needed' | 'found' | 'help'> | undefined {
  const message = `work cannot be shared by ${threads} threads here`;
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > 256)
    return { message: 'this is no number of threads', needed: 'a whole number from 1 to 256', found: String(threads), help: 'give the number of cores that may be used' };
  if (threads === 1 || nodeThreads()) return undefined;
  const scope = globalThis as { readonly crossOriginIsolated?: boolean; readonly document?: unknown };
  if (scope.crossOriginIsolated !== true)
    return {
      message,
      needed: 'a page that is cross-origin isolated',
      found: 'a page that is not',
      help: 'serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or use one thread',
    };
  if (scope.document !== undefined) return { message, needed: 'a worker, which may wait for others', found: 'the main thread of a page', help: 'use computeWorker({ threads })' };
  return undefined;
}

function threadLost(reason: string): Diagnostic {
  return {
    code: 'thread-lost',
    severity: 'error',
    message: 'a thread that shares the work is lost',
    span: [0, 0],
    needed: 'all threads of the machine',
    found: reason,
    help: 'make a new machine and compile again; with less memory in use, or fewer threads, if it happens again',
  };
}
