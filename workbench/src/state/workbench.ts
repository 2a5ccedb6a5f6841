// The page's state as one object, made once in main.tsx and handed down by context.

import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type Context as PreactContext, type Provider, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Lane, newLane } from '../engine/lane.ts';
import type { Derived } from '../engine/derive.ts';
import type { Question } from '../engine/question.ts';
import type { Word } from '../engine/words.ts';
import { type State, asking } from './asked.ts';
import { followAddress } from './address.ts';
import { currentOf, latestOf, settledOf, wordsFrom } from './reading.ts';
import { type Document, type Snapshot, newDocument } from './document.ts';
import { type History, newHistory } from './history.ts';
import { type Theme, newTheme } from './theme.ts';

/** What lies over the page. */
export type PanelName = 'share' | 'history' | 'shortcuts';

export interface Workbench {
  readonly document: Document;
  readonly derived: ReadonlySignal<State<Derived>>;
  /** The answer to the text as it is now is on its way. */
  readonly isBusy: ReadonlySignal<boolean>;
  /** The last question that has a derivative: what stands under the answer is about it. */
  readonly settled: ReadonlySignal<Question | undefined>;
  /** Ends the work on the answer; the last one stays. */
  readonly stop: () => void;
  /** What is known of the text as it is now, before or with its answer. */
  readonly current: ReadonlySignal<Derived | undefined>;
  /** The last answer to a text without errors. */
  readonly latest: ReadonlySignal<Derived | undefined>;
  /** The words of the language; none until they have been fetched. */
  readonly words: ReadonlySignal<readonly Word[]>;
  /** For the answer, and what has to be known while one types. */
  readonly front: Lane;
  /** For what stands under the answer; the answer itself has a lane of its own. */
  readonly side: Lane;
  readonly history: History;
  /** What rooms have while they are not open. */
  readonly kept: Map<string, unknown>;
  readonly theme: Signal<Theme>;
  readonly panel: Signal<PanelName | undefined>;
  /** What is wrong with the link that was opened. */
  readonly wrongLink: ReadonlySignal<string | undefined>;
}

export function newWorkbench(start: Snapshot): Workbench {
  const document = newDocument(start);
  const front = newLane({ task: 'derive', inputs: async () => (await import('../engine/practice.ts')).practice });
  const { state, isBusy, stop } = asking(front, 'derive', document.question);
  const side = newLane();
  const history = newHistory();
  return {
    document,
    derived: state,
    isBusy,
    settled: settledOf(state, isBusy, document.question),
    stop,
    current: currentOf(state),
    latest: latestOf(state),
    words: wordsFrom(side),
    front,
    side,
    history,
    kept: new Map(),
    theme: newTheme(),
    panel: signal(undefined),
    wrongLink: followAddress(document, history, start),
  };
}

const Context: PreactContext<Workbench | undefined> = createContext<Workbench | undefined>(undefined);

export const WorkbenchProvider: Provider<Workbench | undefined> = Context.Provider;

export function useWorkbench(): Workbench {
  const workbench = useContext(Context);
  if (!workbench) throw new Error('internal: no workbench above this component');
  return workbench;
}
