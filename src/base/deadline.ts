// A time by which work must be done: long loops look at it, and are left by an exception when it has passed. Like the current
// context it belongs to the calls on the stack, and is what it was before when they return.

/** Thrown by work past its deadline. What it was about is as unknown as before. */
export class OutOfTime extends Error {
  constructor() {
    super('the time was up');
  }
}

// In milliseconds of `performance.now()`.
let deadline = Infinity;

/** `work`, or undefined if it was not done at `at`, in milliseconds of `performance.now()`. */
export function doneBy<T>(at: number, work: () => T): T | undefined {
  const before = deadline;
  deadline = Math.min(before, at);
  try {
    return work();
  } catch (error) {
    if (error instanceof OutOfTime) return undefined;
    throw error;
  } finally {
    deadline = before;
  }
}

/** Milliseconds until the deadline: what is known to take longer need not be begun. */
export function timeLeft(): number {
  return deadline === Infinity ? Infinity : Math.max(0, deadline - performance.now());
}

/** Throws `OutOfTime` past the deadline. */
export function lookAtTime(): void {
  if (deadline < Infinity && performance.now() > deadline) throw new OutOfTime();
}
