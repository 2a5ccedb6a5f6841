import { signal } from '@preact/signals';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AskOptions, Lane } from '../engine/lane.ts';
import { asking } from './asked.ts';

interface Question {
  readonly input: unknown;
  readonly onProgress: NonNullable<AskOptions['onProgress']>;
  readonly answer: (output: unknown) => void;
}

/** A lane that answers when it is told to. */
function slowLane(): { readonly lane: Lane; readonly asked: Question[] } {
  const asked: Question[] = [];
  const ask = (_: unknown, input: unknown, { onProgress }: AskOptions = {}): unknown => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    asked.push({ input, onProgress: onProgress!, answer: resolve });
    return { answer: promise, tell: () => {} };
  };
  return { lane: { ask, close: () => {} } as unknown as Lane, asked };
}

const question = (text: string) => ({ text, declare: '', by: [], layout: 'mixed', symmetric: 'projected' }) as const;

describe('a question that changes', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('news of the old question that come late say nothing about the new one', async () => {
    const { lane, asked } = slowLane();
    const text = signal(question('a'));
    const { state } = asking(lane, 'derive', text);
    text.value = question('b');
    asked[0]!.onProgress('of a');
    asked[1]!.answer('b is done');
    await vi.advanceTimersByTimeAsync(500);
    expect(state.value).toEqual({ answer: 'b is done', isOld: false, isWorking: false });
  });

  test('a quick answer changes what is shown once, and that it is on its way is known at once', async () => {
    const { lane, asked } = slowLane();
    const text = signal(question('a'));
    const { state, isBusy } = asking(lane, 'derive', text);
    asked[0]!.answer('a is done');
    await vi.advanceTimersByTimeAsync(1);
    const shown: unknown[] = [];
    state.subscribe((now) => shown.push(now.answer));
    text.value = question('b');
    expect(isBusy.value).toBe(true);
    asked[1]!.onProgress('of b');
    await vi.advanceTimersByTimeAsync(40);
    asked[1]!.answer('b is done');
    await vi.advanceTimersByTimeAsync(500);
    expect(shown).toEqual(['a is done', 'b is done']);
    expect(isBusy.value).toBe(false);
  });

  test('what is stopped keeps the last answer, marked old', async () => {
    const { lane, asked } = slowLane();
    const text = signal(question('a'));
    const { state, isBusy, stop } = asking(lane, 'derive', text);
    asked[0]!.answer('a is done');
    await vi.advanceTimersByTimeAsync(1);
    text.value = question('b');
    stop();
    asked[1]!.answer('b is done');
    await vi.advanceTimersByTimeAsync(500);
    expect(state.value).toEqual({ answer: 'a is done', isOld: true, isWorking: false, isStopped: true });
    expect(isBusy.value).toBe(false);
  });

  test('news come while the work goes on, and the last answer stays marked old', async () => {
    const { lane, asked } = slowLane();
    const text = signal(question('a'));
    const { state } = asking(lane, 'derive', text);
    asked[0]!.answer('a is done');
    await vi.advanceTimersByTimeAsync(1);
    text.value = question('b');
    asked[1]!.onProgress('of b');
    await vi.advanceTimersByTimeAsync(500);
    expect(state.value).toEqual({ answer: 'a is done', isOld: true, isWorking: true, news: 'of b' });
  });
});
