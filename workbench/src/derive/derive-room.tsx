// The Derive page: the input, its reading, the derivative, and the tabs under it.

import type { JSX } from 'preact';
import { Editor } from '../editor/editor.tsx';
import { Diagnostics } from '../parts/diagnostics.tsx';
import { useWorkbench } from '../state/workbench.ts';
import { Answer } from './answer.tsx';
import { Tabs } from './tabs.tsx';

export function DeriveRoom(): JSX.Element {
  const { document, derived } = useWorkbench();
  const { answer, failure } = derived.value;
  return (
    <div class="derive">
      <section class="input" aria-label="expression">
        <Editor text={document.text} label="expression" hint="norm2(A*x-y)^2" />
        <Editor text={document.declare} label="declarations" hint="A: matrix(m, n)" />
        <Diagnostics list={failure?.kind === 'diagnostics' ? failure.diagnostics : (answer?.diagnostics ?? [])} />
        {failure?.kind === 'internal' && <p role="alert">{failure.message}</p>}
      </section>
      <Answer />
      <Tabs />
    </div>
  );
}
