// What was worked on, on this machine only (IndexedDB): one page a text, the latest first.

import { type ReadonlySignal, signal } from '@preact/signals';
import { get, set } from 'idb-keyval';
import { checkedFields } from './link.ts';
import { type Snapshot, empty } from './document.ts';

export interface Page {
  /** Milliseconds since 1970. */
  readonly saved: number;
  readonly snapshot: Snapshot;
}

export interface History {
  readonly pages: ReadonlySignal<readonly Page[]>;
  /** Puts the page in front; an older one with the same text goes. */
  readonly remember: (snapshot: Snapshot) => Promise<void>;
  readonly forget: (page: Page) => Promise<void>;
  readonly forgetAll: () => Promise<void>;
}

const key = 'ricci-history';
const most = 200;

/** What a page is called in lists. */
export function titleOf({ text, model }: Snapshot): string {
  const words = (text === '' ? model : text).replaceAll(/\s+/g, ' ').trim();
  return words.length > 80 ? `${words.slice(0, 79)}…` : words;
}

/** Without IndexedDB (private windows of some browsers) it lasts as long as the page. */
export function newHistory(now: () => number = Date.now): History {
  const pages = signal<readonly Page[]>([]);
  const loaded = get<unknown>(key).then(
    (found) => {
      pages.value = merged(pages.value, Array.isArray(found) ? found.flatMap(pageOf) : []);
    },
    () => {},
  );
  const keep = async (list: readonly Page[]): Promise<void> => {
    pages.value = list;
    await set(key, list).catch(() => {});
  };
  return {
    pages,
    remember: async (snapshot) => {
      if (titleOf(snapshot) === '') return;
      await loaded;
      await keep(merged([{ saved: now(), snapshot }], pages.value));
    },
    forget: async (page) => {
      await loaded;
      await keep(pages.value.filter((p) => p !== page));
    },
    forgetAll: () => keep([]),
  };
}

function merged(first: readonly Page[], then: readonly Page[]): Page[] {
  const identity = ({ snapshot: s }: Page): string => JSON.stringify([s.text, s.declare, s.model]);
  const list = new Map<string, Page>();
  for (const page of [...first, ...then]) if (!list.has(identity(page))) list.set(identity(page), page);
  return [...list.values()].slice(0, most);
}

function pageOf(data: unknown): Page[] {
  const { saved, snapshot } = (data ?? {}) as Partial<Record<keyof Page, unknown>>;
  return typeof saved === 'number' ? [{ saved, snapshot: { ...empty, ...checkedFields(snapshot) } }] : [];
}
