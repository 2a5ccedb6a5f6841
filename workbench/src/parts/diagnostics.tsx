// What is wrong, where, what was needed, what to try; edits that are known are a click away.

import type { JSX } from 'preact';
import type { Diagnostic, Fix } from '../../../src/base/diagnostic.ts';

export interface DiagnosticsProps {
  readonly list: readonly Diagnostic[];
  /** Makes the edits of a fix. */
  readonly apply?: (fix: Fix) => void;
}

// The first mistakes explain those behind them.
const most = 6;

export function Diagnostics({ list, apply }: DiagnosticsProps): JSX.Element | null {
  if (list.length === 0) return null;
  return (
    <ul class="diagnostics" aria-label="messages">
      {list.slice(0, most).map((d, i) => (
        <li key={i} class={`diagnostic ${d.severity}`}>
          <p class="message">
            <strong>{d.source === 'declare' ? `${d.severity} in the declarations` : d.severity}</strong> {d.message}
          </p>
          {([['needed', d.needed], ['found', d.found], ['try', d.help]] as const).map(
            ([label, text]) =>
              text !== undefined && (
                <p key={label} class="part">
                  <span class="label">{label}</span> {text}
                </p>
              ),
          )}
          {apply && d.fixes && (
            <p class="inline">
              {d.fixes.map((fix, k) => (
                <button key={k} type="button" class="fix" onClick={() => apply(fix)}>
                  {fix.says}
                </button>
              ))}
            </p>
          )}
        </li>
      ))}
      {list.length > most && <li class="diagnostic">and {list.length - most} more</li>}
    </ul>
  );
}
