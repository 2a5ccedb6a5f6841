// Kernels that the device has no code for, on a copy of its numbers.

import { must, unreachable } from '../../base/internal.ts';
import { dense } from '../../ops/reference/dense.ts';
import { opNamed } from '../../ops/table.ts';
import type { Call, Loop, Operation } from '../../plan/kernel.ts';
import { type View, countOf } from '../../plan/view.ts';

type Place = (v: View) => number;

export function hostCall(k: Call, memory: Float32Array, place: Place): void {
  const op = opNamed(k.node.op);
  const ranks = op.ranks(k.node.params);
  const own = k.args.map((a, i) => a.shape.slice(a.shape.length - must(ranks[i])));
  for (let b = 0; b < k.batches; b++) {
    const args = k.args.map((a, i) => {
      const shape = must(own[i]);
      const size = countOf(shape);
      const from = place(a) + b * size;
      return dense(shape, Float64Array.from(memory.subarray(from, from + size)));
    });
    const value = op.value(args, k.node.params);
    memory.set(value.data, place(k.to) + b * value.data.length);
  }
}

export function hostLoop(loop: Loop, memory: Float32Array, place: Place): void {
  const { space } = loop;
  for (const r of loop.results) if (r.sums.length > 0) eachPosition(r.to.shape, (at) => void (memory[indexOf(r.to, at, place)] = 0));
  const values = loop.operations.map(() => 0);
  eachPosition(space, (at) => {
    loop.operations.forEach((o, k) => void (values[k] = valueOf(o, values, at, memory, place)));
    for (const r of loop.results) {
      const to = indexOf(r.to, at.filter((_, axis) => !r.sums.includes(axis)), place);
      memory[to] = r.sums.length > 0 ? memory[to]! + values[r.of]! : values[r.of]!;
    }
  });
}

function valueOf(o: Operation, values: readonly number[], at: readonly number[], memory: Float32Array, place: Place): number {
  switch (o.kind) {
    case 'load':
      return memory[indexOf(o.view, at, place)]!;
    case 'number':
      return o.value;
    case 'combine':
      return o.terms.reduce((sum, t) => sum + t.coef * values[t.of]!, 0);
    case 'multiply':
      return o.of.reduce((product, k) => product * values[k]!, 1);
    case 'call':
      return must(opNamed(o.op).scalarValue)(
        o.of.map((k) => values[k]!),
        o.params,
      );
    default:
      return unreachable(o);
  }
}

function indexOf(v: View, at: readonly number[], place: Place): number {
  return v.strides.reduce((index, stride, axis) => index + stride * (at[axis] ?? 0), place(v));
}

function eachPosition(shape: readonly number[], visit: (at: readonly number[]) => void): void {
  const at = shape.map(() => 0);
  for (let left = countOf(shape); left > 0; left--) {
    visit(at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      if (at[axis]! < shape[axis]!) break;
      at[axis] = 0;
    }
  }
}
