// A button that copies text, and says that it did.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

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
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('not copied'),
    );
  };
  return (
    <button type="button" class="copy" onClick={copy}>
      <span aria-live="polite">{state === '' ? `copy ${what}` : state}</span>
    </button>
  );
}
