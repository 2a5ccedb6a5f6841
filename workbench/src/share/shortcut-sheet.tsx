// Every shortcut, from the list that listens.

import type { JSX } from 'preact';
import { Dialog } from '../parts/dialog.tsx';
import { shortcuts } from '../state/shortcuts.ts';
import { useWorkbench } from '../state/workbench.ts';

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
            <tr key={keys}>
              <td>
                {keys.split(' ').map((key) => (
                  <>
                    <kbd key={key}>{key}</kbd>{' '}
                  </>
                ))}
              </td>
              <td>{says}</td>
            </tr>
          ))}
          <tr>
            <td>
              <kbd>Ctrl</kbd> <kbd>Space</kbd>
            </td>
            <td>in an editor: what can be written here</td>
          </tr>
          <tr>
            <td>
              <kbd>Escape</kbd> <kbd>Tab</kbd>
            </td>
            <td>in an editor: leave it by the next Tab</td>
          </tr>
        </tbody>
      </table>
    </Dialog>
  );
}
