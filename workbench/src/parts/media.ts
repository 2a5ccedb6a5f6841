// Whether a media query holds, followed as it changes.

import { useEffect, useState } from 'preact/hooks';
import { useWorkbench } from '../state/workbench.ts';

export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = (): void => setHolds(list.matches);
    follow();
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [query]);
  return holds;
}

/** Whether the page is dark, by choice or because the system is: drawings that are not made of elements are drawn anew. */
export function useIsDark(): boolean {
  const { theme } = useWorkbench();
  const isSystemDark = useMedia('(prefers-color-scheme: dark)');
  const isPaper = useMedia('print');
  if (isPaper) return false;
  return theme.value === 'system' ? isSystemDark : theme.value === 'dark';
}
