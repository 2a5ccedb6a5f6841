import { expect, test } from 'vitest';
import { random } from '../../../base/random.ts';
import { createBlas } from '../blas.ts';
import { createContext } from '../context.ts';
import { type Matrix, rowMajor } from '../matrix.ts';
import { lyap, lyapMap } from './lyapunov.ts';

const blas = createBlas(createContext());
const { memory } = blas.context;
const n = 7;

function matrix(entry: (i: number, j: number) => number, order = n): Matrix {
  const M = rowMajor(memory.allocate(order * order * 8), order, order);
  memory.doubles(M.at, order * order).set(Float64Array.from({ length: order * order }, (_, k) => entry(Math.floor(k / order), k % order)));
  return M;
}

const entriesOf = (M: Matrix): number[] => [...memory.doubles(M.at, M.rows * M.cols)];
const stream = random(3);
const noise = matrix(() => stream.normal());
const general = matrix((i, j) => entriesOf(noise)[i * n + j]! + (i === j ? 4 : 0));
const symmetric = matrix((i, j) => entriesOf(noise)[i * n + j]! + entriesOf(noise)[j * n + i]! + (i === j ? 9 : 0));

test.each([['general', general], ['symmetric', symmetric]] as const)('%s matrices', (_, R) => {
  const [A, L, M] = [matrix(() => stream.normal()), matrix(() => NaN), matrix(() => 0)];
  expect(lyap(blas, R, A, L)).toBe(true);
  blas.gemm(1, R, L, 0, M);
  blas.gemm(1, L, R, 1, M);
  entriesOf(M).forEach((v, k) => expect(Math.abs(v - entriesOf(A)[k]!)).toBeLessThan(1e-13));
  const map = matrix(() => NaN, n * n);
  expect(lyapMap(blas, R, map)).toBe(true);
  const [numbers, right] = [entriesOf(map), entriesOf(A)];
  entriesOf(L).forEach((v, row) => expect(Math.abs(right.reduce((sum, a, col) => sum + numbers[row * n * n + col]! * a, 0) - v)).toBeLessThan(1e-13));
});

test('eigenvalues with sum zero are told', () => {
  const [A, L] = [matrix(() => 1), matrix(() => 0)];
  expect(lyap(blas, matrix((i, j) => (i !== j ? 0 : i === 0 ? -2 : 2)), A, L)).toBe(false);
  expect(lyap(blas, matrix((i, j) => (i === j ? (i === 0 ? -2 : 2) : i === 0 && j === 1 ? 1 : 0)), A, L)).toBe(false);
});
