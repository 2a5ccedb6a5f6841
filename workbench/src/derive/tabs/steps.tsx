// The derivation, each step with its rule.

import './tabs.css';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Line, Steps } from '../../../../src/pipeline/steps.ts';
import type { Shown } from '../../engine/shown.ts';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { Copy } from '../../parts/copy.tsx';
import { download } from '../../parts/download.ts';
import { Inline } from '../../parts/math.tsx';
import { useWorkbench } from '../../state/workbench.ts';

type StepLine = Line<Shown>;

export function StepsTab(): JSX.Element {
  const state = useAsked('steps', useWorkbench().settled);
  return (
    <Asked state={state}>
      {(orders) => (
        <div class="stack">
          {orders.map(({ by, lines }, i) => (
            <section key={i} class="stack">
              <h3>
                {orders.length > 1 ? `order ${i + 1}, ` : ''}by {by}
              </h3>
              <Lines title="the derivative of every part, from the inside out" lines={lines.filter((l) => l.kind === 'derivative')} arrow="↦" />
              <Lines title="simplified" lines={lines.filter((l) => l.kind === 'simplification')} arrow="→" />
            </section>
          ))}
          <div class="inline">
            <Copy text={markdown(orders, ({ text }) => `\`${text}\``)} what="steps as text" />
            <Copy text={markdown(orders, ({ latex }) => `$${latex}$`)} what="steps as LaTeX" />
            <button type="button" onClick={() => download('steps.md', markdown(orders, ({ latex }) => `$${latex}$`), 'text/markdown')}>
              download steps.md
            </button>
          </div>
        </div>
      )}
    </Asked>
  );
}

function markdown(orders: readonly Steps<Shown>[], form: (shown: Shown) => string): string {
  const lineOf = ({ before, after, says, kind }: StepLine): string => `1. ${form(before)} ${kind === 'derivative' ? '↦' : '→'} ${form(after)} (${says})`;
  return orders.map(({ by, lines }) => [`## by ${by}`, '', ...lines.map(lineOf), ''].join('\n')).join('\n');
}

// More formulas at once would hold up the page.
const most = 24;

function Lines({ title, lines, arrow }: { readonly title: string; readonly lines: readonly StepLine[]; readonly arrow: string }): JSX.Element | null {
  const [count, setCount] = useState(most);
  if (lines.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ol class="steps">
        {lines.slice(0, count).map((line, i) => (
          <li key={i}>
            <Step line={line} arrow={arrow} />
          </li>
        ))}
      </ol>
      {lines.length > count && (
        <button type="button" onClick={() => setCount(count + most)}>
          show {Math.min(most, lines.length - count)} more of {lines.length}
        </button>
      )}
    </>
  );
}

function Step({ line: { before, after, rule, says }, arrow }: { readonly line: StepLine; readonly arrow: string }): JSX.Element {
  return (
    <details>
      <summary>
        <Side shown={before} /> <span aria-label="becomes">{arrow}</span> <Side shown={after} /> <span class="rule">{rule}</span>
      </summary>
      <dl class="rows">
        <div>
          <dt>rule</dt>
          <dd>{says}</dd>
        </div>
        {([['of', before], ['gives', after]] as const).map(([label, { text, type, latex }]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd class="stack">
              <pre tabIndex={0} aria-label={`${label} as text`}>
                {text}
              </pre>
              <span class="inline">
                <span class="rule">{type}</span>
                <Copy text={text} what="text" />
                <Copy text={latex} what="LaTeX" />
              </span>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

const longest = 400;

/** A very long expression is read better as text, which breaks its lines. */
function Side({ shown: { text, mathml } }: { readonly shown: Shown }): JSX.Element {
  return text.length > longest ? <code>{text}</code> : <Inline mathml={mathml} label={text} />;
}
