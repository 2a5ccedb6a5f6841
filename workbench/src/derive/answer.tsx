// The derivative with what is said beside it, on wide pages under the formula as it was read. The last answer stays, dimmed,
// until the next one is there.

import type { ComponentChildren, JSX } from 'preact';
import type { Derived, Underway } from '../engine/derive.ts';
import type { Shown } from '../engine/shown.ts';
import { Copy } from '../parts/copy.tsx';
import { Formula } from '../parts/math.tsx';
import { useWorkbench } from '../state/workbench.ts';
import { AsRead } from './as-read.tsx';

export function Answer({ isWide, children }: { readonly isWide: boolean; readonly children?: ComponentChildren }): JSX.Element {
  const { derived, isBusy, current, latest } = useWorkbench();
  const { isOld, isStopped } = derived.value;
  const answer = latest.value;
  const now = current.value;
  const isOfErrors = now !== undefined && !now.function;
  const isPast = answer !== undefined && (isOld || isOfErrors);
  return (
    <section class="answer" aria-label="answer" aria-busy={isBusy}>
      <Working />
      {isWide && <AsRead />}
      {answer && <Derivative answer={answer} isPast={isPast} past={!isPast ? '' : isStopped ? 'stopped: this answers the last text that was finished' : isOfErrors ? 'this answers the last text without errors' : ''} />}
      {!answer && !now?.function && <p class="past">The derivative appears here while you type, checked with numbers.</p>}
      {children}
    </section>
  );
}

interface DerivativeProps {
  readonly answer: Derived;
  readonly isPast: boolean;
  /** Why it is no longer the answer to what stands there; empty where the next one is on its way. */
  readonly past: string;
}

function Derivative({ answer, isPast, past }: DerivativeProps): JSX.Element {
  const { derivative, by, rows } = answer;
  const check = rows.find(([label]) => label === 'check');
  return (
    <div class={isPast ? 'derivative old' : 'derivative'}>
      <div class="heading">
        <h2>{by.length === 0 ? 'nothing to derive by' : `derivative by ${by.join(', ')}`}</h2>
        {past !== '' && <p class="past">{past}</p>}
      </div>
      {derivative && (
        <>
          <Formula mathml={derivative.mathml} label={derivative.text} />
          <p class="inline copies" role="group" aria-label="copy the derivative">
            {copies.map(([what, textOf]) => (
              <Copy key={what} what={what} text={textOf(derivative)} />
            ))}
          </p>
          <dl class="rows">
            {check && (
              <div class="check">
                <dt>check</dt>
                <dd>
                  <span aria-hidden="true">✓ </span>
                  {check[1]}
                </dd>
              </div>
            )}
            <div>
              <dt>type</dt>
              <dd>
                <code>{derivative.type}</code>
              </dd>
            </div>
            {derivative.kronecker !== undefined && (
              <div>
                <dt>written</dt>
                <dd>{derivative.kronecker}</dd>
              </div>
            )}
            {rows
              .filter((row) => row !== check)
              .map(([label, text], i) => (
                <div key={i}>
                  <dt>{label}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
          </dl>
        </>
      )}
    </div>
  );
}

const copies: readonly (readonly [string, (shown: Shown) => string])[] = [
  ['text', (s) => s.text],
  ['LaTeX', (s) => s.latex],
  ['MathML', (s) => s.mathml],
  ['Unicode', (s) => s.unicode],
];

/** Appears when the work is felt: style sheets hold it back a little more. */
function Working(): JSX.Element | null {
  const { derived, stop } = useWorkbench();
  const { isWorking, news } = derived.value;
  if (!isWorking) return null;
  return (
    <div class="underway">
      <progress aria-label="working" />
      <span role="status">{(news as Underway | undefined)?.step ?? 'reading'}</span>
      <button type="button" onClick={stop}>
        stop
      </button>
    </div>
  );
}
