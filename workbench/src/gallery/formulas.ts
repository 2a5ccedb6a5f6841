// Formulas of the entries that are seen: asked for together, kept as long as the page is.

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { FormulaSource } from '../engine/formulas.ts';
import type { Lane } from '../engine/lane.ts';

export interface Formulas {
  /** MathML of a source; empty until it is there. */
  readonly of: (source: FormulaSource) => ReadonlySignal<string>;
}

// The interface draws no more of them in one turn.
const most = 6;

export function newFormulas(lane: Lane): Formulas {
  const known = new Map<string, Signal<string>>();
  const waiting: { readonly source: FormulaSource; readonly mathml: Signal<string> }[] = [];
  let isAsking = false;
  const ask = async (): Promise<void> => {
    isAsking = true;
    // What becomes visible in the same turn is asked for together.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.splice(0, most);
      const found = await lane.ask('formulas', batch.map((b) => b.source)).answer.catch(() => []);
      batch.forEach(({ mathml }, i) => (mathml.value = found[i] ?? ''));
    }
    isAsking = false;
  };
  return {
    of: (source) => {
      const key = JSON.stringify(source);
      const kept = known.get(key);
      if (kept) return kept;
      const mathml = signal('');
      known.set(key, mathml);
      waiting.push({ source, mathml });
      if (!isAsking) void ask();
      return mathml;
    },
  };
}
