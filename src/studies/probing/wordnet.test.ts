// The audit on real data: nouns of WordNet, with fewer draws of fewer controls than a user would take.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type AuditOptions, audit } from './audit.ts';
import { type File, readProbingTables } from './read-tables.ts';
import { probingReport } from './report.ts';

const file = (name: string, part?: string): File => ({ name, bytes: readFileSync(join(import.meta.dirname, '../../../test/data/wordnet', name)), ...(part !== undefined && { part }) });
const tables = () => readProbingTables({ embeddings: file('wordnet.npz', 'X'), features: file('wordnet.npz', 'Y'), words: file('words.txt'), featureNames: file('features.txt') });
const ladder: AuditOptions = { models: ['ridge'], controls: ['mean predictor', 'rows permuted', 'random direction', 'random ball'], curve: [] };

// Measured elsewhere, by another program with other random numbers: real 0.61 and 0.88, directions 0.61 and 0.94, balls
// 0.76 and 0.99, permuted rows 0.34.
it('scores hypernyms of all nouns, and their controls, as they were measured elsewhere', { timeout: 120_000 }, async () => {
  const { X, Y, names } = await tables();
  const { models: [ridge] } = await audit(X, Y, { ...names, ...ladder, repeats: 4, permutations: 0, resamples: 50 });
  const { heldOut } = ridge!.real;
  const of = (name: string) => ridge!.controls.find((c) => c.name === name)!.comparisons;
  expect(Math.abs(heldOut.precision - 0.613)).toBeLessThan(0.015);
  expect(Math.abs(heldOut.auc - 0.879)).toBeLessThan(0.015);
  expect(Math.abs(of('random direction').precision.mean - 0.614)).toBeLessThan(0.02);
  expect(Math.abs(of('random direction').auc.mean - 0.942)).toBeLessThan(0.01);
  expect(Math.abs(of('random ball').precision.mean - 0.764)).toBeLessThan(0.03);
  expect(Math.abs(of('random ball').auc.mean - 0.991)).toBeLessThan(0.005);
  expect(Math.abs(of('rows permuted').precision.mean - of('mean predictor').precision.mean)).toBeLessThan(0.005);
  // The training means of a fold are lower where the fold's own positives are missing: the AUC of no knowledge is no ½.
  expect(of('mean predictor').auc.mean).toBeLessThan(0.45);
});

it('finds hypernyms of some of the nouns above base rate, and random balls predicted better', { timeout: 60_000 }, async () => {
  const { X, Y, names } = await tables();
  const some = <T>(list: readonly T[]): T[] => list.filter((_, i) => i % 4 === 0);
  const found = await audit(some(X as number[][]), some(Y as number[][]), { ...names, words: some(names.words!), ...ladder, controls: ['rows permuted', 'random ball'], least: 8, repeats: 19, permutations: 19, resamples: 200 });
  expect(found.verdict.kind).toBe('above base rate but not above meaningless geometry');
  const of = (name: string) => found.models[0]!.controls.find((c) => c.name === name)!.comparisons.precision;
  expect(of('random ball')).toMatchObject({ stands: 'below', p: 1 });
  expect(of('rows permuted')).toMatchObject({ stands: 'above', p: 0.05 });
  expect(found.perFeature.every((f) => f.against[1]!.p > 0.05)).toBe(true);
  const report = probingReport(found);
  expect(report.findings.map((f) => f.decision.verdict)).toEqual(['holds', 'does not hold here']);
  expect(report.figures.map((f) => f.name)).toEqual(['controls', 'features', 'sparsity']);
});
