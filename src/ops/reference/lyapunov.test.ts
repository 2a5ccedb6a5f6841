import { expect, test } from 'vitest';
import { add, fromNested, matmul, scale } from './dense.ts';
import { expectAllNaN, expectNear, generic, rightHalf } from './samples-for-tests.ts';
import { lyap } from './lyapunov.ts';

test('R L + L R = A', () => {
  for (const n of [1, 2, 5, 8]) {
    const [R, A] = [rightHalf(n, n), generic(n, n, 9)];
    const L = lyap(R, A);
    expectNear(add(matmul(R, L), matmul(L, R)), A, 1e-14);
  }
  expectNear(lyap(fromNested([[2]]), fromNested([[8]])), fromNested([[2]]), 0);
});

test('NaN when eigenvalues cancel', () => {
  expectAllNaN(
    lyap(
      fromNested([
        [1, 0],
        [0, -1],
      ]),
      fromNested([
        [1, 2],
        [3, 4],
      ]),
    ),
  );
  expect(() => lyap(generic(2, 2, 1), scale(generic(3, 3, 1), 2))).toThrow(/^internal:/);
});
