// A button that copies text, and says that it did.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Pages that were not sent over a safe line have no clipboard; older ways may still work there. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelecting(text);
  }
}

function copiedBySelecting(text: string): boolean {
  const field = document.createElement('textarea');
  const before = document.activeElement;
  field.value = text;
  field.className = 'hidden';
  // In a dialog, which keeps the focus inside.
  (document.querySelector('dialog[open]') ?? document.body).append(field);
  field.select();
  const isDone = document.execCommand('copy');
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return isDone;
}

export interface CopyProps {
  readonly text: string;
  /** What is copied, such as `LaTeX`. */
  readonly what: string;
}

export function Copy({ text, what }: CopyProps): JSX.Element {
  const [state, setState] = useState<'' | 'copied' | 'not copied'>('');
  useEffect(() => {
    const timer = state === '' ? undefined : setTimeout(() => setState(''), 1600);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = (): void => {
    void copied(text).then((isDone) => setState(isDone ? 'copied' : 'not copied'));
  };
  return (
    <button type="button" class="copy" onClick={copy}>
      <span aria-live="polite">{state === '' ? `copy ${what}` : state}</span>
    </button>
  );
}
