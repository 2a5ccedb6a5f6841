import { expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { random } from '../../base/random.ts';
import { createMemory } from './memory.ts';

test('blocks are aligned, apart, and joined again when released', () => {
  const memory = createMemory();
  const source = random(7);
  const live = new Map<number, number>();
  for (let turn = 0; turn < 2000; turn++) {
    const victim = [...live.keys()][source.integer(live.size * 2 + 1)];
    if (victim !== undefined) {
      memory.release(victim);
      live.delete(victim);
      continue;
    }
    const size = source.integer(5000);
    const at = memory.allocate(size);
    expect(at % 64).toBe(0);
    expect(at).toBeGreaterThan(0);
    for (const [other, length] of live) expect(at + size <= other || other + length <= at).toBe(true);
    live.set(at, size);
  }
  for (const at of live.keys()) memory.release(at);
  expect(memory.used()).toBe(0);
  const length = memory.object.buffer.byteLength;
  memory.release(memory.allocate(length - 64)); // all gaps are one again
  expect(memory.object.buffer.byteLength).toBe(length);
});

test('views follow the growing memory', () => {
  const memory = createMemory();
  const at = memory.allocate(8);
  memory.doubles(at, 1)[0] = 42;
  const big = memory.allocate(10_000_000);
  memory.doubles(big, 1_250_000).fill(1);
  expect(memory.doubles(at, 1)[0]).toBe(42);
  expect(memory.f64()[at / 8]).toBe(42);
  memory.temporary(100, (block) => expect(block).toBeGreaterThan(0));
  expect(memory.used()).toBe(64 + 10_000_000);
});

test('what does not fit is an error that says so, and the memory works on', () => {
  const memory = createMemory({ maximumBytes: 1 << 20 });
  for (const bytes of [2 ** 21, 2 ** 40, Infinity, NaN]) {
    expect(() => memory.allocate(bytes)).toThrow(RicciError);
  }
  expect(() => memory.allocate(2 ** 31)).toThrow('out-of-memory');
  expect(() => memory.allocate(2 ** 31)).toThrow('2.00 GiB');
  expect(memory.allocate(1000)).toBeGreaterThan(0);
  expect(() => memory.release(12345)).toThrow('internal');
});
