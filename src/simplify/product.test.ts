import { expect, test } from 'vitest';
import { random } from '../base/random.ts';
import { must } from '../base/internal.ts';
import { dim } from '../ir/dim.ts';
import { type ContractNode, contract, inContext, newContext, variable } from '../ir/expr.ts';
import { one } from '../ir/rational.ts';
import { expanded, lazy, shared } from './mode.ts';
import { product } from './product.ts';
import { simplify } from './simplify.ts';

test('products of variables that nothing is known of stay as they are, as all that is done to products would leave them', () => {
  const stream = random(5);
  const below = (n: number): number => Math.floor(stream.uniform() * n);
  const shuffled = (list: readonly number[]): number[] => list.map((value) => ({ value, key: stream.uniform() })).sort((a, b) => a.key - b.key).map(({ value }) => value);
  let count = 0;
  for (let turn = 0; turn < 400; turn++) {
    inContext(newContext(), () => {
      const sizes = Array.from({ length: 1 + below(4) }, () => dim(must(['m', 'n', 'p'][below(3)])));
      const labels = Array.from({ length: 2 + below(3) }, () => shuffled([...sizes.keys()]).slice(0, below(4)));
      const args = labels.map((own, k) => variable(must(['A', 'B', 'C', 'D'][k]), own.map((l) => must(sizes[l]))));
      const out = shuffled([...new Set(labels.flat())]).filter(() => stream.uniform() < 0.5);
      const e = contract(args, labels, out) as ContractNode;
      const factors = e.args.map((expr, k) => ({ expr, labels: must(e.labels[k]) }));
      for (const mode of [lazy, expanded, shared]) {
        expect(product(one, factors, e.out, e.shape, { mode, opaque: new Set(), simplify: (x) => x })).toBe(e);
        expect(simplify(e, mode)).toBe(e);
        count++;
      }
    });
  }
  expect(count).toBe(1200);
});
