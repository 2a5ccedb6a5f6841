// A question that is asked again whenever it changes, and its last answer.

import { type ReadonlySignal, effect, signal } from '@preact/signals';
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

const newsAfter = 60;

/** Follows `question` until disposed; no question, no answer. */
export function asking<K extends TaskName>(
  lane: Lane,
  task: K,
  question: ReadonlySignal<Input<K> | undefined>,
): { readonly state: ReadonlySignal<State<Output<K>>>; readonly stop: () => void; readonly dispose: () => void } {
  const state = signal<State<Output<K>>>({ isOld: false, isWorking: false });
  let cancelled = new AbortController();
  const dispose = effect(() => {
    const input = question.value;
    if (input === undefined) {
      state.value = { isOld: false, isWorking: false };
      return undefined;
    }
    const cancel = new AbortController();
    cancelled = cancel;
    const before = state.peek().answer;
    const kept = before === undefined ? {} : { answer: before };
    state.value = { ...kept, isOld: before !== undefined, isWorking: true };
    // Most answers come before their news would have been seen.
    let latest: unknown;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onProgress = (news: unknown): void => {
      // A lane lets young work end, and what it says meanwhile is about a text that is gone.
      if (cancel.signal.aborted) return;
      latest = news;
      timer ??= setTimeout(() => {
        timer = undefined;
        state.value = { ...state.peek(), news: latest };
      }, newsAfter);
    };
    cancel.signal.addEventListener('abort', () => clearTimeout(timer));
    lane.ask(task, input, { signal: cancel.signal, onProgress }).answer.then(
      (answer) => {
        clearTimeout(timer);
        if (!cancel.signal.aborted) state.value = { answer, isOld: false, isWorking: false };
      },
      (error: unknown) => {
        clearTimeout(timer);
        if (cancel.signal.aborted) return;
        const failure: Failure = error instanceof TaskError ? error.failure : { kind: 'internal', message: String(error) };
        state.value = { ...kept, isOld: before !== undefined, isWorking: false, failure };
      },
    );
    return () => cancel.abort();
  });
  const stop = (): void => {
    const { answer, isWorking } = state.peek();
    if (!isWorking) return;
    cancelled.abort();
    state.value = { ...(answer !== undefined && { answer }), isOld: answer !== undefined, isWorking: false, isStopped: true };
  };
  return { state, stop, dispose };
}
