import { expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { type FreePairs, freePairs } from './quasi-newton.ts';

test('products on the free variables follow changes of the set, and are taken anew where they would lose digits', () => {
  const r = random(4);
  const n = 200;
  const vector = (): Float64Array => Float64Array.from({ length: n }, () => r.normal() + 1);
  const memory = Array.from({ length: 5 }, () => ({ s: vector(), y: vector() }));
  // One pair lives almost wholly on a variable that becomes held.
  memory[2]!.s[7] = memory[2]!.y[7] = 1e9;
  const free = new Uint8Array(n).fill(1);
  let before: FreePairs | undefined;
  for (const flips of [[1, 2], [7], [1, 50, 60], Array.from({ length: 90 }, (_, k) => 2 * k), []]) {
    for (const j of flips) free[j] = 1 - free[j]!;
    const [followed, anew] = [freePairs(memory, free, before), freePairs(memory, free)];
    for (const pair of memory) {
      const [a, b] = [followed.of.get(pair)!, anew.of.get(pair)!];
      for (const key of ['sy', 'ss', 'yy'] as const) expect(Math.abs(a[key] - b[key])).toBeLessThanOrEqual(1e-12 * Math.abs(b[key]));
      expect(a.isUsable).toBe(b.isUsable);
    }
    before = followed;
  }
});
