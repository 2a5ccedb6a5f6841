// What the page and its workers say to each other.

import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import type { Tasks } from './tasks.ts';

export type TaskName = keyof Tasks;
export type Input<K extends TaskName> = Parameters<Awaited<ReturnType<Tasks[K]>>>[0];
export type Output<K extends TaskName> = Awaited<ReturnType<Awaited<ReturnType<Tasks[K]>>>>;

export type Request =
  | { readonly kind: 'ask'; readonly id: number; readonly task: TaskName; readonly input: unknown }
  | { readonly kind: 'tell'; readonly id: number; readonly message: unknown };

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly id: number; readonly news: unknown }
  | { readonly kind: 'done'; readonly id: number; readonly output: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly failure: Failure };

/** Why there is no answer: the user's input, or a defect of ours. */
export type Failure =
  | { readonly kind: 'diagnostics'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'internal'; readonly message: string };

/** Rejects what is asked; an aborted question rejects with the signal's reason instead. */
export class TaskError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind === 'internal' ? failure.message : failure.diagnostics.map((d) => d.message).join('\n'));
    this.name = 'TaskError';
    this.failure = failure;
  }
}
