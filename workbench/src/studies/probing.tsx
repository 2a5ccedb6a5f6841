// The probing audit: two tables in, nine controls, a verdict.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { RunView, useRun } from './running.tsx';

export function ProbingStudy(): JSX.Element {
  const [embeddings, features] = [useSignal<File | undefined>(undefined), useSignal<File | undefined>(undefined)];
  const repeats = useSignal(20);
  const { state, start } = useRun();
  const begin = (): void => {
    if (embeddings.value && features.value) start({ study: 'probing', embeddings: embeddings.value, features: features.value, repeats: repeats.value });
  };
  return (
    <div class="stack">
      <p>
        Do embeddings encode features, or does the probe predict anything that follows their geometry? Real features are set beside nine controls; the verdict names the number that decided
        it.
      </p>
      <label>
        embeddings: CSV (a word, then its numbers) or .npz{' '}
        <input type="file" accept=".csv,.tsv,.txt,.vec,.npz,.npy" onChange={(event) => (embeddings.value = event.currentTarget.files?.[0])} />
      </label>
      <label>
        features: CSV (pairs of word and feature, or a column a feature) or .npz{' '}
        <input type="file" accept=".csv,.tsv,.txt,.npz,.npy" onChange={(event) => (features.value = event.currentTarget.files?.[0])} />
      </label>
      <label>
        draws of each control <input class="size" type="number" min="5" max="200" value={repeats.value} onChange={(event) => (repeats.value = Math.min(200, Math.max(5, Math.round(Number(event.currentTarget.value)) || 20)))} />
      </label>
      <button type="button" class="primary" disabled={!embeddings.value || !features.value || state.stop !== undefined} onClick={begin}>
        Audit
      </button>
      <RunView state={state} />
    </div>
  );
}
