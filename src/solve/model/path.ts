// The same model for several values of one parameter, each solve starting where the last one ended.

import type { Progress } from '../method.ts';
import type { Solution } from './answer.ts';
import type { Given, GivenValue } from './data.ts';
import { instanceOf } from './instance.ts';
import type { PreparedModel } from './prepare.ts';
import type { ModelOptions } from './solve-model.ts';

export interface PathPoint {
  readonly value: GivenValue;
  readonly solution: Solution;
}

export interface PathOptions extends Omit<ModelOptions, 'warm'> {
  /** The parameter that changes; the data need not have it. */
  readonly parameter: string;
  /** Its values, in the order of the path. */
  readonly values: readonly GivenValue[];
}

/**
 * Solves a model along a path of values of a parameter, as for a regularisation path. A limit on time holds for the whole
 * path, which then ends early. Throws a `RicciError` as `solveModel` does.
 *
 * @example solvePath('parameters\n scalar c\nvariables\n vector x(2)\nmin\n norm2(x-vector(c))^2', {}, { parameter: 'c', values: [1, 2] }).length // 2
 */
export function solvePath(model: string | PreparedModel, data: Given, options: PathOptions): PathPoint[] {
  const points: PathPoint[] = [];
  const run = solvingPath(model, data, options);
  for (;;) {
    const next = run.next();
    if (next.done === true) return points;
    if ('solution' in next.value) points.push(next.value);
  }
}

/** Gives a value after each step of a method, and a point of the path after each solve. */
export function* solvingPath(model: string | PreparedModel, data: Given, { parameter, values, start, ...options }: PathOptions): Generator<Progress | PathPoint, void> {
  const began = performance.now();
  const [first] = values;
  if (first === undefined) return;
  const instance = instanceOf(model, { ...data, [parameter]: first }, [parameter], start);
  let last = first;
  try {
    for (const value of values) {
      const seconds = options.limits?.seconds;
      const left = seconds === undefined ? undefined : seconds - (performance.now() - began) / 1000;
      if (left !== undefined && left <= 0) return;
      const limits = options.limits && { ...options.limits, ...(left !== undefined && { seconds: left }) };
      const solution = yield* instance.solving(value === last ? {} : { [parameter]: value }, { ...options, ...(limits && { limits }) });
      last = value;
      yield { value, solution };
      if (solution.outcome === 'stopped') return;
    }
  } finally {
    instance.release();
  }
}

/** So many numbers from `first` to `last`: equal ratios where both are positive, else equal differences. */
export function spaced(first: number, last: number, count: number): number[] {
  const isGeometric = first > 0 && last > 0;
  const list = Array.from({ length: count }, (_, k) => {
    const t = count === 1 ? 0 : k / (count - 1);
    return isGeometric ? first * (last / first) ** t : first + (last - first) * t;
  });
  if (count > 1) list[count - 1] = last;
  return list;
}
