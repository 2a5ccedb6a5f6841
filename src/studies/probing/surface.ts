// Features of the spelling, in place of those of the meaning.

import type { Matrix } from './tables.ts';

export interface SurfaceFeatures {
  readonly names: readonly string[];
  readonly Y: Matrix;
}

/** So many words must have a feature, and so many must not. */
const fewest = 5;
const mostLetters = 26;

/** Which letters a word has, which it begins with, and how long it is. Undefined when too little differs. */
export function surfaceFeatures(words: readonly string[]): SurfaceFeatures | undefined {
  const letters = words.map((word) => [...word.toLowerCase()].filter((c) => /\p{L}/u.test(c)));
  const counts = new Map<string, number>();
  for (const word of letters) for (const letter of new Set(word)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const common = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, mostLetters).map(([letter]) => letter);
  const lengths = [...new Set(letters.map((word) => word.length))].sort((a, b) => a - b).slice(1);
  const all: readonly (readonly [string, (word: readonly string[]) => boolean])[] = [
    ...common.map((c) => [`has ${c}`, (word: readonly string[]) => word.includes(c)] as const),
    ...common.map((c) => [`begins with ${c}`, (word: readonly string[]) => word[0] === c] as const),
    ...lengths.map((n) => [`${n} letters or more`, (word: readonly string[]) => word.length >= n] as const),
  ];
  const telling = all.filter(([, has]) => {
    const count = letters.filter((word) => has(word)).length;
    return count >= fewest && words.length - count >= fewest;
  });
  if (telling.length === 0) return undefined;
  const data = new Float64Array(words.length * telling.length);
  for (const [i, word] of letters.entries()) for (const [j, [, has]] of telling.entries()) if (has(word)) data[i * telling.length + j] = 1;
  return { names: telling.map(([name]) => name), Y: { rows: words.length, cols: telling.length, data } };
}
