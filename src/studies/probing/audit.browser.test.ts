import { expect, it } from 'vitest';
import { newStream } from '../harness/random.ts';
import { audit } from './audit.ts';

it('an audit runs in a page, and stops when told', async () => {
  const X = Array.from({ length: 60 }, (_, i) => [...newStream('page').split(i).normals(4)]);
  const Y = X.map((row) => [row[0]! > 0.4 ? 1 : 0, row[1]! > 0.2 ? 1 : 0, row[2]! + row[3]! > 0.5 ? 1 : 0]);
  const options = { models: ['ridge', 'pls', 'knn'] as const, repeats: 2, permutations: 2, resamples: 20, curve: [] };
  const found = await audit(X, Y, options);
  expect(found.models.map((m) => m.model)).toEqual(['ridge', 'pls', 'knn']);
  expect(found.models[0]!.real.heldOut.auc).toBeGreaterThan(0.8);
  const stop = new AbortController();
  await expect(audit(X, Y, { ...options, signal: stop.signal, onProgress: ({ done }) => done >= 2 && stop.abort() })).rejects.toMatchObject({ diagnostics: [{ code: 'cancelled' }] });
});
