// The answer as a program, in every language that is written.

import './tabs.css';
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { ProgramQuestion } from '../../engine/program.ts';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { ProgramText } from '../../parts/program-text.tsx';
import { useWorkbench } from '../../state/workbench.ts';

const targets = { numpy: 'NumPy', jax: 'JAX', torch: 'PyTorch', octave: 'MATLAB / Octave', cpp: 'C++ (Eigen)', r: 'R', typescript: 'TypeScript' } as const;

type Want = ProgramQuestion['want'][number];
const wants: readonly Want[] = ['gradient', 'hessian', 'hvp'];

export function CodeTab(): JSX.Element {
  const { settled } = useWorkbench();
  const target = useSignal<string>('numpy');
  const chosen = useSignal<readonly Want[]>([]);
  const question = useComputed(() => {
    const found = settled.value;
    if (!found) return undefined;
    // Without a choice the program has what is shown above it.
    const want = chosen.value.length > 0 ? chosen.value : ([found.by.length > 1 ? 'hessian' : 'gradient'] as const);
    return { ...found, target: target.value, want };
  });
  const state = useAsked('program', question);
  const toggle = (want: Want): void => void (chosen.value = chosen.value.includes(want) ? chosen.value.filter((w) => w !== want) : [...chosen.value, want]);
  return (
    <div class="stack">
      <div class="inline">
        <label>
          language{' '}
          <select value={target.value} onChange={(event) => (target.value = event.currentTarget.value)}>
            {Object.entries(targets).map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <fieldset class="inline">
          <legend class="hidden">what the program computes beside the value</legend>
          {wants.map((want) => (
            <label key={want}>
              <input type="checkbox" checked={question.value?.want.includes(want) ?? false} onChange={() => toggle(want)} /> {want === 'hvp' ? 'Hessian times a direction' : want}
            </label>
          ))}
        </fieldset>
      </div>
      <Asked state={state}>
        {({ path, text }) => <ProgramText path={path} text={text} />}
      </Asked>
    </div>
  );
}
