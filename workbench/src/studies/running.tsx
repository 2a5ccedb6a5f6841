// A study that is run when a button is pressed: its progress, a way to stop it, its report.

import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Report } from '../../../src/studies/harness/report.ts';
import type { Progress } from '../../../src/studies/harness/progress.ts';
import { newLane } from '../engine/lane.ts';
import type { StudyQuestion } from '../engine/study/run.ts';
import { type Failure, TaskError } from '../engine/protocol.ts';
import { Diagnostics } from '../parts/diagnostics.tsx';
import { ReportView } from './report-view.tsx';

interface RunState {
  readonly stop?: () => void;
  readonly progress?: Progress;
  readonly report?: Report;
  readonly failure?: Failure;
}

export interface Run {
  readonly state: RunState;
  readonly start: (question: StudyQuestion) => void;
}

export function useRun(): Run {
  const lane = useMemo(() => newLane(), []);
  useEffect(() => () => lane.close(), [lane]);
  const [state, setState] = useState<RunState>({});
  const start = (question: StudyQuestion): void => {
    const asked = lane.ask('study', question, { onProgress: (news) => setState((before) => ({ ...before, progress: news as Progress })) });
    setState({ stop: () => asked.tell('stop') });
    asked.answer.then(
      (report) => setState({ report }),
      (error: unknown) => setState({ failure: error instanceof TaskError ? error.failure : { kind: 'internal', message: String(error) } }),
    );
  };
  return { state, start };
}

export function RunView({ state: { stop, progress, report, failure } }: { readonly state: RunState }): JSX.Element {
  return (
    <>
      {stop && (
        <div class="inline">
          <progress aria-label="progress" value={progress ? progress.done : 0} max={progress?.of ?? 1} />
          <p role="status">{progress ? `${progress.stage}: ${progress.done} of ${progress.of}${progress.says === undefined ? '' : `, ${progress.says}`}` : 'starting'}</p>
          <button type="button" onClick={stop}>
            stop
          </button>
        </div>
      )}
      {failure?.kind === 'diagnostics' && <Diagnostics list={failure.diagnostics} />}
      {failure?.kind === 'internal' && (
        <p class="diagnostic error" role="alert">
          <strong>internal</strong> {failure.message}; this is a bug of ricci
        </p>
      )}
      {report && <ReportView report={report} />}
    </>
  );
}
