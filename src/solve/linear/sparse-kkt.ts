// Sparse factors of [H + diag(d), Aᵀ; A, -diag(e)]: one order and pattern for all values of the diagonals.

import { lookAtTime } from '../../base/deadline.ts';
import { vectorAt } from '../../run/wasm/matrix.ts';
import { eachEntry, entryCount, fromCoordinates } from '../matrix.ts';
import type { Matrix, SparseMatrix } from '../matrix.ts';
import { kktKernels, roomOf } from './kkt-form.ts';
import type { HeldKkt, KktForm } from './kkt-form.ts';
import { symbolicLdl } from './sparse-ldl.ts';
import type { SparseSymbolic } from './sparse-ldl.ts';

const vectorCount = 6;
// Columns between two looks at the time.
const atOnce = 64;

export function sparseForm(H: Matrix, A: SparseMatrix): KktForm & { readonly work: number } {
  const matrix = lowerTriangle(H, A);
  const symbolic = symbolicLdl(matrix);
  return { kind: 'sparse', head: 'none', work: symbolic.work, hold: () => hold(H.rows, matrix, symbolic) };
}

/** [H, ·; A, 0] below the diagonal, with a place for every entry of the diagonal, which is the last of its row. */
export function lowerTriangle(H: Matrix, A: Matrix): SparseMatrix {
  const n = H.rows;
  const size = n + A.rows;
  const most = size + entryCount(H) + entryCount(A);
  const [rowOf, colOf, values] = [new Int32Array(most), new Int32Array(most), new Float64Array(most)];
  for (let i = 0; i < size; i++) rowOf[i] = colOf[i] = i;
  let used = size;
  const put = (i: number, j: number, value: number): void => {
    rowOf[used] = i;
    colOf[used] = j;
    values[used++] = value;
  };
  eachEntry(H, (i, j, value) => {
    if (j <= i) put(i, j, value);
  });
  eachEntry(A, (i, j, value) => put(n + i, j, value));
  return fromCoordinates(size, size, { rowOf: rowOf.subarray(0, used), colOf: colOf.subarray(0, used), values: values.subarray(0, used) });
}

function hold(n: number, matrix: SparseMatrix, symbolic: SparseSymbolic): HeldKkt {
  const size = matrix.rows;
  const count = entryCount(matrix);
  const { fill, order, parent, columnStarts, upperStarts, upperRows, source } = symbolic;
  const room = roomOf(8 * (2 * count + fill + (5 + vectorCount) * size) + 4 * (3 * count + fill + 8 * size) + 1024);
  const { machine } = room;
  const { memory } = machine.context;
  const blas = machine.blas('f64');
  const kernel = kktKernels(machine);
  const [values, beside, entries] = [room.doubles(count), room.doubles(count), room.doubles(fill)];
  const [pivots, inverse, y, signs, diagonal] = Array.from({ length: 5 }, () => room.doubles(size)) as [number, number, number, number, number];
  const vectors = Array.from({ length: vectorCount }, () => room.doubles(size));
  const put = (ints: Int32Array): number => {
    const at = room.ints(ints.length);
    memory.i32().set(ints, at / 4);
    return at;
  };
  const pattern = [put(upperStarts), put(upperRows), put(source), put(parent), put(columnStarts)];
  const work = Array.from({ length: 3 }, () => room.ints(size)) as [number, number, number];
  const [next, mark] = work;
  const rows = room.ints(fill);
  const orderAt = put(order);
  // The diagonal is the last entry of each row of a lower triangle.
  const diagonalAt = matrix.starts.subarray(1).map((end) => end - 1);
  const curvature = Float64Array.from(diagonalAt, (at) => matrix.values[at]!);
  const S = { rows: size, cols: size, starts: put(matrix.starts), indices: put(matrix.indices.subarray(0, count)), values: beside };
  const all = memory.f64();
  all.set(matrix.values.subarray(0, count), beside / 8);
  for (let i = 0; i < size; i++) {
    all[beside / 8 + diagonalAt[i]!] = 0;
    all[signs / 8 + i] = order[i]! < n ? 1 : -1;
  }

  return {
    size,
    place: Int32Array.from({ length: size }, (_, i) => i),
    curvature,
    diagonal,
    vectors,
    factor: (regularisation) => {
      const numbers = memory.f64();
      numbers.copyWithin(values / 8, beside / 8, beside / 8 + count);
      for (let i = 0; i < size; i++) numbers[values / 8 + diagonalAt[i]!] = numbers[diagonal / 8 + i]! + (i < n ? regularisation : -regularisation);
      numbers.fill(0, y / 8, y / 8 + size);
      memory.i32().fill(-1, mark / 4, mark / 4 + size);
      memory.i32().set(columnStarts.subarray(0, size), next / 4);
      for (let k = 0; k < size; k += atOnce) {
        lookAtTime();
        kernel.sparseFactor(k, Math.min(size, k + atOnce), size, values, signs, ...pattern, ...work, y, rows, entries, pivots, inverse);
      }
    },
    backward: (v) => void kernel.sparseSolve(size, orderAt, pattern[4]!, rows, entries, pivots, y, v),
    lessProduct: (v, to) => {
      blas.csrGemv(-1, S, vectorAt(v, size), 1, vectorAt(to, size));
      blas.csrGemvT(-1, S, vectorAt(v, size), 1, vectorAt(to, size));
    },
    release: room.release,
  };
}
