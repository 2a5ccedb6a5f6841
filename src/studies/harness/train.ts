// Training: the parameters of a loss are moved until it is small, by mini-batches or by all examples at once.

import { type Diagnostic, RicciError } from '../../base/diagnostic.ts';
import { givingWay, toItsEnd } from '../../solve/run-steps.ts';
import { solving } from '../../solve/solve.ts';
import { norm } from '../../solve/vector.ts';
import { confirmGradient } from './confirm-gradient.ts';
import type { FullBatch, Optimizer } from './optimizer.ts';
import { newStream } from './random.ts';
import { type TrainOutcome, divergence, outcomeOf } from './train-outcome.ts';
import { type LossFunction, type LossOptions, type Part, type Trainable, lossFunction } from './trainable.ts';

export interface TrainOptions extends LossOptions {
  readonly method: Optimizer | FullBatch;
  /** How often every example is seen; 10 unless told, or 1000 steps of a method that takes all at once. */
  readonly epochs?: number;
  /** Of the order of examples. */
  readonly seed?: number;
  /** Where an earlier training of the same loss and data ended. */
  readonly from?: TrainState;
  /** Called after each step; `'stop'` ends the training. */
  readonly onStep?: (step: TrainStep) => 'stop' | void;
  readonly signal?: AbortSignal;
}

/** After a step. Arrays are those that the training works on: copy what is to be kept. */
export interface TrainStep {
  /** Steps taken. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  /** Of the examples of this step, before it. */
  readonly loss: number;
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly parts: readonly Part[];
}

/** What a training can be taken up from. */
export interface TrainState {
  readonly x: Float64Array;
  readonly moments: readonly Float64Array[];
  readonly steps: number;
}

export interface Trained {
  readonly outcome: TrainOutcome;
  /** Parameters by name: the last at which the loss was finite. */
  readonly values: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float64Array }>>;
  /** Of each step, before it. */
  readonly losses: readonly number[];
  readonly state: TrainState;
}

/**
 * Trains to the end. Throws a `RicciError` for values that do not fit, and when the compiled gradient disagrees with
 * differences of the loss at the start; how a training ends is an outcome.
 *
 * @example train(trainable('norm2(X*w-y)^2', ['w']), { data: { X, y }, start: { w: [0, 0] }, method: lbfgs() }).values.w
 */
export function train(what: Trainable, options: TrainOptions): Trained {
  return toItsEnd(training(what, options));
}

/** The same, giving way to other work several times a second, so that a signal can arrive. */
export async function trainAsync(what: Trainable, options: TrainOptions): Promise<Trained> {
  return await givingWay(training(what, options));
}

/** One value after each step. The loss is compiled before the first. */
export function training(what: Trainable, options: TrainOptions): Generator<TrainStep, Trained> {
  const { method, from } = options;
  const loss = lossFunction(what, method.kind === 'full-batch' ? { ...options, batch: Infinity } : options);
  if (from && from.x.length !== loss.start.length) throw new RicciError([otherState(from.x.length, loss.start.length)]);
  return method.kind === 'full-batch' ? byLineSearches(loss, method, options) : bySteps(loss, method, what, options);
}

