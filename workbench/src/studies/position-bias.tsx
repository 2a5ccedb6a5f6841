// Position bias: an attention stack by sliders or by its description, its profile at once.

import { type Signal, signal, useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { parse } from 'yaml';
import type { PositionBiasQuestion } from '../engine/study/position-bias.ts';
import { Asked, useAsked } from '../parts/asked.tsx';
import { useKept } from '../state/kept.ts';
import { useWorkbench } from '../state/workbench.ts';
import { ReportView } from './report-view.tsx';
import { RunStatus, useRun } from './running.tsx';

export const startStack = 'length: 128\nlayers: 12\nheads: 4\nmask: causal\npositions: alibi\nresidual: 0.1\n';

export function PositionBiasStudy(): JSX.Element {
  const { document } = useWorkbench();
  const measured = useKept('measured profile', () => signal<File | undefined>(undefined));
  const question = useComputed((): PositionBiasQuestion => ({ study: 'position-bias', description: document.stack.value === '' ? startStack : document.stack.value, query: document.query.value, measured: measured.value }));
  const state = useAsked('study', question);
  const run = useRun('position-bias');
  const { study, stop } = run.state.value;
  const further = study?.question.study === 'position-bias' && isSame(study.question, question.value) ? study : undefined;
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
          <label>
            or from a file, also a configuration of ml-uhh/position-bias{' '}
            <input type="file" accept=".yaml,.yml,.json" onChange={(event) => void event.currentTarget.files?.[0]?.slice(0, 1_000_000).text().then((text) => (document.stack.value = text))} />
          </label>
        </div>
      </div>
      <div class="inline">
        <label>
          the position that listens <input class="size" type="number" min="1" placeholder="the last" value={document.query.value} onInput={(event) => (document.query.value = event.currentTarget.value)} />
        </label>
        <label>
          a measured profile to score against, one number a position{' '}
          <input type="file" accept=".csv,.tsv,.txt,.npy,.npz,.json" onChange={(event) => (measured.value = event.currentTarget.files?.[0])} />
        </label>
        {measured.value && (
          <button type="button" class="quiet" aria-label={`leave out ${measured.value.name}`} onClick={() => (measured.value = undefined)}>
            {measured.value.name} ✕
          </button>
        )}
      </div>
      <Further isBusy={stop !== undefined} ask={(more) => void run.start({ ...question.peek(), ...more })} />
      <RunStatus run={run} />
      {further ? (
        <>
          {further.description !== undefined && <TakeOver description={further.description} says="The designed stack is drawn as a dashed curve." />}
          <ReportView report={further.report} first={['What moves the valley', 'Design']} />
        </>
      ) : (
        <Asked state={state}>
          {({ report, description }) => (
            <>
              {description !== undefined && <TakeOver description={description} says="A configuration of another repository is read as it stands; sliders need it in the words of ricci." />}
              <ReportView report={report} />
            </>
          )}
        </Asked>
      )}
    </div>
  );
}

function isSame(a: PositionBiasQuestion, b: PositionBiasQuestion): boolean {
  return a.description === b.description && a.query === b.query && a.measured === b.measured;
}

const movables = { residual: 'residual weights λ', slope: 'slopes of the position rule', diagonal: 'scores of a position with itself', temperature: 'temperatures' } as const;
type Movable = keyof typeof movables;

/** What takes longer than a keystroke: derivatives of the U-index, and a stack without the valley. */
function Further({ isBusy, ask }: { readonly isBusy: boolean; readonly ask: (more: Pick<PositionBiasQuestion, 'gradient' | 'design'>) => void }): JSX.Element {
  const vary = useSignal<readonly Movable[]>(['residual']);
  const goal = useSignal<'even' | 'valley'>('valley');
  const toggle = (name: Movable): void => void (vary.value = vary.value.includes(name) ? vary.value.filter((one) => one !== name) : [...vary.value, name]);
  return (
    <div class="inline further">
      <button type="button" disabled={isBusy} onClick={() => ask({ gradient: true })}>
        What moves the valley?
      </button>
      <button type="button" disabled={isBusy || vary.value.length === 0} onClick={() => ask({ gradient: true, design: { vary: vary.value, goal: goal.value } })}>
        Design a stack
      </button>
      <label>
        with{' '}
        <select value={goal.value} onChange={(event) => (goal.value = event.currentTarget.value as 'even' | 'valley')}>
          <option value="valley">no valley</option>
          <option value="even">as even a profile as can be</option>
        </select>
      </label>
      <fieldset class="inline">
        <legend class="hidden">what the design may move</legend>
        by moving
        {(Object.keys(movables) as Movable[]).map((name) => (
          <label key={name}>
            <input type="checkbox" checked={vary.value.includes(name)} onChange={() => toggle(name)} /> {movables[name]}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

function TakeOver({ description, says }: { readonly description: string; readonly says: string }): JSX.Element {
  const { document } = useWorkbench();
  return (
    <p class="inline">
      {says}
      <button type="button" onClick={() => (document.stack.value = description)}>
        take it over
      </button>
    </p>
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
