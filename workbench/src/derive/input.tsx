// The expression, and what there is to say about it.

import { useComputed } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Diagnostic } from '../../../src/base/diagnostic.ts';
import { Editor } from '../editor/editor.tsx';
import type { Help } from '../editor/help.ts';
import { Diagnostics } from '../parts/diagnostics.tsx';
import { useWorkbench } from '../state/workbench.ts';
import { useFixes } from './fixes.ts';

export function Input({ children }: { readonly children?: ComponentChildren }): JSX.Element {
  const { document, current } = useWorkbench();
  const apply = useFixes();
  const help = useComputed((): Help | undefined => {
    const read = current.value;
    return read && { ...read, diagnostics: read.diagnostics.filter((d) => d.source === undefined && d.code !== 'empty-text') };
  });
  return (
    <section class="input" aria-label="expression">
      <Editor text={document.text} label="expression" hint="an expression, such as norm2(A*x-y)^2, or LaTeX" language="expression" help={help} apply={apply} describedBy={saidId} />
      {children}
    </section>
  );
}

const saidId = 'said-of-input';

// Half a formula is no error yet: what was right until now is left alone this long after a keystroke.
const pause = 450;

/** What is wrong with the expression, or worth knowing. */
export function Messages(): JSX.Element {
  const { derived, document } = useWorkbench();
  const apply = useFixes();
  const { answer, isOld, failure, isWorking } = derived.value;
  const said = failure ? (failure.kind === 'diagnostics' ? failure.diagnostics : [internal(failure.message, document.text.peek().length)]) : (answer?.diagnostics ?? []);
  const list = said.filter((d) => d.code !== 'empty-text');
  const [shown, setShown] = useState<readonly Diagnostic[]>(list);
  const isSettled = !isOld || failure !== undefined;
  useEffect(() => {
    if (isWorking && !failure) return undefined;
    if (!hasError(list) || hasError(shown)) {
      if (list.length + shown.length > 0) setShown(list);
      return undefined;
    }
    const timer = setTimeout(() => setShown(list), pause);
    return () => clearTimeout(timer);
    // The list is a new array each time; what it says of is the answer.
  }, [answer, failure, isWorking, isSettled]);
  return (
    <div class="said" id={saidId} role="status">
      <Diagnostics list={shown} apply={apply} />
    </div>
  );
}

function hasError(list: readonly Diagnostic[]): boolean {
  return list.some((d) => d.severity === 'error');
}

/** A defect of ours, in the same three parts. */
function internal(message: string, length: number): Diagnostic {
  return { code: 'internal', severity: 'error', message: 'this could not be computed, which is a bug of ricci', span: [0, length], found: message, help: 'please report it with the expression' };
}
