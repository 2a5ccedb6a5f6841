// How long computations tell where they are, give way to other work, and are stopped.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';

/** Where a computation is: `done` parts of `of`, in the stage of that name. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly of: number;
  /** What there is to say meanwhile, such as a loss. */
  readonly says?: string;
}

/** What every long computation takes. */
export interface RunOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the computation with the error `cancelled`. */
  readonly signal?: AbortSignal;
}

/** Tells of a part that is done; to be awaited. Throws `cancelled` when the caller has had enough. */
export type Tell = (done: number, of: number, says?: string) => Promise<void>;

export interface Pace {
  /** A stage of the computation, by its name. */
  readonly stage: (name: string) => Tell;
}

// Milliseconds of work between pauses, in which signals arrive and pages are drawn.
const stretch = 50;

/**
 * Paces a computation: each part that is told of is reported, and several times a second other work has its turn.
 *
 * @example const tell = newPace(options).stage('draws'); for (let k = 0; k < 20; k++) { draw(k); await tell(k + 1, 20); }
 */
export function newPace({ onProgress, signal }: RunOptions = {}): Pace {
  let since = performance.now();
  const tell = async (stage: string, done: number, of: number, says?: string): Promise<void> => {
    onProgress?.({ stage, done, of, ...(says !== undefined && { says }) });
    if (performance.now() - since >= stretch) {
      await new Promise((resume) => setTimeout(resume, 0));
      since = performance.now();
    }
    if (signal?.aborted) throw new RicciError([cancelled(stage, done, of)]);
  };
  return { stage: (name) => (done, of, says) => tell(name, done, of, says) };
}

function cancelled(stage: string, done: number, of: number): Diagnostic {
  return {
    code: 'cancelled',
    severity: 'error',
    message: 'the study was stopped before it had a result',
    span: [0, 0],
    found: `stopped in "${stage}" after ${done} of ${of}`,
    help: 'run it again; the same seed gives the same numbers',
  };
}
