// The influence of every position on a query, from the description of a stack alone.

import { mixings } from './attention.ts';
import { type ClosedForm, closedForm } from './closed-form.ts';
import { type Collapse, collapseOf } from './collapse.ts';
import { readStack } from './describe.ts';
import { type ProfileNumbers, profileNumbers } from './numbers.ts';
import { groupsOf } from './parameters.ts';
import { badStack, needRoom } from './problem.ts';
import { type StochasticOrder, stochasticOrder } from './order.ts';
import { type RightArm, rightArm } from './right-arm.ts';
import { descent, profilesByDepth } from './rollout.ts';
import { type Control, type Scores, constantControls, measuredProfile, scores } from './scores.ts';
import { type SecondMoment, momentLayers, newSecondMoment, secondMomentCost } from './second-moment.ts';
import type { Stack } from './stack.ts';

export interface PositionBiasOptions {
  /** Position whose influences are asked for, from 0; the last unless told. */
  readonly query?: number;
  /** The profiles of the stacks of the first t layers, for a picture of depth × position. Told unless false. */
  readonly depths?: boolean;
  /** Made where it costs less than some seconds, unless told. */
  readonly secondMoment?: boolean;
  /** Measured influences of the positions up to the query. */
  readonly measured?: ArrayLike<number>;
}

/** Profiles are over the positions that the query can be reached from: 0 … query under causal masks. */
export interface PositionBias {
  readonly stack: Stack;
  readonly query: number;
  readonly rollout: Float64Array;
  readonly secondMoment?: Float64Array;
  readonly closedForm?: ClosedForm & { readonly difference: number };
  /** Row t: the profile of the stack of the first t layers. */
  readonly byDepth?: readonly Float64Array[];
  /** Row s: what the query listens to below its s upper layers. */
  readonly byLayer: readonly Float64Array[];
  readonly numbers: ProfileNumbers;
  /** Of the other positions alone: the query keeps much of itself under any attention. */
  readonly numbersWithoutQuery: ProfileNumbers;
  readonly secondMomentNumbers?: ProfileNumbers;
  readonly collapse: Collapse;
  readonly rightArm: RightArm;
  readonly order: StochasticOrder;
  /** One λ for all layers, scored against the measured profile, or against the stack's own where there is none. */
  readonly controls: readonly Control[];
  readonly measured?: Float64Array;
  readonly scores?: { readonly rollout: Scores; readonly secondMoment?: Scores };
}

/** Operations of a second-moment rollout that are made unasked. */
const cheap = 2e10;
/** Operations of all depths that are made unasked. */
const cheapDepths = 1e9;

/**
 * The influence-by-position profile of an attention stack: rollout, second-moment rollout, and the closed form where one
 * exists; what is read off them, the collapse verdict, which mechanism makes the right arm, and the control with one
 * constant λ. Takes a description (see `readStack`) or a stack. Throws a `RicciError` for what cannot be used.
 *
 * @example positionBias({ length: 64, layers: 12, heads: 4, positions: 'alibi', residual: 0.1 }).numbers.uIndex
 */
export function positionBias(description: unknown, options: PositionBiasOptions = {}): PositionBias {
  return newPositionBias()(description, options);
}

/** The same for many stacks, one after the other: what is compiled is kept. */
export function newPositionBias(): (description: unknown, options?: PositionBiasOptions) => PositionBias {
  let compiled: SecondMoment | undefined;
  return (description, options = {}) => biasOf(isStack(description) ? description : readStack(description), options, (stack, query) => (compiled ??= newSecondMoment())(momentLayers(stack), query));
}

function biasOf(stack: Stack, options: PositionBiasOptions, secondMoment: (stack: Stack, query: number) => Float64Array): PositionBias {
  const n = stack.length;
  needRoom(groupsOf(stack).length * n * n, `${groupsOf(stack).length} different layers of ${n} × ${n} numbers`);
  if (options.secondMoment === true) needRoom(stack.heads * n * n, `${stack.heads} heads of ${n} × ${n} numbers`);
  const query = queryOf(options.query, n);
  const mixed = { length: n, residual: stack.residual, mixings: mixings(stack) };
  const whole = descent(mixed, query);
  const length = reach(whole.at(-1)!, query);
  const cut = (rows: readonly Float64Array[]): Float64Array[] => rows.map((row) => row.subarray(0, length));
  const profile = whole.at(-1)!.subarray(0, length);
  const closed = closedForm(stack, query);
  const moment = (options.secondMoment ?? secondMomentCost(stack) <= cheap) ? secondMoment(stack, query).subarray(0, length) : undefined;
  const measured = options.measured && measuredProfile(options.measured, length);
  const layers = stack.residual.length;
  const withDepths = options.depths ?? (layers * layers * n * n) / 2 <= cheapDepths;
  return {
    stack,
    query,
    rollout: profile,
    ...(moment && { secondMoment: moment, secondMomentNumbers: profileNumbers(moment) }),
    ...(closed && { closedForm: { ...closed, difference: difference(closed, profile) } }),
    ...(withDepths && { byDepth: cut(profilesByDepth(mixed, query)) }),
    byLayer: cut(whole),
    numbers: profileNumbers(profile),
    numbersWithoutQuery: profileNumbers(profile.filter((_, j) => j !== query)),
    collapse: collapseOf(stack, mixed.mixings, whole.at(-1)!),
    rightArm: rightArm(stack, profile, query),
    order: stochasticOrder(mixed.mixings, n),
    controls: constantControls(stack, mixed.mixings, query, length, measured ?? profile),
    ...(measured && { measured, scores: { rollout: scores(profile, measured), ...(moment && { secondMoment: scores(moment, measured) }) } }),
  };
}

function isStack(value: unknown): value is Stack {
  return typeof value === 'object' && value !== null && 'attention' in value && 'schedule' in value;
}

export function queryOf(query: number | undefined, length: number): number {
  if (query === undefined) return length - 1;
  if (!Number.isInteger(query) || query < 1 || query >= length) throw badStack('query', 'there is no such position to ask for', { needed: `a whole number from 1 to ${length - 1}; positions count from 0`, found: String(query) });
  return query;
}

/** Positions behind the last one with influence are left out: a causal query sees none of them. */
function reach(profile: Float64Array, query: number): number {
  return Math.max(query, profile.findLastIndex((x) => x > 0)) + 1;
}

function difference({ profile, from }: ClosedForm, p: Float64Array): number {
  let most = 0;
  for (let j = from; j < p.length; j++) most = Math.max(most, Math.abs(p[j]! - profile[j]!));
  return most;
}
