// Greek letters by their names: `\alpha` becomes α as soon as it is complete.

import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { greek } from '../../../src/lang/name-parts.ts';

// No name begins another, so that none has to be waited for.
const longest = 8;

export function greekLetters(): Extension {
  return EditorView.inputHandler.of((view, from, to, text) => {
    if (!/^[a-zA-Z]$/.test(text) || from !== to || view.composing) return false;
    const before = view.state.sliceDoc(Math.max(0, from - longest), from);
    const begun = /\\([a-zA-Z]*)$/.exec(before)?.[1];
    const letter = begun === undefined ? undefined : greek[begun + text];
    if (begun === undefined || letter === undefined) return false;
    const start = from - begun.length - 1;
    view.dispatch({ changes: { from: start, to, insert: letter }, selection: { anchor: start + letter.length }, userEvent: 'input.type' });
    return true;
  });
}
