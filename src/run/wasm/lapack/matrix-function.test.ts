import { describe, expect, test } from 'vitest';
import { add, dense, identity, norm, scale, sub } from '../../../ops/reference/dense.ts';
import type { Dense } from '../../../ops/reference/dense.ts';
import {
  expm as referenceExpm,
  logm as referenceLogm,
  sqrtm as referenceSqrtm,
} from '../../../ops/reference/matrix-function.ts';
import { createBlas } from '../blas.ts';
import type { Blas } from '../blas.ts';
import type { Matrix } from '../matrix.ts';
import { createContext } from '../context.ts';
import { normal, place, read } from '../samples-for-tests.ts';
import { expm, logm, sqrtm } from './matrix-function.ts';

const blas = createBlas(createContext());

function apply(f: (blas: Blas, X: Matrix, out: Matrix) => void, X: Dense): Dense {
  const out = place(blas, X);
  f(blas, place(blas, X), out);
  return read(blas, out);
}

function near(actual: Dense, wanted: Dense, tolerance: number): void {
  expect(norm(sub(actual, wanted))).toBeLessThanOrEqual(tolerance * Math.max(1, norm(wanted)));
}

const rightHalf = (n: number): Dense => add(scale(normal(n, n, n), 1 / Math.sqrt(n)), scale(identity(n), 2));

describe.each([1, 2, 5, 20, 40])('order %d', (n) => {
  test('expm', () => {
    near(apply(expm, normal(n, n, 1)), referenceExpm(normal(n, n, 1)), 1e-12);
    const large = add(scale(normal(n, n, 2), 5), scale(identity(n), -100));
    near(scale(apply(expm, large), Math.exp(90)), scale(referenceExpm(large), Math.exp(90)), 1e-11);
  });
  test('sqrtm', () => near(apply(sqrtm, rightHalf(n)), referenceSqrtm(rightHalf(n)), 1e-13));
  test('logm', () => near(apply(logm, rightHalf(n)), referenceLogm(rightHalf(n)), 1e-12));
});

test('Jordan blocks are no special case', () => {
  const J = dense([3, 3], [2, 1, 0, 0, 2, 1, 0, 0, 2]);
  near(apply(sqrtm, J), referenceSqrtm(J), 1e-15);
  near(apply(logm, J), referenceLogm(J), 1e-14);
  near(apply(expm, J), referenceExpm(J), 1e-14);
});

test('what has no principal value, or is not finite, gives NaN', () => {
  const negative = dense([2, 2], [-1, 0, 0, 2]);
  for (const f of [sqrtm, logm]) expect(apply(f, negative).data.every(Number.isNaN)).toBe(true);
  const bad = dense([2, 2], [1, NaN, 0, Infinity]);
  for (const f of [expm, sqrtm, logm]) expect(apply(f, bad).data.every(Number.isNaN)).toBe(true);
  for (const f of [expm, sqrtm, logm]) expect(apply(f, dense([0, 0])).data.length).toBe(0);
});
