// What was asked of a worker: its answer, that it is on its way, or why there is none.

import './asked.css';
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Input, Output, TaskName } from '../engine/protocol.ts';
import { type State, asking } from '../state/asked.ts';
import { useWorkbench } from '../state/workbench.ts';
import { FailureView } from './failure-view.tsx';

/** Asks on the side lane, again whenever the question changes, as long as the component is shown. */
export function useAsked<K extends TaskName>(task: K, question: ReadonlySignal<Input<K> | undefined>): State<Output<K>> {
  const { side } = useWorkbench();
  const [state, setState] = useState<State<Output<K>>>({ isOld: false, isWorking: true });
  useEffect(() => {
    const asked = asking(side, task, question);
    const unsubscribe = asked.state.subscribe(setState);
    return () => {
      unsubscribe();
      asked.dispose();
    };
  }, [side, task, question]);
  return state;
}

export function Asked<T>({ state, children }: { readonly state: State<T>; readonly children: (answer: T) => ComponentChildren }): JSX.Element {
  const { answer, failure, isOld, isWorking } = state;
  return (
    <div class="asked" aria-busy={isWorking}>
      {isWorking && (
        <p class="working" role="status">
          working…
        </p>
      )}
      <FailureView failure={failure} />
      {answer !== undefined && !failure && <div class={isOld ? 'old' : ''}>{children(answer)}</div>}
    </div>
  );
}
