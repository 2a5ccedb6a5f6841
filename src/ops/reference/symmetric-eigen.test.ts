import { expect, test } from 'vitest';
import { add, dense, fromNested, identity, matmul, norm, scale, symmetricPart, transpose } from './dense.ts';
import type { Dense } from './dense.ts';
import { expectAllNaN, expectNear, generic } from './samples-for-tests.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

function diagonal(values: Dense): Dense {
  const n = values.data.length;
  return dense(
    [n, n],
    identity(n).data.map((one, index) => one * values.data[index % n]!),
  );
}

test('V diag V^T is the symmetric part, V orthogonal, values ascend', () => {
  for (const n of [1, 2, 6, 12]) {
    const A = generic(n, n, n);
    const { values, vectors } = symmetricEigen(A);
    expectNear(matmul(matmul(vectors, diagonal(values)), transpose(vectors)), symmetricPart(A), 1e-14);
    expectNear(matmul(transpose(vectors), vectors), identity(n), 1e-14);
    for (let i = 1; i < n; i++) expect(values.data[i]).toBeGreaterThan(values.data[i - 1]!);
  }
});

test('the 6×6 second difference matrix: 2 - 2 cos(kπ/7)', () => {
  const T = dense(
    [6, 6],
    identity(6).data.map((_, index) => {
      const offset = Math.abs(Math.floor(index / 6) - (index % 6));
      return offset === 0 ? 2 : offset === 1 ? -1 : 0;
    }),
  );
  const { values, vectors } = symmetricEigen(T);
  values.data.forEach((value, k) => expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / 7), 14));
  // Column k is ±sin((i+1) kπ/7), whose largest entries come in pairs that tie: the first is to be positive.
  for (let k = 0; k < 6; k++) {
    const wave = [1, 2, 3, 4, 5, 6].map((i) => Math.sin((i * (k + 1) * Math.PI) / 7) / Math.sqrt(3.5));
    const largest = Math.max(...wave.map(Math.abs));
    const sign = Math.sign(wave.find((value) => Math.abs(value) > largest - 1e-9)!);
    wave.forEach((value, i) => expect(vectors.data[i * 6 + k]).toBeCloseTo(sign * value, 14));
  }
});

test('sign convention, degenerate and singular matrices', () => {
  const half = Math.SQRT1_2;
  expectNear(
    symmetricEigen(
      fromNested([
        [2, 1],
        [1, 2],
      ]),
    ).vectors,
    fromNested([
      [half, half],
      [-half, half],
    ]),
    1e-15,
  );
  expectNear(symmetricEigen(identity(3)).vectors, identity(3), 0);
  const ones = dense([5, 5], new Float64Array(25).fill(1));
  expectNear(symmetricEigen(ones).values, fromNested([0, 0, 0, 0, 5]), 1e-14);
  expectNear(symmetricEigen(dense([3, 3])).values, dense([3]), 0);
  expectAllNaN(
    symmetricEigen(
      fromNested([
        [NaN, 1],
        [1, 2],
      ]),
    ).vectors,
  );
});

test('large and small scales', () => {
  const S = add(generic(4, 4, 3), transpose(generic(4, 4, 3)));
  const { values } = symmetricEigen(S);
  for (const size of [1e-150, 1e150]) {
    const scaled = symmetricEigen(scale(S, size)).values;
    expect(norm(add(scale(scaled, 1 / size), scale(values, -1)))).toBeLessThan(1e-13);
  }
});
