// Plain data that is computed anew with each answer, and mostly comes out the same.

import { type ReadonlySignal, computed } from '@preact/signals';

/** Like `computed` for plain data; what is written the same stays the same object, so that nothing is drawn again. */
export function steady<T>(make: () => T): ReadonlySignal<T> {
  let last: T;
  let lastWritten: string | undefined | null = null;
  return computed(() => {
    const value = make();
    const written = JSON.stringify(value);
    if (written !== lastWritten) [last, lastWritten] = [value, written];
    return last;
  });
}
