// A'diag(w)A for a few columns of A at a time: columns and their products are kept, so that a set that grows, or that
// comes back in a later solve, costs what is new in it.

import { emitGather } from '../../run/wasm/gather.ts';
import { rowMajor, sub, transposed, vectorAt } from '../../run/wasm/matrix.ts';
import type { Residents } from '../../run/wasm/residents.ts';
import { sharedMachine } from '../../run/wasm/machine.ts';

export interface GramColumns {
  /** Adds scale · A'diag(w)A on the columns `entry` to a matrix of order n, at the rows and columns `to`. */
  readonly addTo: (out: Float64Array, n: number, columns: { readonly entry: Int32Array; readonly to: Int32Array; readonly scale: number }) => void;
  /** How many of these columns were not asked for before. */
  readonly missing: (some: Int32Array) => number;
  /** A'diag(w)A on these columns and all that were asked for before, where it lies. */
  readonly products: (some: Int32Array) => Products;
  /** The columns of B, where B'B is A'diag(w)A; undefined where there is no B of numbers. */
  readonly columns: Columns | undefined;
}

/** A symmetric matrix in linear memory, by rows `stride` bytes apart; valid until more columns are asked for. */
export interface Products {
  readonly at: number;
  readonly stride: number;
  /** The columns that its rows are of. */
  readonly entries: Int32Array;
}

export interface Columns {
  /** Of a column. */
  readonly length: number;
  /** Addresses of columns in linear memory, valid until the next call. */
  readonly take: (some: Int32Array) => Int32Array;
  /** B'v */
  readonly against: (v: Float64Array) => Float64Array;
}

