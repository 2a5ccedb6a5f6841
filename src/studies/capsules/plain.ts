// A network without capsules, of as many parameters and layers, on the same images: what depth does without routing at all.

import { must } from '../../base/internal.ts';
import { add, sub, times } from '../../ir/build.ts';
import { dim } from '../../ir/dim.ts';
import { type Expr, type VariableNode, einsum, size, variable } from '../../ir/expr.ts';
import { logSumExp } from '../../ops/defined/learning.ts';
import { relu } from '../../ops/scalar/piecewise.ts';
import { power } from '../../ops/scalar/power.ts';
import { compile } from '../../run/compile.ts';
import { adam } from '../harness/optimizer.ts';
import type { Tell } from '../harness/progress.ts';
import { newStream } from '../harness/random.ts';
import { training } from '../harness/train.ts';
import { type Architecture, positionsAlong } from './architecture.ts';
import { type Images, patchesOf, targetsOf } from './images.ts';
import type { WatchOptions } from './watch.ts';

export interface PlainNetwork {
  /** Units of each hidden layer, as many layers as the capsule network routes. */
  readonly hidden: number;
  readonly parameters: number;
  readonly accuracy: number;
  readonly right: Uint8Array;
}

/**
 * The same patches and features, then dense layers with positive parts in the place of capsules, cross-entropy in the place
 * of the margin loss. `parameters` is about how many there may be.
 */
export async function trainPlain(a: Architecture, parameters: number, train: Images, test: Images, { epochs, batch, rate, seed }: WatchOptions, tell: Tell): Promise<PlainNetwork> {
  const depth = a.layers.length;
  const classes = must(a.layers.at(-1)).capsules;
  const inputs = positionsAlong(a) ** 2 * a.features.count;
  const hidden = hiddenFor(parameters, inputs, classes, depth);
  const { logits, weights, patches, targets } = plainGraph(a, hidden);
  const loss = times(einsum('b->', [sub(logSumExp(logits, 1), einsum('bk,bk->b', [logits, targets]))]), power(size(must(logits.shape[0])), -1));
  const random = newStream(seed).split('plain network');
  const start = Object.fromEntries(
    weights.map((v) => {
      const shape = v.shape.map((d) => Number(d.key));
      const fanIn = shape.slice(0, -1).reduce((x, y) => x * y, 1);
      const sd = v.name.startsWith('b') ? 0 : Math.sqrt(2 / fanIn);
      return [v.name, { shape, data: random.split(v.name).normals(fanIn * must(shape.at(-1))).map((z) => sd * z) }];
    }),
  );
  const run = training({ loss, parameters: weights }, { data: { X: patchesOf(train, a), T: targetsOf(train) }, examples: ['X', 'T'], start, method: adam({ rate }), batch, epochs, seed });
  let next = run.next();
  for (; next.done !== true; next = run.next()) await tell(next.value.step, next.value.steps, `loss ${next.value.loss.toPrecision(3)}`);
  const { data } = compile(logits)({ ...next.value.values, [patches.name]: patchesOf(test, a) });
  const right = Uint8Array.from({ length: test.count }, (_, n) => {
    const own = data.subarray(n * classes, (n + 1) * classes);
    return Number(own.indexOf(Math.max(...own)) === test.labels[n]);
  });
  return { hidden, parameters: Object.values(start).reduce((sum, { data: numbers }) => sum + numbers.length, 0), accuracy: right.reduce((x, y) => x + y, 0) / test.count, right };
}

function plainGraph(a: Architecture, hidden: number): { logits: Expr; weights: VariableNode[]; patches: VariableNode; targets: VariableNode } {
  const [images, positions, pixels, count, units, classes] = [dim('b'), dim(positionsAlong(a) ** 2), dim(a.features.patch ** 2), dim(a.features.count), dim(hidden), dim(must(a.layers.at(-1)).capsules)];
  const [patches, targets] = [variable('X', [images, positions, pixels]), variable('T', [images, classes])];
  const [A, b] = [variable('A', [pixels, count]), variable('b', [count])];
  const weights = [A, b];
  let level: Expr = relu(add(einsum('bxk,kh->bxh', [patches, A]), einsum('h->bxh', [b], [images, positions, count])));
  for (let l = 1; l <= a.layers.length + 1; l++) {
    const out = l <= a.layers.length ? units : classes;
    const M = variable(`M${l}`, l === 1 ? [positions, count, out] : [units, out]);
    const c = variable(`b${l}`, [out]);
    weights.push(M, c);
    const sums: Expr = add(l === 1 ? einsum('bxh,xhu->bu', [level, M]) : einsum('bh,hu->bu', [level, M]), einsum('u->bu', [c], [images, out]));
    level = l <= a.layers.length ? relu(sums) : sums;
  }
  return { logits: level, weights, patches, targets };
}

/** inputs·h + (depth − 1)·h² + h·classes, about as large as asked for. */
function hiddenFor(parameters: number, inputs: number, classes: number, depth: number): number {
  const linear = inputs + classes + depth;
  const h = depth === 1 ? parameters / linear : (-linear + Math.sqrt(linear ** 2 + 4 * (depth - 1) * parameters)) / (2 * (depth - 1));
  return Math.max(2, Math.round(h));
}
