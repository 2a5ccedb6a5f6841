// Position bias: an attention stack by sliders or by its description, its profile at once.

import { type Signal, useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { parse } from 'yaml';
import { Asked, useAsked } from '../parts/asked.tsx';
import { useWorkbench } from '../state/workbench.ts';
import { ReportView } from './report-view.tsx';

export const startStack = 'length: 128\nlayers: 12\nheads: 4\nmask: causal\npositions: alibi\nresidual: 0.1\n';

export function PositionBiasStudy(): JSX.Element {
  const { document } = useWorkbench();
  const question = useComputed(() => ({ study: 'position-bias' as const, description: document.stack.value === '' ? startStack : document.stack.value }));
  const state = useAsked('study', question);
  return (
    <div class="stack">
      <p>
        Which positions a token listens to, from the architecture alone: depth, heads, mask, positions and residual weight. Influence is not retrieval accuracy.
      </p>
      <div class="study-input">
        <Sliders text={document.stack} />
        <div class="stack">
          <label for="stack">The stack as YAML; everything can be said here, also lists by layer and head</label>
          <textarea id="stack" rows={9} spellcheck={false} value={question.value.description} onInput={(event) => (document.stack.value = event.currentTarget.value)} />
        </div>
      </div>
      <Asked state={state}>{(report) => <ReportView report={report} />}</Asked>
    </div>
  );
}

interface Knob {
  readonly field: string;
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

const knobs: readonly Knob[] = [
  { field: 'length', label: 'positions', least: 8, most: 512, step: 8 },
  { field: 'layers', label: 'layers', least: 1, most: 96, step: 1 },
  { field: 'heads', label: 'heads', least: 1, most: 32, step: 1 },
  { field: 'residual', label: 'weight of attention against the residual stream', least: 0, most: 1, step: 0.01 },
];

const choices = { positions: ['none', 'alibi', 'rope'], mask: ['causal', 'full'] } as const;

function Sliders({ text }: { readonly text: Signal<string> }): JSX.Element {
  const fields = fieldsOf(text.value === '' ? startStack : text.value);
  const change = (field: string, value: string | number): void => {
    const line = `${field}: ${value}`;
    const before = text.peek() === '' ? startStack : text.peek();
    const pattern = new RegExp(`^${field}:.*$`, 'm');
    text.value = pattern.test(before) ? before.replace(pattern, line) : `${before.trimEnd()}\n${line}\n`;
  };
  return (
    <div class="stack knobs">
      {knobs.map(({ field, label, least, most, step }) => {
        const value = fields[field];
        return (
          <label key={field}>
            <span>
              {label}: {typeof value === 'number' ? value : 'as written'}
            </span>
            <input type="range" min={least} max={most} step={step} value={typeof value === 'number' ? value : least} disabled={typeof value !== 'number'} onInput={(event) => change(field, Number(event.currentTarget.value))} />
          </label>
        );
      })}
      {Object.entries(choices).map(([field, options]) => (
        <label key={field}>
          {field}{' '}
          <select value={typeof fields[field] === 'string' ? fields[field] : options[0]} onChange={(event) => change(field, event.currentTarget.value)}>
            {[...new Set<string>([...options, ...(typeof fields[field] === 'string' ? [fields[field]] : [])])].map((option) => (
              <option key={option}>{option}</option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const found: unknown = parse(text);
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
  } catch {
    // What is wrong is told beside the report.
    return {};
  }
}
