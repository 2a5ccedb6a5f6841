// The state of a solve on the page: started, paused, stopped, begun again from the last answer.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { SolveMessage, SolveNews, SolvePoint, SolveQuestion, Solved } from '../engine/optimize/solve.ts';
import type { Lane } from '../engine/lane.ts';
import { type Failure, TaskError } from '../engine/protocol.ts';

export interface SolveState {
  readonly phase: 'idle' | 'running' | 'paused' | 'done' | 'failed';
  readonly points: readonly SolvePoint[];
  readonly method: string;
  readonly seconds: number;
  /** The last answer; while the next one is computed it stays. */
  readonly solved?: Solved;
  readonly failure?: Failure;
  /** What is solved, or was. */
  readonly question?: SolveQuestion;
}

export interface Solving {
  readonly state: ReadonlySignal<SolveState>;
  readonly start: (question: SolveQuestion) => void;
  readonly say: (message: SolveMessage) => void;
}

const mostPoints = 20_000;
// A solve gives way to messages many times in this time.
const patience = 600;

export function newSolving(lane: Lane): Solving {
  const state = signal<SolveState>({ phase: 'idle', points: [], method: '', seconds: 0 });
  let cancel: AbortController | undefined;
  let tell: ((message: unknown) => void) | undefined;
  /** Asked for while another one goes on. */
  let next: SolveQuestion | undefined;
  let hurry: ReturnType<typeof setTimeout> | undefined;
  const change = (changed: Partial<SolveState>): void => void (state.value = { ...state.peek(), ...changed });
  const begin = (question: SolveQuestion): void => {
    const mine = (cancel = new AbortController());
    const { solved } = state.peek();
    state.value = { phase: 'running', points: [], method: '', seconds: 0, question, ...(solved && { solved }) };
    const onProgress = (news: unknown): void => {
      const { method, points, seconds } = news as SolveNews;
      // Of a very long solve the curves show the end.
      if (!mine.signal.aborted) change({ method, seconds, points: [...state.peek().points, ...points].slice(-mostPoints) });
    };
    const asked = lane.ask('solve', question, { signal: mine.signal, onProgress });
    tell = asked.tell;
    asked.answer.then(
      (answer) => {
        if (mine.signal.aborted) return;
        if (!takeOver()) change({ phase: 'done', solved: answer, seconds: answer.seconds });
      },
      (error: unknown) => {
        if (mine.signal.aborted || takeOver()) return;
        change({ phase: 'failed', failure: error instanceof TaskError ? error.failure : { kind: 'internal', message: String(error) } });
      },
    );
  };
  const takeOver = (): boolean => {
    const question = next;
    clearTimeout(hurry);
    next = undefined;
    if (question) begin(question);
    return question !== undefined;
  };
  return {
    state,
    start: (question) => {
      const { phase } = state.peek();
      if (phase !== 'running' && phase !== 'paused') {
        begin(question);
        return;
      }
      // What is stopped leaves its point in the worker, from which the next one starts; what does not stop is ended.
      if (!next) {
        tell?.('stop');
        hurry = setTimeout(() => {
          cancel?.abort();
          takeOver();
        }, patience);
      }
      next = question;
      change({ phase: 'running', question });
    },
    say: (message) => {
      tell?.(message);
      const { phase } = state.peek();
      if (phase === 'running' && message === 'pause') change({ phase: 'paused' });
      if (phase === 'paused' && message !== 'pause') change({ phase: 'running' });
    },
  };
}
