// The page's state and its address kept the same.

import { effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Document, Snapshot } from './document.ts';
import type { History } from './history.ts';
import { fromLink, toLink } from './link.ts';

const pause = 400;
const rest = 2500;

/** Opens what the address says now and whenever it changes, and writes what changes into it. Tells what is wrong with a link. */
export function followAddress(page: Document, history: History, start: Snapshot): ReadonlySignal<string | undefined> {
  const wrong = signal<string | undefined>(undefined);
  let written = '';
  let room = start.room;

  const open = async (isLater: boolean): Promise<void> => {
    const fragment = fragmentNow();
    if (fragment === written) return;
    written = fragment;
    const found = await fromLink(fragment);
    if (fragment !== written) return;
    wrong.value = 'wrong' in found ? found.wrong : undefined;
    if ('wrong' in found) return;
    // The address of a room alone changes nothing else; the bare address is the page as it begins.
    if (fragment !== '') page.open(Object.keys(found).length === 1 && found.room !== undefined ? { ...page.snapshot.peek(), ...found } : found);
    else if (isLater) page.open(start);
    room = page.room.peek();
  };
  const write = async (snapshot: Snapshot): Promise<void> => {
    const link = JSON.stringify(snapshot) === JSON.stringify(start) ? '' : await toLink(snapshot);
    // A link that was opened meanwhile counts, and what was written before it does not.
    if (link === written || wrong.peek() !== undefined || fragmentNow() !== written) return;
    written = link;
    const address = link === '' ? location.pathname + location.search : `#${link}`;
    // The browser's back button goes from room to room, not from letter to letter.
    globalThis.history[snapshot.room === room ? 'replaceState' : 'pushState'](undefined, '', address);
    room = snapshot.room;
  };

  addEventListener('hashchange', () => void open(true));
  void open(false).then(() => {
    let isFirst = true;
    effect(() => {
      const snapshot = page.snapshot.value;
      if (isFirst) {
        isFirst = false;
        return undefined;
      }
      wrong.value = undefined;
      const soon = setTimeout(() => void write(snapshot), pause);
      const later = setTimeout(() => void history.remember(snapshot), rest);
      return () => {
        clearTimeout(soon);
        clearTimeout(later);
      };
    });
  });
  return wrong;
}

function fragmentNow(): string {
  return location.hash.replace(/^#/, '');
}
