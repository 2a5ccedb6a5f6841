// Letters typed. The question about the new text leaves at once; the letter itself is held back for an instant, and comes into
// the page together with its answer. What changes the page within the event of a key makes the browser paint that first, and
// keep every message back until it has: about half the time of an answer. Holding it costs the letter less than a frame.
//
// A letter is a change of the text, made here: the browser need not change the page by itself first, which for a selection
// of a thousand coloured words takes it more than a second.

import type { ChangeSet, Extension } from '@codemirror/state';
import { EditorView, type PluginValue, ViewPlugin, type ViewUpdate } from '@codemirror/view';

// Most answers come before this; it is less than any frame.
const longestHeld = 10;

export interface Typing {
  readonly extension: Extension;
  /** Shows what is held back; to be called when there is an answer, and before an editor is told or asked something. */
  readonly show: (view: EditorView) => void;
  /** What is held back belongs to a text that another one has replaced. */
  readonly forget: (view: EditorView) => void;
}

/** `onText` hears of each new text before the editor shows it. */
export function typing(onText: (text: string) => void): Typing {
  const plugin = ViewPlugin.define((view) => new Held(view));
  const show = (view: EditorView): void => view.plugin(plugin)?.show();
  const insert = (event: InputEvent, view: EditorView): boolean => {
    show(view);
    const { inputType, data, isComposing, cancelable } = event;
    const marked = document.getSelection();
    // What an input method composes stays with the browser.
    if (inputType !== 'insertText' || !data || isComposing || !cancelable || view.composing || view.state.readOnly || marked?.rangeCount !== 1) return false;
    // The page's selection, which may be ahead of the editor's.
    const range = marked.getRangeAt(0);
    if (view.state.selection.ranges.length > 1 || !view.contentDOM.contains(range.commonAncestorContainer)) return false;
    const [from, to] = [view.posAtDOM(range.startContainer, range.startOffset), view.posAtDOM(range.endContainer, range.endOffset)];
    const changes = view.state.changes({ from, to, insert: data });
    const typed = () => view.state.update({ ...asTyped, changes, selection: { anchor: from + data.length } });
    if (view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, data, typed))) return true;
    const held = view.plugin(plugin);
    if (!held) return false;
    held.hold(changes, from + data.length);
    onText(changes.apply(view.state.doc).toString());
    return true;
  };
  return { extension: [plugin, EditorView.domEventHandlers({ beforeinput: insert })], show, forget: (view) => view.plugin(plugin)?.forget() };
}

const asTyped = { userEvent: 'input.type', scrollIntoView: true } as const;

// What else reads the editor, or its place in the page.
const readers = ['mousedown', 'touchstart', 'paste', 'cut', 'copy', 'drop', 'compositionstart'] as const;

class Held implements PluginValue {
  readonly #view: EditorView;
  readonly #show = (): void => this.show();
  #held: { readonly changes: ChangeSet; readonly cursor: number } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: EditorView) {
    this.#view = view;
    view.dom.addEventListener('keydown', this.#onKey, true);
    for (const name of readers) view.dom.addEventListener(name, this.#show, true);
  }

  // An editor answers every key by measuring itself in the next frame; a letter is no key of it.
  readonly #onKey = (event: KeyboardEvent): void => {
    if (isLetter(event)) event.stopPropagation();
    else this.show();
  };

  hold(changes: ChangeSet, cursor: number): void {
    this.#held = { changes, cursor };
    this.#timer = setTimeout(this.#show, longestHeld);
  }

  show(): void {
    if (!this.#held) return;
    const { changes, cursor } = this.#held;
    this.forget();
    this.#view.dispatch({ ...asTyped, changes, selection: { anchor: cursor } });
  }

  forget(): void {
    this.#held = undefined;
    clearTimeout(this.#timer);
  }

  update({ docChanged, changes }: ViewUpdate): void {
    if (!docChanged || !this.#held) return;
    this.#held = { changes: this.#held.changes.map(changes), cursor: changes.mapPos(this.#held.cursor, 1) };
  }

  destroy(): void {
    this.forget();
    this.#view.dom.removeEventListener('keydown', this.#onKey, true);
    for (const name of readers) this.#view.dom.removeEventListener(name, this.#show, true);
  }
}

function isLetter({ key, ctrlKey, metaKey, altKey, isComposing, keyCode }: KeyboardEvent): boolean {
  // 229 stands for a key that an input method has taken.
  return key.length === 1 && !ctrlKey && !metaKey && !altKey && !isComposing && keyCode !== 229;
}
