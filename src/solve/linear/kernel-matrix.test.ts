import { describe, expect, test } from 'vitest';
import { must } from '../../base/internal.ts';
import { random } from '../../base/random.ts';
import { denseMatrix } from '../matrix.ts';
import { isSemidefinite } from './definite.ts';
import { distance, entriesOf, kernelMatrixNear } from './kernel-matrix.ts';

// Not a multiple of what one turn of the kernels takes.
const n = 419;
const most = 1e-12 * Math.sqrt(n);

type Entry = (far: number, product: number, i: number, j: number) => number;

/** Entries from squared distances and products of random points. */
function matrixOf(dims: number, entry: Entry, seed = 1): Float64Array {
  const r = random(seed);
  const X = Float64Array.from({ length: n * dims }, () => r.normal());
  const M = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let [far, product] = [0, 0];
      for (let k = 0; k < dims; k++) {
        far += (X[i * dims + k]! - X[j * dims + k]!) ** 2;
        product += X[i * dims + k]! * X[j * dims + k]!;
      }
      M[i * n + j] = M[j * n + i] = entry(far, product, i, j);
    }
  }
  return M;
}

const sign = (i: number): number => (i % 3 === 0 ? -1 : 1);
const kinds: readonly { readonly name: string; readonly dims: number; readonly entry: Entry; readonly is: string }[] = [
  { name: 'products', dims: 4, entry: (_, p) => p, is: 'products 1 4' },
  { name: 'Gaussian', dims: 3, entry: (far) => Math.exp(-far / 3), is: 'gaussian 1 3' },
  { name: 'Gaussian with labels and weights', dims: 3, entry: (far, _, i, j) => sign(i) * sign(j) * (1 + i) * (1 + j) * Math.exp(-far / 3), is: 'gaussian 1 3' },
  { name: 'exp(x\'y)', dims: 3, entry: (_, p) => Math.exp(0.3 * p), is: 'gaussian 1 3' },
  { name: 'squares of positive products', dims: 12, entry: (_, p) => (p / 12 + 2) ** 2, is: 'products 2 13' },
  { name: 'cubes of products', dims: 9, entry: (_, p) => (p / 9 + 1) ** 3, is: 'products 3 10' },
  { name: 'exponential of distances', dims: 3, entry: (far) => Math.exp(-Math.sqrt(far)), is: 'laplacian 1 3' },
];

describe('what a matrix is made of', () => {
  for (const { name, dims, entry, is } of kinds) {
    test(name, () => {
      const M = matrixOf(dims, entry);
      let size = 0;
      for (let i = 0; i < n; i++) size = Math.max(size, M[i * (n + 1)]!);
      const found = must(kernelMatrixNear(entriesOf(denseMatrix(n, n, M)), most * size));
      expect(`${found.kernel} ${found.power} ${found.dims}`).toBe(is);
      expect(isSemidefinite(denseMatrix(n, n, M))).toBe(true);
    });
  }
});

test('the distance is no less than that of the kernel in plain arithmetic', () => {
  for (const { dims, entry } of kinds) {
    const M = matrixOf(dims, entry);
    let size = 0;
    for (let i = 0; i < n; i++) size = Math.max(size, M[i * (n + 1)]!);
    const found = must(kernelMatrixNear(entriesOf(denseMatrix(n, n, M)), most * size));
    const { kernel, power, points, weights } = found;
    const moved = M.slice();
    moved[7 * n + 3]! += 1e-6 * size;
    moved[3 * n + 7]! += 1e-6 * size;
    for (const A of [M, moved]) {
      let squares = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let [far, product] = [0, 0];
          for (let k = 0; k < found.dims; k++) {
            far += (points[k * n + i]! - points[k * n + j]!) ** 2;
            product += points[k * n + i]! * points[k * n + j]!;
          }
          const value = kernel === 'products' ? product ** power : weights[i]! * weights[j]! * Math.exp(kernel === 'gaussian' ? -far : -Math.sqrt(far));
          squares += (A[i * n + j]! - value) ** 2;
        }
      }
      const bound = distance(denseMatrix(found.order, found.order, A), found, Infinity);
      expect(bound).toBeGreaterThanOrEqual(Math.sqrt(squares));
      expect(bound).toBeLessThan(1.5 * Math.sqrt(squares) + most * size);
    }
  }
});

describe('matrices that are not semidefinite', () => {
  const gaussian: Entry = (far) => Math.exp(-far / 3);
  const moved = (M: Float64Array, i: number, j: number, by: number): Float64Array => {
    M[i * n + j]! += by;
    if (i !== j) M[j * n + i]! += by;
    return M;
  };
  test('tanh of products', () => expect(isSemidefinite(denseMatrix(n, n, matrixOf(4, (_, p) => Math.tanh(p + 0.5))))).toBe(false));
  test('one pair of entries above what their diagonal allows', () => expect(isSemidefinite(denseMatrix(n, n, moved(matrixOf(3, gaussian), 200, 100, 1)))).toBe(false));
  test('one entry of the diagonal too small', () => expect(isSemidefinite(denseMatrix(n, n, moved(matrixOf(2, gaussian), 300, 300, -1e-3)))).toBe(false));
  test('products less a small multiple of the unit matrix', () => {
    const M = matrixOf(4, (_, p) => p);
    for (let i = 0; i < n; i++) M[i * (n + 1)]! -= 1e-8;
    expect(isSemidefinite(denseMatrix(n, n, M))).toBe(false);
  });
  test('products of points with a coordinate that counts as negative', () => {
    const r = random(3);
    const u = Float64Array.from({ length: n }, () => r.normal());
    const M = matrixOf(4, (_, p) => p);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) M[i * n + j]! -= 1e-6 * u[i]! * u[j]!;
    expect(isSemidefinite(denseMatrix(n, n, M))).toBe(false);
  });
  test('numbers that are none', () => {
    const M = matrixOf(3, gaussian);
    M[5 * n + 2] = NaN;
    expect(isSemidefinite(denseMatrix(n, n, M))).toBe(false);
  });
});

describe('matrices that are semidefinite for no reason known here', () => {
  test('a rational kernel, by factorisation', () => expect(isSemidefinite(denseMatrix(n, n, matrixOf(3, (far) => 1 / (1 + far))))).toBe(true));
  test('points far apart, whose kernel is zero', () => expect(isSemidefinite(denseMatrix(n, n, matrixOf(3, (far) => Math.exp(-1e3 * far))))).toBe(true));
  test('rows of zeros', () => expect(isSemidefinite(denseMatrix(n, n, matrixOf(3, (_, p, i, j) => (i === 7 || j === 7 ? 0 : p))))).toBe(true));
  test('nothing but zeros', () => expect(isSemidefinite(denseMatrix(n, n))).toBe(true));
});
