// The frame of the page: the rooms, and the one that is open.

import type { JSX } from 'preact';
import { DeriveRoom } from './derive/derive-room.tsx';
import { type Room, rooms } from './state/document.ts';
import { useWorkbench } from './state/workbench.ts';

const titles: Readonly<Record<Room, string>> = {
  derive: 'Derive',
  optimize: 'Optimize',
  gallery: 'Gallery',
  studies: 'Studies',
  help: 'Help',
};

export function App(): JSX.Element {
  const { document } = useWorkbench();
  const open = document.room.value;
  return (
    <>
      <header class="top">
        <a class="skip" href="#main">skip to the content</a>
        <h1 class="name">ricci</h1>
        <nav aria-label="rooms">
          {rooms.map((room) => (
            <button key={room} type="button" aria-current={room === open ? 'page' : undefined} onClick={() => (document.room.value = room)}>
              {titles[room]}
            </button>
          ))}
        </nav>
      </header>
      <main id="main">{open === 'derive' && <DeriveRoom />}</main>
    </>
  );
}
