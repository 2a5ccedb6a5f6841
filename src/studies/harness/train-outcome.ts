// How a training ends, as data and as a sentence.

import type { Outcome } from '../../solve/method.ts';
import type { Part } from './trainable.ts';

export type TrainOutcome =
  /** All steps were taken. */
  | { readonly kind: 'finished' }
  /** The gradient is as small as asked for. */
  | { readonly kind: 'converged' }
  /** By the signal or by `onStep`. */
  | { readonly kind: 'stopped' }
  /** The loss or its gradient is NaN or infinite at the point that step `step` led to. */
  | { readonly kind: 'diverged'; readonly step: number; readonly what: 'loss' | 'gradient'; readonly of: string; readonly largest: number }
  /** A line search found nothing better, short of the tolerance. */
  | { readonly kind: 'stalled'; readonly why: string };

/** One helpful sentence. */
export function trainSentence(outcome: TrainOutcome): string {
  switch (outcome.kind) {
    case 'finished':
      return 'All steps were taken.';
    case 'converged':
      return 'The gradient is as small as asked for.';
    case 'stopped':
      return 'Stopped on request; this is the point reached.';
    case 'stalled':
      return `Ended short of the tolerance: ${outcome.why}.`;
    default: {
      const where = outcome.step === 0 ? 'at the start values' : `after ${outcome.step} steps`;
      const what = outcome.what === 'loss' ? 'The loss is' : `The gradient by ${outcome.of} is`;
      const size = `the largest number in ${outcome.of} there is ${Number(outcome.largest.toPrecision(3))}`;
      return `${what} not finite ${where}; ${size}. ${outcome.step === 0 ? 'Start where the loss is defined.' : 'Try a smaller rate.'}`;
    }
  }
}

/** How a training by line searches ended. */
export function outcomeOf(outcome: Outcome): TrainOutcome {
  switch (outcome.kind) {
    case 'optimal':
      return { kind: 'converged' };
    case 'stopped':
      return outcome.by === 'iterations' ? { kind: 'finished' } : { kind: 'stopped' };
    case 'feasible':
    case 'failed':
      return { kind: 'stalled', why: outcome.why };
    default:
      return { kind: 'stalled', why: `the loss is ${outcome.kind}` };
  }
}

/** What is not finite at a point, if something is. */
export function divergence(step: number, value: number, gradient: Float64Array, parts: readonly Part[], x: Float64Array): TrainOutcome | undefined {
  const bad = parts.find(({ from, length }) => !gradient.subarray(from, from + length).every(Number.isFinite));
  if (Number.isFinite(value) && bad === undefined) return undefined;
  const { name, from, length } = bad ?? parts[0]!;
  const largest = x.subarray(from, from + length).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  return { kind: 'diverged', step, what: Number.isFinite(value) ? 'gradient' : 'loss', of: name, largest };
}
