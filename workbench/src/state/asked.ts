// A question that is asked again whenever it changes, and its last answer.

import { type ReadonlySignal, batch, effect, signal } from '@preact/signals';
import type { Lane } from '../engine/lane.ts';
import { type Failure, type Input, type Output, TaskError, type TaskName } from '../engine/protocol.ts';

export interface State<T> {
  /** The last answer; while the next one is on its way it stays, and `isOld` says so. */
  readonly answer?: T;
  readonly isOld: boolean;
  readonly isWorking: boolean;
  /** The user ended the work. */
  readonly isStopped?: boolean;
  readonly failure?: Failure;
  readonly news?: unknown;
}

/** A question that is followed, and what there is to show of it. */
export interface Asking<T> {
  readonly state: ReadonlySignal<State<T>>;
  /** An answer is on its way; changes at once, while `state` waits until there is something to see. */
  readonly isBusy: ReadonlySignal<boolean>;
  readonly stop: () => void;
  readonly dispose: () => void;
}

// Most answers come before this: what is shown then changes once a question, from answer to answer.
const newsAfter = 60;

/** Follows `question` until disposed; no question, no answer. */
export function asking<K extends TaskName>(lane: Lane, task: K, question: ReadonlySignal<Input<K> | undefined>): Asking<Output<K>> {
  const state = signal<State<Output<K>>>({ isOld: false, isWorking: false });
  const isBusy = signal(false);
  let cancelled = new AbortController();
  const settle = (next: State<Output<K>>): void =>
    batch(() => {
      isBusy.value = false;
      state.value = next;
    });
  const dispose = effect(() => {
    const input = question.value;
    if (input === undefined) {
      settle({ isOld: false, isWorking: false });
      return undefined;
    }
    const cancel = new AbortController();
    cancelled = cancel;
    const before = state.peek().answer;
    const kept = { ...(before !== undefined && { answer: before }), isOld: before !== undefined };
    let latest: unknown;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      timer = undefined;
      state.value = { ...kept, isWorking: true, ...(latest !== undefined && { news: latest }) };
    };
    // A lane lets young work end, and what it says meanwhile is about a text that is gone.
    const unlessCancelled = (then: () => void): void => {
      if (!cancel.signal.aborted) then();
    };
    cancel.signal.addEventListener('abort', () => clearTimeout(timer));
    // First of all the question, then what the page shows of it.
    lane
      .ask(task, input, {
        signal: cancel.signal,
        onProgress: (news) =>
          unlessCancelled(() => {
            latest = news;
            timer ??= setTimeout(show, newsAfter);
          }),
      })
      .answer.finally(() => clearTimeout(timer))
      .then(
        (answer) => unlessCancelled(() => settle({ answer, isOld: false, isWorking: false })),
        (error: unknown) =>
          unlessCancelled(() => {
            const failure: Failure = error instanceof TaskError ? error.failure : { kind: 'internal', message: String(error) };
            settle({ ...kept, isWorking: false, failure });
          }),
      );
    isBusy.value = true;
    if (before === undefined) show();
    else timer = setTimeout(show, newsAfter);
    return () => cancel.abort();
  });
  const stop = (): void => {
    if (!isBusy.peek()) return;
    const { answer } = state.peek();
    cancelled.abort();
    settle({ ...(answer !== undefined && { answer }), isOld: answer !== undefined, isWorking: false, isStopped: true });
  };
  return { state, isBusy, stop, dispose };
}
