import { expect, test } from 'vitest';
import { dense, fromNested, identity, matmul, toNested } from './dense.ts';
import { expectAllNaN, expectNear, generic } from './samples-for-tests.ts';
import { det, inverse, slogdet, solve } from './lu.ts';

test('determinants', () => {
  expect(
    det(
      fromNested([
        [1, 2],
        [3, 4],
      ]),
    ),
  ).toBeCloseTo(-2, 14);
  expect(
    det(
      fromNested([
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0],
      ]),
    ),
  ).toBe(1);
  expect(
    det(
      fromNested([
        [0, 1],
        [1, 0],
      ]),
    ),
  ).toBe(-1);
  expect(
    det(
      fromNested([
        [1, 2],
        [2, 4],
      ]),
    ),
  ).toBe(0);
  expect(det(dense([0, 0]))).toBe(1);
  const [A, B] = [generic(5, 5, 1), generic(5, 5, 2)];
  expect(det(matmul(A, B)) / (det(A) * det(B))).toBeCloseTo(1, 12);
});

test('slogdet agrees with det and survives where it overflows', () => {
  for (let seed = 0; seed < 5; seed++) {
    const A = generic(4, 4, seed);
    const { sign, log } = slogdet(A);
    expect((sign * Math.exp(log)) / det(A)).toBeCloseTo(1, 13);
  }
  expect(
    slogdet(
      fromNested([
        [-1e200, 0],
        [0, 1e200],
      ]),
    ),
  ).toEqual({ sign: -1, log: 2 * Math.log(1e200) });
  expect(
    slogdet(
      fromNested([
        [1, 2],
        [2, 4],
      ]),
    ),
  ).toEqual({ sign: 0, log: -Infinity });
});

test('solve and inverse', () => {
  for (const n of [1, 2, 5, 12]) {
    const A = generic(n, n, n);
    expectNear(matmul(A, inverse(A)), identity(n), 1e-12);
    const B = generic(n, 3, 7);
    expectNear(matmul(A, solve(A, B)), B, 1e-12);
  }
  expect(
    toNested(
      solve(
        fromNested([
          [0, 2],
          [4, 0],
        ]),
        fromNested([6, 8]),
      ),
    ),
  ).toEqual([2, 3]);
});

test('singular gives NaN, wrong shapes throw', () => {
  expectAllNaN(
    inverse(
      fromNested([
        [1, 2],
        [2, 4],
      ]),
    ),
  );
  expectAllNaN(
    inverse(
      fromNested([
        [1, NaN],
        [2, 4],
      ]),
    ),
  );
  expectAllNaN(solve(dense([3, 3]), generic(3, 2, 1)));
  expect(() => inverse(generic(2, 3, 1))).toThrow(/^internal:/);
  expect(() => solve(generic(2, 2, 1), generic(3, 1, 1))).toThrow(/^internal:/);
});
