// The keyboard shortcuts of the page, as one list: what listens and the sheet read the same.

import { rooms, tabs } from './document.ts';
import type { Workbench } from './workbench.ts';

export interface Shortcut {
  readonly keys: string;
  readonly says: string;
  readonly isPressed: (event: KeyboardEvent) => boolean;
  readonly run: (workbench: Workbench) => void;
}

const alt = (code: string) => (event: KeyboardEvent): boolean =>
  event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.code === code;
const altShift = (code: string) => (event: KeyboardEvent): boolean =>
  event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey && event.code === code;
const control = (code: string) => (event: KeyboardEvent): boolean =>
  (event.ctrlKey || event.metaKey) && !event.altKey && event.code === code;

const roomNames = { derive: 'Derive', optimize: 'Optimize', gallery: 'the gallery', studies: 'Studies', help: 'Help' } as const;

export const shortcuts: readonly Shortcut[] = [
  ...rooms.map((room, i) => ({
    keys: `Alt ${i + 1}`,
    says: `open ${roomNames[room]}`,
    isPressed: alt(`Digit${i + 1}`),
    run: ({ document }: Workbench) => void (document.room.value = room),
  })),
  ...tabs.map((tab, i) => ({
    keys: `Alt Shift ${i + 1}`,
    says: `show the tab ${tab}`,
    isPressed: altShift(`Digit${i + 1}`),
    run: ({ document }: Workbench) => {
      document.room.value = 'derive';
      document.tab.value = tab;
    },
  })),
  { keys: 'Alt E', says: 'go to the expression, or to the model', isPressed: alt('KeyE'), run: () => globalThis.document.querySelector<HTMLElement>('main .cm-content')?.focus() },
  { keys: 'Alt L', says: 'copy the link of this page', isPressed: alt('KeyL'), run: ({ panel }) => void (panel.value = 'share') },
  { keys: 'Alt H', says: 'what you worked on', isPressed: alt('KeyH'), run: ({ panel }) => void (panel.value = 'history') },
  { keys: 'Ctrl S', says: 'export this page', isPressed: control('KeyS'), run: ({ panel }) => void (panel.value = 'share') },
  {
    keys: '?',
    says: 'this sheet',
    isPressed: (event) => event.key === '?' && !isTyping(event),
    run: ({ panel }) => void (panel.value = 'shortcuts'),
  },
];

/** Until disposed. */
export function listen(workbench: Workbench): () => void {
  const onKey = (event: KeyboardEvent): void => {
    const pressed = shortcuts.find((s) => s.isPressed(event));
    if (!pressed) return;
    event.preventDefault();
    pressed.run(workbench);
  };
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
