// How much a proof may cost, in steps that are counted, so that answers do not depend on the machine. Like a deadline it belongs to
// the calls on the stack.

let left = Infinity;

/** `work` with so much to spend, or with what is left of a call around it. */
export function withEffort<T>(most: number, work: () => T): T {
  const before = left;
  left = Math.min(before, most);
  try {
    return work();
  } finally {
    left = before === Infinity ? Infinity : left;
  }
}

/** `work` with so much of its own, whatever is left around it: for the few parts that a whole falls into. */
export function withOwnEffort<T>(most: number, work: () => T): T {
  const before = left;
  left = most;
  try {
    return work();
  } finally {
    left = before;
  }
}

/** False when nothing is left: what is not begun then is unknown, and is not to be remembered. */
export function spend(steps: number): boolean {
  left -= steps;
  return left > 0;
}

export function isSpent(): boolean {
  return left <= 0;
}
