// Arguments of a command. Only options are special: a word such as `-x'*x` is an expression, not an option.

import { listed } from '../base/words.ts';

export interface Option {
  /** Name of the value in the help; absent for a switch. */
  readonly value?: string;
  readonly short?: string;
  readonly says: string;
  readonly oneOf?: readonly string[];
}

export type Options = Readonly<Record<string, Option>>;

export interface Given {
  readonly words: readonly string[];
  /** Every value of an option, in order. */
  readonly all: (name: string) => readonly string[];
  /** The last value of an option. */
  readonly last: (name: string) => string | undefined;
  readonly has: (name: string) => boolean;
}

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  readonly hint: string | undefined;
  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
  }
}

export function readArgs(args: readonly string[], options: Options): Given {
  const words: string[] = [];
  const values = new Map<string, string[]>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') {
      words.push(...args.slice(i + 1));
      break;
    }
    const [name, inline] = optionOf(arg, options);
    if (name === undefined) {
      words.push(arg);
      continue;
    }
    const option = options[name];
    if (option === undefined) throw new UsageError(`unknown option --${name}`, suggestion(name, Object.keys(options)));
    let value = inline;
    if (option.value === undefined) {
      if (value !== undefined) throw new UsageError(`--${name} takes no value`);
      value = '';
    } else if (value === undefined) {
      value = args[++i];
      if (value === undefined) throw new UsageError(`--${name} needs a value`, `write --${name} ${option.value}`);
    }
    if (option.oneOf && !option.oneOf.includes(value)) {
      throw new UsageError(`--${name} cannot be ${JSON.stringify(value)}`, `choose ${listed(option.oneOf, 'or')}`);
    }
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return {
    words,
    all: (name) => values.get(name) ?? [],
    last: (name) => values.get(name)?.at(-1),
    has: (name) => values.has(name),
  };
}

/** The one word a command takes. */
export function oneWord(given: Given, what: string, example: string): string {
  const [word, extra] = given.words;
  if (word === undefined) throw new UsageError(`${what} is missing`, `for example: ${example}`);
  if (extra !== undefined) {
    throw new UsageError(`${JSON.stringify(extra)} is one word too many`, `put ${what} in quotes: ${example}`);
  }
  return word;
}

/** "did you mean …?" for the nearest of the known names, if any is near. */
export function suggestion(name: string, known: readonly string[], prefix = '--'): string | undefined {
  const near = known
    .map((k) => ({ k, far: k.startsWith(name) ? 0 : distance(name, k) }))
    .filter(({ k, far }) => far <= Math.max(1, Math.floor(k.length / 3)))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ k }) => prefix + k);
  return near.length > 0 ? `did you mean ${listed(near, 'or')}?` : undefined;
}

function optionOf(arg: string, options: Options): [name: string | undefined, inline?: string] {
  if (/^--[a-z]/.test(arg)) {
    const at = arg.indexOf('=');
    return at < 0 ? [arg.slice(2)] : [arg.slice(2, at), arg.slice(at + 1)];
  }
  return [Object.keys(options).find((name) => options[name]?.short !== undefined && arg === `-${options[name].short}`)];
}

// Levenshtein
function distance(a: string, b: string): number {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
