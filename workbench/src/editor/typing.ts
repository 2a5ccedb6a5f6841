// Letters typed, as changes of the text at once: the browser then need not change the page by itself first, which for a
// selection of a thousand coloured words takes it more than a second.

import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

export function typing(): Extension {
  return EditorView.domEventHandlers({
    beforeinput: (event, view) => {
      const { inputType, data, isComposing, cancelable } = event;
      const marked = document.getSelection();
      // What an input method composes stays with the browser, and so does all that is not plain.
      if (inputType !== 'insertText' || !data || isComposing || !cancelable || view.composing || view.state.readOnly || marked?.rangeCount !== 1) return false;
      const range = marked.getRangeAt(0);
      const { main, ranges } = view.state.selection;
      const [from, to] = [view.posAtDOM(range.startContainer, range.startOffset), view.posAtDOM(range.endContainer, range.endOffset)];
      // The page's selection may be ahead of the editor's.
      if (ranges.length > 1 || from !== main.from || to !== main.to) return false;
      const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
      if (!view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, data, insert))) view.dispatch(insert());
      return true;
    },
  });
}
