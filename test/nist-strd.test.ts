// Nonlinear regressions of the NIST Statistical Reference Datasets (www.itl.nist.gov/div898/strd, public domain), from
// model text to the certified parameters, from both of their starts.

import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { must } from '../src/base/internal.ts';
import { solve } from '../src/index.ts';

interface Regression {
  readonly name: string;
  readonly model: string;
  readonly data: Record<string, number[]>;
  readonly starts: readonly number[][];
  readonly certified: readonly number[];
  /** The residual sum of squares. */
  readonly squares: number;
}

const regressions = JSON.parse(readFileSync(new URL('problems/nist-strd.json', import.meta.url), 'utf8')) as readonly Regression[];
const cases = regressions.flatMap((one) => one.starts.map((start, k) => ({ ...one, start, from: k + 1 })));

describe('NIST StRD as models', () => {
  test.each(cases)('$name from start $from', ({ model, data, start, certified, squares }) => {
    const { outcome, x, objective } = solve(model, data, { start: { b: start } });
    expect(outcome).toMatch(/^optimal/);
    certified.forEach((value, j) => expect(Math.abs(must(must(x['b']).data[j]) / value - 1)).toBeLessThan(1e-6));
    // Lanczos1 fits all but exactly: only its parameters say something.
    if (squares > 1e-20) expect(objective / squares).toBeCloseTo(1, 8);
  }, 60_000);
});
