// Programs whose optimum is known because they were made around it, with what makes programs hard; and infeasible ones.

import { describe, expect, test } from 'vitest';
import { must } from '../src/base/internal.ts';
import { farkasMargin } from '../bench/sets/proofs.ts';
import { minimise, problemOf } from '../src/solve/index.ts';
import { type Traits, generated } from './helpers/generated-programs.ts';

const kinds: readonly (readonly [string, Traits])[] = [
  ['plain', {}],
  ['degenerate', { degenerate: 0.8 }],
  ['dependent rows', { dependent: 'sums' }],
  ['equal rows', { dependent: 'copies' }],
  ['empty rows', { zeroRows: true }],
  ['free variables', { free: true }],
  ['fixed variables', { fixed: true, free: true }],
  ['no objective', { noObjective: true }],
  ['hardly an inner point', { thin: true }],
  ['bounds of 1e9', { far: true, free: true }],
  ['units of 1e±2', { scale: 2 }],
  ['units of 1e±4', { scale: 4, free: true }],
  ['units of 1e±6', { scale: 6, free: true, degenerate: 0.5, dependent: 'sums' }],
  ['dependent and degenerate, units of 1e±4', { scale: 4, dependent: 'sums', degenerate: 0.5 }],
  ['all at once', { degenerate: 0.6, dependent: 'sums', free: true, fixed: true, zeroRows: true, scale: 3 }],
];

describe.each([false, true])('quadratic: %s', (quadratic) => {
  test.each(kinds)('%s', (name, traits) => {
    for (const seed of [1, 2]) {
      const { program, optimum, unit } = generated(100 * seed + name.length, { ...traits, quadratic });
      const { outcome, objective } = minimise(problemOf(program));
      expect(outcome).toEqual({ kind: 'optimal', scope: 'global' });
      expect(Math.abs(objective - optimum) / Math.max(unit, Math.abs(optimum))).toBeLessThan(1e-7);
    }
  });

  test.each([1, 1e-2, 1e-4, 1e-6])('infeasible by %s', (contradiction) => {
    for (const scale of [0, 2]) {
      const { program } = generated(31, { quadratic, contradiction, scale, free: true });
      const { outcome } = minimise(problemOf(program));
      expect(outcome.kind).toBe('infeasible');
      const proof = outcome.kind === 'infeasible' && outcome.certificate.kind === 'farkas' ? outcome.certificate : undefined;
      expect(farkasMargin(program, must(proof).rows, must(proof).bounds)).toBeGreaterThan(0);
    }
  });
});
