// A lane is a worker for one kind of question. A new question cancels the one before it: short work is left to end and
// its answer dropped; what has not ended by then is ended with its worker, and a worker that stands ready takes over.
// The one that stands ready may practise meanwhile: then it takes over when it has, and the other one practises too.

import { type Practice, practise } from './practise.ts';
import { type Input, type Output, type Reply, type Request, type TaskName, TaskError } from './protocol.ts';

export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (news: unknown) => void;
}

/** An answer on its way, and the way to speak to the task meanwhile. */
export interface Asked<T> {
  readonly answer: Promise<T>;
  readonly tell: (message: unknown) => void;
}

export interface Lane {
  readonly ask: <K extends TaskName>(task: K, input: Input<K>, options?: AskOptions) => Asked<Output<K>>;
  readonly close: () => void;
}

interface Pending {
  readonly id: number;
  readonly began: number;
  readonly resolve: (output: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress: ((news: unknown) => void) | undefined;
}

// Work this young ends sooner than a new worker begins.
const patience = 120;
// Nobody practises before the lane has been quiet this long.
const quiet = 800;

export function newLane(practice?: Practice, newWorker: () => Worker = engineWorker): Lane {
  let pending: Pending | undefined;
  let lastAsked = -Infinity;
  let queue: (() => void)[] = [];
  let last = 0;

  const started = (): Worker => {
    const worker = newWorker();
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      if (data.kind === 'ready') {
        // The spare one is made while nobody waits.
        if (worker === busy) spare ??= started();
        else if (practice) void prepare(worker, practice);
        return;
      }
      if (worker !== busy || pending?.id !== data.id) return;
      if (data.kind === 'progress') pending.onProgress?.(data.news);
      else end(data);
    });
    worker.addEventListener('error', (event) => {
      if (worker !== busy || !pending) return;
      replace();
      end({ kind: 'failed', id: pending.id, failure: { kind: 'internal', message: event.message || 'the worker ended' } });
    });
    return worker;
  };
  let busy = started();
  let spare: Worker | undefined;

  const end = (data: Extract<Reply, { kind: 'done' | 'failed' }>): void => {
    const { resolve, reject } = pending!;
    pending = undefined;
    if (data.kind === 'done') resolve(data.output);
    else reject(new TaskError(data.failure));
    queue.shift()?.();
  };

  const replace = (): void => {
    busy.terminate();
    busy = spare ?? started();
    spare = started();
  };

  /** Until the worker may practise; false when it has to work instead. */
  const whenQuiet = async (worker: Worker): Promise<boolean> => {
    const isSpare = (): boolean => worker === spare;
    while (isSpare()) {
      const wait = pending ? quiet : lastAsked + quiet - performance.now();
      if (wait <= 0) return true;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    return false;
  };

  const practised = new WeakSet<Worker>();
  const prepare = async (worker: Worker, work: Practice): Promise<void> => {
    if (!(await practise(worker, work, () => whenQuiet(worker)))) return;
    practised.add(worker);
    if (pending || practised.has(busy)) return;
    [busy, spare] = [worker, busy];
    void prepare(spare, work);
  };

  // The page has stopped waiting: what is young ends by itself, and the next question waits for it that long.
  const abandon = (id: number): void => {
    const { began } = pending!;
    setTimeout(
      () => {
        if (pending?.id !== id) return;
        replace();
        pending = undefined;
        queue.shift()?.();
      },
      Math.max(0, began + patience - performance.now()),
    );
  };

  return {
    ask: (task, input, { signal, onProgress } = {}) => {
      const id = ++last;
      const send = (message: Request): void => busy.postMessage(message);
      // Told before its turn has come.
      const early: unknown[] = [];
      const say = (message: unknown): void => send({ kind: 'tell', id, message });
      let isSent = false;
      const answer = new Promise<Output<typeof task>>((resolve, reject) => {
        const start = (): void => {
          if (signal?.aborted) return queue.shift()?.();
          lastAsked = performance.now();
          pending = { id, began: lastAsked, resolve: resolve as (output: unknown) => void, reject, onProgress };
          send({ kind: 'ask', id, task, input });
          isSent = true;
          early.forEach(say);
        };
        signal?.addEventListener('abort', () => {
          reject(signal.reason);
          if (pending?.id === id) abandon(id);
          else queue = queue.filter((waiting) => waiting !== start);
        });
        if (signal?.aborted) reject(signal.reason);
        else if (pending) queue.push(start);
        else start();
      });
      return { answer, tell: (message) => (isSent ? say(message) : void early.push(message)) };
    },
    close: () => {
      busy.terminate();
      spare?.terminate();
    },
  };
}

function engineWorker(): Worker {
  return new Worker(new URL('worker.ts', import.meta.url), { type: 'module', name: 'ricci' });
}
