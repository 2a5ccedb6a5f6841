// Published claims, checked here: a card each, run in this page, one after the other.

import type { JSX } from 'preact';
import type { Entry, ModelText } from '../../../src/studies/gallery/entry.ts';
import { entries } from '../../../src/studies/gallery/list.ts';
import type { Report } from '../../../src/studies/harness/report.ts';
import { useWorkbench } from '../state/workbench.ts';
import { type Run, RunView, useRun } from './running.tsx';

export function ClaimsStudy(): JSX.Element {
  const cards = entries.map((entry) => ({ entry, run: useRun(`claim ${entry.name}`) }));
  const [busy, done] = [cards.filter(({ run }) => run.state.value.stop !== undefined), cards.filter(({ run }) => run.state.value.study !== undefined)];
  const runAll = (): void => cards.forEach(({ entry, run }) => run.state.peek().stop === undefined && run.state.peek().study === undefined && void run.start({ study: 'claim', name: entry.name, quick: true }));
  return (
    <div class="stack">
      <p>One paper&rsquo;s central object each, its derivatives generated and verified here, one claim decided at small scale, with the control without which the number would mislead.</p>
      <div class="inline">
        <button type="button" class="primary" disabled={done.length + busy.length === cards.length} onClick={runAll}>
          Run all quickly
        </button>
        <button type="button" disabled={busy.length === 0} onClick={() => busy.forEach(({ run }) => run.state.peek().stop?.())}>
          Stop all
        </button>
        <p role="status">{busy.length + done.length === 0 ? `${cards.length} claims` : `${done.length} of ${cards.length} are decided${busy.length === 0 ? '' : `, ${busy.length} to come`}`}</p>
      </div>
      {cards.map((card) => (
        <Card key={card.entry.name} {...card} />
      ))}
    </div>
  );
}

function Card({ entry, run }: { readonly entry: Entry; readonly run: Run }): JSX.Element {
  const { name, title, asks, claims, text, models, sources } = entry;
  const { stop, study } = run.state.value;
  const isBusy = stop !== undefined;
  return (
    <section class="card stack" aria-label={title}>
      <header class="inline">
        <h3>{title}</h3>
        {study && <Verdicts report={study.report} />}
      </header>
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
        <button type="button" disabled={isBusy} aria-label={`Run quickly: ${title}`} onClick={() => void run.start({ study: 'claim', name, quick: true })}>
          Run quickly
        </button>
        <button type="button" disabled={isBusy} aria-label={`Run in full: ${title}`} onClick={() => void run.start({ study: 'claim', name, quick: false })}>
          Run in full
        </button>
      </div>
      <RunView run={run} />
    </section>
  );
}

const marks = { holds: 'certified', 'does not hold here': 'neither' } as const;

/** The verdicts of a report in one line, beside its title. */
function Verdicts({ report: { findings } }: { readonly report: Report }): JSX.Element {
  const counted = [...Map.groupBy(findings, (f) => f.decision.verdict)];
  return (
    <>
      {counted.map(([verdict, list]) => (
        <span key={verdict} class={`mark ${(marks as Readonly<Record<string, string>>)[verdict] ?? 'unknown'}`}>
          {list.length > 1 ? `${list.length} × ${verdict}` : verdict}
        </span>
      ))}
    </>
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
