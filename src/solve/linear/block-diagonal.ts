// Many small symmetric blocks on a diagonal, solved with on the rows and columns that are free.

import type { Approximation } from '../problem.ts';

export interface BlockDiagonal {
  readonly offset: number;
  readonly groups: number;
  readonly order: number;
  /** Entry `a` of group `g` stands at offset + g · stride.group + a · stride.inner. */
  readonly stride: { readonly group: number; readonly inner: number };
  /** [groups, order, order] */
  readonly data: Float64Array;
}

// Relative to the largest entry of a block, added to what has lost all digits.
const least = 1e-10;

/** The inverse of the blocks, in vectors of length n. */
export function blockInverse(n: number, parts: readonly BlockDiagonal[]): Approximation {
  const rooms = parts.map(({ data, groups, order }): Factored => ({ lower: new Float64Array(data.length), free: new Int32Array(groups * order), count: new Int32Array(groups).fill(-1), held: new Uint8Array(groups * order) }));
  return {
    inverse: (mask) => {
      const made = parts.map((part, k) => factored(part, mask, rooms[k]!));
      return (r) => {
        const out = new Float64Array(n);
        parts.forEach((part, k) => solved(part, made[k]!, r, out));
        return out;
      };
    },
  };
}

interface Factored {
  /** Lower Cholesky factors of the free parts, in the room of the blocks. */
  readonly lower: Float64Array;
  /** Free entries of each group, and how many. */
  readonly free: Int32Array;
  readonly count: Int32Array;
  /** 1 for entries that were not free: a group whose free entries stay keeps its factor. */
  readonly held: Uint8Array;
}

function factored({ offset, groups, order, stride, data }: BlockDiagonal, mask: Float64Array | undefined, room: Factored): Factored {
  const { lower, free, count, held } = room;
  for (let g = 0; g < groups; g++) {
    let isSame = count[g]! >= 0;
    for (let a = 0; a < order; a++) {
      const now = mask && mask[offset + g * stride.group + a * stride.inner] === 0 ? 1 : 0;
      if (held[g * order + a] === now) continue;
      held[g * order + a] = now;
      isSame = false;
    }
    if (isSame) continue;
    const from = g * order * order;
    let m = 0;
    let largest = 0;
    for (let a = 0; a < order; a++) {
      if (held[g * order + a] === 1) continue;
      free[g * order + m++] = a;
      largest = Math.max(largest, data[from + a * order + a]!);
    }
    count[g] = m;
    const floor = largest > 0 ? least * largest : 1;
    for (let i = 0; i < m; i++) {
      const row = from + i * order;
      const given = from + free[g * order + i]! * order;
      for (let j = 0; j <= i; j++) {
        const other = from + j * order;
        let sum = data[given + free[g * order + j]!]!;
        for (let k = 0; k < j; k++) sum -= lower[row + k]! * lower[other + k]!;
        lower[row + j] = i === j ? Math.sqrt(sum > floor ? sum : floor) : sum / lower[other + j]!;
      }
    }
  }
  return room;
}

function solved({ offset, groups, order, stride }: BlockDiagonal, { lower, free, count }: Factored, r: Float64Array, out: Float64Array): void {
  const x = new Float64Array(order);
  for (let g = 0; g < groups; g++) {
    const m = count[g]!;
    const from = g * order * order;
    const at = offset + g * stride.group;
    for (let i = 0; i < m; i++) {
      let sum = r[at + free[g * order + i]! * stride.inner]!;
      for (let k = 0; k < i; k++) sum -= lower[from + i * order + k]! * x[k]!;
      x[i] = sum / lower[from + i * order + i]!;
    }
    for (let i = m - 1; i >= 0; i--) {
      let sum = x[i]!;
      for (let k = i + 1; k < m; k++) sum -= lower[from + k * order + i]! * x[k]!;
      x[i] = sum / lower[from + i * order + i]!;
      out[at + free[g * order + i]! * stride.inner] = x[i]!;
    }
  }
}
