// Random expressions against every property: npm run fuzz -- --count 100000 --seed 1

import process from 'node:process';
import { parseArgs } from 'node:util';
import { generate } from '../test/oracle/generate.ts';
import { examine } from '../test/oracle/properties.ts';
import { shrink } from '../test/oracle/shrink.ts';
import { declarationsOf, textOf } from '../test/oracle/tree.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    depth: { type: 'string', default: '3' },
    /** At most this many failures of one kind are shrunk. */
    each: { type: 'string', default: '2' },
  },
});
const [count, first, depth, each] = [values.count, values.seed, values.depth, values.each].map(Number) as [
  number,
  number,
  number,
  number,
];

const start = performance.now();
const kinds = new Map<string, number>();
const inconclusive = new Map<string, number>();
let failures = 0;
let longest = { took: 0, text: '' };

for (let k = 0; k < count; k++) {
  const seed = first + k;
  const tree = generate({ seed, depth: 1 + (seed % depth), rational: seed % 4 === 0 });
  const before = performance.now();
  const outcome = examine(tree, seed);
  const took = performance.now() - before;
  if (took > longest.took) longest = { took, text: textOf(tree) };
  if (outcome.inconclusive !== undefined)
    inconclusive.set(outcome.inconclusive, (inconclusive.get(outcome.inconclusive) ?? 0) + 1);
  if (outcome.failure) {
    failures++;
    const { property } = outcome.failure;
    const seen = (kinds.get(property) ?? 0) + 1;
    kinds.set(property, seen);
    if (seen <= each) {
      const small = shrink(tree, (t) => examine(t, seed).failure?.property === property, 6_000);
      console.log(
        `\nseed ${seed}  ${property}\n  ${textOf(small)}\n  ${declarationsOf(small).replaceAll('\n', '; ')}\n  ${examine(small, seed).failure?.detail ?? ''}`,
      );
    }
  }
  if ((k + 1) % 1000 === 0)
    console.error(`${k + 1} of ${count}, ${failures} failures, ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

const seconds = (performance.now() - start) / 1000;
console.log(
  `\n${count} expressions in ${seconds.toFixed(1)} s, ${failures} failures; longest ${longest.took.toFixed(0)} ms: ${longest.text}`,
);
for (const [property, n] of [...kinds].sort((a, b) => b[1] - a[1]))
  console.log(`  failed        ${String(n).padStart(6)}  ${property}`);
for (const [reason, n] of [...inconclusive].sort((a, b) => b[1] - a[1]).slice(0, 12))
  console.log(`  inconclusive  ${String(n).padStart(6)}  ${reason}`);
process.exitCode = failures > 0 ? 1 : 0;
