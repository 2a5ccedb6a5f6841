// The steps of the computation and their cost, for sizes that can be changed.

import './tabs.css';
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Asked, useAsked } from '../../parts/asked.tsx';
import type { Planned } from '../../engine/plan.ts';
import { download } from '../../parts/download.ts';
import { tableText } from '../../parts/table-text.ts';
import { useWorkbench } from '../../state/workbench.ts';

export function PlanTab(): JSX.Element {
  const { settled } = useWorkbench();
  const dims = useSignal<Readonly<Record<string, number>>>({});
  const question = useComputed(() => settled.value && { ...settled.value, dims: dims.value, hessian: settled.value.by.length > 1 });
  const state = useAsked('plan', question);
  const change = (name: string, text: string): void => {
    const size = Number(text);
    if (Number.isInteger(size) && size > 0 && size < 1e9) dims.value = { ...dims.value, [name]: size };
  };
  return (
    <div class="stack">
      <div class="inline">
        {(state.answer?.sizes ?? [])
          .filter(([name]) => /^[A-Za-z]\w*$/.test(name))
          .map(([name, size]) => (
            <label key={name}>
              {name}{' '}
              <input class="size" type="number" min="1" step="1" value={dims.value[name] ?? size} onChange={(event) => change(name, event.currentTarget.value)} />
            </label>
          ))}
      </div>
      <Asked state={state}>{(planned) => <Table planned={planned} />}</Asked>
    </div>
  );
}

function Table({ planned: { rows, memory } }: { readonly planned: Planned }): JSX.Element {
  return (
    <div class="stack">
      <div class="scroll" tabIndex={0} role="region" aria-label="steps of the plan">
        <table>
          <thead>
            <tr>
              <th scope="col">step</th>
              <th scope="col" class="number">size</th>
              <th scope="col" class="number">flops</th>
              <th scope="col" class="number">functions</th>
              <th scope="col" class="number">bytes</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ step, shape, flops, functions, bytes, once, about }, i) => (
              <tr key={i}>
                <td>
                  {once && 'once: '}
                  <code>{step}</code>
                </td>
                <td class="number">{shape.join('×') || '1'}</td>
                <td class="number">{about && 'about '}
                  {short(flops)}</td>
                <td class="number">{functions === 0 ? '' : short(functions)}</td>
                <td class="number">{short(bytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        A call needs {bytesText(memory)} of memory, {short(rows.reduce((sum, row) => sum + row.flops, 0))} additions and multiplications.
      </p>
      {memory > mostMemory && (
        <p class="diagnostic warning">
          <strong>warning</strong> this does not fit into the {bytesText(mostMemory)} that a program in the page may have: choose smaller sizes, or run the code of another language
        </p>
      )}
      <div class="inline">
        <button type="button" onClick={() => download('plan.csv', tableText([['step', 'size', 'flops', 'functions', 'bytes'], ...rows.map((row) => [row.step, row.shape.join('×') || '1', row.flops, row.functions, row.bytes])]), 'text/csv')}>
          download plan.csv
        </button>
      </div>
    </div>
  );
}

// Addresses of WebAssembly have 32 bits.
const mostMemory = 2 ** 32;

const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

function bytesText(n: number): string {
  const unit = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(n, 1)) / 3));
  return `${Number((n / 1000 ** unit).toPrecision(3))} ${units[unit]}`;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

function short(n: number): string {
  return n < 10_000 ? String(n) : compact.format(n);
}