function* bySteps(loss: LossFunction, method: Optimizer, { held = [] }: Trainable, { epochs = 10, seed = 1, from, onStep, signal, precision = 'f64' }: TrainOptions): Generator<TrainStep, Trained> {
  const { parts, examples, batch } = loss;
  const x = Float64Array.from(from?.x ?? loss.start);
  const moments = from?.moments.map((m) => m.slice()) ?? Array.from({ length: method.moments }, () => new Float64Array(x.length));
  if (moments.length !== method.moments) throw new RicciError([otherMethod(moments.length, method)]);
  const gradient = new Float64Array(x.length);
  const before = x.slice();
  const perEpoch = Math.floor(examples / batch);
  const steps = perEpoch * epochs;
  const losses: number[] = [];
  const orders = newStream(seed).split('order of examples');
  let order: Int32Array = new Int32Array();
  let taken = from?.steps ?? 0;
  const ended = (outcome: TrainOutcome, at: Float64Array): Trained => ({ outcome, values: valuesOf(parts, at), losses, state: { x: at, moments, steps: taken } });

  while (taken < steps) {
    if (signal?.aborted === true) return ended({ kind: 'stopped' }, x);
    const epoch = Math.floor(taken / perEpoch);
    if (batch < examples) {
      if (order.length === 0 || taken % perEpoch === 0) order = orders.split(epoch).permutation(examples);
      loss.choose(order.subarray((taken % perEpoch) * batch, (taken % perEpoch + 1) * batch));
    }
    const value = loss.evaluate(x, gradient);
    const wrong = divergence(taken, value, gradient, parts, x);
    if (wrong) return ended(wrong, before);
    // Held expressions change with the parameters, and single numbers of 4 bytes have no digits for differences.
    if (losses.length === 0 && held.length === 0 && precision === 'f64') confirmGradient(loss, x, gradient, value, seed);
    losses.push(value);
    before.set(x);
    method.step(x, gradient, moments, taken);
    taken++;
    const step: TrainStep = { step: taken, steps, epoch, loss: value, x, gradient, parts };
    if (onStep?.(step) === 'stop') return ended({ kind: 'stopped' }, x);
    yield step;
  }
  const last = loss.evaluate(x, gradient);
  const wrong = divergence(taken, last, gradient, parts, x);
  return wrong ? ended(wrong, before) : ended({ kind: 'finished' }, x);
}

function* byLineSearches(loss: LossFunction, { tolerance, name }: FullBatch, { epochs = 1000, seed = 1, from, onStep, signal }: TrainOptions): Generator<TrainStep, Trained> {
  const { parts } = loss;
  const start = Float64Array.from(from?.x ?? loss.start);
  const dim = start.length;
  const gradient = new Float64Array(dim);
  const first = loss.evaluate(start, gradient);
  const losses: number[] = [];
  const ended = (outcome: TrainOutcome, x: Float64Array): Trained => ({ outcome, values: valuesOf(parts, x), losses, state: { x, moments: [], steps: losses.length } });
  const wrong = divergence(0, first, gradient, parts, start);
  if (wrong) return ended(wrong, start);
  confirmGradient(loss, start, gradient, first, seed);
  const run = solving(
    {
      dim,
      lower: new Float64Array(dim).fill(-Infinity),
      upper: new Float64Array(dim).fill(Infinity),
      start,
      startGiven: true,
      convex: false,
      objective: { class: 'smooth', value: (z) => loss.evaluate(z, gradient), gradient: (z, out) => loss.evaluate(z, out) },
    },
    { method: `projected ${name}`, tolerance, limits: { iterations: epochs }, ...(signal && { signal }) },
  );
  for (let next = run.next(); ; next = run.next()) {
    if (next.done === true) return ended(outcomeOf(next.value.outcome), next.value.z);
    const { objective, z, iteration } = next.value;
    losses.push(objective);
    const step: TrainStep = { step: iteration, steps: epochs, epoch: iteration, loss: objective, x: z, gradient, parts };
    if (onStep?.(step) === 'stop') return ended({ kind: 'stopped' }, z);
    yield step;
  }
}

/** Parameters by name out of one array. */
export function valuesOf(parts: readonly Part[], x: Float64Array): Record<string, { readonly shape: readonly number[]; readonly data: Float64Array }> {
  return Object.fromEntries(parts.map(({ name, shape, from, length }) => [name, { shape, data: x.slice(from, from + length) }]));
}

/** Euclidean length of the gradient by each parameter. */
export function gradientNorms({ gradient, parts }: Pick<TrainStep, 'gradient' | 'parts'>): Record<string, number> {
  return Object.fromEntries(parts.map(({ name, from, length }) => [name, norm(gradient.subarray(from, from + length))]));
}


function problem(message: string, needed: string, found: string): Diagnostic {
  return { code: 'bad-start', severity: 'error', message, span: [0, 0], needed, found, help: 'take up a training with the loss, the parameters and the method it began with' };
}

function otherState(found: number, needed: number): Diagnostic {
  return problem('the state to start from belongs to another loss', `${needed} numbers`, `${found}`);
}

function otherMethod(found: number, { name, moments }: Optimizer): Diagnostic {
  return problem('the state to start from belongs to another method', `${moments} arrays for ${name}`, `${found}`);
}
