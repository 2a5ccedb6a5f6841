// The probing audit: two tables in, nine controls, a verdict.

import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useKept } from '../state/kept.ts';
import { RunView, useRun } from './running.tsx';

export function ProbingStudy(): JSX.Element {
  const { embeddings, features, repeats } = useKept('probing', () => ({ embeddings: signal<File | undefined>(undefined), features: signal<File | undefined>(undefined), repeats: signal(20) }));
  const run = useRun('probing');
  const { start } = run;
  const isBusy = run.state.value.stop !== undefined;
  const begin = (): void => {
    if (embeddings.value && features.value) void start({ study: 'probing', embeddings: embeddings.value, features: features.value, repeats: repeats.value });
  };
  return (
    <div class="stack">
      <p>
        Do embeddings encode features, or does the probe predict anything that follows their geometry? Real features are set beside nine controls; the verdict names the number that decided
        it.
      </p>
      <label>
        embeddings: CSV (a word, then its numbers) or .npz{' '}
        <input type="file" accept=".csv,.tsv,.txt,.vec,.npz,.npy" onChange={(event) => (embeddings.value = event.currentTarget.files?.[0])} />{' '}
        {embeddings.value && <span class="rule">{embeddings.value.name}, {embeddings.value.size} bytes</span>}
      </label>
      <label>
        features: CSV (pairs of word and feature, or a column a feature) or .npz{' '}
        <input type="file" accept=".csv,.tsv,.txt,.npz,.npy" onChange={(event) => (features.value = event.currentTarget.files?.[0])} />{' '}
        {features.value && <span class="rule">{features.value.name}, {features.value.size} bytes</span>}
      </label>
      <label>
        draws of each control <input class="size" type="number" min="5" max="200" value={repeats.value} onChange={(event) => (repeats.value = Math.min(200, Math.max(5, Math.round(Number(event.currentTarget.value)) || 20)))} />
      </label>
      <button type="button" class="primary" disabled={!embeddings.value || !features.value || isBusy} onClick={begin}>
        Audit
      </button>
      <RunView run={run} />
    </div>
  );
}
