// Drives a method from its init to its end, one step at a time, within limits.

import { doneBy } from '../base/deadline.ts';
import { Interrupted } from './counted.ts';
import type { Counted } from './counted.ts';
import { fallsForEver } from './kkt.ts';
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

/**
 * Yields after each step, so that a caller can wait, watch, or stop asking. An objective that has fallen far is tested for
 * falling for ever along the last step.
 */
export function* drive<State>(
  method: Method<State>,
  how: MethodOptions,
  control: Control,
  isEnough: (steps: number) => boolean,
): Generator<Progress, Run> {
  const { counted, options, clock, before } = control;
  const most = options.limits?.iterations ?? Infinity;
  let standing: Standing | undefined;
  let iterations = 0;
  const { seconds = Infinity } = options.limits ?? {};
  // A factorisation looks at the time too.
  const inTime = (work: () => State): State => {
    const done = seconds === Infinity ? work() : doneBy(performance.now() + 1000 * (seconds - clock()), work);
    if (done === undefined) throw new Interrupted('time');
    return done;
  };
  const stopped = (by: Limit): Run => ({ claim: { kind: 'stopped', by }, standing, iterations });
  try {
    let state = inTime(() => method.init(counted.problem, how));
    standing = method.standing(state);
    let deep = -1e3 * Math.max(1, Math.abs(standing.objective));
    for (;;) {
      const claim = method.done(state);
      if (claim !== undefined) return { claim, standing, iterations };
      if (isEnough(iterations)) {
        const why = 'the method took more steps than it was given';
        return { claim: { kind: 'stalled', why }, standing, iterations };
      }
      if (before + iterations >= most) return stopped('iterations');
      if (options.signal?.aborted === true) return stopped('caller');
      if (clock() > seconds) return stopped('time');
      const now = state;
      state = inTime(() => method.step(now));
      const last = standing;
      standing = method.standing(state);
      iterations++;
      if (standing.objective < deep && standing.violation <= how.tolerance) {
        deep = 100 * standing.objective;
        const ray = directionBetween(last.z, standing.z);
        if (fallsForEver(counted.problem, standing.z, ray)) return { claim: { kind: 'unbounded', ray }, standing, iterations };
      }
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

/** Of length 1, without what is small beside the rest. */
function directionBetween(from: Float64Array, to: Float64Array): Float64Array {
  const step = to.map((value, j) => value - from[j]!);
  let length = 0;
  for (const value of step) length = Math.max(length, Math.abs(value));
  return step.map((value) => (Math.abs(value) < 1e-9 * length ? 0 : value / length));
}
