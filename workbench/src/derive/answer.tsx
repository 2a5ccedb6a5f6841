// The formula as it was read, its variables, and the derivative with what is said beside it.

import type { JSX } from 'preact';
import { Formula } from '../parts/math.tsx';
import { useWorkbench } from '../state/workbench.ts';

export function Answer(): JSX.Element {
  const { derived } = useWorkbench();
  const { answer, isOld } = derived.value;
  if (!answer?.function) return <section class="answer" aria-label="answer" />;
  const { function: of, derivative, by, rows } = answer;
  return (
    <section class={isOld ? 'answer old' : 'answer'} aria-label="answer" aria-busy={isOld}>
      <Formula mathml={of.mathml} label={of.text} />
      {derivative && (
        <>
          <h2>derivative by {by.join(', ')}</h2>
          <Formula mathml={derivative.mathml} label={derivative.text} />
          <dl class="rows">
            {rows.map(([label, text], i) => (
              <div key={i}>
                <dt>{label}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}
