// What the user has written and chosen: the whole of it goes into the link, the history and the exports.

import { type ReadonlySignal, type Signal, batch, computed, signal } from '@preact/signals';
import type { SymmetricConvention } from '../../../src/diff/structured.ts';
import type { Question } from '../engine/question.ts';

export const rooms = ['derive', 'optimize', 'gallery', 'studies', 'help'] as const;
export type Room = (typeof rooms)[number];

export const tabs = ['steps', 'index', 'code', 'graph', 'plan', 'numbers', 'convexity', 'mine'] as const;
export type Tab = (typeof tabs)[number];

export const symmetricConventions: readonly SymmetricConvention[] = ['projected', 'cookbook'];

export const studies = ['position-bias', 'probing', 'capsules', 'claims'] as const;
export type Study = (typeof studies)[number];

/** Numbers that are drawn: the same ones from the same seed. */
export interface Draw {
  readonly seed: number;
  readonly sizes: Readonly<Record<string, number>>;
}

/** Plain data; every field is checked when it comes from a link. */
export interface Snapshot extends Question {
  readonly room: Room;
  readonly tab: Tab;
  /** The user's own derivative. */
  readonly mine: string;
  readonly model: string;
  /** Values of the model's parameters as JSON by name. */
  readonly values: string;
  readonly draw: Draw | undefined;
  readonly study: Study;
  /** Descriptions as YAML; empty for the one to begin with. */
  readonly stack: string;
  /** The position that listens, as typed; empty for the last. */
  readonly query: string;
  readonly network: string;
  /** What the gallery is searched for, and its one topic that is shown; empty for all. */
  readonly search: string;
  readonly topic: string;
}

export const empty: Snapshot = {
  room: 'derive',
  text: '',
  declare: '',
  by: [],
  layout: 'mixed',
  symmetric: 'projected',
  tab: 'steps',
  mine: '',
  model: '',
  values: '',
  draw: undefined,
  study: 'position-bias',
  stack: '',
  query: '',
  network: '',
  search: '',
  topic: '',
};

type Signals = { readonly [K in keyof Snapshot]: Signal<Snapshot[K]> };

export interface Document extends Signals {
  readonly question: ReadonlySignal<Question>;
  readonly snapshot: ReadonlySignal<Snapshot>;
  readonly open: (snapshot: Partial<Snapshot>) => void;
}

export function newDocument(start: Snapshot = empty): Document {
  const signals: Signals = {
    room: signal(start.room),
    text: signal(start.text),
    declare: signal(start.declare),
    by: signal(start.by),
    layout: signal(start.layout),
    symmetric: signal(start.symmetric),
    tab: signal(start.tab),
    mine: signal(start.mine),
    model: signal(start.model),
    values: signal(start.values),
    draw: signal(start.draw),
    study: signal(start.study),
    stack: signal(start.stack),
    query: signal(start.query),
    network: signal(start.network),
    search: signal(start.search),
    topic: signal(start.topic),
  };
  const question = computed((): Question => ({
    text: signals.text.value,
    declare: signals.declare.value,
    by: signals.by.value,
    layout: signals.layout.value,
    symmetric: signals.symmetric.value,
  }));
  const snapshot = computed((): Snapshot => ({
    ...question.value,
    room: signals.room.value,
    tab: signals.tab.value,
    mine: signals.mine.value,
    model: signals.model.value,
    values: signals.values.value,
    draw: signals.draw.value,
    study: signals.study.value,
    stack: signals.stack.value,
    query: signals.query.value,
    network: signals.network.value,
    search: signals.search.value,
    topic: signals.topic.value,
  }));
  const open = (given: Partial<Snapshot>): void =>
    batch(() => {
      for (const [name, value] of Object.entries({ ...empty, ...given })) (signals[name as keyof Snapshot] as Signal<unknown>).value = value;
    });
  return { ...signals, question, snapshot, open };
}
