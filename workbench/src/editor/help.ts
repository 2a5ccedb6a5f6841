// What the engine says of a text, as the editor shows it.

import type { Diagnostic, Fix } from '../../../src/base/diagnostic.ts';
import type { PartRow, VariableRow } from '../engine/derive.ts';
import type { Word } from '../engine/words.ts';

export type Language = 'expression' | 'declarations' | 'model';

export interface Help {
  /** The text these places are in. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly parts: readonly PartRow[];
  readonly variables: readonly VariableRow[];
}

/** What the parts of the editor read; functions, because both change while it stands. */
export interface Source {
  readonly language: Language;
  readonly help: () => Help | undefined;
  readonly words: () => readonly Word[];
  readonly apply: (fix: Fix) => void;
}

/** The smallest part that covers this place, of several at one place the one with most to say. */
export function partAt(help: Help, at: number): PartRow | undefined {
  const order: readonly PartRow['is'][] = ['function', 'definition', 'size', 'variable', 'value'];
  const size = (p: PartRow): number => p.to - p.from;
  return help.parts.filter((p) => p.from <= at && at < p.to).toSorted((a, b) => size(a) - size(b) || order.indexOf(a.is) - order.indexOf(b.is))[0];
}
