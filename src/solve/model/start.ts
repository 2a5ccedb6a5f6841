// Where to start: at the given values; where none are given at the first of some guesses at which everything is finite.

import { must } from '../../base/internal.ts';
import { random } from '../../base/random.ts';
import type { Expr } from '../../ir/expr.ts';
import { children } from '../../ir/walk.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import { symmetricEigen } from '../../ops/reference/symmetric-eigen.ts';
import { type Known, valuesOnce } from '../evaluate.ts';
import type { Problem } from '../problem.ts';
import { allFinite } from '../vector.ts';
import { type Layout, numbersOf, pack } from './layout.ts';
import type { Origin, Smooth } from './reformulate.ts';
import type { Statement } from './statement.ts';

export interface StartInput {
  readonly statement: Statement;
  readonly smooth: Smooth;
  readonly layout: Layout;
  readonly known: Known;
  /** By variable; some or all may be missing. */
  readonly given: ReadonlyMap<string, Dense>;
}

export type Guess = 'zeros' | 'ones' | 'shares' | { readonly seed: number };

/** The start that a guess leads to for variables without a given value. */
export function startAt(input: StartInput, guess: Guess): Float64Array {
  const { statement, smooth, layout, known, given } = input;
  const values = new Map<string, Dense>();
  for (const v of statement.variables) {
    const shape = numbersOf(v.shape, known.sizes);
    values.set(v.name, given.get(v.name) ?? guessed(guess, shape, statement.cones.get(v.name)));
  }
  const isGiven = statement.variables.every((v) => given.has(v.name));
  for (const origin of smooth.origins) values.set(origin.helper.name, isGiven && origin.best ? inCone(origin.best, values, known) : helperValue(origin, values, known));
  const z = new Float64Array(layout.dim);
  for (const block of layout.blocks) pack(block, must(values.get(block.node.name)).data, z);
  return z;
}

function guessed(guess: Guess, shape: readonly number[], cone: 1 | -1 | undefined): Dense {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = new Float64Array(size);
  if (cone !== undefined) {
    // Inside the cone: a factor of the zero matrix could not move.
    const n = must(shape[0]);
    for (let i = 0; i < n; i++) data[i * n + i] = cone;
  } else if (guess === 'ones') data.fill(1);
  else if (guess === 'shares') data.fill(1 / size);
  else if (guess !== 'zeros') {
    const source = random(guess.seed);
    for (let i = 0; i < size; i++) data[i] = source.normal();
  }
  return { shape, data };
}

// Of the largest entry of a matrix, or of 1: a factor of a singular matrix could not leave its range.
const intoCone = 0.01;

function inCone(best: Expr, values: ReadonlyMap<string, Dense>, known: Known): Dense {
  const { shape, data } = must(valuesOnce([best], values, known)[0]);
  const n = must(shape[0]);
  const margin = intoCone * data.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  return { shape, data: data.map((x, at) => (at % (n + 1) === 0 ? x + margin : x)) };
}

function helperValue({ helper, of, part }: Origin, values: ReadonlyMap<string, Dense>, known: Known): Dense {
  const value = plainValue(of, values) ?? must(valuesOnce([of], values, known)[0]);
  switch (part) {
    case 'value':
      return value;
    case 'matrix':
      return guessed('zeros', numbersOf(helper.shape, known.sizes), 1);
    case 'positive':
      return { shape: value.shape, data: value.data.map((x) => Math.max(x, 0)) };
    case 'negative':
      return { shape: value.shape, data: value.data.map((x) => Math.max(-x, 0)) };
    default:
      return rootOf(value, part === 'factor' ? 1 : -1, numbersOf(helper.shape, known.sizes));
  }
}

function plainValue(e: Expr, values: ReadonlyMap<string, Dense>): Dense | undefined {
  return e.kind === 'variable' && children(e).length === 0 ? values.get(e.name) : undefined;
}

/** V with V V' = ±X, where X is semidefinite. */
function rootOf(X: Dense, sign: 1 | -1, shape: readonly number[]): Dense {
  const n = must(shape[0]);
  const { values, vectors } = symmetricEigen({ shape: X.shape, data: X.data.map((x) => sign * x) });
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) data[i * n + j] = vectors.data[i * n + j]! * Math.sqrt(Math.max(0, values.data[j]!));
  return { shape, data };
}

/** z moved into its bounds. */
export function clamped(z: Float64Array, { lower, upper }: Pick<Problem, 'lower' | 'upper'>): Float64Array {
  const inside = new Float64Array(z.length);
  for (let i = 0; i < z.length; i++) inside[i] = Math.min(Math.max(z[i]!, lower[i]!), upper[i]!);
  return inside;
}

/** z away from its bounds, by one at most: functions such as log(x-2) with x >= 2 are not defined at them. */
export function inward(z: Float64Array, { lower, upper }: Pick<Problem, 'lower' | 'upper'>): Float64Array {
  return z.map((value, i) => {
    const [low, high] = [lower[i]!, upper[i]!];
    const margin = Math.min(1, (high - low) / 2);
    return Math.min(Math.max(value, low + margin), high - margin);
  });
}

/** Whether everything a method would ask for first is finite here. */
export function isDefined({ objective, nonlinear, dim }: Problem, z: Float64Array): boolean {
  const gradient = new Float64Array(dim);
  if (!Number.isFinite(objective.gradient(z, gradient)) || !allFinite(gradient)) return false;
  if (!nonlinear) return true;
  const rows = new Float64Array(nonlinear.count);
  nonlinear.value(z, rows);
  if (!allFinite(rows)) return false;
  const J = nonlinear.jacobian(z);
  return allFinite(J.kind === 'dense' ? J.data : J.values);
}
