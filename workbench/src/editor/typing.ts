// Letters typed, as changes of the text at once: the browser then need not change the page by itself first, which for a
// selection of a thousand coloured words takes it more than a second.

import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

export function typing(): Extension {
  return EditorView.domEventHandlers({
    beforeinput: (event, view) => {
      const { inputType, data, isComposing, cancelable } = event;
      const marked = document.getSelection();
      // What an input method composes stays with the browser.
      if (inputType !== 'insertText' || !data || isComposing || !cancelable || view.composing || view.state.readOnly || marked?.rangeCount !== 1) return false;
      // The page's selection, which may be ahead of the editor's.
      const range = marked.getRangeAt(0);
      if (view.state.selection.ranges.length > 1 || !view.contentDOM.contains(range.commonAncestorContainer)) return false;
      const [from, to] = [view.posAtDOM(range.startContainer, range.startOffset), view.posAtDOM(range.endContainer, range.endOffset)];
      const text = view.state.toText(data);
      const insert = () => view.state.update({ changes: { from, to, insert: text }, selection: { anchor: from + text.length }, userEvent: 'input.type', scrollIntoView: true });
      if (!view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, data, insert))) view.dispatch(insert());
      return true;
    },
  });
}
