// Function and derivative in index notation.

import './tabs.css';
import type { JSX } from 'preact';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Formula } from '../../parts/math.tsx';
import { useWorkbench } from '../../state/workbench.ts';

export function IndexTab(): JSX.Element {
  const state = useAsked('indexNotation', useWorkbench().settled);
  return (
    <Asked state={state}>
      {(list) => (
        <div class="stack">
          {list.map(({ title, text, latex, mathml }) => (
            <section key={title} class="stack">
              <h3>{title}</h3>
              {mathml === undefined ? (
                <pre tabIndex={0} aria-label={`${title} in index notation`}>
                  {text}
                </pre>
              ) : (
                <Formula mathml={mathml} label={text} />
              )}
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
