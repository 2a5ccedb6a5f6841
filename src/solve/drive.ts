// Drives a method from its init to its end, one step at a time, within limits.

import { Interrupted } from './counted.ts';
import type { Counted } from './counted.ts';
import type { Claim, Limit, Method, MethodOptions, Progress, SolveOptions, Standing } from './method.ts';

export interface Run {
  readonly claim: Claim | { readonly kind: 'stopped'; readonly by: Limit };
  readonly standing: Standing | undefined;
  readonly iterations: number;
}

export interface Control {
  readonly counted: Counted;
  readonly options: SolveOptions;
  readonly clock: () => number;
  /** Iterations of the methods before. */
  readonly before: number;
}

/** Yields after each step, so that a caller can wait, watch, or stop asking. */
export function* drive<State>(
  method: Method<State>,
  how: MethodOptions,
  control: Control,
  steps: number = Infinity,
): Generator<Progress, Run> {
  const { counted, options, clock, before } = control;
  const most = options.limits?.iterations ?? Infinity;
  let standing: Standing | undefined;
  let iterations = 0;
  const stopped = (by: Limit): Run => ({ claim: { kind: 'stopped', by }, standing, iterations });
  try {
    let state = method.init(counted.problem, how);
    standing = method.standing(state);
    for (;;) {
      const claim = method.done(state);
      if (claim !== undefined) return { claim, standing, iterations };
      if (iterations >= steps) {
        const why = 'the method took more steps than it was given';
        return { claim: { kind: 'stalled', why }, standing, iterations };
      }
      if (before + iterations >= most) return stopped('iterations');
      if (options.signal?.aborted === true) return stopped('caller');
      if (clock() > (options.limits?.seconds ?? Infinity)) return stopped('time');
      state = method.step(state);
      standing = method.standing(state);
      iterations++;
      const progress: Progress = {
        method: method.name,
        iteration: before + iterations,
        objective: standing.objective,
        violation: standing.violation,
        stationarity: standing.stationarity,
        step: standing.step,
        evaluations: counted.total(),
        seconds: clock(),
        z: standing.z,
      };
      if (options.onProgress?.(progress) === 'stop') return stopped('caller');
      yield progress;
    }
  } catch (error) {
    if (error instanceof Interrupted) return stopped(error.by);
    throw error;
  }
}
