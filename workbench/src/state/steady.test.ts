import { effect, signal } from '@preact/signals';
import { expect, test } from 'vitest';
import { steady } from './steady.ts';

test('data that are written the same are the same object, and nobody hears of them', () => {
  const from = signal<readonly string[]>(['a']);
  const names = steady(() => ({ names: from.value.map((name) => name.toUpperCase()) }));
  const heard: unknown[] = [];
  effect(() => void heard.push(names.value));
  from.value = ['a'];
  from.value = ['a', 'b'];
  expect(heard).toEqual([{ names: ['A'] }, { names: ['A', 'B'] }]);
});

test('data that are not there are no data that are empty', () => {
  const from = signal<number | undefined>(undefined);
  const same = steady(() => from.value);
  expect(same.value).toBeUndefined();
  from.value = 0;
  expect(same.value).toBe(0);
});
