// Seeded random numbers that split: the same stream on every platform, and a stream of its own for every part of a study.
//
// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011)
// turns a key and a counter into 64 random bits by additions, exclusive ors and rotations of 32-bit words. A stream is a
// key with a counter that runs. Splitting hashes a name into a new key by the same cipher, as in Claessen & Pałka,
// "Splittable pseudorandom number generators using cryptographic hashing" (Haskell 2013); it does not depend on how many
// numbers were drawn. The highest bit of the counter tells drawing from splitting.
//
// Everything below is integers, exact powers of two, and +, −, ×, ÷, √ of IEEE doubles, which all engines round alike.
// `Math.log` and `Math.cos` may differ in the last place between engines, so neither is used.

import { invariant } from '../../base/internal.ts';
import type { Random } from '../../base/random.ts';

/** A stream of random numbers. It serves wherever a `Random` is asked for. */
export interface Stream extends Random {
  /** In [0, 1): a multiple of 2⁻⁵³. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** In 0 … below − 1, all equally likely; `below` is at most 2³². */
  integer(below: number): number;
  /** 32 random bits as a number in 0 … 2³² − 1. */
  bits(): number;
  /** The numbers 0 … n − 1 in random order. */
  permutation(n: number): Int32Array;
  /** `count` different numbers of 0 … n − 1, in random order. */
  choice(n: number, count: number): Int32Array;
  normals(count: number): Float64Array;
  uniforms(count: number): Float64Array;
  /**
   * The stream of this name: always the same for one seed and one path of names, whatever was drawn before. Streams of
   * different names are unrelated. `split(3)` and `split('3')` are two names.
   */
  split(name: string | number): Stream;
}

/**
 * A stream from a seed: a whole number or a text.
 *
 * @example newStream(7).split('permutations').split(3).uniform() // 0.2593504892739743, everywhere
 */
export function newStream(seed: number | string): Stream {
  return streamOf(named([0, 0], seed));
}

type Words = readonly [number, number];

function streamOf(key: Words): Stream {
  let counter = 0;
  let spareBits: number | undefined;
  let spareNormal: number | undefined;
  const draw = (): Words => {
    const words = threefry(key, [Math.floor(counter / 2 ** 32), counter >>> 0]);
    counter++;
    return words;
  };
  const bits = (): number => {
    if (spareBits !== undefined) {
      const last = spareBits;
      spareBits = undefined;
      return last;
    }
    const [first, second] = draw();
    spareBits = second;
    return first;
  };
  const uniform = (): number => {
    const [high, low] = draw();
    return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
  };
  // Marsaglia & Bray, "A convenient method for generating normal variables", SIAM Review 6 (1964): the polar method.
  const normal = (): number => {
    if (spareNormal !== undefined) {
      const last = spareNormal;
      spareNormal = undefined;
      return last;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * naturalLog(s)) / s);
      spareNormal = v * scale;
      return u * scale;
    }
  };
  const integer = (below: number): number => {
    invariant(Number.isInteger(below) && below > 0 && below <= 2 ** 32, `a random integer below ${below}`);
    const fair = 2 ** 32 - (2 ** 32 % below);
    for (;;) {
      const word = bits();
      if (word < fair) return word % below;
    }
  };
  // Fisher & Yates, stopped after `count` places.
  const choice = (n: number, count: number): Int32Array => {
    invariant(Number.isInteger(count) && count >= 0 && count <= n, `${count} different numbers of ${n}`);
    const order = Int32Array.from({ length: n }, (_, k) => k);
    for (let k = 0; k < Math.min(count, n - 1); k++) {
      const other = k + integer(n - k);
      const here = order[k]!;
      order[k] = order[other]!;
      order[other] = here;
    }
    return order.slice(0, count);
  };
  return {
    bits,
    uniform,
    normal,
    integer,
    choice,
    permutation: (n) => choice(n, n),
    uniforms: (count) => Float64Array.from({ length: count }, uniform),
    normals: (count) => Float64Array.from({ length: count }, normal),
    split: (name) => streamOf(named(key, name)),
  };
}

/** The key of a name below a key: words of the name are enciphered one after the other, then its length and sort. */
function named(key: Words, name: string | number): Words {
  const words = typeof name === 'string' ? wordsOfText(name) : wordsOfNumber(name);
  let hash = key;
  for (const [k, word] of words.entries()) hash = threefry(hash, [(0x80000000 + k) >>> 0, word]);
  return threefry(hash, [0xffffffff, typeof name === 'string' ? name.length : 0x80000000]);
}

function wordsOfText(text: string): number[] {
  return Array.from({ length: Math.ceil(text.length / 2) }, (_, k) => {
    const high = text.charCodeAt(2 * k);
    const low = 2 * k + 1 < text.length ? text.charCodeAt(2 * k + 1) : 0;
    return ((high << 16) | low) >>> 0;
  });
}

function wordsOfNumber(value: number): number[] {
  invariant(Number.isSafeInteger(value), `a seed must be a whole number, not ${value}`);
  return [Math.floor(value / 2 ** 32) >>> 0, value >>> 0];
}

const rotations: readonly number[] = [13, 15, 26, 6, 17, 29, 16, 24];

/** Threefry-2x32-20 of one block; words in and out are in 0 … 2³² − 1. */
export function threefry([k0, k1]: Words, [c0, c1]: Words): Words {
  const keys = [k0, k1, k0 ^ k1 ^ 0x1bd11bda];
  let x = (c0 + k0) | 0;
  let y = (c1 + k1) | 0;
  for (let round = 0; round < 20; round++) {
    const turn = rotations[round % 8]!;
    x = (x + y) | 0;
    y = ((y << turn) | (y >>> (32 - turn))) ^ x;
    if (round % 4 === 3) {
      const step = (round + 1) / 4;
      x = (x + keys[step % 3]!) | 0;
      y = (y + keys[(step + 1) % 3]! + step) | 0;
    }
  }
  return [x >>> 0, y >>> 0];
}

/**
 * ln s for 0 < s < 1 by IEEE additions, products and quotients alone, to a few units in the last place: s = m·2ᵏ with m
 * about 1, and ln m = 2 artanh((m − 1)/(m + 1)) as a series.
 */
export function naturalLog(s: number): number {
  let m = s;
  let k = 0;
  while (m < Math.SQRT1_2) {
    m *= 2;
    k--;
  }
  const t = (m - 1) / (m + 1);
  const tt = t * t;
  let series = 0;
  for (let odd = 23; odd >= 1; odd -= 2) series = series * tt + 1 / odd;
  return k * Math.LN2 + 2 * t * series;
}
