import { describe, expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { newMachine } from '../wasm/machine.ts';
import { computeTrials } from '../../../test/compute.ts';

describe('one thread', () => {
  computeTrials({});
});

test('this page is cross-origin isolated', () => {
  expect((globalThis as { readonly crossOriginIsolated?: boolean }).crossOriginIsolated).toBe(true);
});
describe('several threads', () => {
  computeTrials({ threads: 2 });
});

test('the main thread of a page may not wait for others', () => {
  expect(() => newMachine({ threads: 2 })).toThrow(RicciError);
  expect(() => newMachine({ threads: 2 })).toThrow('no-threads');
});
