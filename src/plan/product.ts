// Products of two arrays by labels, as products of matrices: the labels of each side are gathered into rows, columns and
// what is summed over, by strides where they allow it and by a copy where they do not.

import { must } from '../base/internal.ts';
import type { Label } from '../ir/expr.ts';
import type { Operation } from './kernel.ts';
import type { Labelled, Maker, SizeOf } from './maker.ts';
import type { Step } from './primitive.ts';
import { rearranged } from './rearrange.ts';
import { type View, countOf, joinedAxes, rowMajor, viewOf } from './view.ts';

/** More products of matrices than this, each smaller than that, are faster as one loop. */
const manyBatches = 16;
const smallProduct = 4096;

/** The product with axes `out`. */
export function product(left: Labelled, right: Labelled, out: readonly Label[], size: (l: Label) => number, make: Maker, sizeOf: SizeOf, viewOfStep: (s: Step) => View): View {
  const moved = rearranged(left, right, out, make, sizeOf) ?? rearranged(right, left, out, make, sizeOf);
  if (moved) return inOrder(moved.view, moved.labels, out);
  const isIn = (o: Labelled) => (l: Label): boolean => o.labels.includes(l);
  const freeLeft = out.filter((l) => isIn(left)(l) && !isIn(right)(l));
  const freeRight = out.filter((l) => isIn(right)(l) && !isIn(left)(l));
  // The side whose free label comes first stands on the left; a vector stands on the right.
  const turned = freeLeft.length === 0 ? freeRight.length > 0 : freeRight.length > 0 && out.indexOf(must(freeRight[0])) < out.indexOf(must(freeLeft[0]));
  if (turned) return product(right, left, out, size, make, sizeOf, viewOfStep);
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
  const symmetric = batch.length === 0 && counts[1] === counts[2] && counts[1] > 1 && (isTransposed(L, R) || isWeightedGram(left, right, freeLeft, freeRight, sum, viewOfStep));
  make.emit({ kind: 'product', left: L, right: R, to, batch: batch.length, scale: 1, symmetric });
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

function isTransposed(L: View, R: View): boolean {
  return L.buffer === R.buffer && L.offset === R.offset && L.strides[0] === R.strides[1] && L.strides[1] === R.strides[0];
}

/** A' (w .* A): one side is the other, weighted along what is summed over. */
function isWeightedGram(left: Labelled, right: Labelled, freeLeft: readonly Label[], freeRight: readonly Label[], sum: readonly Label[], viewOfStep: (s: Step) => View): boolean {
  const [i, j, k] = [freeLeft[0], freeRight[0], sum[0]];
  if (i === undefined || j === undefined || k === undefined || freeLeft.length + freeRight.length + sum.length > 3) return false;
  return [[left, right, i, j], [right, left, j, i]].some(([a, b, mine, theirs]) => {
    const base = withoutWeights(a as Labelled, k, viewOfStep);
    const other = b as Labelled;
    if (!base || base.view.buffer !== other.view.buffer || base.view.offset !== other.view.offset) return false;
    const stride = (o: { view: View; labels: readonly Label[] }, l: Label): number | undefined => o.view.strides[o.labels.indexOf(l)];
    return stride(base, k) === stride(other, k) && stride(base, mine as Label) === stride(other, theirs as Label);
  });
}

function withoutWeights(o: Labelled, sum: Label, viewOfStep: (s: Step) => View): { view: View; labels: readonly Label[] } | undefined {
  let { step, labels } = o;
  while (step.kind === 'transpose') {
    const { order, of } = step;
    labels = order.map((_, axis) => must(labels[order.indexOf(axis)]));
    step = of;
  }
  if (step.kind !== 'multiply') return undefined;
  const full = step.operands.find((p) => p.along.every(Boolean));
  const isWeight = (along: readonly boolean[]): boolean => along.every((own, axis) => !own || labels[axis] === sum);
  if (!full || !step.operands.every((p) => p === full || isWeight(p.along))) return undefined;
  return { view: viewOfStep(full.of), labels };
}
