// A start from some of the rows that an objective sums over, where they are many: the sum over a sample has its optimum
// near that of all, and evaluations of it take a share of the time. Bollapragada, Byrd and Nocedal, Exact and inexact
// subsampled Newton methods for optimization, IMA J. Numer. Anal. 2019, for what samples tell of the whole.

import { random } from '../base/random.ts';
import type { Objective, Problem, SampledRows } from './problem.ts';

// Rows of a sample for each variable, and how many times as many rows there must be.
const rowsEach = 40;
const manyRows = 5;
// Neighbouring rows that are taken together. Data lie in order often: stretches are spread over all of them.
const stretchLength = 32;

/** The problem with an objective told from a sample of its rows; undefined where these are few. */
export function onSample(problem: Problem): Problem | undefined {
  const { sampled } = problem.objective;
  const wanted = Math.max(1000, rowsEach * problem.dim);
  if (!sampled || sampled.rows < manyRows * wanted) return undefined;
  const gradient = sampled.from(stretchesOf(sampled, wanted));
  const unused = new Float64Array(problem.dim);
  const objective: Objective = { class: 'smooth', gradient, value: (z) => gradient(z, unused) };
  return { ...problem, objective };
}

/** One in each of as many equal parts, at a random place: rows in a cycle are met at all its places. */
function stretchesOf({ rows }: SampledRows, wanted: number): [number, number][] {
  const count = Math.ceil(wanted / stretchLength);
  const source = random(1);
  return Array.from({ length: count }, (_, k) => {
    const [low, high] = [Math.floor((k * rows) / count), Math.floor(((k + 1) * rows) / count)];
    const from = low + source.integer(Math.max(1, high - low - stretchLength + 1));
    return [from, Math.min(high, from + stretchLength)];
  });
}
