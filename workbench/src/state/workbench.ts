// The page's state as one object, made once in main.tsx and handed down by context.

import type { ReadonlySignal } from '@preact/signals';
import { type Context as PreactContext, type Provider, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { type Lane, newLane } from '../engine/lane.ts';
import type { Derived } from '../engine/derive.ts';
import { type State, asking } from './asked.ts';
import { type Document, type Snapshot, newDocument } from './document.ts';

export interface Workbench {
  readonly document: Document;
  readonly derived: ReadonlySignal<State<Derived>>;
  /** For what stands under the answer; the answer itself has a lane of its own. */
  readonly side: Lane;
}

export function newWorkbench(start: Snapshot): Workbench {
  const document = newDocument(start);
  const { state } = asking(newLane(), 'derive', document.question);
  return { document, derived: state, side: newLane() };
}

const Context: PreactContext<Workbench | undefined> = createContext<Workbench | undefined>(undefined);

export const WorkbenchProvider: Provider<Workbench | undefined> = Context.Provider;

export function useWorkbench(): Workbench {
  const workbench = useContext(Context);
  if (!workbench) throw new Error('internal: no workbench above this component');
  return workbench;
}
