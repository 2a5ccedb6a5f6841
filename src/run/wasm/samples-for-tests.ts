// For the tests of this folder only: arrays of the reference numerics in linear memory and back.

import { random } from '../../base/random.ts';
import { dense } from '../../ops/reference/dense.ts';
import type { Dense } from '../../ops/reference/dense.ts';
import type { Blas } from './blas.ts';
import type { Matrix, Vector } from './matrix.ts';

export type Layout = 'rows' | 'columns' | 'padded' | 'scattered';

/** A in linear memory, its entries laid out as asked. */
export function place(blas: Blas, A: Dense, layout: Layout = 'rows'): Matrix {
  const [rows, cols] = [A.shape[0]!, A.shape[1] ?? 1];
  const [rowStep, colStep] = {
    rows: [cols, 1],
    columns: [1, rows],
    padded: [cols + 3, 1],
    scattered: [cols * 2 + 1, 2],
  }[layout] as [number, number];
  const size = rows * cols === 0 ? 0 : (rows - 1) * rowStep + (cols - 1) * colStep + 1;
  const M = { at: blas.context.memory.allocate(size * blas.bytes), rows, cols, rowStep, colStep };
  const view = viewOf(blas, M.at);
  view.fill(NaN, 0, size); // between the entries
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) view[i * rowStep + j * colStep] = A.data[i * cols + j]!;
  return M;
}

export function placeVector(blas: Blas, values: ArrayLike<number>, step = 1): Vector {
  const x = { at: blas.context.memory.allocate(values.length * step * blas.bytes), length: values.length, step };
  const view = viewOf(blas, x.at);
  for (let i = 0; i < values.length; i++) view[i * step] = values[i]!;
  return x;
}

export function read(blas: Blas, { at, rows, cols, rowStep, colStep }: Matrix): Dense {
  const view = viewOf(blas, at);
  return dense(
    [rows, cols],
    Array.from({ length: rows * cols }, (_, index) => {
      const j = index % cols;
      return view[((index - j) / cols) * rowStep + j * colStep]!;
    }),
  );
}

export function readVector(blas: Blas, { at, length, step }: Vector): number[] {
  const view = viewOf(blas, at);
  return Array.from({ length }, (_, i) => view[i * step]!);
}

function viewOf({ context: { memory }, bytes }: Blas, at: number): Float64Array | Float32Array {
  return bytes === 8 ? memory.f64().subarray(at / 8) : memory.f32().subarray(at / 4);
}

/** Normal entries, the same for the same seed. */
export function normal(rows: number, cols: number, seed: number): Dense {
  const source = random(seed);
  return dense(
    [rows, cols],
    Array.from({ length: rows * cols }, () => source.normal()),
  );
}
