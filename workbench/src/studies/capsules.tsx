// The capsule audit: what lives, dies and freezes, before and after training.

import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useWorkbench } from '../state/workbench.ts';
import { RunView, useRun } from './running.tsx';

export const startNetwork = 'depth: 3\ncapsules: 16\ndim: 8\nrouting:\n  kind: agreement\n  iterations: 3\ninit:\n  sd: 0.1\n';

export function CapsulesStudy(): JSX.Element {
  const { document } = useWorkbench();
  const [train, epochs] = [useSignal(500), useSignal(4)];
  const run = useRun('capsules');
  const { start } = run;
  const isBusy = run.state.value.stop !== undefined;
  const text = document.network.value === '' ? startNetwork : document.network.value;
  const begin = (forecastOnly: boolean): void => void start({ study: 'capsules', description: text, train: train.value, epochs: epochs.value, forecastOnly });
  return (
    <div class="stack">
      <p>Lengths of capsules by depth from a recursion, before anything is trained; then training on drawn glyphs, with a census of what died, and what routing is worth.</p>
      <div class="study-input">
        <div class="stack">
          <label for="network">The network as YAML</label>
          <textarea id="network" rows={9} spellcheck={false} value={text} onInput={(event) => (document.network.value = event.currentTarget.value)} />
        </div>
        <div class="stack knobs">
          <label>
            images to train on <input class="size" type="number" min="100" max="20000" value={train.value} onChange={(event) => (train.value = Math.min(20_000, Math.max(100, Math.round(Number(event.currentTarget.value)) || 500)))} />
          </label>
          <label>
            epochs <input class="size" type="number" min="1" max="50" value={epochs.value} onChange={(event) => (epochs.value = Math.min(50, Math.max(1, Math.round(Number(event.currentTarget.value)) || 4)))} />
          </label>
          <div class="inline">
            <button type="button" class="primary" disabled={isBusy} onClick={() => begin(true)}>
              Forecast
            </button>
            <button type="button" disabled={isBusy} onClick={() => begin(false)}>
              Forecast and train
            </button>
          </div>
        </div>
      </div>
      <RunView run={run} />
    </div>
  );
}
