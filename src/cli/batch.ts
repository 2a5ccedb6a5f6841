// `ricci batch`: JSON lines in, one JSON line out for each, in order, whatever the lines say.

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { UsageError } from './args.ts';
import type { Command, ExitCode } from './command.ts';
import type { Io } from './io.ts';
import { type Refusal, refuse } from './refuse.ts';

export const batchCommand: Command = {
  name: 'batch',
  usage: 'ricci batch [--limit SECONDS] < REQUESTS',
  says: `Reads requests as JSON, one a line, and writes an answer to each, one a line, in the same order.

  {"id": 1, "derive": "x'*A*x", "by": ["x"], "declare": "A: matrix(2, 2)", "at": {"A": [[1, 2], [3, 4]], "x": [1, 1]}}
  {"id": 2, "evaluate": "norm2(x)", "at": {"x": [3, 4]}}
  {"id": 3, "check": "x'*x", "by": ["x"], "is": "x"}
  {"id": 4, "solve": "parameters\\n vector a\\nvariables\\n vector x\\nmin\\n norm2(x-a)^2", "data": {"a": [1, 2]}}

A request that cannot be answered is answered with "ok": false and its diagnostics. Several names in "by" mean a
derivative of that order; "value" has the axes of the function, then those of each variable.`,
  options: { limit: { value: 'SECONDS', says: 'time for one request, 20 by default' } },
  examples: [`echo '{"derive": "x\\'*x", "by": ["x"]}' | ricci batch`],
  run: async (given, io): Promise<ExitCode> => {
    if (given.words.length > 0)
      throw new UsageError('batch reads its requests from standard input', 'ricci batch < requests.jsonl');
    const limit = Number(given.last('limit') ?? 20);
    if (!(limit > 0)) throw new UsageError('--limit is a number of seconds greater than 0');
    await batch(io, limit * 1000);
    return 0;
  },
};

// Lines handed to the worker ahead of their turn; the rest waits in the pipe.
const ahead = 32;
const memory = { maxOldGenerationSizeMb: 1024 };

async function batch(io: Io, limit: number): Promise<void> {
  const lines = createInterface({ input: io.input, crlfDelay: Infinity });
  const desk = openDesk(limit, (answer) => io.output.write(`${answer}\n`));
  for await (const line of lines) {
    if (line.trim() === '') continue;
    desk.ask(line);
    if (desk.waiting() >= ahead) await desk.progress();
    if (io.output.writableNeedDrain) await once(io.output, 'drain');
  }
  while (desk.waiting() > 0) await desk.progress();
  await desk.close();
}

interface Desk {
  readonly ask: (line: string) => void;
  readonly waiting: () => number;
  /** Until the next answer is written. */
  readonly progress: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Asks a worker; one that takes too long or fails is replaced, and its request answered for it. */
function openDesk(limit: number, write: (answer: string) => void): Desk {
  const queue: string[] = [];
  let wake: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  let worker = start();

  function start(): Worker {
    const file = import.meta.url.endsWith('.ts') ? './batch-worker.ts' : './batch-worker.js';
    const next = new Worker(new URL(file, import.meta.url), { resourceLimits: memory, workerData: { seconds: (0.8 * limit) / 1000 } });
    isReady = false;
    next.on('message', (answer: string | null) => (answer === null ? begin() : settle(answer)));
    next.on('error', (error) =>
      replace(
        next,
        (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory-limit' : 'internal',
        error.message,
      ),
    );
    for (const line of queue) next.postMessage(line);
    return next;
  }

  function begin(): void {
    isReady = true;
    rearm();
  }

  function replace(failed: Worker, reason: Refusal, detail: string): void {
    if (failed !== worker) return;
    failed.removeAllListeners('message');
    void failed.terminate();
    const line = queue.shift();
    worker = start();
    if (line !== undefined) answered(refuse(line, reason, detail));
  }

  function settle(answer: string): void {
    queue.shift();
    answered(answer);
  }

  function answered(answer: string): void {
    write(answer);
    rearm();
    wake?.();
  }

  function rearm(): void {
    clearTimeout(timer);
    timer =
      queue.length === 0 || !isReady
        ? undefined
        : setTimeout(() => replace(worker, 'time-limit', `${limit / 1000} seconds`), limit);
  }

  return {
    ask: (line) => {
      queue.push(line);
      worker.postMessage(line);
      if (queue.length === 1) rearm();
    },
    waiting: () => queue.length,
    progress: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
    },
    close: async () => {
      clearTimeout(timer);
      await worker.terminate();
    },
  };
}
