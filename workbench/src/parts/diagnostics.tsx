// What is wrong, where, what was needed, what to try.

import type { JSX } from 'preact';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';

export function Diagnostics({ list }: { readonly list: readonly Diagnostic[] }): JSX.Element | null {
  if (list.length === 0) return null;
  return (
    <ul class="diagnostics" aria-label="messages">
      {list.map((d, i) => (
        <li key={i} class={`diagnostic ${d.severity}`}>
          <p class="message">
            <strong>{d.severity}</strong> {d.message}
          </p>
          {d.needed !== undefined && <p>needed {d.needed}</p>}
          {d.found !== undefined && <p>found {d.found}</p>}
          {d.help !== undefined && <p>try {d.help}</p>}
        </li>
      ))}
    </ul>
  );
}
