// 2,000 random expressions against every property; `npm run fuzz` takes more. A failure is shown shrunk.

import { describe, expect, test } from 'vitest';
import { functions } from '../src/ops/table.ts';
import { generate } from './oracle/generate.ts';
import { examine } from './oracle/properties.ts';
import { shrink } from './oracle/shrink.ts';
import { type Tree, declarationsOf, textOf } from './oracle/tree.ts';

const [groups, each] = [20, 100];

function report(tree: Tree, seed: number, property: string): string {
  const small = shrink(tree, (t) => examine(t, seed).failure?.property === property, 3000);
  const detail = examine(small, seed).failure?.detail ?? '';
  return `seed ${seed}: ${property}\n${textOf(small)}\n${declarationsOf(small)}\n${detail}`;
}

describe('random expressions', () => {
  test.each(Array.from({ length: groups }, (_, g) => g * each + 1))('seeds from %i', (first) => {
    const failures: string[] = [];
    for (let seed = first; seed < first + each; seed++) {
      const tree = generate({ seed, depth: 1 + (seed % 3), rational: seed % 4 === 0 });
      const { failure } = examine(tree, seed);
      if (failure)
        failures.push(failures.length < 2 ? report(tree, seed, failure.property) : `seed ${seed}: ${failure.property}`);
    }
    expect(failures.join('\n\n')).toBe('');
  });
});

test('the generator reaches every function of the table that the language can write without tensors', () => {
  const reached = new Set<string>();
  for (let seed = 1; seed < 40_000; seed++) {
    for (const [, name] of textOf(generate({ seed, depth: 2 })).matchAll(/([a-z]\w*)\(/g))
      if (name !== undefined) reached.add(name);
  }
  const missing = functions
    .filter(
      (f) => !reached.has(f.name) && !/^d[3-9]/.test(f.name) && f.forms.some((form) => !/tensor/.test(form.signature)),
    )
    .map((f) => f.name);
  expect(missing).toEqual([]);
});
