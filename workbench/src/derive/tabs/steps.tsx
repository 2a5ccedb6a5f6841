// The derivation, each step with its rule.

import './tabs.css';
import type { JSX } from 'preact';
import type { StepLine } from '../../../../src/pipeline/steps.ts';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { useWorkbench } from '../../state/workbench.ts';

export function StepsTab(): JSX.Element {
  const state = useAsked('steps', useWorkbench().settled);
  return (
    <Asked state={state}>
      {(orders) =>
        orders.map(({ by, lines }, i) => (
          <section key={i} class="stack">
            <h3>
              {orders.length > 1 ? `order ${i + 1}, ` : ''}by {by}
            </h3>
            <Lines title="the derivative of every part, from the inside out" lines={lines.filter((l) => l.kind === 'derivative')} arrow="↦" />
            <Lines title="simplified" lines={lines.filter((l) => l.kind === 'simplification')} arrow="→" />
          </section>
        ))
      }
    </Asked>
  );
}

function Lines({ title, lines, arrow }: { readonly title: string; readonly lines: readonly StepLine[]; readonly arrow: string }): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ol class="steps">
        {lines.map(({ before, after, rule, says }, i) => (
          <li key={i}>
            <details>
              <summary>
                <code>{before}</code> <span aria-label="becomes">{arrow}</span> <code>{after}</code> <span class="rule">{rule}</span>
              </summary>
              <dl class="rows">
                <div>
                  <dt>rule</dt>
                  <dd>{says}</dd>
                </div>
                <div>
                  <dt>of</dt>
                  <dd>
                    <pre>{before}</pre>
                  </dd>
                </div>
                <div>
                  <dt>gives</dt>
                  <dd>
                    <pre>{after}</pre>
                  </dd>
                </div>
              </dl>
            </details>
          </li>
        ))}
      </ol>
    </>
  );
}
