// Derivatives by the architecture against finite differences.

import { describe, expect, it } from 'vitest';
import { readStack } from './describe.ts';
import { newShortfall, newUIndex } from './functional.ts';
import { newGradient } from './gradient.ts';
import { type Parameter, parameterText, parametersOf, valueOf, withValues } from './parameters.ts';
import { positionBias } from './position-bias.ts';

type Windows = 'hard' | 'relaxed';

/** The worst relative error over all parameters of a kind that is asked for. */
function worst(description: Record<string, unknown>, functional: 'u' | 'shortfall', windows: Windows, query?: number): { readonly error: number; readonly count: number } {
  const stack = readStack(description);
  const at = query ?? stack.length - 1;
  const of = functional === 'u' ? newUIndex(at + 1) : newShortfall(at + 1);
  const gradientOf = newGradient(windows);
  const parameters = parametersOf(stack).filter((p) => p.kind !== 'window' || windows === 'relaxed');
  const exact = gradientOf(stack, at, of, parameters)!;
  let error = 0;
  parameters.forEach((parameter, i) => {
    const here = valueOf(stack, parameter);
    const h = 1e-5 * Math.max(1, Math.abs(here));
    const [up, down] = [h, -h].map((by) => gradientOf(withValues(stack, [parameter], [here + by]), at, of, [])!.value);
    const difference = (up! - down!) / (2 * h);
    error = Math.max(error, Math.abs(difference - exact.by[i]!) / (1e-3 + Math.abs(difference)));
  });
  return { error, count: parameters.length };
}

const base = { length: 20, layers: 3, heads: 2, residual: [0.3, 0.2, 0.4], content: { diagonal: [[0.3, -0.2], [0.1, 0], [0, 0.4]] } };

describe('derivatives of the U-index and of the shortfall', () => {
  it.each([
    ['ALiBi', { ...base, positions: { alibi: [0.4, 0.1] } }, 'u', 'hard', 20],
    ['ALiBi, shared by all layers, another query', { ...base, content: {}, positions: 'alibi', temperature: 0.7 }, 'shortfall', 'hard', 10],
    ['RoPE', { ...base, positions: { rope: { base: 30, dimension: 4 } }, mask: 'full' }, 'u', 'hard', 17],
    ['a table', { ...base, positions: { table: [[0.2, 0, -0.5], [0.1, -1]] }, headWeights: [0.3, 0.7] }, 'u', 'hard', 29],
    ['windows, relaxed', { ...base, content: {}, positions: { alibi: [0.3, 0.05] }, mask: { heads: [{ window: 5 }, 'causal'] } }, 'shortfall', 'relaxed', 11],
    ['a given attention', { ...base, positions: { attention: Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 }, (__, j) => (j <= i ? (j + 1) / (((i + 1) * (i + 2)) / 2) : 0))) } }, 'shortfall', 'hard', 5],
  ] as const)('%s', (_name, description, functional, windows, count) => {
    const found = worst(description, functional, windows, _name.endsWith('query') ? 13 : undefined);
    expect(found.count).toBe(count);
    expect(found.error).toBeLessThan(1e-5);
  });

  it('has the value that the profile has', () => {
    const description = { ...base, positions: { alibi: [0.4, 0.1] } };
    const stack = readStack(description);
    const { numbers } = positionBias(description, { secondMoment: false });
    expect(newGradient()(stack, 19, newUIndex(20), [])?.value).toBeCloseTo(numbers.uIndex!, 12);
  });

  it('is absent where there is no valley, and NaN by a hard width', () => {
    const stack = readStack({ length: 12, layers: 4, residual: 1 });
    expect(newGradient()(stack, 11, newUIndex(12), parametersOf(stack))).toBeUndefined();
    const windowed = readStack({ length: 12, layers: 4, residual: 0.2, mask: { window: 4 } });
    const width: Parameter = { kind: 'window', group: 0, head: 0 };
    expect(newGradient()(windowed, 11, newShortfall(12), [width])?.by[0]).toBeNaN();
  });

  it('names parameters by what they are', () => {
    const stack = readStack({ ...base, positions: { alibi: [0.4, 0.1] } });
    expect(parametersOf(stack).slice(0, 6).map((p) => parameterText(stack, p))).toEqual(['λ of layer 0', 'λ of layer 1', 'λ of layer 2', 'temperature, layer 0', 'slope of head 0, layer 0', 'diagonal of head 0, layer 0']);
  });
});
