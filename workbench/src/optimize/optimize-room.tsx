// The Optimize page: a model and its numbers, how it is read, the solve as it goes on, and its answer.

import './optimize.css';
import { type Signal, signal, useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { ModelEditor, useModelFixes } from '../editor/model-editor.tsx';
import { type Lane, newLane } from '../engine/lane.ts';
import type { ModelQuestion } from '../engine/optimize/given.ts';
import type { ModelAnswer } from '../engine/optimize/model.ts';
import { pastedValues } from '../engine/pasted-values.ts';
import { Asked, useAsked } from '../parts/asked.tsx';
import { Diagnostics } from '../parts/diagnostics.tsx';
import { FailureView } from '../parts/failure-view.tsx';
import { useKept } from '../state/kept.ts';
import { useWorkbench } from '../state/workbench.ts';
import { Answer } from './answer.tsx';
import { Curves } from './curves.tsx';
import { DataPanel } from './data-panel.tsx';
import { examples } from './examples.ts';
import { Pictures } from './pictures.tsx';
import { Reading } from './reading.tsx';
import { SolverCode } from './solver-code.tsx';
import { type Solving, newSolving } from './solving.ts';

export function OptimizeRoom(): JSX.Element {
  const { document } = useWorkbench();
  const applyFix = useModelFixes();
  const { files, seconds, lane, solving } = useKept('optimize', newRoom);
  const question = useComputed((): ModelQuestion => ({ model: document.model.value, values: document.values.value, files: files.value, draw: document.draw.value }));
  const read = useAsked('model', question);
  const { phase, points, seconds: passed, solved, failure, method: running, question: asked } = solving.state.value;
  const start = (isWarm: boolean): void => solving.start({ ...question.peek(), method: '', seconds: seconds.peek(), isWarm });
  const isOther = asked !== undefined && !isSame(asked, question.value);
  const answer = read.answer;
  const isReady = answer?.reading !== undefined && answer.missing.length === 0;
  return (
    <div class="optimize">
      <section class="stack model" aria-label="model">
        <div class="inline">
          <label>
            example{' '}
            <select
              value=""
              onChange={(event) => {
                const found = examples.find((e) => e.title === event.currentTarget.value);
                if (found) document.open({ ...document.snapshot.peek(), model: found.model, values: found.values, draw: found.draw });
              }}
            >
              <option value="">choose one</option>
              {examples.map(({ title }) => (
                <option key={title}>{title}</option>
              ))}
            </select>
          </label>
        </div>
        <ModelEditor hint={examples[0]?.model ?? ''} />
        <DataPanel files={files} answer={answer} />
      </section>
      <section class="stack" aria-label="reading of the model">
        <Asked state={read}>
          {({ diagnostics, dataProblems, reading }) => (
            <div class="stack">
              <Diagnostics list={[...diagnostics, ...dataProblems]} apply={applyFix} />
              {reading && <Reading reading={reading} />}
            </div>
          )}
        </Asked>
      </section>
      <section class="stack solve" aria-label="solve">
        <div class="inline">
          <button type="button" class="primary" disabled={!isReady || phase === 'running' || phase === 'paused'} onClick={() => start(false)}>
            Solve
          </button>
          <button type="button" disabled={phase !== 'running' && phase !== 'paused'} onClick={() => solving.say(phase === 'paused' ? 'go on' : 'pause')}>
            {phase === 'paused' ? 'Go on' : 'Pause'}
          </button>
          <button type="button" disabled={phase !== 'running' && phase !== 'paused'} onClick={() => solving.say('stop')}>
            Stop
          </button>
          <label>
            seconds at most <input class="size" type="number" min="1" value={seconds.value} onChange={(event) => (seconds.value = Math.max(1, Number(event.currentTarget.value) || 60))} />
          </label>
          <p role="status">
            {phase === 'running' || phase === 'paused' ? `${phase}: ${running || 'starting'}, ${points.length} steps, ${passed.toFixed(1)} s` : phase === 'done' && solved ? solved.outcome : ''}
          </p>
        </div>
        {answer && answer.missing.length > 0 && <p>Solve waits for {answer.missing.join(', ')}: type values, drop a file, or draw numbers.{strangersText(answer)}</p>}
        {answer && isReady && <Sliders scalars={answer.scalars} onChange={() => start(true)} />}
        <FailureView failure={failure} />
        {isOther && (
          <p class="diagnostic warning">
            {phase === 'running' || phase === 'paused' ? 'This solve is of the model as it was when it began.' : 'This is the answer to the model as it was before the last change.'} Solve again for the one above.
          </p>
        )}
        {(points.length > 1 || solved) && <Curves points={points} />}
        {solved && <Answer solved={solved} isOld={phase === 'running' || isOther} />}
        {solved && asked && <Pictures lane={lane} question={asked} solved={solved} isSolving={phase === 'running' || phase === 'paused'} />}
      </section>
      {answer?.reading && <SolverCode />}
    </div>
  );
}

/** Arrays of files that the model has no parameter for, since a name may only be spelled otherwise. */
function strangersText({ sources, reading }: ModelAnswer): string {
  const known = new Set(reading?.given.map((g) => g.name));
  const strangers = sources.filter(({ name, from }) => !known.has(name) && from !== 'typed' && !from.startsWith('drawn')).map(({ name }) => name);
  if (strangers.length === 0) return '';
  const shown = strangers.slice(0, mostStrangers).join(', ');
  return ` The files also have ${shown}${strangers.length > mostStrangers ? ` and ${strangers.length - mostStrangers} more` : ''}, which the model does not know: call its parameters so.`;
}

const mostStrangers = 8;

/** A solve goes on while another room is open, and dropped files stay. */
function newRoom(): { readonly files: Signal<readonly File[]>; readonly seconds: Signal<number>; readonly lane: Lane; readonly solving: Solving } {
  const lane = newLane();
  return { files: signal([]), seconds: signal(60), lane, solving: newSolving(lane) };
}

function isSame(a: ModelQuestion, b: ModelQuestion): boolean {
  return a.model === b.model && a.values === b.values && a.files === b.files && JSON.stringify(a.draw) === JSON.stringify(b.draw);
}

/** Single numbers of the model, moved by hand; every move is solved from the last answer. */
function Sliders({ scalars, onChange }: { readonly scalars: readonly (readonly [string, number])[]; readonly onChange: () => void }): JSX.Element | null {
  const { document } = useWorkbench();
  const ranges = useMemo(() => new Map<string, number>(), []);
  if (scalars.length === 0) return null;
  const move = (name: string, value: number): void => {
    const typed = typedValues(document.values.peek());
    if (!typed) return;
    document.values.value = JSON.stringify({ ...typed, [name]: value });
    onChange();
  };
  return (
    <div class="sliders">
      {scalars.map(([name, value]) => {
        // The middle of a slider is the number that was there first.
        if (!ranges.has(name)) ranges.set(name, value === 0 ? 1 : Math.abs(value));
        const middle = ranges.get(name)!;
        return (
          <label key={name}>
            <span>
              {name} = {Number(value.toPrecision(4))}
            </span>
            <input
              type="range"
              min="-3"
              max="3"
              step="0.05"
              value={Math.log10(Math.max(Math.abs(value), 1e-12) / middle)}
              onInput={(event) => move(name, Number((Math.sign(value || 1) * middle * 10 ** Number(event.currentTarget.value)).toPrecision(4)))}
            />
          </label>
        );
      })}
    </div>
  );
}

/** Undefined while what is typed cannot be read, which the reading of the model says. */
function typedValues(text: string): object | undefined {
  try {
    return pastedValues(text);
  } catch {
    return undefined;
  }
}
