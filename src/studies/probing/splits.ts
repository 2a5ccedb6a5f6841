// Which words a probe learns from, and which it is tested on.

import type { Stream } from '../harness/random.ts';
import { problem, problems } from './tables.ts';

export interface Split {
  /** Rows to learn from. */
  readonly train: Int32Array;
  /** Rows to be tested on. */
  readonly test: Int32Array;
}

/**
 * Cross-validation: every row is tested once. Rows of one group stay together: groups are dealt, the largest first, to the
 * fold that has the fewest rows.
 */
export function foldsOf(rows: number, folds: number, random: Stream, groups?: readonly string[]): Split[] {
  const fold = groups ? foldOfGroups(groups, folds, random) : foldOfRows(rows, folds, random);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  return Array.from({ length: folds }, (_, k) => ({ train: all.filter((i) => fold[i] !== k), test: all.filter((i) => fold[i] === k) }));
}

function foldOfRows(rows: number, folds: number, random: Stream): Int32Array {
  const fold = new Int32Array(rows);
  random.permutation(rows).forEach((row, k) => (fold[row] = k % folds));
  return fold;
}

function foldOfGroups(groups: readonly string[], folds: number, random: Stream): Int32Array {
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  if (sizes.size < folds) {
    throw problems(problem('bad-data', `${folds} folds need as many groups`, `at least ${folds} groups`, `${sizes.size}`, 'give finer groups, or fewer folds'));
  }
  const names = [...sizes.keys()];
  const order = Array.from(random.permutation(names.length), (k) => names[k]!).sort((a, b) => sizes.get(b)! - sizes.get(a)!);
  const taken = new Int32Array(folds);
  const foldOf = new Map<string, number>();
  for (const name of order) {
    const least = taken.indexOf(Math.min(...taken));
    foldOf.set(name, least);
    taken[least]! += sizes.get(name)!;
  }
  return Int32Array.from(groups, (group) => foldOf.get(group)!);
}

/** A split that tests on what was learned: scores in sample. */
export function inSample(rows: number): Split {
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  return { train: all, test: all };
}

/** With a random part of the training rows. */
export function thinned({ train, test }: Split, share: number, random: Stream): Split {
  const count = Math.max(2, Math.round(share * train.length));
  return { train: random.choice(train.length, count).sort().map((k) => train[k]!), test };
}
