// Random expressions: whatever is certified convex or concave never contradicts three values on a line.

import { expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { must } from '../base/internal.ts';
import { total } from '../ir/build.ts';
import { inContext, newContext, variable } from '../ir/expr.ts';
import { facts } from '../ir/fact.ts';
import { structureOf } from '../ir/structure.ts';
import { rewriteUp } from '../ir/walk.ts';
import { readOrThrow } from '../pipeline.ts';
import { dense } from '../ops/reference/dense.ts';
import { interpreter } from '../run/interpret.ts';
import { sample, sampleDirection, sampleSizes, variablesOf } from '../run/sample.ts';
import { generate } from '../../test/oracle/generate.ts';
import { declarationsOf, textOf } from '../../test/oracle/tree.ts';
import { plain } from './convexity.ts';
import { verdict } from './verdict.ts';

const count = Number(process.env['RICCI_CERTIFY_SEEDS'] ?? 150);

test(`${count} random expressions`, { timeout: 1_000_000 }, () => {
  let certified = 0;
  for (let seed = 1; seed <= count; seed++) {
    const tree = generate({ seed, depth: 1 + (seed % 2), rational: false });
    const text = textOf(tree);
    inContext(newContext(), () => {
      const f = total(readOrThrow(text, declarationsOf(tree)).expr);
      const by = variablesOf([f]);
      if (by.length === 0) return;
      const v = verdict(f, by);
      if (v.kind !== 'certified' || v.certificate.conditions.length > 0) return;
      certified++;
      const sign = plain(v.certificate.curvature) === 'concave' ? -1 : 1;
      const positive = new Map(v.assumed.map((x) => [x.name, x]));
      const restricted = rewriteUp(f, (node) => (node.kind === 'variable' && positive.has(node.name) ? variable(node.name, node.shape, facts([...node.facts.has, 'positive'])) : node));
      const variables = variablesOf([restricted]);
      const stream = random(seed);
      for (let k = 0; k < 12; k++) {
        const sizes = sampleSizes([f], stream, k % 2 === 1);
        const middle = sample(variables, sizes, stream, k % 3 === 0 ? 'positive' : 'generic').values;
        const step = new Map([...middle].map(([name, x]) => {
          const node = must(variables.find((w) => w.name === name));
          const d = sampleDirection(structureOf(node), x.shape, stream);
          return [name, dense(d.shape, d.data.map((e) => 0.05 * e))];
        }));
        const at = (t: number): number => must(interpreter([f], sizes)(new Map([...middle].map(([name, x]) => [name, dense(x.shape, x.data.map((e, i) => e + t * must(step.get(name)).data[i]!))])))[0]).data[0]!;
        const [before, here, after] = [at(-1), at(0), at(1)];
        const size = Math.max(Math.abs(before), Math.abs(here), Math.abs(after));
        if (!Number.isFinite(size)) continue;
        expect(sign * (before - 2 * here + after), `${text} claimed ${v.certificate.curvature}, seed ${seed}`).toBeGreaterThanOrEqual(-1e-9 * size);
      }
    });
  }
  expect(certified).toBeGreaterThan(count / 20);
});
