// A lane is a worker for one kind of question. A new question cancels the one before it: short work is left to end and
// its answer dropped; what has not ended by then is ended with its worker, and a worker that stands ready takes over.

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

export function newLane(newWorker: () => Worker = engineWorker): Lane {
  let busy = newWorker();
  let spare: Worker | undefined;
  let pending: Pending | undefined;
  let queue: (() => void)[] = [];
  let last = 0;

  const listen = (worker: Worker): void => {
    worker.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
      if (data.kind === 'ready') {
        // The spare one is made while nobody waits.
        if (worker === busy) spare ??= newWorker();
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
  };

  const end = (data: Extract<Reply, { kind: 'done' | 'failed' }>): void => {
    const { resolve, reject } = pending!;
    pending = undefined;
    if (data.kind === 'done') resolve(data.output);
    else reject(new TaskError(data.failure));
    queue.shift()?.();
  };

  const replace = (): void => {
    busy.terminate();
    busy = spare ?? newWorker();
    listen(busy);
    spare = newWorker();
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

  listen(busy);
  return {
    ask: (task, input, { signal, onProgress } = {}) => {
      const id = ++last;
      const send = (message: Request): void => busy.postMessage(message);
      const answer = new Promise<Output<typeof task>>((resolve, reject) => {
        const start = (): void => {
          if (signal?.aborted) return queue.shift()?.();
          pending = { id, began: performance.now(), resolve: resolve as (output: unknown) => void, reject, onProgress };
          send({ kind: 'ask', id, task, input });
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
      return { answer, tell: (message) => send({ kind: 'tell', id, message }) };
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
