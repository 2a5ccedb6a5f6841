// Published claims, checked here: a card each, run in this page.

import type { JSX } from 'preact';
import type { Entry, ModelText } from '../../../src/studies/gallery/entry.ts';
import { entries } from '../../../src/studies/gallery/list.ts';
import { useWorkbench } from '../state/workbench.ts';
import { RunView, useRun } from './running.tsx';

export function ClaimsStudy(): JSX.Element {
  return (
    <div class="stack">
      <p>One paper&rsquo;s central object each, its derivatives generated and verified here, one claim decided at small scale, with the control without which the number would mislead.</p>
      {entries.map((entry) => (
        <Card key={entry.name} entry={entry} />
      ))}
    </div>
  );
}

function Card({ entry }: { readonly entry: Entry }): JSX.Element {
  const { state, start } = useRun();
  const { name, title, asks, claims, text, models, sources } = entry;
  const isBusy = state.stop !== undefined;
  return (
    <section class="card stack" aria-label={title}>
      <h3>{title}</h3>
      <p>{asks}</p>
      <ul>
        {claims.map((claim) => (
          <li key={claim.says}>{claim.says}</li>
        ))}
      </ul>
      <details>
        <summary>the mathematics, and the models in the language</summary>
        <div class="stack">
          {text.map((paragraph, i) => (
            <p key={i}>{paragraph}</p>
          ))}
          {models.map((model) => (
            <Model key={model.name} model={model} />
          ))}
          {sources.map((source) => (
            <p key={source} class="rule">
              {source}
            </p>
          ))}
        </div>
      </details>
      <div class="inline">
        <button type="button" disabled={isBusy} aria-label={`Run quickly: ${title}`} onClick={() => start({ study: 'claim', name, quick: true })}>
          Run quickly
        </button>
        <button type="button" disabled={isBusy} aria-label={`Run in full: ${title}`} onClick={() => start({ study: 'claim', name, quick: false })}>
          Run in full
        </button>
      </div>
      <RunView state={state} />
    </section>
  );
}

function Model({ model: { name, says, text, declare = '', by = [], solve } }: { readonly model: ModelText }): JSX.Element {
  const { document } = useWorkbench();
  return (
    <div class="stack">
      <p>
        {name}: {says}
      </p>
      <pre tabIndex={0} aria-label={`model ${name}`}>
        {[declare, text].filter((part) => part !== '').join('\n')}
      </pre>
      <button type="button" aria-label={`open ${name}`} onClick={() => document.open(solve ? { model: text, room: 'optimize' } : { text, declare, by: by.slice(0, 1), room: 'derive' })}>
        open the model
      </button>
    </div>
  );
}
