// Function and derivative in index notation.

import './tabs.css';
import type { JSX } from 'preact';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { Copy } from '../../parts/copy.tsx';
import { useWorkbench } from '../../state/workbench.ts';

export function IndexTab(): JSX.Element {
  const state = useAsked('indexNotation', useWorkbench().settled);
  return (
    <Asked state={state}>
      {(list) => (
        <div class="stack">
          {list.map(({ title, text, latex }) => (
            <section key={title} class="stack">
              <h3>{title}</h3>
              <pre tabIndex={0} aria-label={`${title} in index notation`}>
                {text}
              </pre>
              <div class="inline">
                <Copy text={text} what="text" />
                <Copy text={latex} what="LaTeX" />
              </div>
            </section>
          ))}
        </div>
      )}
    </Asked>
  );
}
