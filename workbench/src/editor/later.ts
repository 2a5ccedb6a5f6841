// What an editor has besides its text, loaded when the page stands: half of the editor's own size.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import { completion } from './completion.ts';
import type { Source } from './help.ts';

/** Completion, undoing, pairs of brackets, and the keys of editors. */
export function later(source: Source): Extension {
  return [completion(source), history(), bracketMatching(), keymap.of([...defaultKeymap, ...historyKeymap])];
}
