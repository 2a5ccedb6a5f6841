// Ways to run a solve that hands over after every step.

/** Runs all steps at once; returns what the run returns. */
export function toItsEnd<T>(run: Generator<unknown, T>): T {
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
  }
}

// Milliseconds of work between pauses.
const stretch = 50;

/** The same, giving way to other work several times a second, so that an abort signal can arrive. */
export async function givingWay<T>(run: Generator<unknown, T>): Promise<T> {
  let since = performance.now();
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value;
    if (performance.now() - since < stretch) continue;
    await new Promise((resume) => setTimeout(resume, 0));
    since = performance.now();
  }
}
