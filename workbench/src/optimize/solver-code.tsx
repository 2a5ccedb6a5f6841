// The whole solver of the model as a program, for any data.

import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Asked, useAsked } from '../parts/asked.tsx';
import { ProgramText } from '../parts/program-text.tsx';
import { useWorkbench } from '../state/workbench.ts';
import type { SolverTarget } from '../../../src/pipeline/solver-code.ts';

const titles: Readonly<Record<SolverTarget, string>> = { numpy: 'NumPy', jax: 'JAX', typescript: 'TypeScript' };

export function SolverCode(): JSX.Element {
  const isOpen = useSignal(false);
  return (
    <details class="solver-code" onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>
        <h3>The solver as a program</h3>
      </summary>
      {isOpen.value && <Program />}
    </details>
  );
}

function Program(): JSX.Element {
  const { document } = useWorkbench();
  const target = useSignal<SolverTarget>('numpy');
  const question = useComputed(() => ({ model: document.model.value, target: target.value }));
  const state = useAsked('solverProgram', question);
  return (
    <div class="stack">
      <label>
        language{' '}
        <select value={target.value} onChange={(event) => (target.value = event.currentTarget.value as SolverTarget)}>
          {Object.entries(titles).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <Asked state={state}>
        {({ path, text }) => <ProgramText path={path} text={text} />}
      </Asked>
    </div>
  );
}
