import process from 'node:process';
import { describe, expect, test } from 'vitest';
import { RicciError } from '../../base/diagnostic.ts';
import { type Dense, add, dense, matmul, norm, scale, sub, transpose } from '../../ops/reference/dense.ts';
import { createBlas } from '../wasm/blas.ts';
import { createContext } from '../wasm/context.ts';
import { symmetricEigenvalues } from '../wasm/lapack.ts';
import type { Real } from '../wasm/lanes.ts';
import type { LargeProducts } from '../wasm/large.ts';
import { sub as block } from '../wasm/matrix.ts';
import { type Layout, normal, place, placeVector, read, readVector } from '../wasm/samples-for-tests.ts';
import { type SystemBlas, systemBlas } from './system-blas.ts';

const found: SystemBlas | undefined = await systemBlas().catch(() => undefined);
if (!found) process.stdout.write('products by a BLAS library of the system are not tested: there is none (Debian: libopenblas0-pthread)\n');

const layouts: readonly Layout[] = ['rows', 'columns', 'padded', 'scattered'];

describe.runIf(found).each([
  ['f64', 1e-14],
  ['f32', 1e-5],
] as const)('%s', (real: Real, epsilon) => {
  const context = createContext();
  const large = found?.on(context, real);
  /** How often it did the work. */
  let taken = 0;
  const counted = (name: keyof LargeProducts): LargeProducts['gemm'] & LargeProducts['gemv'] =>
    ((...args: Parameters<LargeProducts['gemm']>) => {
      const did = (large![name] as LargeProducts['gemm'])(...args);
      if (did) taken++;
      return did;
    }) as LargeProducts['gemm'] & LargeProducts['gemv'];
  const blas = createBlas(context, real, { gemm: counted('gemm'), syrkLower: counted('syrkLower'), gemv: counted('gemv') });
  const rounded = (A: Dense): Dense => (real === 'f64' ? A : { shape: A.shape, data: A.data.map(Math.fround) });
  const sample = (rows: number, cols: number, seed: number): Dense => rounded(normal(rows, cols, seed));
  const near = (actual: Dense, wanted: Dense, size: number): void => {
    expect(actual.shape).toEqual(wanted.shape);
    expect(norm(sub(actual, wanted))).toBeLessThanOrEqual(epsilon * Math.max(size, norm(wanted)));
  };

  test.each([
    [40, 50, 60],
    [1, 200, 300],
    [300, 200, 2],
    [130, 1, 140],
  ])('products [%d, %d] · [.., %d] in every layout', (m, k, n) => {
    const [A, B, C] = [sample(m, k, 1), sample(k, n, 2), sample(m, n, 3)];
    const wanted = add(scale(matmul(A, B), 0.7), scale(C, -1.5));
    taken = 0;
    for (const a of layouts) {
      for (const b of layouts) {
        for (const c of layouts) {
          const target = place(blas, C, c);
          blas.gemm(0.7, place(blas, A, a), place(blas, B, b), -1.5, target);
          near(read(blas, target), wanted, k);
        }
      }
    }
    expect(taken).toBeGreaterThan(0);
  });

  test('blocks: nothing is written outside, what was there is not read when it is not to be added to', () => {
    const C = place(blas, dense([90, 90], new Array<number>(8100).fill(NaN)));
    const [A, B] = [sample(50, 40, 1), sample(40, 60, 2)];
    taken = 0;
    blas.gemm(1, place(blas, A), place(blas, B), 0, block(C, 7, 9, 50, 60, blas.bytes));
    expect(taken).toBe(1);
    near(read(blas, block(C, 7, 9, 50, 60, blas.bytes)), matmul(A, B), 40);
    expect(read(blas, C).data.filter((v) => !Number.isNaN(v)).length).toBe(50 * 60);
  });

  test.each([30, 191, 500])('symmetric products of order %d', (n) => {
    for (const layout of ['rows', 'columns', 'padded'] as const) {
      const X = sample(n, 80, n);
      const gram = matmul(X, transpose(X));
      taken = 0;
      const C = place(blas, sample(n, n, 1));
      blas.syrk(2, place(blas, X, layout), C);
      near(read(blas, C), scale(gram, 2), 80);
      // Two places, so that nothing tells that they hold equal matrices.
      blas.syrkLower(-1, place(blas, X, layout), place(blas, X), 1, C);
      blas.mirrorLower(C);
      near(read(blas, C), gram, 80);
      expect(taken).toBeGreaterThan(1);
    }
  });

  test.each([
    [200, 300],
    [3, 10_000],
    [10_000, 3],
  ])('a matrix [%d, %d] times a vector', (m, n) => {
    const [A, x, y] = [sample(m, n, 1), sample(n, 1, 2), sample(m, 1, 3)];
    const wanted = add(scale(matmul(A, x), -0.3), scale(y, 0.5));
    taken = 0;
    for (const layout of layouts) {
      for (const step of [1, 3]) {
        const target = placeVector(blas, y.data, step);
        blas.gemv(-0.3, place(blas, A, layout), placeVector(blas, x.data, step), 0.5, target);
        near(dense([m, 1], readVector(blas, target)), wanted, n);
      }
    }
    expect(taken).toBeGreaterThan(0);
  });

  test('small products and repeated rows stay in WebAssembly', () => {
    taken = 0;
    const C = place(blas, sample(4, 5, 1));
    blas.gemm(1, place(blas, sample(4, 6, 2)), place(blas, sample(6, 5, 3)), 0, C);
    const row = sample(1, 100, 4);
    const repeated = { ...place(blas, row), rows: 100, rowStep: 0 };
    const D = place(blas, sample(100, 100, 5));
    blas.gemm(1, repeated, place(blas, sample(100, 100, 6)), 0, D);
    expect(taken).toBe(0);
    near(read(blas, D), matmul(dense([100, 100], Array.from({ length: 10_000 }, (_, i) => row.data[i % 100]!)), sample(100, 100, 6)), 100);
  });

  test.runIf(real === 'f64')('decompositions use it', () => {
    const X = sample(150, 150, 1);
    const symmetric = add(X, transpose(X));
    const plain = createBlas(createContext(), real);
    taken = 0;
    const ours = symmetricEigenvalues(blas, place(blas, symmetric));
    const wanted = symmetricEigenvalues(plain, place(plain, symmetric));
    expect(taken).toBeGreaterThan(0);
    for (const [i, value] of ours.entries()) expect(Math.abs(value - wanted[i]!)).toBeLessThan(1e-11);
  });
});

test('what is not there is an error that says what to install', async () => {
  const error: unknown = await systemBlas({ library: 'libnothing-of-the-kind.so' }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RicciError);
  const [told] = (error as RicciError).diagnostics;
  expect(told?.code).toBe('no-system-blas');
  expect(told?.found).toContain('libnothing-of-the-kind.so');
  expect(told?.help).toContain('libopenblas0');
});

test('a library that is no BLAS library is refused', async () => {
  const error: unknown = await systemBlas({ library: 'libm.so.6' }).catch((e: unknown) => e);
  expect((error as RicciError).diagnostics[0]?.message).toBe('libm.so.6 is not a usable BLAS library');
});
