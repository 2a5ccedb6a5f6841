// Programs as numbers: every back end against the interpreter, on the published cases, the corpus, the examples of the table
// and random expressions.

import { afterAll, describe, expect, test } from 'vitest';
import { must } from '../../src/base/internal.ts';
import { variables } from '../../src/ir/walk.ts';
import { readOrThrow } from '../../src/pipeline.ts';
import { newMachine } from '../../src/run/wasm/machine.ts';
import { corpus } from '../corpus.ts';
import { generate } from '../oracle/generate.ts';
import { declarationsOf, textOf } from '../oracle/tree.ts';
import { type TargetCase, all } from './cases.ts';
import { examine, examineAll, threaded, webAssembly } from './suite.ts';

const fromCorpus = corpus().map((c): TargetCase => ({ id: `${c.file}:${c.line}`, text: c.of, by: c.by, declare: c.declare }));
const groups = Map.groupBy([...all, ...fromCorpus], (c) => (c.id.includes(':') ? must(c.id.split(':')[0]) : /^[A-I]\d+$/.test(c.id) ? 'published cases' : 'examples and programs'));

describe.each(webAssembly)('$name', (backEnd) => {
  test.each([...groups])('%s', async (_, cases) => {
    const { failures, left } = await examineAll(backEnd, cases);
    expect(failures.join('\n')).toBe('');
    expect(left.length, `left out: ${left.join(', ')}`).toBeLessThanOrEqual(cases.length * backEnd.leavesOut);
  }, 120_000);

  test('random expressions', async () => {
    const failures: string[] = [];
    let seen = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const tree = generate({ seed, depth: 1 + (seed % 3), rational: seed % 4 === 0 });
      const problem = await examine(
        backEnd,
        () => {
          const { expr } = readOrThrow(textOf(tree), declarationsOf(tree));
          return { roots: { value: expr }, args: variables([expr]) };
        },
        [seed],
      );
      if (problem === 'left out') continue;
      seen++;
      if (problem !== undefined) failures.push(`seed ${seed}: ${textOf(tree)}: ${problem}`);
    }
    expect(failures.join('\n')).toBe('');
    expect(seen).toBeGreaterThan(200);
  }, 120_000);
});

describe('several threads', () => {
  // Even the smallest work is shared.
  const machine = newMachine({ threads: 3, eager: true });
  afterAll(() => machine.close());

  test('published cases', async () => {
    await machine.ready();
    const cases = must(groups.get('published cases'));
    const { failures, left } = await examineAll(threaded(machine), cases);
    expect(failures.join('\n')).toBe('');
    expect(left.length).toBeLessThanOrEqual(cases.length * 0.02);
    expect(machine.context.crew?.jobs()).toBeGreaterThan(cases.length);
  }, 120_000);
});
