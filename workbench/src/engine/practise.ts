// A worker that stands ready answers questions that nobody asked, so that its machine code is there when it is asked.

import type { Reply, Request, TaskName } from './protocol.ts';

export interface Practice {
  readonly task: TaskName;
  /** Fetched when there is time. */
  readonly inputs: () => Promise<readonly unknown[]>;
}

// Lanes count their questions from 1.
const nobodys = 0;

/** One question after the other, each when `mayGoOn` says so; false when it says no. */
export async function practise(worker: Worker, { task, inputs }: Practice, mayGoOn: () => Promise<boolean>): Promise<boolean> {
  for (const input of await inputs()) {
    if (!(await mayGoOn())) return false;
    await new Promise<void>((resolve) => {
      const hear = ({ data }: MessageEvent<Reply>): void => {
        if (data.kind !== 'done' && data.kind !== 'failed') return;
        worker.removeEventListener('message', hear);
        resolve();
      };
      worker.addEventListener('message', hear);
      worker.postMessage({ kind: 'ask', id: nobodys, task, input } satisfies Request);
    });
  }
  return true;
}
