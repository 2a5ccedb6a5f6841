// Where the variables of a model stand in one long vector z. A structured matrix (symmetric, diagonal, triangular) has
// one place for each of its free entries.

import { must } from '../../base/internal.ts';
import { evaluateDim } from '../../ir/dim.ts';
import type { Shape, VariableNode } from '../../ir/expr.ts';
import { type Structure, structureOf } from '../../ir/structure.ts';
import type { Dense } from '../../ops/reference/dense.ts';

export interface Block {
  readonly node: VariableNode;
  readonly shape: readonly number[];
  /** Number of entries of the array. */
  readonly size: number;
  readonly offset: number;
  /** Number of places in z. */
  readonly count: number;
  /** For each entry of the array its place in z, or -1 for an entry that is always zero; absent if they are the same. */
  readonly places?: Int32Array;
}

export interface Layout {
  readonly blocks: readonly Block[];
  readonly dim: number;
}

export function numbersOf(shape: Shape, sizes: ReadonlyMap<string, number>): number[] {
  return shape.map((d) => must(evaluateDim(d, sizes), `size ${d.key}`));
}

export function layoutOf(variables: readonly VariableNode[], sizes: ReadonlyMap<string, number>): Layout {
  let dim = 0;
  const blocks = variables.map((node): Block => {
    const shape = numbersOf(node.shape, sizes);
    const size = shape.reduce((a, b) => a * b, 1);
    const offset = dim;
    const structure = structureOf(node);
    if (structure === 'none') {
      dim += size;
      return { node, shape, size, offset, count: size };
    }
    const places = placesOf(structure, must(shape[0]), must(shape[1]), offset);
    const count = places.reduce((most, p) => Math.max(most, p + 1), offset) - offset;
    dim += count;
    return { node, shape, size, offset, count, places };
  });
  return { blocks, dim };
}

function placesOf(structure: Exclude<Structure, 'none'>, n: number, m: number, offset: number): Int32Array {
  const places = new Int32Array(n * m).fill(-1);
  let next = offset;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      const at = i * m + j;
      if (structure === 'symmetric' && j < i) places[at] = places[j * m + i]!;
      else if (structure === 'symmetric' || (structure === 'diagonal' && i === j) || (structure === 'lower' && j <= i) || (structure === 'upper' && j >= i)) places[at] = next++;
    }
  }
  return places;
}

/** The place in z of an entry of a block; -1 if it has none. */
export function placeIn(block: Block, entry: number): number {
  return block.places ? block.places[entry]! : block.offset + entry;
}

/** The arrays that z stands for. Plain ones are views of z. */
export function unpack(layout: Layout, z: Float64Array, prefix = ''): Map<string, Dense> {
  return new Map(layout.blocks.map((b) => [`${prefix}${b.node.name}`, arrayOf(b, z)]));
}

export function arrayOf({ shape, size, offset, places }: Block, z: Float64Array): Dense {
  if (!places) return { shape, data: z.subarray(offset, offset + size) };
  const data = new Float64Array(size);
  for (let i = 0; i < size; i++) data[i] = places[i]! < 0 ? 0 : z[places[i]!]!;
  return { shape, data };
}

/** Writes an array into z; entries that share a place are averaged. */
export function pack(block: Block, value: Float64Array, z: Float64Array): void {
  const { places, offset, count } = block;
  if (!places) {
    z.set(value, offset);
    return;
  }
  const times = new Float64Array(count);
  z.fill(0, offset, offset + count);
  places.forEach((p, i) => {
    if (p < 0) return;
    z[p]! += value[i]!;
    times[p - offset]!++;
  });
  for (let k = 0; k < count; k++) z[offset + k]! /= times[k]!;
}

/** The adjoint of `arrayOf`: adds the entries of an array to their places. */
export function gather(block: Block, value: Float64Array, out: Float64Array): void {
  for (let i = 0; i < value.length; i++) {
    const p = placeIn(block, i);
    if (p >= 0) out[p]! += value[i]!;
  }
}
