// Functions that an emitted module brings along because its language lacks them.

import { must } from '../base/internal.ts';

export interface Helper {
  /** Names of helpers it calls. */
  readonly needs?: readonly string[];
  readonly text: string;
}

export type Prelude = ReadonlyMap<string, Helper>;

/** The texts of these helpers and of those they need, each once, in the order of the prelude. */
export function preludeText(prelude: Prelude, names: readonly string[]): string[] {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    must(prelude.get(name), `prelude function ${name}`).needs?.forEach(want);
  };
  names.forEach(want);
  return [...prelude].filter(([name]) => wanted.has(name)).map(([, helper]) => helper.text);
}
