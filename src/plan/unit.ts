// The entries of unit tensors, for products where they do more than move axes.

import { type Diagnostic, RicciError } from '../base/diagnostic.ts';
import { must } from '../base/internal.ts';
import type { Dim } from '../ir/dim.ts';
import type { DeltaNode, StackNode } from '../ir/expr.ts';
import { countOf, rowMajor } from './view.ts';

/** Beyond this nothing else would fit beside it. */
const mostEntries = 2 ** 28;

export function unitEntries(node: DeltaNode | StackNode, sizeOf: (d: Dim) => number): Float64Array {
  const shape = node.shape.map(sizeOf);
  if (countOf(shape) > mostEntries) throw new RicciError([tooLarge(shape)]);
  const data = new Float64Array(countOf(shape));
  if (node.kind === 'stack') {
    const [part, whole] = shape as [number, number];
    const offset = sizeOf(node.offset);
    for (let i = Math.max(0, -offset); i < part && i + offset < whole; i++) data[i * whole + i + offset] = 1;
    return data;
  }
  const strides = rowMajor(shape);
  let axis = 0;
  const groups = node.groups.map((g) => {
    const [from, to] = [axis, (axis += g.length)];
    return { shape: shape.slice(from, to), strides: strides.slice(from, to) };
  });
  const size = countOf(must(groups[0]).shape);
  for (let k = 0; k < size; k++) data[groups.reduce((at, g) => at + offsetOf(k, g.shape, g.strides), 0)] = 1;
  return data;
}

/** Where position `k`, counted row by row, lies. */
function offsetOf(k: number, shape: readonly number[], strides: readonly number[]): number {
  let [rest, offset] = [k, 0];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = must(shape[axis]);
    offset += (rest % n) * must(strides[axis]);
    rest = Math.floor(rest / n);
  }
  return offset;
}

function tooLarge(shape: readonly number[]): Diagnostic {
  return {
    code: 'out-of-memory',
    severity: 'error',
    message: 'a unit tensor does not fit in memory',
    span: [0, 0],
    needed: `${countOf(shape)} numbers, [${shape.join(', ')}]`,
    found: `room for ${mostEntries}`,
    help: 'use smaller dims, or a structured result instead of a dense one',
  };
}
