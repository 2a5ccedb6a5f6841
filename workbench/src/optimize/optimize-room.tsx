// The Optimize page: a model and its numbers, how it is read, the solve as it goes on, and its answer.

import './optimize.css';
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { ModelEditor, useModelFixes } from '../editor/model-editor.tsx';
import { newLane } from '../engine/lane.ts';
import type { ModelQuestion } from '../engine/optimize/given.ts';
import { Asked, useAsked } from '../parts/asked.tsx';
import { Diagnostics } from '../parts/diagnostics.tsx';
import { useWorkbench } from '../state/workbench.ts';
import { Answer } from './answer.tsx';
import { Curves } from './curves.tsx';
import { DataPanel } from './data-panel.tsx';
import { examples } from './examples.ts';
import { Pictures } from './pictures.tsx';
import { Reading } from './reading.tsx';
import { SolverCode } from './solver-code.tsx';
import { newSolving } from './solving.ts';

export function OptimizeRoom(): JSX.Element {
  const { document } = useWorkbench();
  const applyFix = useModelFixes();
  const files = useSignal<readonly File[]>([]);
  const [method, seconds] = [useSignal(''), useSignal(60)];
  const question = useComputed((): ModelQuestion => ({ model: document.model.value, values: document.values.value, files: files.value, draw: document.draw.value }));
  const read = useAsked('model', question);
  const lane = useMemo(() => newLane(), []);
  const solving = useMemo(() => newSolving(lane), [lane]);
  useEffect(() => () => lane.close(), [lane]);
  const { phase, points, seconds: passed, solved, failure, method: running } = solving.state.value;
  const start = (isWarm: boolean): void => solving.start({ ...question.peek(), method: method.peek(), seconds: seconds.peek(), isWarm });
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
        {answer && answer.missing.length > 0 && <p>Solve waits for {answer.missing.join(', ')}: type values, drop a file, or draw numbers.</p>}
        {answer && isReady && <Sliders scalars={answer.scalars} onChange={() => start(true)} />}
        {failure?.kind === 'diagnostics' && <Diagnostics list={failure.diagnostics} />}
        {failure?.kind === 'internal' && (
          <p class="diagnostic error" role="alert">
            <strong>internal</strong> {failure.message}; this is a bug of ricci
          </p>
        )}
        {points.length > 1 && <Curves points={points} />}
        {solved && <Answer solved={solved} isOld={phase === 'running'} />}
        {solved && phase === 'done' && <Pictures lane={lane} question={question.value} solved={solved} points={points} />}
      </section>
      {answer?.reading && <SolverCode />}
    </div>
  );
}

/** Single numbers of the model, moved by hand; every move is solved from the last answer. */
function Sliders({ scalars, onChange }: { readonly scalars: readonly (readonly [string, number])[]; readonly onChange: () => void }): JSX.Element | null {
  const { document } = useWorkbench();
  const ranges = useMemo(() => new Map<string, number>(), []);
  if (scalars.length === 0) return null;
  const move = (name: string, value: number): void => {
    const typed = (document.values.peek().trim() === '' ? {} : JSON.parse(document.values.peek())) as Record<string, unknown>;
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
