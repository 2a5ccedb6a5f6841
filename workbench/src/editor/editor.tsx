// A CodeMirror editor bound to a signal.

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, placeholder } from '@codemirror/view';
import { type Signal, effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

export interface EditorProps {
  readonly text: Signal<string>;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly hint?: string;
  readonly extensions?: Extension;
}

export function Editor({ text, label, hint = '', extensions = [] }: EditorProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const view = new EditorView({
      parent: place.current!,
      state: EditorState.create({
        doc: text.peek(),
        extensions: [
          history(),
          bracketMatching(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          placeholder(hint),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', spellcheck: 'false' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) text.value = update.state.doc.toString();
          }),
          extensions,
        ],
      }),
    });
    const dispose = effect(() => {
      const wanted = text.value;
      if (wanted !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: wanted } });
    });
    return () => {
      dispose();
      view.destroy();
    };
  }, [text, label, hint, extensions]);
  return <div class="editor" ref={place} />;
}
