// A time by which a proof must be found: searches look at it, and are left by an exception when it has passed.

import { contextCache } from '../ir/expr.ts';

/** Thrown by a search past its deadline. What it found before stays; what it was about is as unknown as before. */
export class OutOfTime extends Error {
  constructor() {
    super('the time for the proof was up');
  }
}

const deadline = contextCache(() => ({ at: Infinity }));

/** `work`, or undefined if it was not done at `at`, in milliseconds of `performance.now()`. */
export function doneBy<T>(at: number, work: () => T): T | undefined {
  const current = deadline();
  const before = current.at;
  current.at = Math.min(before, at);
  try {
    return work();
  } catch (error) {
    if (error instanceof OutOfTime) return undefined;
    throw error;
  } finally {
    current.at = before;
  }
}

/** Milliseconds until the deadline: what is known to take longer need not be begun. */
export function timeLeft(): number {
  const { at } = deadline();
  return at === Infinity ? Infinity : Math.max(0, at - performance.now());
}

/** Throws `OutOfTime` past the deadline. */
export function lookAtTime(): void {
  const { at } = deadline();
  if (at < Infinity && performance.now() > at) throw new OutOfTime();
}
