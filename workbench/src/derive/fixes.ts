// Edits of the Derive page's texts.

import { batch } from '@preact/signals';
import { useCallback } from 'preact/hooks';
import type { Fix } from '../../../src/base/diagnostic.ts';
import { edited } from '../../../src/lang/fixes.ts';
import { useWorkbench } from '../state/workbench.ts';

/** Makes the edits of a fix, in the expression or in its declarations. */
export function useFixes(): (fix: Fix) => void {
  const { document } = useWorkbench();
  return useCallback(
    ({ edits }: Fix) =>
      batch(() => {
        document.text.value = edited(document.text.peek(), edits.filter((e) => e.source === undefined));
        document.declare.value = edited(document.declare.peek(), edits.filter((e) => e.source === 'declare'));
      }),
    [document],
  );
}
