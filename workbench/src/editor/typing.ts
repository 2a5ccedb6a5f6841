// Letters typed and deleted. The question about the new text leaves at once; the change itself is held back for an instant, and
// comes into the page together with its answer. What changes the page within the event of a key makes the browser paint that first, and
// keep every message back until it has: about half the time of an answer. Holding it costs a letter less than a frame.
//
// A letter is a change of the text, made here: the browser need not change the page by itself first, which for a selection
// of a thousand coloured words takes it more than a second.

import type { ChangeSet, Extension, TransactionSpec } from '@codemirror/state';
import { EditorView, type PluginValue, ViewPlugin, type ViewUpdate } from '@codemirror/view';

// Most answers come before this; it is less than any frame.
const longestHeld = 10;
// A text of thousands of signs and its answer are laid out in a frame each.
const longestText = 2000;

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
  const edit = (event: InputEvent, view: EditorView): boolean => {
    show(view);
    const held = view.plugin(plugin);
    const { inputType, data, isComposing, cancelable } = event;
    const kind = inputType === 'insertText' && data ? 'input.type' : held?.deletion(inputType);
    // What an input method composes stays with the browser.
    if (!held || !kind || isComposing || !cancelable || view.composing || view.state.readOnly || view.state.selection.ranges.length > 1) return false;
    const range = rangeOf(event, view);
    if (!range) return false;
    const [from, to] = range;
    const insert = kind === 'input.type' ? (data ?? '') : '';
    const change: Change = { changes: view.state.changes({ from, to, insert }), cursor: from + insert.length, kind };
    if (insert !== '' && view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, insert, () => view.state.update(asTransaction(change))))) return true;
    held.hold(change);
    onText(change.changes.apply(view.state.doc).toString());
    if (view.state.doc.length > longestText) held.show();
    return true;
  };
  return { extension: [plugin, EditorView.domEventHandlers({ beforeinput: edit })], show, forget: (view) => view.plugin(plugin)?.forget() };
}

interface Change {
  readonly changes: ChangeSet;
  readonly cursor: number;
  /** As the editor's own commands name it. */
  readonly kind: 'input.type' | 'delete.backward' | 'delete.forward';
}

const asTransaction = ({ changes, cursor, kind }: Change): TransactionSpec => ({ changes, selection: { anchor: cursor }, userEvent: kind, scrollIntoView: true });

/** What the event is about: the page's own selection, which may be ahead of the editor's; for a deletion at a cursor what the browser would delete. */
function rangeOf(event: InputEvent, view: EditorView): readonly [from: number, to: number] | undefined {
  const marked = document.getSelection();
  if (marked?.rangeCount !== 1) return undefined;
  const range = marked.isCollapsed && event.inputType !== 'insertText' ? event.getTargetRanges()[0] : marked.getRangeAt(0);
  const { contentDOM } = view;
  if (!range || !contentDOM.contains(range.startContainer) || !contentDOM.contains(range.endContainer)) return undefined;
  return [view.posAtDOM(range.startContainer, range.startOffset), view.posAtDOM(range.endContainer, range.endOffset)];
}

// What else reads the editor, or its place in the page.
const readers = ['mousedown', 'touchstart', 'paste', 'cut', 'copy', 'drop', 'compositionstart'] as const;

class Held implements PluginValue {
  readonly #view: EditorView;
  readonly #show = (): void => this.show();
  #held: Change | undefined;
  #deletes = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: EditorView) {
    this.#view = view;
    view.dom.addEventListener('keydown', this.#onKey, true);
    for (const name of readers) view.dom.addEventListener(name, this.#show, true);
  }

  // An editor answers every key by measuring itself in the next frame; what is held is no key of it.
  readonly #onKey = (event: KeyboardEvent): void => {
    this.#deletes = isDeletion(event) && (hasSelection() || !isIndented(this.#view));
    if (isLetter(event) || this.#deletes) event.stopPropagation();
    else this.show();
  };

  /** The kind of a deletion by a key that was kept from the editor. */
  deletion(inputType: string): Change['kind'] | undefined {
    if (!this.#deletes) return undefined;
    return inputType === 'deleteContentBackward' ? 'delete.backward' : inputType === 'deleteContentForward' ? 'delete.forward' : undefined;
  }

  hold(change: Change): void {
    this.#held = change;
    this.#timer = setTimeout(this.#show, longestHeld);
  }

  show(): void {
    if (!this.#held) return;
    const change = this.#held;
    this.forget();
    this.#view.dispatch(asTransaction(change));
  }

  forget(): void {
    this.#held = undefined;
    clearTimeout(this.#timer);
  }

  update({ docChanged, changes }: ViewUpdate): void {
    if (!docChanged || !this.#held) return;
    this.#held = { ...this.#held, changes: this.#held.changes.map(changes), cursor: changes.mapPos(this.#held.cursor, 1) };
  }

  destroy(): void {
    this.forget();
    this.#view.dom.removeEventListener('keydown', this.#onKey, true);
    for (const name of readers) this.#view.dom.removeEventListener(name, this.#show, true);
  }
}

function isLetter(event: KeyboardEvent): boolean {
  return event.key.length === 1 && isPlain(event);
}

function isDeletion(event: KeyboardEvent): boolean {
  return (event.key === 'Backspace' || event.key === 'Delete') && !event.shiftKey && isPlain(event) && !isTouched();
}

function isPlain({ ctrlKey, metaKey, altKey, isComposing, keyCode }: KeyboardEvent): boolean {
  // 229 stands for a key that an input method has taken.
  return !ctrlKey && !metaKey && !altKey && !isComposing && keyCode !== 229;
}

/** Keyboards on glass repeat a deletion only where the browser makes it. */
function isTouched(): boolean {
  return matchMedia('(pointer: coarse)').matches;
}

/** In the page, which may be ahead of the editor. */
function hasSelection(): boolean {
  return document.getSelection()?.isCollapsed === false;
}

/** Before the cursor there is nothing but spaces, which the editor deletes by steps of indentation. */
function isIndented({ state }: EditorView): boolean {
  const { from } = state.selection.main;
  const line = state.doc.lineAt(from);
  return line.text.slice(0, from - line.from).trim() === '';
}
