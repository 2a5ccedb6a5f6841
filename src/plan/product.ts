// Products of two arrays by labels, as products of matrices: the labels of each side are gathered into rows, columns and
// what is summed over, by strides where they allow it and by a copy where they do not.

import { must } from '../base/internal.ts';
import type { Label } from '../ir/expr.ts';
import type { Operation } from './kernel.ts';
import type { Labelled, Maker, SizeOf } from './maker.ts';
import { rearranged } from './rearrange.ts';
import { type View, countOf, joinedAxes, rowMajor, viewOf } from './view.ts';

/** More products of matrices than this, each smaller than that, are faster as one loop. */
const manyBatches = 16;
const smallProduct = 4096;

/** The product with axes `out`; a matrix known to be `symmetric` takes half the work. */
export function product(left: Labelled, right: Labelled, out: readonly Label[], size: (l: Label) => number, symmetric: boolean, make: Maker, sizeOf: SizeOf): View {
  const moved = rearranged(left, right, out, make, sizeOf) ?? rearranged(right, left, out, make, sizeOf);
  if (moved) return inOrder(moved.view, moved.labels, out);
  const isIn = (o: Labelled) => (l: Label): boolean => o.labels.includes(l);
  const freeLeft = out.filter((l) => isIn(left)(l) && !isIn(right)(l));
  const freeRight = out.filter((l) => isIn(right)(l) && !isIn(left)(l));
  // The side whose free label comes first stands on the left; a vector stands on the right.
  const turned = freeLeft.length === 0 ? freeRight.length > 0 : freeRight.length > 0 && out.indexOf(must(freeRight[0])) < out.indexOf(must(freeLeft[0]));
  if (turned) return product(right, left, out, size, symmetric, make, sizeOf);
  const batch = out.filter((l) => isIn(left)(l) && isIn(right)(l));
  const sum = left.labels.filter((l) => isIn(right)(l) && !out.includes(l));
  const counts = [batch, freeLeft, freeRight, sum].map((list) => countOf(list.map(size))) as [number, number, number, number];
  const small = counts[0] > manyBatches && counts[1] * counts[2] * counts[3] <= smallProduct;
  const asLoop = freeLeft.length === 0 || small || (freeRight.length === 0 && (batch.length > 0 || left.fresh));
  if (asLoop) {
    const labels = [...batch, ...freeLeft, ...freeRight, ...sum];
    const space = labels.map(size);
    const load = (o: Labelled): Operation => ({ kind: 'load', view: { ...o.view, shape: space, strides: labels.map((l) => (o.labels.includes(l) ? must(o.view.strides[o.labels.indexOf(l)]) : 0)) } });
    const kept = labels.length - sum.length;
    const made = make.loop(space, [load(left), load(right), { kind: 'multiply', of: [0, 1] }], 2, sum.map((_, i) => kept + i));
    return inOrder(made, labels.slice(0, kept), out);
  }
  const L = asMatrix(left, batch, freeLeft, sum, make);
  const R = asMatrix(right, batch, sum, freeRight, make);
  const batchShape = batch.map(size);
  const to = viewOf(make.buffer(counts[0] * counts[1] * counts[2]), [...batchShape, counts[1], counts[2]]);
  make.emit({ kind: 'product', left: L, right: R, to, batch: batch.length, scale: 1, symmetric: symmetric && counts[1] > 1 });
  const labels = [...batch, ...freeLeft, ...freeRight];
  const shape = labels.map(size);
  return inOrder({ ...to, shape, strides: rowMajor(shape) }, labels, out);
}

function inOrder(v: View, labels: readonly Label[], out: readonly Label[]): View {
  const order = out.map((l) => labels.indexOf(l));
  return { ...v, shape: order.map((axis) => must(v.shape[axis])), strides: order.map((axis) => must(v.strides[axis])) };
}

/** Axes batch, then rows as one, then columns as one. */
function asMatrix({ view, labels }: Labelled, batch: readonly Label[], rows: readonly Label[], cols: readonly Label[], make: Maker): View {
  const part = (list: readonly Label[]): { shape: number[]; strides: number[] } => {
    const axes = list.map((l) => labels.indexOf(l));
    return { shape: axes.map((axis) => must(view.shape[axis])), strides: axes.map((axis) => must(view.strides[axis])) };
  };
  const own = part(batch);
  const [r, c] = [rows, cols].map((list) => ((p) => joinedAxes(p.shape, p.strides))(part(list)));
  if (r && c) return { ...view, shape: [...own.shape, r.size, c.size], strides: [...own.strides, r.stride, c.stride] };
  const all = part([...batch, ...rows, ...cols]);
  const copy = viewOf(make.buffer(countOf(all.shape)), all.shape);
  make.into({ ...view, ...all }, copy);
  const shape = [...own.shape, countOf(part(rows).shape), countOf(part(cols).shape)];
  return { ...copy, shape, strides: rowMajor(shape) };
}
