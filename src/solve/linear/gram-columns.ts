// A'diag(w)A for a few columns of A at a time: columns and their products are kept, so that a set that grows, or that
// comes back in a later solve, costs what is new in it.

import { type Matrix, rowMajor, sub, transposed } from '../../run/wasm/matrix.ts';
import type { Residents } from '../../run/wasm/residents.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';

export interface GramColumns {
  /** Adds scale · A'diag(w)A on the columns `entry` to a matrix of order n, at the rows and columns `to`. */
  readonly addTo: (out: Float64Array, n: number, columns: { readonly entry: Int32Array; readonly to: Int32Array; readonly scale: number }) => void;
}

export interface GramOptions {
  /** Of A', whose rows are wanted. */
  readonly isTransposed: boolean;
  readonly weights: Float64Array | undefined;
  /** In charge of the memory for columns. */
  readonly residents: Residents | undefined;
}

/** `data` has `rows` rows of `cols` entries. */
export function gramColumns({ rows, cols, data }: { readonly rows: number; readonly cols: number; readonly data: Float64Array }, { isTransposed, weights, residents }: GramOptions): GramColumns {
  const machine = sharedMachine();
  const { context, blas } = machine;
  const { memory } = context;
  const length = isTransposed ? cols : rows;
  const slot = new Int32Array(isTransposed ? rows : cols).fill(-1);
  let count = 0;
  // The columns side by side, and their products.
  let room = { size: 0, at: 0, products: new Float64Array(0) };
  return {
    addTo: (out, n, { entry, to, scale }) => {
      include(entry);
      const { size, products } = room;
      for (let a = 0; a < to.length; a++) {
        const from = slot[entry[a]!]! * size;
        const row = to[a]! * n;
        for (let b = 0; b < to.length; b++) out[row + to[b]!]! += scale * products[from + slot[entry[b]!]!]!;
      }
    },
  };

  function grow(size: number): void {
    const at = memory.allocate(size * length * 8);
    const products = new Float64Array(size * size);
    if (count > 0) {
      blas('f64').copyMatrix(rowMajor(room.at, length, count, room.size), rowMajor(at, length, count, size));
      for (let i = 0; i < count; i++) products.set(room.products.subarray(i * room.size, i * room.size + count), i * size);
    }
    room = { size, at, products };
    if (residents) residents.adopt(machine, room, at);
    else machine.releaseWith(room, at);
  }

  function include(wanted: Int32Array): void {
    const fresh = wanted.filter((j) => slot[j]! < 0);
    if (fresh.length === 0) return;
    const [old, all] = [count, count + fresh.length];
    if (all > room.size) grow(Math.min(slot.length, Math.max(all, 2 * room.size, 64)));
    const { at, size, products } = room;
    fresh.forEach((j, k) => (slot[j] = old + k));
    gather(fresh, at / 8 + old);
    const columns = rowMajor(at, length, all, size);
    const mine = sub(columns, 0, old, length, fresh.length);
    memory.temporary(fresh.length * (all + (weights ? length : 0)) * 8, (start) => {
      const left = weights ? weighted(mine, start + fresh.length * all * 8, weights) : mine;
      const [before, own] = [rowMajor(start, fresh.length, old, all), rowMajor(start + old * 8, fresh.length, fresh.length, all)];
      if (old > 0) blas('f64').gemm(1, transposed(left), sub(columns, 0, 0, length, old), 0, before);
      blas('f64').syrkLower(1, transposed(left), transposed(mine), 0, own);
      const found = memory.doubles(start, fresh.length * all);
      for (let k = 0; k < fresh.length; k++) {
        for (let j = 0; j <= old + k; j++) products[(old + k) * size + j] = products[j * size + old + k] = found[k * all + j]!;
      }
    });
    count = all;
  }

  /** Columns into places side by side, the first of them at `to`. */
  function gather(fresh: Int32Array, to: number): void {
    const numbers = memory.f64();
    const { size } = room;
    if (isTransposed) {
      for (let k = 0; k < fresh.length; k++) for (let e = 0, from = fresh[k]! * cols; e < length; e++) numbers[to + e * size + k] = data[from + e]!;
      return;
    }
    for (let e = 0; e < length; e++) for (let k = 0, from = e * cols, row = to + e * size; k < fresh.length; k++) numbers[row + k] = data[from + fresh[k]!]!;
  }

  function weighted(A: Matrix, to: number, w: Float64Array): Matrix {
    const numbers = memory.f64();
    for (let e = 0; e < length; e++) for (let k = 0; k < A.cols; k++) numbers[to / 8 + e * A.cols + k] = w[e]! * numbers[A.at / 8 + e * A.rowStep + k]!;
    return rowMajor(to, length, A.cols);
  }
}
