// Small pieces of sentences.

/** `a, b and c` */
export function listed(words: readonly string[], join: 'and' | 'or' = 'and'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${join} ${words.at(-1)}`;
}

/** An error as people read it: 1.1e-10. */
export function errorText(x: number): string {
  return x === 0 ? '0' : x.toExponential(1);
}
