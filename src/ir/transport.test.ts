import { expect, test } from 'vitest';
import { read } from '../lang/read.ts';
import { corpus } from '../../test/corpus.ts';
import { inContext, newContext } from './expr.ts';
import { packed, unpacked } from './transport.ts';

test('every graph of the corpus is the same after it was sent', () => {
  const cases = corpus();
  let seen = 0;
  for (const { of, declare } of cases) {
    inContext(newContext(), () => {
      const { expr } = read(of, declare === undefined ? {} : { declare });
      if (!expr) return;
      seen++;
      const sent = structuredClone(packed([expr, expr]));
      // Here it is the same node; elsewhere it depends on nothing but structure and names.
      expect(unpacked(sent)).toEqual([expr, expr]);
      expect(unpacked(sent)[0]).toBe(expr);
      const elsewhere = inContext(newContext(), () => unpacked(sent)[0]!);
      expect(elsewhere).not.toBe(expr);
      expect(elsewhere.hash).toBe(expr.hash);
    });
  }
  expect(seen).toBeGreaterThan(100);
});
