import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AskOptions, Lane } from '../engine/lane.ts';
import type { SolveQuestion } from '../engine/optimize/solve.ts';
import { newSolving } from './solving.ts';

interface Asked {
  readonly input: SolveQuestion;
  readonly told: unknown[];
  readonly signal: AbortSignal;
  readonly answer: (output: unknown) => void;
}

function slowLane(): { readonly lane: Lane; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const ask = (_: unknown, input: SolveQuestion, { signal }: AskOptions = {}): unknown => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const told: unknown[] = [];
    asked.push({ input, told, signal: signal!, answer: resolve });
    return { answer: promise, tell: (message: unknown) => told.push(message) };
  };
  return { lane: { ask, close: () => {} } as unknown as Lane, asked };
}

const question = (values: string): SolveQuestion => ({ model: '', values, files: [], method: '', seconds: 1, isWarm: true });

describe('a solve that is asked for while another one goes on', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('stops that one and begins when it has ended, so that it starts from there; only the last counts', async () => {
    const { lane, asked } = slowLane();
    const { state, start } = newSolving(lane);
    for (const values of ['a', 'b', 'c']) start(question(values));
    expect(asked.map((a) => a.input.values)).toEqual(['a']);
    expect(asked[0]!.told).toEqual(['stop']);
    asked[0]!.answer({ seconds: 1 });
    await vi.advanceTimersByTimeAsync(1);
    expect(asked.map((a) => a.input.values)).toEqual(['a', 'c']);
    expect(state.peek()).toMatchObject({ phase: 'running', question: { values: 'c' } });
    expect(state.peek().solved).toBeUndefined();
    asked[1]!.answer({ seconds: 2 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(state.peek()).toMatchObject({ phase: 'done', seconds: 2 });
    expect(asked).toHaveLength(2);
  });

  test('ends one that does not stop', async () => {
    const { lane, asked } = slowLane();
    const { start } = newSolving(lane);
    start(question('a'));
    start(question('b'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked[0]!.signal.aborted).toBe(true);
    expect(asked.map((a) => a.input.values)).toEqual(['a', 'b']);
  });
});
