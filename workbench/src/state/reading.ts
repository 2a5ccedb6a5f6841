// What the page knows of the text between the answers.

import { type ReadonlySignal, computed, effect, signal } from '@preact/signals';
import type { Derived, Underway } from '../engine/derive.ts';
import type { Lane } from '../engine/lane.ts';
import type { Question } from '../engine/question.ts';
import type { Word } from '../engine/words.ts';
import type { State } from './asked.ts';

/** The reading of the text as it is now: with the answer, or on the way to it. */
export function currentOf(state: ReadonlySignal<State<Derived>>): ReadonlySignal<Derived | undefined> {
  return computed(() => {
    const { news, answer, isOld } = state.value;
    // `derive` sends nothing else.
    return (news as Underway | undefined)?.read ?? (isOld ? undefined : answer);
  });
}

/** The last answer to a text without errors. */
export function latestOf(state: ReadonlySignal<State<Derived>>): ReadonlySignal<Derived | undefined> {
  const latest = signal<Derived | undefined>(undefined);
  effect(() => {
    const { answer, isOld } = state.value;
    if (answer?.function && !isOld) latest.value = answer;
  });
  return latest;
}

// What stands under the answer is computed when the typing rests, so that it takes nothing from the answer itself.
const rest = 250;

/** The last question that has a derivative. */
export function settledOf(state: ReadonlySignal<State<Derived>>, isBusy: ReadonlySignal<boolean>, question: ReadonlySignal<Question>): ReadonlySignal<Question | undefined> {
  const settled = signal<Question | undefined>(undefined);
  effect(() => {
    const { answer, isOld } = state.value;
    if (!answer?.derivative || isOld || isBusy.value) return undefined;
    const next = { ...question.peek(), by: answer.by };
    if (!settled.peek()) {
      settled.value = next;
      return undefined;
    }
    const timer = setTimeout(() => (settled.value = next), rest);
    return () => clearTimeout(timer);
  });
  return settled;
}

export function wordsFrom(lane: Lane): ReadonlySignal<readonly Word[]> {
  const words = signal<readonly Word[]>([]);
  lane.ask('words', undefined).answer.then(
    (list) => {
      words.value = list;
    },
    () => {},
  );
  return words;
}
