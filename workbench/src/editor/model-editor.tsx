// The editor of models: the same help as for an expression.

import { type ReadonlySignal, useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import type { Fix } from '../../../src/base/diagnostic.ts';
import { edited } from '../../../src/lang/fixes.ts';
import { asking } from '../state/asked.ts';
import { useWorkbench } from '../state/workbench.ts';
import { Editor } from './editor.tsx';
import type { Help } from './help.ts';

export function ModelEditor({ hint }: { readonly hint: string }): JSX.Element {
  const { document, front } = useWorkbench();
  const asked = useMemo(() => asking(front, 'modelHelp', document.model), [front, document]);
  useEffect(() => asked.dispose, [asked]);
  const help: ReadonlySignal<Help | undefined> = useComputed(() => (asked.state.value.isOld ? undefined : asked.state.value.answer));
  return <Editor text={document.model} label="model" hint={hint} language="model" help={help} apply={useModelFixes()} />;
}

/** Makes the edits of a fix in the model. */
export function useModelFixes(): (fix: Fix) => void {
  const { document } = useWorkbench();
  return useCallback(({ edits }: Fix) => void (document.model.value = edited(document.model.peek(), edits)), [document]);
}
