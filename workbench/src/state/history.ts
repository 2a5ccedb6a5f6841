// What was worked on, on this machine only (IndexedDB): one page a text, the latest first.

import { type ReadonlySignal, signal } from '@preact/signals';
import { get, update } from 'idb-keyval';
import { checkedFields } from './link.ts';
import { type Snapshot, empty } from './document.ts';

export interface Page {
  /** Milliseconds since 1970. */
  readonly saved: number;
  readonly snapshot: Snapshot;
}

export interface History {
  readonly pages: ReadonlySignal<readonly Page[]>;
  /** Whether the browser keeps them: private windows and full disks do not, and then they last as long as the page. */
  readonly isKept: ReadonlySignal<boolean>;
  /** Puts the page in front; an older one with the same text goes. */
  readonly remember: (snapshot: Snapshot) => Promise<void>;
  readonly forget: (page: Page) => Promise<void>;
  readonly forgetAll: () => Promise<void>;
  /** Takes over what other windows have kept meanwhile. */
  readonly refresh: () => Promise<void>;
}

/** Where pages are kept: one value, changed as a whole, so that windows do not overwrite each other's. */
export interface Shelf {
  readonly read: () => Promise<unknown>;
  readonly change: (next: (now: unknown) => unknown) => Promise<void>;
}

const key = 'ricci-history';
const most = 200;

const browserShelf: Shelf = {
  // Some browsers refuse by throwing at once.
  read: async () => await get(key),
  change: async (next) => await update(key, next),
};

/** What a page is called in lists. */
export function titleOf({ room, text, model }: Snapshot): string {
  const isModel = model !== '' && (room === 'optimize' || text === '');
  const words = (isModel ? (/\b(?:min|max)\b[\s\S]*/i.exec(model)?.[0] ?? model) : text).replaceAll(/\s+/g, ' ').trim();
  return words.length > 80 ? `${words.slice(0, 79)}…` : words;
}

export function newHistory(now: () => number = Date.now, shelf: Shelf = browserShelf): History {
  const pages = signal<readonly Page[]>([]);
  const isKept = signal(true);
  const refused = (): void => void (isKept.value = false);
  const refresh = async (): Promise<void> => {
    try {
      const found = pagesOf(await shelf.read());
      // Where nothing is kept, what this page remembers is all there is.
      if (isKept.peek()) pages.value = found;
    } catch {
      refused();
    }
  };
  const keep = async (next: (list: readonly Page[]) => readonly Page[]): Promise<void> => {
    pages.value = next(pages.peek());
    try {
      await shelf.change((found) => (pages.value = next(pagesOf(found))));
    } catch {
      refused();
    }
  };
  void refresh();
  return {
    pages,
    isKept,
    remember: async (snapshot) => {
      if (titleOf(snapshot) !== '') await keep((list) => merged([{ saved: now(), snapshot }], list));
    },
    forget: ({ saved }) => keep((list) => list.filter((p) => p.saved !== saved)),
    forgetAll: () => keep(() => []),
    refresh,
  };
}

function merged(first: readonly Page[], then: readonly Page[]): Page[] {
  const identity = ({ snapshot: s }: Page): string => JSON.stringify([s.text, s.declare, s.model]);
  const list = new Map<string, Page>();
  for (const page of [...first, ...then]) if (!list.has(identity(page))) list.set(identity(page), page);
  return [...list.values()].slice(0, most);
}

function pagesOf(data: unknown): Page[] {
  return Array.isArray(data) ? data.flatMap(pageOf) : [];
}

function pageOf(data: unknown): Page[] {
  const { saved, snapshot } = (data ?? {}) as Partial<Record<keyof Page, unknown>>;
  return typeof saved === 'number' ? [{ saved, snapshot: { ...empty, ...checkedFields(snapshot) } }] : [];
}
