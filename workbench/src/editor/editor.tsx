// An editor for the language, bound to a signal: CodeMirror sees the text as the engine does.

import './editor.css';
import { Compartment, EditorState, type StateEffect } from '@codemirror/state';
import { EditorView, type KeyBinding, keymap, placeholder } from '@codemirror/view';
import { type ReadonlySignal, type Signal, effect } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Fix } from '../../../src/base/diagnostic.ts';
import type { Word } from '../engine/words.ts';
import { useWorkbench } from '../state/workbench.ts';
import { afterPaint } from '../parts/after-paint.ts';
import { greekLetters } from './greek.ts';
import type { Help, Language, Source } from './help.ts';
import { namesKnown, highlighting } from './highlight.ts';
import { hover } from './hover.ts';
import { mistakeKeys } from './mistake-keys.ts';
import { diagnosed, placed, squiggles } from './squiggles.ts';
import { typing } from './typing.ts';

export interface EditorProps {
  readonly text: Signal<string>;
  /** What a screen reader calls it. */
  readonly label: string;
  readonly hint?: string | undefined;
  readonly language: Language;
  /** What the engine says of the text, when it has read it. */
  readonly help: ReadonlySignal<Help | undefined>;
  /** Makes the edits of a fix, which may be of another text. */
  readonly apply: (fix: Fix) => void;
  /** The id of what describes it, such as the list of messages. */
  readonly describedBy?: string | undefined;
}

export function Editor({ text, label, hint, language, help, apply, describedBy }: EditorProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const { words } = useWorkbench();
  useEffect(() => {
    let close: (() => void) | undefined;
    // Editors that are shown together are made one after the other, so that no frame waits for all of them.
    const turn = setTimeout(() => (close = opened(place.current!, { text, label, hint, language, help, apply, describedBy }, words)));
    return () => {
      clearTimeout(turn);
      close?.();
    };
  }, [text, label, hint, language, help, apply, describedBy, words]);
  return <div class="editor" ref={place} />;
}

/** Gives what closes it. */
function opened(parent: HTMLElement, { text, label, hint, language, help, apply, describedBy }: EditorProps, words: ReadonlySignal<readonly Word[]>): () => void {
  const source: Source = { language, apply, help: () => help.peek(), words: () => words.peek() };
  const more = new Compartment();
  const letters = typing((now) => (text.value = written = now));
  let written = text.peek();
  const view = new EditorView({
    parent,
    // The question about the new text is on its way before the page shows it.
    dispatchTransactions: (transactions, of) => {
      const last = transactions.at(-1);
      if (transactions.some((t) => t.docChanged) && last) text.value = written = last.newDoc.toString();
      of.update(transactions);
    },
    state: EditorState.create({
      doc: written,
      extensions: [
        more.of([]),
        highlighting(source),
        squiggles(),
        hover(source),
        letters.extension,
        greekLetters(),
        keymap.of(fixKeys(source)),
        placeholder(hint ?? ''),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', spellcheck: 'false', ...(describedBy !== undefined && { 'aria-describedby': describedBy }) }),
      ],
    }),
  });
  let isOpen = true;
  // An editor that is told something puts its own selection into the page, so it first reads the one that is there.
  const tell = (effects: () => readonly StateEffect<unknown>[]): void => {
    if (!isOpen) return;
    letters.show(view);
    if (isSelectionRead(view)) view.dispatch({ effects: effects() });
    else setTimeout(() => tell(effects), 20);
  };
  void import('./later.ts').then(({ later }) => tell(() => [more.reconfigure(later(source))]));
  const disposals = [
    effect(() => {
      if (text.value === written) return;
      letters.forget(view);
      replace(view, text.value);
    }),
    // Colours and underlines come after the answer itself.
    effect(() => {
      const now = help.value;
      // What the answer changes is changed first: both are laid out at once.
      queueMicrotask(() => queueMicrotask(() => isOpen && letters.show(view)));
      return now && afterPaint(() => tell(() => (now.text === written ? [diagnosed.of(now.diagnostics), namesKnown.of(null)] : [])));
    }),
    effect(() => {
      if (words.value.length > 0) tell(() => [namesKnown.of(null)]);
    }),
  ];
  return () => {
    isOpen = false;
    for (const dispose of disposals) dispose();
    view.destroy();
  };
}

/** For an instant the page's selection is ahead of the editor's, which hears of it later. */
function isSelectionRead(view: EditorView): boolean {
  const marked = document.getSelection();
  if (!view.hasFocus || !marked?.anchorNode || !marked.focusNode || !view.contentDOM.contains(marked.anchorNode) || !view.contentDOM.contains(marked.focusNode)) return true;
  const { anchor, head } = view.state.selection.main;
  return view.posAtDOM(marked.anchorNode, marked.anchorOffset) === anchor && view.posAtDOM(marked.focusNode, marked.focusOffset) === head;
}

/** Text from elsewhere takes the place of what differs, so that the cursor stays where it is. */
function replace(view: EditorView, wanted: string): void {
  const now = view.state.doc.toString();
  if (wanted === now) return;
  let from = 0;
  while (from < Math.min(now.length, wanted.length) && now[from] === wanted[from]) from++;
  let tail = 0;
  while (tail < Math.min(now.length, wanted.length) - from && now.at(-1 - tail) === wanted.at(-1 - tail)) tail++;
  view.dispatch({ changes: { from, to: now.length - tail, insert: wanted.slice(from, wanted.length - tail) } });
}

function fixKeys(source: Source): KeyBinding[] {
  const wrong = (view: EditorView): { from: number; to: number; fix?: Fix }[] => {
    const help = source.help();
    if (help?.text !== view.state.doc.toString()) return [];
    return help.diagnostics
      .filter((d) => d.severity !== 'notice' || d.fixes)
      .map((d) => {
        const [from, to] = placed(d, help.text.length);
        const [first] = d.fixes ?? [];
        return { from, to, ...(first && { fix: first }) };
      })
      .toSorted((a, b) => a.from - b.from);
  };
  return [
    {
      key: mistakeKeys.next,
      run: (view) => {
        const list = wrong(view);
        const next = list.find((w) => w.from > view.state.selection.main.head) ?? list[0];
        if (!next) return false;
        view.dispatch({ selection: { anchor: next.from }, scrollIntoView: true });
        return true;
      },
    },
    {
      key: mistakeKeys.mend,
      run: (view) => {
        const { head } = view.state.selection.main;
        const list = wrong(view);
        const here = list.find((w) => w.fix && w.from <= head && head <= w.to) ?? list.find((w) => w.fix);
        if (!here?.fix) return false;
        source.apply(here.fix);
        return true;
      },
    },
  ];
}