// A long call would stay in V8's first code.
const rowsPerCall = 64;

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
  const own = { at: 0 };
  const length = isTransposed ? cols : rows;
  const all = isTransposed ? rows : cols;
  const roots = weights?.every((w) => w >= 0) === false ? undefined : weights?.map(Math.sqrt);
  const width = length * 8;
  // Columns of B one after the other, in the order in which they were asked for.
  const kept = newRoom(all);
  // Of A those that have been multiplied with each other.
  const multiplied = newRoom(all);
  const square = { size: 0, at: 0, owner: {} };
  let entries = new Int32Array(0);
  return {
    addTo: (out, n, { entry, to, scale }) => {
      include(entry);
      const { slot } = multiplied;
      const { size, at } = square;
      const products = memory.doubles(at, size * size);
      if (to.length === n && size === n && entry.every((j, k) => to[k] === k && slot[j] === k)) {
        for (let i = 0; i < n * n; i++) out[i]! += scale * products[i]!;
        return;
      }
      for (let a = 0; a < to.length; a++) {
        const from = slot[entry[a]!]! * size;
        const row = to[a]! * n;
        for (let b = 0; b < to.length; b++) out[row + to[b]!]! += scale * products[from + slot[entry[b]!]!]!;
      }
    },
    missing: (some) => some.reduce((count, j) => (multiplied.slot[j]! < 0 ? count + 1 : count), 0),
    products: (some) => {
      include(some);
      if (entries.length < multiplied.count) {
        entries = new Int32Array(multiplied.count);
        multiplied.slot.forEach((k, j) => {
          if (k >= 0) entries[k] = j;
        });
      }
      return { at: square.at, stride: 8 * square.size, entries };
    },
    columns: weights && !roots ? undefined : { length, take, against },
  };

  function take(some: Int32Array): Int32Array {
    const fresh = some.filter((j) => kept.slot[j]! < 0);
    if (fresh.length > 0) {
      const at = extended(kept, fresh);
      gather(fresh, at);
      if (roots) scaleRows(at, fresh.length, roots);
    }
    return some.map((j) => kept.room.at + kept.slot[j]! * width);
  }

  function against(v: Float64Array): Float64Array {
    const u = roots ? v.map((x, e) => x * roots[e]!) : v;
    return memory.temporary((length + all) * 8, (at) => {
      memory.doubles(at, length).set(u);
      const whole = rowMajor(copyOfData(), rows, cols);
      blas('f64').gemv(1, isTransposed ? whole : transposed(whole), vectorAt(at, length), 0, vectorAt(at + width, all));
      return memory.doubles(at + width, all).slice();
    });
  }

  function copyOfData(): number {
    const copy = (address: number): void => memory.f64().set(data, address / 8);
    if (residents) return residents.of(machine, data, 'f64', copy).address;
    if (own.at === 0) {
      own.at = memory.allocate(data.length * 8);
      machine.releaseWith(own, own.at);
      copy(own.at);
    }
    return own.at;
  }

  /** Room for more columns behind those that are there; the address of the first. */
  function extended(into: Room, fresh: Int32Array): number {
    const count = into.count + fresh.length;
    if (count > into.room.size) {
      const size = Math.min(all, Math.max(count, 2 * into.room.size, 64));
      const at = memory.allocate(size * width);
      memory.bytes().copyWithin(at, into.room.at, into.room.at + into.count * width);
      if (into.room.at !== 0) machine.releaseNow(into.room, into.room.at);
      into.room = { size, at };
      if (residents) residents.adopt(machine, into.room, at);
      else machine.releaseWith(into.room, at);
    }
    fresh.forEach((j, k) => (into.slot[j] = into.count + k));
    const first = into.room.at + into.count * width;
    into.count = count;
    return first;
  }

  function include(wanted: Int32Array): void {
    if (multiplied.count === all) return;
    const fresh = wanted.filter((j) => multiplied.slot[j]! < 0);
    if (fresh.length === 0) return;
    if (fresh.length === all && !weights) return includeAll();
    const old = multiplied.count;
    const mineAt = extended(multiplied, fresh);
    const { room: { at, size }, count } = multiplied;
    widen(size, old);
    gatherOnce(fresh, mineAt);
    const mine = rowMajor(mineAt, fresh.length, length);
    memory.temporary(fresh.length * (count + (weights ? length : 0)) * 8, (start) => {
      const leftAt = start + fresh.length * count * 8;
      if (weights) {
        memory.bytes().copyWithin(leftAt, mineAt, mineAt + fresh.length * width);
        scaleRows(leftAt, fresh.length, weights);
      }
      const left = weights ? rowMajor(leftAt, fresh.length, length) : mine;
      const found = rowMajor(start, fresh.length, count);
      if (old > 0) blas('f64').gemm(1, left, transposed(rowMajor(at, old, length)), 0, sub(found, 0, 0, fresh.length, old));
      blas('f64').syrkLower(1, left, mine, 0, sub(found, 0, old, fresh.length, fresh.length));
      const numbers = memory.doubles(start, fresh.length * count);
      const products = memory.doubles(square.at, size * size);
      for (let k = 0; k < fresh.length; k++) {
        for (let j = 0; j <= old + k; j++) products[(old + k) * size + j] = products[j * size + old + k] = numbers[k * count + j]!;
      }
    });
    return undefined;
  }

  /** Of all columns at once the products are those of A as it lies. */
  function includeAll(): void {
    widen(all, 0);
    const whole = rowMajor(copyOfData(), rows, cols);
    blas('f64').syrk(1, isTransposed ? whole : transposed(whole), rowMajor(square.at, all, all));
    for (let j = 0; j < all; j++) multiplied.slot[j] = j;
    multiplied.count = all;
  }

  /** Room for the products of `size` columns, of which `old` have theirs. */
  function widen(size: number, old: number): void {
    if (size === square.size) return;
    const at = memory.allocate(size * size * 8);
    for (let i = 0; i < old; i++) memory.bytes().copyWithin(at + i * size * 8, square.at + i * square.size * 8, square.at + (i * square.size + old) * 8);
    if (square.at !== 0) machine.releaseNow(square.owner, square.at);
    Object.assign(square, { size, at, owner: {} });
    if (residents) residents.adopt(machine, square.owner, at);
    else machine.releaseWith(square.owner, at);
  }

  /** Columns of A one after the other. */
  function gather(some: Int32Array, at: number): void {
    if (isTransposed) {
      some.forEach((j, k) => memory.f64().set(data.subarray(j * cols, j * cols + cols), at / 8 + k * length));
      return;
    }
    const { gatherColumns } = machine.linked(emitGather);
    const from = copyOfData();
    memory.temporary(some.length * 4, (places) => {
      memory.i32().set(some.map((j) => 8 * j), places / 4);
      for (let e = 0; e < length; e += rowsPerCall) gatherColumns(Math.min(rowsPerCall, length - e), some.length, from + e * cols * 8, cols * 8, places, at + e * 8, width);
    });
  }

  /** Those that are kept already are copied. */
  function gatherOnce(some: Int32Array, at: number): void {
    if (roots || some.some((j) => kept.slot[j]! < 0)) return gather(some, at);
    some.forEach((j, k) => {
      const from = kept.room.at + kept.slot[j]! * width;
      memory.bytes().copyWithin(at + k * width, from, from + width);
    });
    return undefined;
  }

  function scaleRows(at: number, count: number, by: Float64Array): void {
    const numbers = memory.doubles(at, count * length);
    for (let k = 0, i = 0; k < count; k++) for (let e = 0; e < length; e++, i++) numbers[i]! *= by[e]!;
  }
}

/** Columns that have a place. */
interface Room {
  readonly slot: Int32Array;
  count: number;
  room: { readonly size: number; readonly at: number };
}

function newRoom(all: number): Room {
  return { slot: new Int32Array(all).fill(-1), count: 0, room: { size: 0, at: 0 } };
}
