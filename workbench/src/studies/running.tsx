// A study that is run when a button is pressed: its progress, a way to stop it, its report.

import type { JSX } from 'preact';
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Progress } from '../../../src/studies/harness/progress.ts';
import { type Lane, newLane } from '../engine/lane.ts';
import type { StudyQuestion } from '../engine/study/run.ts';
import type { Study } from '../engine/study/study.ts';
import { type Failure, TaskError } from '../engine/protocol.ts';
import { FailureView } from '../parts/failure-view.tsx';
import { useKept } from '../state/kept.ts';
import { ReportView } from './report-view.tsx';

interface RunState {  readonly stop?: () => void;
  readonly progress?: Progress;
  readonly study?: Study & { readonly question: StudyQuestion };
  readonly failure?: Failure;
}

export interface Run {
  readonly state: ReadonlySignal<RunState>;
  /** Ends when the report is there, or why there is none. */
  readonly start: (question: StudyQuestion) => Promise<void>;
}

function newRun(lane: Lane): Run {
  const state = signal<RunState>({});
  return {
    state,
    start: (question) => {
      const cancel = new AbortController();
      const onProgress = (news: unknown): void => void (cancel.signal.aborted || (state.value = { ...state.peek(), progress: news as Progress }));
      const asked = lane.ask('study', question, { onProgress, signal: cancel.signal });
      // A study that never looks up is ended with its worker.
      const stop = (): void => {
        asked.tell('stop');
        setTimeout(() => cancel.abort(), patience);
      };
      state.value = { stop };
      return asked.answer.then(
        (study) => void (state.value = { study: { ...study, question } }),
        (error: unknown) => void (state.value = { failure: error instanceof TaskError ? error.failure : cancel.signal.aborted ? stopped : { kind: 'internal', message: String(error) } }),
      );
    },
  };
}

const patience = 2000;

const stopped: Failure = { kind: 'diagnostics', diagnostics: [{ code: 'cancelled', severity: 'notice', message: 'the study was stopped', span: [0, 0], help: 'run it again' }] };

/** Runs of one name are one run, also when another room was open meanwhile. */
export function useRun(name: string): Run {
  const lane = useKept('studies', () => newLane());
  return useKept(`study ${name}`, () => newRun(lane));
}

export function RunView({ run }: { readonly run: Run }): JSX.Element {
  const { study } = run.state.value;
  return (
    <>
      <RunStatus run={run} />
      {study && <ReportView report={study.report} />}
    </>
  );
}

/** How far it is, and why it ended without a report. */
export function RunStatus({ run }: { readonly run: Run }): JSX.Element {
  const { stop, progress, failure } = run.state.value;
  return (
    <>
      {stop && (
        <div class="inline">
          <progress aria-label="progress" value={progress ? progress.done : 0} max={progress?.of ?? 1} />
          <p role="status">{progress ? `${progress.stage}: ${progress.done} of ${progress.of}${progress.says === undefined ? '' : `, ${progress.says}`}` : 'waits for its turn'}</p>
          <button type="button" onClick={stop}>
            stop
          </button>
        </div>
      )}
      <FailureView failure={failure} />
    </>
  );
}
