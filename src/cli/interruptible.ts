// Ctrl-C as a signal for a computation that knows how to stop.

import process from 'node:process';

export async function interruptible<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    return await run(stop.signal);
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}
