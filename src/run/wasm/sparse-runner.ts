// Kernels of the plan on sparse matrices: products by WebAssembly, what goes through single entries in JavaScript.

import { must, unreachable } from '../../base/internal.ts';
import type { SparseGram, SparseKernel, SparseMatrix, SparseProduct } from '../../plan/kernel.ts';
import type { Buffer, View } from '../../plan/view.ts';
import type { Real } from './lanes.ts';
import type { Machine } from './machine.ts';
import type { Csr, Matrix } from './matrix.ts';

type Place = (v: View) => number;
type Address = (b: Buffer) => number;

export function sparseRunner(machine: Machine, real: Real, k: SparseKernel, place: Place, address: Address): () => void {
  switch (k.kind) {
    case 'sparse-product':
      return productRunner(machine, real, k, place, address);
    case 'sparse-gram':
      return gramRunner(machine, real, k, place, address);
    case 'sparse-scale': {
      const [factor, to] = [entriesAt(real, place(k.by)), entriesAt(real, place(k.to))];
      const [rowStep, colStep] = k.by.strides as [number, number];
      return eachEntry(machine, real, k.matrix, place, address, (all, entry, i, j, e) => {
        all[to + e] = all[entry]! * all[factor + i * rowStep + j * colStep]!;
      });
    }
    case 'densify': {
      const to = entriesAt(real, place(k.to));
      const { cols } = k.matrix;
      const length = k.to.buffer.length;
      const fill = eachEntry(machine, real, k.matrix, place, address, (all, entry, i, j) => {
        all[to + i * cols + j] = all[entry]!;
      });
      return () => {
        numbersOf(machine, real).fill(0, to, to + length);
        fill();
      };
    }
    default:
      return unreachable(k);
  }
}

function numbersOf({ context: { memory } }: Machine, real: Real): Float64Array | Float32Array {
  return real === 'f64' ? memory.f64() : memory.f32();
}

function entriesAt(real: Real, at: number): number {
  return at / (real === 'f64' ? 8 : 4);
}

function csrAt({ rows, cols, starts, indices, values }: SparseMatrix, place: Place, address: Address): Csr {
  return { rows, cols, starts: address(starts), indices: address(indices), values: place(values) };
}

function productRunner(machine: Machine, real: Real, k: SparseProduct, place: Place, address: Address): () => void {
  const blas = machine.blas(real);
  const S = csrAt(k.matrix, place, address);
  const matrix = (v: View): Matrix => ({ at: place(v), rows: must(v.shape[0]), cols: must(v.shape[1]), rowStep: must(v.strides[0]), colStep: must(v.strides[1]) });
  const [B, C] = [matrix(k.right), matrix(k.to)];
  if (C.cols === 1) {
    const [x, y] = [{ at: B.at, length: B.rows, step: B.rowStep }, { at: C.at, length: C.rows, step: 1 }];
    return () => (k.turned ? blas.csrGemvT : blas.csrGemv)(k.scale, S, x, 0, y);
  }
  return () => (k.turned ? blas.csrGemmT : blas.csrGemm)(k.scale, S, B, 0, C);
}

/** Calls `visit` with every entry: its place, row, column and number. */
function eachEntry(machine: Machine, real: Real, M: SparseMatrix, place: Place, address: Address, visit: (all: Float64Array | Float32Array, entry: number, i: number, j: number, e: number) => void): () => void {
  const [starts, indices] = [address(M.starts) / 4, address(M.indices) / 4];
  const values = entriesAt(real, place(M.values));
  return () => {
    const all = numbersOf(machine, real);
    const words = machine.context.memory.i32();
    for (let i = 0; i < M.rows; i++) {
      const end = words[starts + i + 1]!;
      for (let e = words[starts + i]!; e < end; e++) visit(all, values + e, i, words[indices + e]!, e);
    }
  };
}

function gramRunner(machine: Machine, real: Real, { matrix, other, to }: SparseGram, place: Place, address: Address): () => void {
  const blas = machine.blas(real);
  const S = csrAt(matrix, place, address);
  const C = { at: place(to), rows: S.cols, cols: S.cols, rowStep: S.cols, colStep: 1 };
  return () => blas.csrGram(S, place(other), C);
}
