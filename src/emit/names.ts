// Names in emitted code. Names of users become identifiers one to one; nothing else of them reaches the code.

import { must } from '../base/internal.ts';

/** Gives out identifiers that are all different and none of the reserved words. */
export interface Names {
  /** The identifier for a wish: the wish itself, or with a number behind it. */
  readonly claim: (wish: string) => string;
  /** The same, and none of these words either. */
  readonly claimApart: (wish: string, words: ReadonlySet<string>) => string;
  /** Names on top of these, which end with their scope. */
  readonly inner: () => Names;
}

export function newNames(reserved: ReadonlySet<string>, outer: ReadonlySet<string> = new Set()): Names {
  const taken = new Set(outer);
  const claimed = (wish: string, isReserved: (name: string) => boolean): string => {
    const base = identifier(wish);
    let name = isReserved(base) ? `${base}_` : base;
    for (let k = 2; taken.has(name) || isReserved(name); k++) name = `${base}_${k}`;
    taken.add(name);
    return name;
  };
  return {
    claim: (wish) => claimed(wish, (name) => reserved.has(name)),
    claimApart: (wish, words) => claimed(wish, (name) => reserved.has(name) || words.has(name)),
    inner: () => newNames(reserved, taken),
  };
}

const greek: Readonly<Record<string, string>> = Object.fromEntries(
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega'
    .split(' ')
    .flatMap((name, i) => [
      [String.fromCodePoint(0x3b1 + i), name],
      [String.fromCodePoint(0x391 + i), name[0]!.toUpperCase() + name.slice(1)],
    ]),
);

/** ASCII letters, digits and underscores; begins with a letter. Everything else is written out by its code point. */
export function identifier(wish: string): string {
  const plain = [...wish].map((c) => (/[A-Za-z0-9_]/.test(c) ? c : c === ' ' || c === '-' ? '_' : c === "'" || c === '′' ? '_prime' : (greek[c] ?? `u${must(c.codePointAt(0)).toString(16)}`))).join('');
  return /^[A-Za-z]/.test(plain) ? plain : `v${plain}`;
}
