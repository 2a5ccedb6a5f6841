import { describe, expect, test } from 'vitest';
import { derive } from '../engine/derive.ts';
import { lessons } from './lessons.ts';

describe('every example of the help page has a checked answer', () => {
  for (const { declare = '', text, by } of lessons.flatMap((l) => l.examples)) {
    test(text, () => {
      const { diagnostics, derivative, rows } = derive({ text, declare, by, layout: 'mixed', symmetric: 'projected' });
      expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
      expect(derivative?.text).toBeTruthy();
      expect(rows.at(-1)?.[1]).toMatch(/^agrees with differences/);
    });
  }
});
