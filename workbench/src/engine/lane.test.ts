import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { newLane } from './lane.ts';
import type { Reply, Request } from './protocol.ts';
import type { Question } from './question.ts';
import { newMailbox } from './work.ts';

/** A worker that answers when it is told to. */
class Slow extends EventTarget {
  readonly asked: Extract<Request, { kind: 'ask' }>[] = [];
  readonly told: Extract<Request, { kind: 'tell' }>[] = [];
  isEnded = false;
  postMessage(message: Request): void {
    if (message.kind === 'ask') this.asked.push(message);
    else this.told.push(message);
  }
  say(data: Reply): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
  answer(output: unknown): void {
    this.say({ kind: 'done', id: this.asked.at(-1)!.id, output });
  }
  terminate(): void {
    this.isEnded = true;
  }
}

const question = (text: string): Question => ({ text, declare: '', by: [], layout: 'mixed', symmetric: 'projected' });
const texts = (worker: Slow): string[] => worker.asked.map((m) => (m.input as Question).text);

function lane(practice: readonly Question[] = []) {
  const workers: Slow[] = [];
  const made = newLane({ task: 'derive', inputs: () => Promise.resolve(practice) }, () => {
    workers.push(new Slow());
    return workers.at(-1) as unknown as Worker;
  });
  workers[0]!.say({ kind: 'ready' });
  return { lane: made, workers };
}

describe('a lane', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('what has not ended in time is ended with its worker, and the spare one takes over', async () => {
    const { lane: front, workers } = lane();
    const cancel = new AbortController();
    const first = front.ask('derive', question('long'), { signal: cancel.signal }).answer;
    cancel.abort();
    void front.ask('derive', question('next')).answer;
    await expect(first).rejects.toThrow();
    expect(texts(workers[0]!)).toEqual(['long']);
    await vi.advanceTimersByTimeAsync(200);
    expect(workers[0]!.isEnded).toBe(true);
    expect(texts(workers[1]!)).toEqual(['next']);
  });

  test('the spare worker practises while nobody asks, then takes over, and the first one practises', async () => {
    const { lane: front, workers } = lane([question('p'), question('q')]);
    workers[1]!.say({ kind: 'ready' });
    await vi.advanceTimersByTimeAsync(2000);
    expect(texts(workers[1]!)).toEqual(['p']);
    workers[1]!.answer('of p');
    await vi.advanceTimersByTimeAsync(1);
    workers[1]!.answer('of q');
    await vi.advanceTimersByTimeAsync(1);
    expect(texts(workers[0]!)).toEqual(['p']);
    const { answer } = front.ask('derive', question('real'));
    workers[1]!.answer('of real');
    await expect(answer).resolves.toBe('of real');
    expect(texts(workers[1]!)).toEqual(['p', 'q', 'real']);
  });

  test('it practises nothing while there is work, and nothing more when it has to work itself', async () => {
    const { lane: front, workers } = lane([question('p'), question('q')]);
    const cancel = new AbortController();
    front.ask('derive', question('long'), { signal: cancel.signal }).answer.catch(() => {});
    workers[1]!.say({ kind: 'ready' });
    await vi.advanceTimersByTimeAsync(5000);
    expect(texts(workers[1]!)).toEqual([]);
    cancel.abort();
    await vi.advanceTimersByTimeAsync(200);
    void front.ask('derive', question('next')).answer;
    expect(workers[0]!.isEnded).toBe(true);
    workers[1]!.answer('of next');
    await vi.advanceTimersByTimeAsync(5000);
    expect(texts(workers[1]!)).toEqual(['next']);
  });

  test('what a question is told before its turn goes with it, in order', () => {
    const { lane: front, workers } = lane();
    void front.ask('derive', question('first')).answer;
    const { tell } = front.ask('derive', question('second'));
    tell('pause');
    tell('stop');
    expect(workers[0]!.told).toEqual([]);
    workers[0]!.answer('of first');
    tell('go on');
    expect(texts(workers[0]!)).toEqual(['first', 'second']);
    const { id } = workers[0]!.asked[1]!;
    expect(workers[0]!.told).toEqual(['pause', 'stop', 'go on'].map((message) => ({ kind: 'tell', id, message })));
  });
});

test('what a task is told before it listens is kept for it', () => {
  const { put, onMessage } = newMailbox();
  const heard: unknown[] = [];
  put('pause');
  put('stop');
  onMessage((message) => heard.push(message));
  expect(heard).toEqual(['pause', 'stop']);
  put('go on');
  expect(heard).toEqual(['pause', 'stop', 'go on']);
});
