// What moves the valley, and designs.

import { describe, expect, it } from 'vitest';
import { describeStack } from './describe-stack.ts';
import { readStack } from './describe.ts';
import { design } from './design.ts';
import { massOf, newShortfall, newValleyVolume } from './functional.ts';
import { positionBias } from './position-bias.ts';
import { sensitivity } from './sensitivity.ts';

const stack = { length: 32, layers: 6, heads: 4, positions: 'alibi', residual: 0.15 };
const uIndex = (description: unknown): number => positionBias(description, { secondMoment: false, depths: false }).numbers.uIndex!;

describe('what moves the valley', () => {
  it('has the derivatives of the schedule and of all slopes together', () => {
    const power = (first: number, exponent: number) => uIndex({ ...stack, residual: { power: { first, exponent } } });
    const found = sensitivity(readStack({ ...stack, residual: { power: { first: 0.4, exponent: 0.7 } } }), 31)!;
    const of = (what: string): number => found.together.find((s) => s.what === what)!.derivative;
    const h = 1e-5;
    expect(of('first λ of the power law')).toBeCloseTo((power(0.4 + h, 0.7) - power(0.4 - h, 0.7)) / (2 * h), 5);
    expect(of('exponent of the power law')).toBeCloseTo((power(0.4, 0.7 + h) - power(0.4, 0.7 - h)) / (2 * h), 5);
    const scaled = (c: number) => uIndex({ ...stack, residual: { power: { first: 0.4, exponent: 0.7 } }, positions: { alibi: [0.25, 0.0625, 0.015625, 0.00390625].map((m) => c * m) } });
    expect(of('all slopes by one factor')).toBeCloseTo((scaled(1 + h) - scaled(1 - h)) / (2 * h), 5);
  });

  it('has the derivative by the weight of a head while the others shrink', () => {
    const weights = [0.4, 0.3, 0.2, 0.1];
    const found = sensitivity(readStack({ ...stack, headWeights: weights }), 31)!;
    const moved = (h: number) => {
      const next = weights.with(2, 0.2 + h);
      const total = next.reduce((a, b) => a + b);
      return uIndex({ ...stack, headWeights: next.map((w) => w / total) });
    };
    expect(found.single.find((s) => s.what === 'weight of head 2')?.derivative).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 5);
  });

  it('is absent without a valley', () => {
    expect(sensitivity(readStack({ length: 16, layers: 30, residual: 1 }), 15)).toBeUndefined();
  });
});

describe('the penalties', () => {
  it('are 0 where there is nothing to mend', () => {
    const even = new Float64Array(8).fill(1 / 8);
    const peak = Float64Array.of(0.05, 0.1, 0.3, 0.35, 0.15, 0.05);
    expect(newShortfall(8)(even)?.value).toBe(0);
    expect(newValleyVolume(8)(even)?.value).toBe(0);
    expect(newValleyVolume(6)(peak)?.value).toBe(0);
    // One valley of depth 0.1 between 0.3 and 0.2.
    expect(newValleyVolume(4)(Float64Array.of(0.4, 0.1, 0.2, 0.3))?.value).toBeCloseTo(4 * (0.2 ** 2 + 0.1 ** 2), 12);
  });

  it('have their derivatives by the profile', () => {
    const p = Float64Array.of(0.3, 0.05, 0.12, 0.08, 0.2, 0.25);
    for (const functional of [newShortfall(6), newValleyVolume(6), massOf(1, 4)]) {
      const { by } = functional(p)!;
      p.forEach((x, j) => {
        const [up, down] = [1e-6, -1e-6].map((h) => functional(p.with(j, x + h))!.value);
        expect(by[j]).toBeCloseTo((up! - down!) / 2e-6, 7);
      });
    }
  });
});

describe('designs', () => {
  it('make a profile more even within their bounds and constraints', () => {
    const given = readStack(stack);
    const before = positionBias(given, { secondMoment: false });
    const made = design(given, { query: 31, vary: ['slope', 'residual'], bounds: { slope: [0.001, 1], residual: [0.02, 0.5] }, recencyAtLeast: 0.5 });
    const after = positionBias(made.stack, { secondMoment: false });
    expect(made.outcome).toMatch(/^optimal/);
    expect(made.after).toBeLessThan(made.before);
    expect(after.numbers.effectivePositions).toBeGreaterThan(before.numbers.effectivePositions);
    expect(after.numbers.recency).toBeGreaterThan(0.5 - 1e-6);
    for (const { what, to } of made.moved) {
      const [low, high] = what.startsWith('slope') ? [0.001, 1] : [0.02, 0.5];
      expect(to).toBeGreaterThanOrEqual(low);
      expect(to).toBeLessThanOrEqual(high);
    }
  });

  it('keep the sum of λ, and lower the volume of the valleys when asked to', () => {
    const given = readStack({ ...stack, content: { diagonal: [0.5, 0, 0, 0] } });
    const kept = design(given, { query: 31, vary: ['residual', 'slope'], keepResidual: true });
    expect(kept.stack.residual.reduce((a, b) => a + b)).toBeCloseTo(0.9, 6);
    const filled = design(given, { query: 31, vary: ['slope'], goal: 'valley' });
    expect(filled.after).toBeLessThan(filled.before / 2);
  });

  it('can be studied again from their description', () => {
    const rich = readStack({ length: 9, layers: 2, heads: 2, residual: [0.2, 0.4], mask: [{ window: 3 }, { heads: ['causal', { prefix: 2 }] }], positions: [{ alibi: [1, 0.5] }, { table: [0, -1] }], temperature: [1, 2], headWeights: [0.25, 0.75], content: { diagonal: [[1, 2], [3, 4]] } });
    const again = readStack(JSON.parse(JSON.stringify(describeStack(rich))));
    expect([...positionBias(again).rollout]).toEqual([...positionBias(rich).rollout]);
    const given = readStack({ length: 3, layers: 1, residual: 0.5, positions: { attention: [[1, 0, 0], [0.5, 0.5, 0], [0.2, 0.3, 0.5]] } });
    expect([...positionBias(readStack(describeStack(given))).rollout]).toEqual([...positionBias(given).rollout]);
  });

  it('refuse what cannot be', () => {
    const given = readStack(stack);
    expect(() => design(given, { query: 31, vary: [] })).toThrow(/no parameter to move/);
    expect(() => design(readStack({ length: 8, layers: 2, residual: 0.1 }), { query: 7, vary: ['slope'] })).toThrow(/no slope to move/);
    expect(() => design(given, { query: 31, vary: ['residual'], bounds: { residual: [0.5, 0.2] } })).toThrow(/bounds\.residual/);
    expect(() => design(given, { query: 31, vary: ['residual'], recencyAtLeast: 1.5 })).toThrow(/recency.*share of 1/);
  });
});
