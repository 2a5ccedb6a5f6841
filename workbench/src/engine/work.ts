// What a task has besides its question.

/** What a task may use while it works. */
export interface Work {
  /** Something to show while the work goes on; plain data. */
  readonly progress: (news: unknown) => void;
  /** Messages for this task while it works: pause, another parameter. */
  readonly onMessage: (listener: (message: unknown) => void) => void;
  /** What a task keeps for the next question of its kind; it is gone with the worker, so nothing may depend on it. */
  readonly memory: Map<string, unknown>;
}

/** Messages for one task: those that come before it listens are kept for it. */
export interface Mailbox {
  readonly put: (message: unknown) => void;
  readonly onMessage: Work['onMessage'];
}

export function newMailbox(): Mailbox {
  let listen: ((message: unknown) => void) | undefined;
  let kept: unknown[] = [];
  return {
    put: (message) => (listen ? listen(message) : void kept.push(message)),
    onMessage: (listener) => {
      listen = listener;
      for (const message of kept) listener(message);
      kept = [];
    },
  };
}
