import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { leastEigenvalue } from './least-eigenvalue.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

test.each([1, 2, 3, 5, 12, 30])('is that of all of them (%i)', (n) => {
  const r = random(n);
  for (const scale of [1, 1e-150, 1e120]) {
    for (const rank of [n, 1]) {
      const A = new Float64Array(n * n);
      const factors = Float64Array.from({ length: n * n }, () => r.normal());
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) for (let k = 0; k < rank; k++) A[i * n + j]! += scale * (rank === n && k % 2 === 0 ? -1 : 1) * factors[i * n + k]! * factors[j * n + k]!;
      const { data } = symmetricEigen({ shape: [n, n], data: A }).values;
      expect(Math.abs(leastEigenvalue(A, n) - data[0]!)).toBeLessThanOrEqual(1e-14 * n * Math.max(Math.abs(data[0]!), data.at(-1)!));
    }
  }
});

test('diagonal matrices, zeros, and numbers that are none', () => {
  expect(leastEigenvalue(Float64Array.of(3, 0, 0, 0, -2, 0, 0, 0, 1), 3)).toBe(-2);
  expect(leastEigenvalue(new Float64Array(9), 3)).toBe(0);
  expect(leastEigenvalue(Float64Array.of(1, NaN, NaN, 1), 2)).toBeNaN();
  expect(leastEigenvalue(Float64Array.of(1, Infinity, Infinity, 1), 2)).toBeNaN();
});
