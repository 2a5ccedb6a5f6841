// Try numbers: given or drawn values, what comes out, and the derivative beside differences.

import './tabs.css';
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Nested } from '../../../../src/pipeline/evaluate.ts';
import { arrayText } from '../../parts/array-text.ts';
import { Asked, useAsked } from '../../parts/asked.tsx';
import { Copy } from '../../parts/copy.tsx';
import { download } from '../../parts/download.ts';
import { useWorkbench } from '../../state/workbench.ts';

export function NumbersTab(): JSX.Element {
  const { settled } = useWorkbench();
  const values = useSignal('');
  const seed = useSignal(1);
  const question = useComputed(() => settled.value && { ...settled.value, values: values.value, seed: seed.value });
  const state = useAsked('numbers', question);
  return (
    <div class="stack">
      <div class="stack values">
        <label for="values">Values as JSON, or name = array as NumPy, MATLAB or CSV write it; what is missing is drawn at random.</label>
        <textarea id="values" rows={3} value={values.value} spellcheck={false} placeholder={'x = [1 2 3]\nA = [[1, 0], [0, 2]]'} onInput={(event) => (values.value = event.currentTarget.value)} />
        <button type="button" onClick={() => (seed.value += 1)}>
          draw others
        </button>
      </div>
      <Asked state={state}>
        {(found) => (
          <div class="stack">
            <dl class="rows values">
              {Object.entries(found.values).map(([name, value]) => (
                <Row key={name} label={name} value={value} />
              ))}
              <Row label="function" value={found.function} />
              <Row label="derivative" value={found.derivative} />
            </dl>
            <div class="inline">
              <Copy text={JSON.stringify(found.values)} what="values" />
              <Copy text={JSON.stringify(found.derivative)} what="derivative" />
              <button type="button" onClick={() => download('numbers.json', JSON.stringify({ values: found.values, function: found.function, derivative: found.derivative }, undefined, 1), 'application/json')}>
                download numbers.json
              </button>
            </div>
            {found.differences.length > 0 && (
              <table>
                <caption>
                  {found.differences.length < found.entries ? `the first ${found.differences.length} of ${found.entries} entries, ` : ''}each beside a difference of the function
                </caption>
                <thead>
                  <tr>
                    <th scope="col">entry</th>
                    <th scope="col" class="number">derivative</th>
                    <th scope="col" class="number">difference</th>
                    <th scope="col" class="number">relative error</th>
                  </tr>
                </thead>
                <tbody>
                  {found.differences.map(({ entry, derivative, difference, error }) => (
                    <tr key={entry}>
                      <td>{entry}</td>
                      <td class="number">{derivative.toPrecision(10)}</td>
                      <td class="number">{difference.toPrecision(10)}</td>
                      <td class="number">{error === 0 ? '0' : error.toExponential(1)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )}
          </div>
        )}
      </Asked>
    </div>
  );
}

function Row({ label, value }: { readonly label: string; readonly value: Nested }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <pre tabIndex={0} aria-label={`value of ${label}`}>
          {arrayText(value)}
        </pre>
      </dd>
    </div>
  );
}
