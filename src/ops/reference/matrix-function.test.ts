import { expect, test } from 'vitest';
import { add, dense, fromNested, identity, matmul, norm, scale, sub, transpose } from './dense.ts';
import type { Dense } from './dense.ts';
import { definite, expectAllNaN, expectNear, generic, rightHalf } from './samples-for-tests.ts';
import { inverse } from './lu.ts';
import { cosm, expm, logm, sinm, sqrtm } from './matrix-function.ts';
import type { MatrixFunction } from './matrix-function.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** f on a Jordan block: f⁽ᵏ⁾(λ)/k! on the k-th superdiagonal. */
function onJordan(eigenvalue: number, taylor: readonly number[]): { block: Dense; wanted: Dense } {
  const n = taylor.length;
  const from = (values: readonly number[]): Dense =>
    dense(
      [n, n],
      identity(n).data.map((_, index) => values[(index % n) - Math.floor(index / n)] ?? 0),
    );
  return { block: from([eigenvalue, 1]), wanted: from(taylor) };
}

test('Jordan blocks, from the Taylor coefficients', () => {
  const x = 0.7;
  const [e, s, c, r] = [Math.exp(x), Math.sin(x), Math.cos(x), Math.sqrt(x)];
  const table: readonly (readonly [MatrixFunction, readonly number[]])[] = [
    [expm, [e, e, e / 2, e / 6]],
    [sinm, [s, c, -s / 2, -c / 6]],
    [cosm, [c, -s, -c / 2, s / 6]],
    [sqrtm, [r, 0.5 / r, -0.125 / r ** 3, 0.0625 / r ** 5]],
    [logm, [Math.log(x), 1 / x, -0.5 / x ** 2, 1 / (3 * x ** 3)]],
  ];
  for (const [f, taylor] of table) {
    const { block, wanted } = onJordan(x, taylor);
    expectNear(f(block), wanted, 1e-15);
  }
});

test('symmetric matrices, from their eigenvalues', () => {
  const A = definite(5, 3);
  const { values, vectors } = symmetricEigen(A);
  const table: readonly (readonly [MatrixFunction, (x: number) => number])[] = [
    [expm, Math.exp],
    [sinm, Math.sin],
    [cosm, Math.cos],
    [sqrtm, Math.sqrt],
    [logm, Math.log],
  ];
  for (const [f, scalar] of table) {
    const scaled = dense(
      [5, 5],
      vectors.data.map((value, index) => value * scalar(values.data[index % 5]!)),
    );
    expectNear(f(A), matmul(scaled, transpose(vectors)), 3e-14);
  }
});

test('a plane rotation is e^(angle J), up to almost half a turn', () => {
  for (const angle of [0.1, 1, 3, Math.PI - 1e-4]) {
    const J = fromNested([
      [0, -angle],
      [angle, 0],
    ]);
    const turn = (by: number): Dense =>
      fromNested([
        [Math.cos(by), -Math.sin(by)],
        [Math.sin(by), Math.cos(by)],
      ]);
    expectNear(expm(J), turn(angle), 2e-15);
    expectNear(logm(turn(angle)), J, 1e-12);
    expectNear(sqrtm(turn(angle)), turn(angle / 2), 1e-12);
  }
});

test('identities on generic matrices', () => {
  for (const n of [1, 2, 4, 8]) {
    const X = generic(n, n, n);
    expectNear(matmul(expm(X), expm(scale(X, -1))), identity(n), 1e-13);
    expectNear(add(matmul(sinm(X), sinm(X)), matmul(cosm(X), cosm(X))), identity(n), 1e-13);
    expectNear(cosm(scale(X, 2)), sub(scale(matmul(cosm(X), cosm(X)), 2), identity(n)), 1e-13);
    const P = rightHalf(n, n);
    const R = sqrtm(P);
    expectNear(matmul(R, R), P, 1e-15);
    expectNear(expm(logm(P)), P, 1e-14);
    expectNear(logm(inverse(P)), scale(logm(P), -1), 1e-14);
    const small = scale(X, 0.3 / norm(X));
    expectNear(logm(expm(small)), small, 1e-15);
  }
});

test('small arguments keep relative accuracy', () => {
  const X = scale(generic(3, 3, 1), 1e-9);
  expect(norm(sub(sinm(X), X)) / norm(X)).toBeLessThan(1e-15);
  const Y = sub(add(identity(3), X), identity(3)); // what the identity leaves of X
  expect(norm(sub(logm(add(identity(3), X)), Y)) / norm(Y)).toBeLessThan(1e-8);
});

test('a square root is right at every scale and of ill-conditioned matrices', () => {
  for (const size of [1e-200, 1e-8, 1e8, 1e200]) {
    const A = scale(rightHalf(3, 5), size);
    expect(norm(sub(scale(sqrtm(A), 1 / Math.sqrt(size)), sqrtm(rightHalf(3, 5))))).toBeLessThan(1e-14);
  }
  const steep = fromNested([
    [1, 1e6],
    [0, 1e-8],
  ]);
  // f[1, 1e-8] = 1 / (1 + 1e-4)
  expectNear(
    sqrtm(steep),
    fromNested([
      [1, 1e6 / (1 + 1e-4)],
      [0, 1e-4],
    ]),
    1e-14,
  );
});

test('trivial and undefined cases', () => {
  expectNear(expm(dense([2, 2])), identity(2), 0);
  expectNear(logm(identity(2)), dense([2, 2]), 0);
  expectNear(
    expm(
      fromNested([
        [-700, 0],
        [0, -700],
      ]),
    ),
    scale(identity(2), Math.exp(-700)),
    0,
  );
  const V = generic(2, 2, 3);
  const hiddenMinusOne = matmul(
    matmul(
      V,
      fromNested([
        [-1, 1],
        [0, -1],
      ]),
    ),
    inverse(V),
  );
  for (const X of [
    scale(identity(2), -1),
    fromNested([
      [-1, 0],
      [0, 2],
    ]),
    fromNested([
      [-1, 1],
      [0, -1],
    ]),
    dense([2, 2]),
    hiddenMinusOne,
  ]) {
    expectAllNaN(sqrtm(X));
    expectAllNaN(logm(X));
  }
  for (const f of [expm, sinm, cosm, sqrtm, logm]) {
    expectAllNaN(
      f(
        fromNested([
          [1, NaN],
          [0, 1],
        ]),
      ),
    );
    expectAllNaN(
      f(
        fromNested([
          [Infinity, 0],
          [0, 1],
        ]),
      ),
    );
    expect(() => f(dense([2, 3]))).toThrow(/^internal:/);
  }
});
