// The frame of the page: the rooms, the one that is open, and what may lie over it.

import type { ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { DeriveRoom } from './derive/derive-room.tsx';
import { Later } from './parts/later.tsx';
import { type Room, rooms } from './state/document.ts';
import { listen } from './state/shortcuts.ts';
import { themes } from './state/theme.ts';
import { type PanelName, useWorkbench } from './state/workbench.ts';

interface RoomEntry {
  readonly title: string;
  /** Rooms other than the first are loaded when they are first opened. */
  readonly load: () => Promise<ComponentType>;
}

const entries: Readonly<Record<Room, RoomEntry>> = {
  derive: { title: 'Derive', load: async () => DeriveRoom },
  optimize: { title: 'Optimize', load: async () => (await import('./optimize/optimize-room.tsx')).OptimizeRoom },
  gallery: { title: 'Gallery', load: async () => (await import('./gallery/gallery-room.tsx')).GalleryRoom },
  studies: { title: 'Studies', load: async () => (await import('./studies/studies-room.tsx')).StudiesRoom },
  help: { title: 'Help', load: async () => (await import('./help/help-room.tsx')).HelpRoom },
};

const panels: Readonly<Record<PanelName, () => Promise<ComponentType>>> = {
  share: async () => (await import('./share/share.tsx')).Share,
  history: async () => (await import('./share/history-list.tsx')).HistoryList,
  shortcuts: async () => (await import('./share/shortcut-sheet.tsx')).ShortcutSheet,
};

export function App(): JSX.Element {
  const workbench = useWorkbench();
  const { document, panel, wrongLink } = workbench;
  useEffect(() => listen(workbench), [workbench]);
  const open = document.room.value;
  return (
    <>
      <header class="top">
        <a class="skip" href="#main" onClick={skip}>
          skip to the content
        </a>
        <h1 class="name">ricci</h1>
        <nav aria-label="rooms">
          {rooms.map((room) => (
            <button key={room} type="button" aria-current={room === open ? 'page' : undefined} onClick={() => (document.room.value = room)}>
              {entries[room].title}
            </button>
          ))}
        </nav>
        <Tools />
      </header>
      <main id="main" tabIndex={-1}>
        {wrongLink.value !== undefined && (
          <p class="diagnostic error" role="alert">
            <strong>link</strong> {wrongLink.value}; nothing of it was opened
          </p>
        )}
        {open === 'derive' ? <DeriveRoom /> : <Later key={open} load={entries[open].load} />}
      </main>
      {panel.value !== undefined && <Later key={panel.value} load={panels[panel.value]} />}
    </>
  );
}

function Tools(): JSX.Element {
  const { panel, theme } = useWorkbench();
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
  return (
    <div class="tools">
      <button type="button" onClick={() => (panel.value = 'share')}>
        Share
      </button>
      <button type="button" onClick={() => (panel.value = 'history')}>
        History
      </button>
      <button type="button" aria-label={`theme: ${theme.value}; change to ${next}`} title={`theme: ${theme.value}`} onClick={() => (theme.value = next)}>
        {{ system: '◐', light: '☀', dark: '☾' }[theme.value]}
      </button>
      <button type="button" aria-label="keyboard shortcuts" title="keyboard shortcuts" onClick={() => (panel.value = 'shortcuts')}>
        ?
      </button>
    </div>
  );
}

// The address belongs to the state, so the link moves the focus itself.
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
