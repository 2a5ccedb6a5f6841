// What a room has while another one is open: a solve that goes on, a report, files. It lasts as long as the page.

import { useWorkbench } from './workbench.ts';

/** The value under this name, made when it is first asked for. */
export function useKept<T>(name: string, make: () => T): T {
  const { kept } = useWorkbench();
  if (!kept.has(name)) kept.set(name, make());
  // A name stands for one type: each is used in one place.
  return kept.get(name) as T;
}
