// Fréchet derivatives of matrix functions of any order, exactly the function's own accuracy.
//
// f of a block upper bidiagonal matrix with X on the diagonal and E1 … Ek above it has in its top-right block
// the part of D^k f(X)[E1, …, Ek] in which the directions act in this order; the sum over all orders is the
// derivative.  Higham 2008, "Functions of Matrices", section 3.2 and theorem 3.6; Higham & Relton 2014

import { add, block, dense, fromBlocks, norm, requireSameShape, scale, squareDim } from './dense.ts';
import type { Dense } from './dense.ts';
import type { MatrixFunction } from './matrix-function.ts';

/** D^k f(X)[E1, …, Ek], symmetric in the directions; f(X) itself when there are none. */
export function frechet(f: MatrixFunction, X: Dense, directions: readonly Dense[]): Dense {
  const n = squareDim(X);
  for (const E of directions) requireSameShape(X, E);
  // Multilinear: take the directions about as long as X, by powers of two so that nothing is rounded.
  const size = norm(X) > 0 ? norm(X) : 1;
  const factors = directions.map((E) => powerOfTwoNear(size / norm(E)));
  const scaled = directions.map((E, index) => scale(E, factors[index]!));
  let sum = dense(X.shape);
  for (const order of permutations(scaled)) {
    const grid = Array.from({ length: order.length + 1 }, (_, p) =>
      Array.from({ length: order.length + 1 }, (_, q) => (p === q ? X : q === p + 1 ? order[p] : undefined)),
    );
    sum = add(sum, block(f(fromBlocks(grid, n)), 0, order.length * n, n, n));
  }
  return factors.reduce((result, factor) => scale(result, 1 / factor), sum);
}

/**
 * The derivative of order directions.length + free with `free` directions left open, as a tensor with axes
 * i, j, a1, b1, …, a_free, b_free: the open directions are unit matrices with their 1 at [a, b].
 */
export function frechetTensor(f: MatrixFunction, X: Dense, directions: readonly Dense[], free: number): Dense {
  const n = squareDim(X);
  const entries = n * n;
  const columns = entries ** free;
  const result = dense(new Array<number>(2 + 2 * free).fill(n));
  const known = new Map<string, Dense>(); // symmetric in the open slots, so each set of them is computed once
  for (let column = 0; column < columns; column++) {
    const slots = Array.from(
      { length: free },
      (_, slot) => Math.floor(column / entries ** (free - 1 - slot)) % entries,
    );
    const key = [...slots].sort((a, b) => a - b).join();
    let derivative = known.get(key);
    if (derivative === undefined) {
      derivative = frechet(f, X, [...directions, ...slots.map((slot) => unitMatrix(n, slot))]);
      known.set(key, derivative);
    }
    for (let row = 0; row < entries; row++) result.data[row * columns + column] = derivative.data[row]!;
  }
  return result;
}

function unitMatrix(n: number, entry: number): Dense {
  const E = dense([n, n]);
  E.data[entry] = 1;
  return E;
}

/** 1 for zero, infinite and undefined ratios. */
function powerOfTwoNear(ratio: number): number {
  return ratio > 0 && ratio < Infinity ? 2 ** Math.round(Math.log2(ratio)) : 1;
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((first, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [first, ...rest]),
  );
}
