// Arrays as they lie in memory: a part of a buffer seen through strides. Transposes, diagonals, slices and broadcasts
// are views and cost nothing.

import { must } from '../base/internal.ts';

/**
 * input     a value of the caller's
 * constant  numbers known when the program is planned
 * work      made by a step
 */
export interface Buffer {
  readonly id: number;
  /** In entries. */
  readonly length: number;
  readonly role: 'input' | 'constant' | 'work';
  /** The variable of an input. */
  readonly name?: string;
  /** What of a sparse input this is; all of a dense one. Starts and indices are whole numbers of 4 bytes. */
  readonly part?: 'starts' | 'indices' | 'values';
  /** The entries of a constant. */
  readonly data?: Float64Array;
}

/** Entry (i, j, …) is entry offset + Σ i·stride of the buffer. A stride of 0 repeats. */
export interface View {
  readonly buffer: Buffer;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

export function rowMajor(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = must(strides[i + 1]) * Math.max(1, must(shape[i + 1]));
  return strides;
}

/** The whole buffer, row by row. */
export function viewOf(buffer: Buffer, shape: readonly number[]): View {
  return { buffer, offset: 0, shape, strides: rowMajor(shape) };
}

/** Axis i of the result is axis `order[i]` of the view. */
export function permuted(v: View, order: readonly number[]): View {
  return { ...v, shape: order.map((axis) => must(v.shape[axis])), strides: order.map((axis) => must(v.strides[axis])) };
}

/** Entries with equal positions on two axes; axis `second` disappears. */
export function diagonalOf(v: View, first: number, second: number): View {
  const strides = v.strides.with(first, must(v.strides[first]) + must(v.strides[second]));
  const keep = (_: number, axis: number): boolean => axis !== second;
  return { ...v, shape: v.shape.filter(keep), strides: strides.filter(keep) };
}

/** Repeats along the axes that are not the view's own. */
export function laidAlong(v: View, along: readonly boolean[], shape: readonly number[]): View {
  let axis = 0;
  return { ...v, shape, strides: along.map((own) => (own ? must(v.strides[axis++]) : 0)) };
}

/** `count` positions of an axis from `from` on. */
export function sliced(v: View, axis: number, from: number, count: number): View {
  return { ...v, offset: v.offset + from * must(v.strides[axis]), shape: v.shape.with(axis, count) };
}

export function isRowMajor({ shape, strides }: View): boolean {
  const wanted = rowMajor(shape);
  return shape.every((n, axis) => n === 1 || strides[axis] === wanted[axis]) || countOf(shape) === 0;
}

/** Several axes read as one (the first moves slowest), where their strides allow it. */
export function joinedAxes(shape: readonly number[], strides: readonly number[]): { readonly size: number; readonly stride: number } | undefined {
  let size = 1;
  let stride = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const [n, step] = [must(shape[axis]), must(strides[axis])];
    if (n === 1) continue;
    if (size > 1 && step !== stride * size) return undefined;
    if (size === 1) stride = step;
    size *= n;
  }
  return { size, stride };
}

/** Whether two views show the same entries in the same order. */
export function sameView(a: View, b: View): boolean {
  return (
    a.buffer === b.buffer &&
    a.offset === b.offset &&
    a.shape.length === b.shape.length &&
    a.shape.every((n, axis) => n === b.shape[axis] && (n === 1 || a.strides[axis] === b.strides[axis]))
  );
}
