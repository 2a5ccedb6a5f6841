// `A[i, 1:3]`: labels name axes; entries and ranges are products with unit vectors and slices of the unit matrix.

import { must } from '../base/internal.ts';
import { dim } from '../ir/dim.ts';
import { type Expr, contract, stack } from '../ir/expr.ts';
import type { IndexSyntax } from './syntax.ts';
import { offsetOf, rangeEnds } from './type-index.ts';
import type { Lowering, Value } from './value.ts';

export function lowerIndex(l: Lowering, s: IndexSyntax): Value {
  const { node, labels } = l.value(s.arg);
  const names = [...labels];
  const ids = new Map(labels.map((name, i) => [name, i]));
  let next = labels.length;
  const own: number[] = [];
  const args: Expr[] = [node];
  const axes: number[] = labels.map((_, i) => i);
  const patterns: number[][] = [];
  for (const [k, item] of s.items.entries()) {
    const whole = must(node.shape[labels.length + k]);
    if (item.kind === 'label') {
      const id = ids.get(item.name) ?? next++;
      if (!ids.has(item.name)) names.push(item.name);
      ids.set(item.name, id);
      axes.push(id);
      continue;
    }
    const axis = next++;
    axes.push(axis);
    if (item.kind === 'entry') {
      args.push(stack(dim(1), whole, must(offsetOf(item.at, whole))));
      patterns.push([next++, axis]);
      continue;
    }
    const { offset, length } = must(rangeEnds(item, whole));
    if (length.key === whole.key) {
      own.push(axis);
      continue;
    }
    const part = next++;
    args.push(stack(length, whole, offset));
    patterns.push([part, axis]);
    own.push(part);
  }
  const out = [...names.map((name) => must(ids.get(name))), ...own];
  return { node: contract(args, [axes, ...patterns], out), labels: names };
}
