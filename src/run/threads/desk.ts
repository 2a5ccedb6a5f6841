// How threads agree on who does what: a few whole numbers in shared memory, changed by atomic operations only.
//
// Tasks are numbered on and on, over all jobs. A thread takes task n by changing NEXT from n to n + 1; that succeeds only
// while n is below LIMIT, and then the job that was read after LIMIT is the one task n belongs to: a later job is opened
// only once every task below LIMIT is done.

export interface Desk {
  readonly words: Int32Array;
  readonly text: Uint8Array;
}

/** What is sent to a thread when it starts. */
export interface Engagement {
  readonly memory: unknown;
  readonly desk: SharedArrayBuffer;
  /** 0 is the thread that asks. */
  readonly thread: number;
}

// A cache line apart where different threads write.
const NEXT = 0;
const LIMIT = 16;
const JOB = 17;
const FIRST = 18;
const REACH = 19;
const BELL = 20;
const DONE = 32;
const FAILED = 48;
const WORDS = 64;
const TEXT = 1024;

export function newDesk(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * WORDS + TEXT);
}

export function deskOf(buffer: SharedArrayBuffer): Desk {
  return { words: new Int32Array(buffer, 0, WORDS), text: new Uint8Array(buffer, 4 * WORDS) };
}

/** Where a job lies, in words of 8 bytes, and how many words the memory has. */
export interface Opening {
  readonly at: number;
  readonly tasks: number;
  readonly reach: number;
}

/** Opens a job and wakes as many threads as it can use. */
export function open({ words }: Desk, { at, tasks, reach }: Opening, threads: number): void {
  Atomics.store(words, JOB, at);
  Atomics.store(words, REACH, reach);
  Atomics.store(words, FIRST, Atomics.load(words, NEXT));
  Atomics.store(words, LIMIT, (Atomics.load(words, NEXT) + tasks) | 0);
  Atomics.add(words, BELL, 1);
  Atomics.notify(words, BELL, Math.min(threads, tasks) - 1);
}

type Run = (job: number, task: number, reach: number) => void;

/** Takes tasks until none is left. */
export function work(desk: Desk, run: Run): void {
  const { words } = desk;
  for (;;) {
    const n = Atomics.load(words, NEXT);
    const limit = Atomics.load(words, LIMIT);
    if (n === limit) return;
    const job = Atomics.load(words, JOB);
    const task = (n - Atomics.load(words, FIRST)) | 0;
    if (Atomics.compareExchange(words, NEXT, n, (n + 1) | 0) !== n) continue;
    try {
      run(job, task, Atomics.load(words, REACH));
    } catch (error) {
      fail(desk, error instanceof Error ? error.message : String(error));
    }
    if (((Atomics.add(words, DONE, 1) + 1) | 0) === limit) Atomics.notify(words, DONE);
  }
}

/** Waits for what other threads have taken; false when for so many milliseconds none of it was finished. */
export function finished({ words }: Desk, patience: number): boolean {
  for (;;) {
    const done = Atomics.load(words, DONE);
    if (done === Atomics.load(words, LIMIT)) return true;
    if (Atomics.wait(words, DONE, done, patience) === 'timed-out' && Atomics.load(words, DONE) === done) return false;
  }
}

/** Sleeps until a job is opened, for ever. */
export function serve(desk: Desk, run: Run): never {
  for (;;) {
    const bell = Atomics.load(desk.words, BELL);
    work(desk, run);
    Atomics.wait(desk.words, BELL, bell);
  }
}

function fail({ words, text }: Desk, message: string): void {
  if (Atomics.compareExchange(words, FAILED, 0, 1) !== 0) return;
  const bytes = new TextEncoder().encode(message).subarray(0, TEXT - 1);
  text.fill(0);
  text.set(bytes);
}

/** What went wrong in a task, once. */
export function failure({ words, text }: Desk): string | undefined {
  if (Atomics.exchange(words, FAILED, 0) === 0) return undefined;
  return new TextDecoder().decode(text.slice(0, text.indexOf(0)));
}
