// What is wrong, underlined where it stands; the underlines move with the text until the engine has read it again.

import { type Extension, StateEffect, type StateEffectType, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';

export const diagnosed: StateEffectType<readonly Diagnostic[]> = StateEffect.define<readonly Diagnostic[]>();

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, transaction) => {
    let now = before.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(diagnosed)) now = underlined(effect.value, transaction.newDoc.length);
    return now;
  },
  provide: (from) => EditorView.decorations.from(from),
});

export function squiggles(): Extension {
  return field;
}

function underlined(list: readonly Diagnostic[], length: number): DecorationSet {
  const ranges = list.flatMap((d) => {
    if (d.severity === 'notice') return [];
    const [from, to] = placed(d, length);
    return to > from ? [Decoration.mark({ class: `squiggle ${d.severity}` }).range(from, to)] : [];
  });
  return Decoration.set(ranges, true);
}

/** The place of a diagnostic, at least one character wide. */
export function placed({ span }: Diagnostic, length: number): readonly [from: number, to: number] {
  const to = Math.min(length, Math.max(span[1], span[0] + 1));
  return [Math.max(0, Math.min(span[0], to - 1)), to];
}
