// Published derivatives, each at two points: through the same door as `ricci batch`.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerLine } from '../src/cli/batch-answer.ts';

interface Case {
  readonly id: string;
  readonly expression: string;
  readonly by: readonly string[];
  readonly declare: string;
  /** The expected derivative in the language; functions that only stand for numbers included. */
  readonly derivative: string;
  readonly points: readonly { readonly at: Record<string, unknown>; readonly expected: Nested }[];
}

type Nested = number | null | readonly Nested[];

const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'corpus/cases.json'), 'utf8')) as Case[];

interface Answer {
  readonly ok: boolean;
  readonly value?: Nested;
  readonly diagnostics?: readonly { readonly code: string; readonly message: string }[];
}

describe('published derivatives', () => {
  it.each(cases)('$id: d $expression / d $by', ({ id, expression, by, declare, points }) => {
    for (const { at, expected } of points) {
      const answer = JSON.parse(answerLine(JSON.stringify({ id, derive: expression, by, declare, at }))) as Answer;
      expect(answer.diagnostics ?? []).toEqual([]);
      const [value, wanted] = [flat(answer.value ?? null), flat(expected)];
      expect(shapeOf(answer.value ?? null)).toEqual(shapeOf(expected));
      const size = Math.max(1, ...wanted.map(Math.abs));
      const worst = Math.max(...wanted.map((w, i) => Math.abs((value[i] ?? Number.NaN) - w))) / size;
      expect(worst).toBeLessThan(1e-9);
    }
  });
});

function flat(value: Nested): number[] {
  return typeof value === 'number' ? [value] : value === null ? [Number.NaN] : value.flatMap(flat);
}

function shapeOf(value: Nested): number[] {
  return typeof value === 'number' || value === null ? [] : [value.length, ...shapeOf(value[0] ?? null)];
}
