// How long the engine takes: npm run bench. Writes bench/results/engine.json.
//
// Sizes are deterministic and asserted; times are reported, and compared with what they must stay below.

import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { must } from '../src/base/internal.ts';
import { corpus } from '../test/corpus.ts';
import { answer, attentionGradient, longSum } from './engine.ts';

const rounds = 7;

function clock(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function quantile(sorted: readonly number[], q: number): number {
  return must(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]);
}

/** The median time of each piece of work; rounds are interleaved, so that a slow moment hits all alike. */
function medians(list: readonly (() => void)[]): number[] {
  for (let warm = 0; warm < 3; warm++) list.forEach((work) => work());
  const times = list.map((): number[] => []);
  for (let round = 0; round < rounds; round++) list.forEach((work, i) => times[i]!.push(clock(work)));
  return times.map((t) =>
    quantile(
      t.sort((a, b) => a - b),
      0.5,
    ),
  );
}

const round = (ms: number): number => Number(ms.toPrecision(3));

const cases = corpus();
const each = medians(cases.map((c) => () => void answer(c)));
const sorted = [...each].sort((a, b) => a - b);
const slowest = cases
  .map((c, i) => ({ title: c.title, ms: round(must(each[i])) }))
  .sort((a, b) => b.ms - a.ms)
  .slice(0, 5);

const sum = longSum(200);
const [sumOf200] = medians([() => void answer(sum)]);

const depths = [3, 6, 12];
const chainTimes = medians(depths.map((depth) => () => void attentionGradient(depth)));
const chain = depths.map((depth, i) => ({ ...attentionGradient(depth), ms: round(must(chainTimes[i])) }));

const result = {
  machine: { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length },
  corpus: {
    cases: cases.length,
    median: round(quantile(sorted, 0.5)),
    p95: round(quantile(sorted, 0.95)),
    max: round(must(sorted.at(-1))),
    slowest,
  },
  sumOf200: { ms: round(must(sumOf200)) },
  attention: chain,
};

const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'engine.json'), `${JSON.stringify(result, undefined, 2)}\n`);
console.log(JSON.stringify(result, undefined, 2));

const [short, middle, long] = chain.map((c) => c.gradients) as [number, number, number];
const limits: readonly (readonly [string, boolean])[] = [
  ['every corpus case under 5 ms', result.corpus.max < 5],
  ['a sum of 200 terms under 100 ms', result.sumOf200.ms < 100],
  ['12 attention blocks under 2 s', must(chain[2]).ms < 2000],
  ['a graph that grows linearly in depth', (long - middle) / 6 === (middle - short) / 3],
];
for (const [says, holds] of limits) console.log(`${holds ? 'ok     ' : 'MISSED '} ${says}`);
if (limits.some(([, holds]) => !holds)) process.exitCode = 1;
