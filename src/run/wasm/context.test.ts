import { expect, test } from 'vitest';
import { matmul, norm, sub } from '../../ops/reference/dense.ts';
import { f64x2, i32, v128 } from './assembler.ts';
import { createBlas } from './blas.ts';
import { createContext, link } from './context.ts';
import { elementary } from './elementary.ts';
import { normal, place, placeVector, read } from './samples-for-tests.ts';

test('kernels work on shared memory', () => {
  const blas = createBlas(createContext({ shared: true, maximumBytes: 1 << 24 }));
  const [A, B] = [normal(40, 50, 1), normal(50, 30, 2)];
  const C = place(blas, normal(40, 30, 3));
  blas.gemm(1, place(blas, A), place(blas, B), 0, C);
  expect(norm(sub(read(blas, C), matmul(A, B)))).toBeLessThan(1e-12);
  expect(() => place(blas, normal(1, 1, 1)) && blas.context.memory.allocate(1 << 25)).toThrow('out-of-memory');
});

test('equal constants have one place, different ones do not, zero and minus zero included', () => {
  const { constants } = createContext();
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  expect(same(constants.f64x2(1.5), constants.f64x2(1.5))).toBe(true);
  expect(same(constants.f64x2(1.5), constants.f64x2(2.5))).toBe(false);
  expect(same(constants.f64x2(0), constants.f64x2(-0))).toBe(false);
  expect(same(constants.f32x4(0), constants.f64x2(0))).toBe(true);
  // More than one block of them.
  const many = new Set(Array.from({ length: 1000 }, (_, i) => JSON.stringify(constants.f64x2(i))));
  expect(many.size).toBe(1000);
});

test('a fused loop: sum of log(1 + exp(-y z)) without intermediate arrays', () => {
  const context = createContext();
  const blas = createBlas(context);
  const { run } = link<'run'>(context, (module, host) => {
    module.function('run', { pairs: 'i32', y: 'i32', z: 'i32' }, 'f64', (body, { pairs, y, z }) => {
      const [i, sum] = [body.local('i32'), body.local('v128')];
      body.range(i, 0, pairs, 1, () => {
        const { softplus } = elementary({ body, host, ...context });
        body.set(sum, f64x2.add(sum, softplus([f64x2.neg(f64x2.mul(v128.load(y), v128.load(z)))])[0]!));
        for (const pointer of [y, z]) body.set(pointer, i32.add(pointer, 16));
      });
      return f64x2.lane(
        f64x2.add(sum, v128.shuffle(sum, sum, [8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7])),
        0,
      );
    });
  });
  const [y, z] = [normal(1000, 1, 1).data, normal(1000, 1, 2).data];
  z[0] = 1e4; // e^1e4 overflows, the loss does not
  const wanted = y.reduce((sum, label, i) => {
    const t = -label * z[i]!;
    return sum + Math.max(t, 0) + Math.log1p(Math.exp(-Math.abs(t)));
  }, 0);
  expect(run(500, placeVector(blas, y).at, placeVector(blas, z).at) / wanted).toBeCloseTo(1, 13);
});
