// The function as it was read, typeset.

import type { JSX } from 'preact';
import { Formula } from '../parts/math.tsx';
import { useWorkbench } from '../state/workbench.ts';
import { Messages } from './input.tsx';

/** Of a text with errors the last one without. */
export function AsRead(): JSX.Element | null {
  const { current, latest } = useWorkbench();
  const now = current.value;
  const of = now?.function ?? latest.value?.function;
  if (!of) return null;
  return (
    <div class={now !== undefined && !now.function ? 'old' : ''}>
      <Formula mathml={of.mathml} label={of.text} />
    </div>
  );
}

/** On narrow pages: what is wrong and what was read, in room of their own, so that they move nothing that follows. */
export function Strip(): JSX.Element {
  return (
    <div class="strip" role="group" tabIndex={0} aria-label="messages, and the text as it was read">
      <Messages />
      <AsRead />
    </div>
  );
}
