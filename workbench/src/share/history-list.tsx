// What was worked on here, to be opened again.

import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { Dialog } from '../parts/dialog.tsx';
import { titleOf } from '../state/history.ts';
import { useWorkbench } from '../state/workbench.ts';

export function HistoryList(): JSX.Element {
  const { panel, history, document } = useWorkbench();
  useEffect(() => void history.refresh(), [history]);
  const close = (): void => void (panel.value = undefined);
  const pages = history.pages.value;
  const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <Dialog title="History" onClose={close}>
      <div class="stack">
        <p>{history.isKept.value ? 'Kept in this browser only.' : 'This browser refuses to keep pages, as private windows and full disks do: these last as long as the page is open. A link keeps one for longer.'}</p>
        {pages.length === 0 ? (
          <p>Nothing yet: a page is kept a few seconds after you typed.</p>
        ) : (
          <ul class="pages">
            {pages.map((page) => (
              <li key={page.saved}>
                <button
                  type="button"
                  class="page"
                  onClick={() => {
                    document.open(page.snapshot);
                    close();
                  }}
                >
                  <code>{titleOf(page.snapshot)}</code>
                  <span>{when.format(page.saved)}</span>
                </button>
                <button type="button" class="quiet" aria-label={`forget ${titleOf(page.snapshot)}`} onClick={() => void history.forget(page)}>
                  ✕
                </button>
              </li>
            ))}
          </ul>
        )}
        {pages.length > 0 && (
          <button type="button" onClick={() => void history.forgetAll()}>
            forget all
          </button>
        )}
      </div>
    </Dialog>
  );
}
