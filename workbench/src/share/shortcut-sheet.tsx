// Every shortcut, from the list that listens.

import type { JSX } from 'preact';
import { mistakeKeys } from '../editor/mistake-keys.ts';
import { Dialog } from '../parts/dialog.tsx';
import { shortcuts } from '../state/shortcuts.ts';
import { useWorkbench } from '../state/workbench.ts';

/** What editors listen to themselves. */
const inEditors = [
  { keys: 'Ctrl Space', says: 'what can be written here' },
  { keys: mistakeKeys.next, says: 'go to the next mistake' },
  { keys: mistakeKeys.mend.replace('Mod-', 'Ctrl '), says: 'mend the mistake here, as the first button below it does' },
  { keys: 'Escape Tab', says: 'leave it by the next Tab' },
] as const;

export function ShortcutSheet(): JSX.Element {
  const { panel } = useWorkbench();
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => (panel.value = undefined)}>
      <table>
        <thead>
          <tr>
            <th scope="col">keys</th>
            <th scope="col">what happens</th>
          </tr>
        </thead>
        <tbody>
          {shortcuts.map(({ keys, says }) => (
            <Keys key={keys} keys={keys} says={says} />
          ))}
          {inEditors.map(({ keys, says }) => (
            <Keys key={keys} keys={keys} says={`in an editor: ${says}`} />
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

function Keys({ keys, says }: { readonly keys: string; readonly says: string }): JSX.Element {
  return (
    <tr>
      <td>
        {keys.split(' ').map((key) => (
          <>
            <kbd key={key}>{key}</kbd>{' '}
          </>
        ))}
      </td>
      <td>{says}</td>
    </tr>
  );
}
