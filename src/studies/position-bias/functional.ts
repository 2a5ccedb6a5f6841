// Numbers of a profile that can be derived by it.

import { gradients } from '../../diff/differentiate.ts';
import { type CompiledMany, compile } from '../../run/compile.ts';
import type { Functional } from './gradient.ts';
import { profileNumbers } from './numbers.ts';
import { graphOf, variableOf } from './program.ts';

/** A text in p, by p. */
function derived(text: string, declare: string): CompiledMany<'value' | 'by'> {
  const of = graphOf(text, declare);
  const [by] = gradients(of, [variableOf(of, 'p')]);
  return compile({ value: of, by: by! });
}

/**
 * The U-index: the lower of the two peaks over the deepest valley. Where the positions of peak and valley change, it has
 * a kink; its derivative is that of the positions which count now. Without a valley it is 1 and has none.
 */
export function newUIndex(length: number): Functional {
  const ratio = derived("(peak'*p)/(valley'*p)", 'p: vector(n)\npeak: vector(n)\nvalley: vector(n)');
  return (profile) => {
    const { valleys, deepest, leftPeak, rightPeak } = profileNumbers(profile.subarray(0, length));
    if (valleys.length === 0 || deepest.value === 0) return undefined;
    const lower = leftPeak.value <= rightPeak.value ? leftPeak : rightPeak;
    const { value, by } = ratio({ p: profile, peak: unit(lower.index, profile.length), valley: unit(deepest.index, profile.length) });
    return { value: value.data[0]!, by: by.data as Float64Array };
  };
}

/**
 * The valley penalty of designs: n·Σ_j max(0, 1/n − p[j])², 0 for an even profile and less than 1 for any. It is smooth
 * enough for descent, and convex in the profile.
 */
export function newShortfall(length: number): Functional {
  const text = 'total*sum(counts.*relu(counts/total-p).^2)';
  const penalty = derived(text, 'p: vector(n)\ncounts: vector(n)\ntotal: scalar positive');
  return (profile) => {
    const counts = Float64Array.from(profile, (_, j) => (j < length ? 1 : 0));
    const { value, by } = penalty({ p: profile, counts, total: length });
    return { value: value.data[0]!, by: by.data as Float64Array };
  };
}

/**
 * The volume of the valleys: n·Σ_j max(0, min(highest to the left, highest to the right) − p[j])², what is missing where
 * both sides stand higher; 0 only without a valley. It has kinks where the highest position changes.
 */
export function newValleyVolume(length: number): Functional {
  const volume = derived("total*sum(relu(T*p-p).^2)", 'p: vector(n)\nT: matrix(n, n)\ntotal: scalar positive');
  return (profile) => {
    const n = profile.length;
    const T = new Float64Array(n * n);
    lowerWalls(profile.subarray(0, length)).forEach((wall, j) => (T[j * n + wall] = 1));
    for (let j = length; j < n; j++) T[j * n + j] = 1;
    const { value, by } = volume({ p: profile, T: { shape: [n, n], data: T }, total: length });
    return { value: value.data[0]!, by: by.data as Float64Array };
  };
}

/** For every position the lower of the highest positions up to it and from it on. */
function lowerWalls(p: Float64Array): number[] {
  const left: number[] = [];
  p.forEach((x, j) => left.push(j === 0 || x > p[left[j - 1]!]! ? j : left[j - 1]!));
  let right = p.length - 1;
  const walls = [...left];
  for (let j = p.length - 1; j >= 0; j--) {
    if (p[j]! > p[right]!) right = j;
    if (p[right]! < p[left[j]!]!) walls[j] = right;
  }
  return walls;
}

/** Mass of the positions from … to−1. */
export function massOf(from: number, to: number): Functional {
  return (profile) => ({ value: profile.subarray(from, to).reduce((a, b) => a + b, 0), by: Float64Array.from(profile, (_, j) => (j >= from && j < to ? 1 : 0)) });
}

function unit(index: number, length: number): Float64Array {
  const e = new Float64Array(length);
  e[index] = 1;
  return e;
}
